"""Figures that move, where people meet them: by mouse and by keys, and as a still where nothing moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook

from autograder.build import METADATA
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


def run(lab: str, browser: Any, place: str) -> Any:
    page = jupyter.opened(browser, lab, "moves.ipynb", place)
    jupyter.run_all(page, seconds=60)
    page.get_by_role("img", name="One bar, 6 high.").wait_for()
    return page


@pytest.mark.parametrize("place", ["lab/tree", "notebooks"])
def test_keys_move_a_figure_that_asks_the_students_own_function(
    lab: str, browser: Any, place: str
) -> None:
    """In JupyterLab and in Notebook 7."""
    page = run(lab, browser, place)
    page.get_by_role("slider").press("PageUp")
    page.get_by_role("img", name="One bar, 16 high.").wait_for()
    page.get_by_role("spinbutton").press("ArrowDown")
    page.get_by_role("spinbutton").press("Enter")
    page.get_by_role("img", name="One bar, 14 high.").wait_for()
    assert page.get_by_role("slider").get_attribute("aria-valuenow") == "7.0"
    said = page.locator(".jp-OutputArea-output [aria-live=polite]")
    assert said.inner_text() == "One bar, 14 high."
    jupyter.keep(page, f"moves-{place.partition('/')[0]}")
    page.close()


def test_a_saved_page_without_a_kernel_shows_the_first_frame(folder: Path, browser: Any) -> None:
    """As on paper, in a mail, and wherever widgets cannot live."""
    from nbclient import NotebookClient

    notebook = nbformat.read(folder / "moves.ipynb", as_version=4)
    NotebookClient(notebook, kernel_name="python3").execute()
    for output in notebook.cells[0].outputs:  # as a frontend does that knows no widgets
        del output.data["application/vnd.jupyter.widget-view+json"]
    notebook.metadata.pop("widgets", None)
    body, _ = HTMLExporter().from_notebook_node(notebook)
    (folder / "still.html").write_text(body, encoding="utf-8")
    page = jupyter.new_page(browser, java_script_enabled=False)
    page.goto((folder / "still.html").as_uri())
    still = page.locator(".jp-OutputArea-output img")
    assert still.count() == 1 and still.bounding_box()["width"] > 300
    jupyter.keep(page, "moves-still")
    page.close()
