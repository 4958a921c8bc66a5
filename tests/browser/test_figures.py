"""Figures that move, where people meet them: by mouse and by keys, and as a still where nothing moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from autograder.authoring.source import METADATA
from tests.browser import jupyter

pytestmark = pytest.mark.browser
MINE = """
from course_utils.figures import explore, new_figure

def twice(x):
    return 2 * x

def draw(x=3):
    figure, (axes,) = new_figure()
    axes.bar([0], [twice(x)])
    return figure.describe(f"One bar, {twice(x)} high.")

explore(draw, x=(0, 10, 1))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moving")
    notebook = new_notebook(cells=[new_code_cell(MINE, id="moves")], metadata=METADATA)
    nbformat.write(notebook, folder / "moves.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    with jupyter.serving(folder, folder / "home") as address:
        yield address


def words(page: Any, told: str) -> None:
    """Wait for the caption below the picture: JupyterLab gives an image no alt text of its own."""
    page.locator(".jp-RenderedMarkdown em").get_by_text(told, exact=True).wait_for()
    assert page.locator(".jp-RenderedImage img").bounding_box()["width"] > 300


def run(lab: str, browser: Any, place: str) -> Any:
    page = jupyter.opened(browser, lab, "moves.ipynb", place)
    jupyter.run_all(page, seconds=60)
    words(page, "One bar, 6 high.")
    return page


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_keys_move_a_figure_that_asks_the_students_own_function(
    lab: str, browser: Any, place: str
) -> None:
    """In JupyterLab and in Notebook 7."""
    page = run(lab, browser, place)
    page.get_by_role("slider").press("PageUp")
    words(page, "One bar, 16 high.")
    page.get_by_role("spinbutton").press("ArrowDown")
    page.get_by_role("spinbutton").press("Enter")
    words(page, "One bar, 14 high.")
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "7.0"
    said = page.locator(".jp-OutputArea-output [aria-live=polite]")
    assert said.inner_text() == "One bar, 14 high."
    jupyter.keep(page, f"moves-{place.partition('/')[0]}")
    page.close()


def test_a_notebook_opened_again_shows_the_figure_as_it_was_left(
    lab: str, browser: Any, folder: Path
) -> None:
    """Without a kernel that knows the sliders."""
    page = run(lab, browser, "lab/tree")
    page.get_by_role("slider").press("PageUp")
    words(page, "One bar, 16 high.")
    jupyter.save(page, folder / "moves.ipynb")
    page.close()
    jupyter.end_kernels(lab)
    page = jupyter.opened(browser, lab, "moves.ipynb")
    words(page, "One bar, 16 high.")
    jupyter.keep(page, "moves-again")
    page.close()


def test_a_page_without_scripts_shows_the_first_frame(folder: Path, browser: Any) -> None:
    """As on paper, in a mail, and wherever widgets cannot live."""
    from nbclient import NotebookClient

    notebook = nbformat.read(folder / "moves.ipynb", as_version=4)
    NotebookClient(notebook, kernel_name="python3").execute()
    notebook.metadata.pop("widgets", None)
    body, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    (folder / "still.html").write_text(body, encoding="utf-8")
    page = jupyter.new_page(browser, java_script_enabled=False)
    page.goto((folder / "still.html").as_uri())
    still = page.locator(".output_area img")
    assert still.count() == 1 and still.bounding_box()["width"] > 300
    assert still.get_attribute("alt") == "One bar, 6 high."
    jupyter.keep(page, "moves-still")
    page.close()
