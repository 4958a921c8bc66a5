"""Pages that people get: they load nothing, complain of nothing, and run nothing that a student wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.bundles.release import release
from autograder.course import Course, Unit
from autograder.grading.grade import grade
from autograder.intake.collect import collect
from autograder.pages.feedback import write_feedback
from autograder.report import write_reports
from autograder.samples import blank, learner, solved
from tests.browser import jupyter
from tests.chromium import opened

pytestmark = pytest.mark.browser
ATTACKS = """<script>window.taken = 1</script>
<img src="x" onerror="window.taken = 2"> <svg onload="window.taken = 3"></svg>
<a href="javascript:window.taken = 4">a link</a> <iframe srcdoc="<script>parent.taken = 5</script>"></iframe>
$\\href{javascript:window.taken=6}{x}$ and $\\text{<script>window.taken = 7</script>}$
"""


def hostile(unit: Unit, notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Wrong answers, and attacks on whoever looks: in prose, in code, in what is raised and printed."""
    notebook = blank(unit, notebook)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            if cell.cell_type == "markdown":
                cell.source = ATTACKS
            else:
                name = cell.metadata.nbgrader.grade_id
                cell.source = f"# {ATTACKS}".replace("\n", "\n# ")
                cell.source += (
                    f"\ndef {name}(*args):\n    raise ValueError({ATTACKS!r})\nprint({ATTACKS!r})"
                )
    return notebook


@pytest.fixture(scope="module")
def pages(course: Course, unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every page that a class of four gives."""
    release(course, unit)
    inbox = tmp_path_factory.mktemp("inbox")
    for make in (solved, learner, blank, hostile):
        notebook = make(unit, nbformat.read(unit.built, as_version=4))
        nbformat.write(notebook, inbox / f"{make.__name__}.ipynb")
    collect(course, unit, inbox)
    grade(course, unit, workers=2)
    return [*write_feedback(course, unit), *write_reports(course, None)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_load_nothing_complain_of_nothing_and_run_nothing_of_a_students(
    pages: list[Path], browser: Any, scheme: str
) -> None:
    assert len(pages) == 6
    for path in pages:
        watched = opened(browser, path, viewport=jupyter.WINDOW, color_scheme=scheme)
        page = watched.page
        page.wait_for_load_state("networkidle")
        outside = [url for url in watched.asked if not url.startswith((path.as_uri(), "data:"))]
        assert (outside, watched.errors) == ([], []), path
        for link in page.get_by_role("link", name="a link").all():
            link.click()
        assert page.evaluate("typeof window.taken") == "undefined", path
        jupyter.keep(page, f"page-{path.stem}-{path.parts[-3]}", full_page=True)
        page.close()


def test_the_hostile_words_are_shown_as_words(pages: list[Path], browser: Any) -> None:
    (path,) = [path for path in pages if "hostile" in path.parts]
    page = opened(browser, path).page
    assert page.get_by_text("<script>window.taken = 1</script>").count() > 2
    page.close()


def test_formulas_of_feedback_are_set_without_a_script(pages: list[Path], browser: Any) -> None:
    (path,) = [path for path in pages if "solved" in path.parts]
    page = jupyter.new_page(browser, java_script_enabled=False)
    page.goto(path.as_uri())
    delta = page.locator("math[display=block]").first
    assert delta.bounding_box()["height"] > 20 and "δ" in (delta.text_content() or "")
    assert (
        "$"
        not in page.locator(".text_cell_render")
        .filter(has_text="A worked number")
        .first.inner_text()
    )
    page.close()


def test_the_report_leads_from_a_mistake_to_a_student(pages: list[Path], browser: Any) -> None:
    (path,) = [path for path in pages if path.name == "01_significance.html"]
    page = jupyter.new_page(browser)
    page.goto(path.as_uri())
    for part in ("glance", "exercises", "misconceptions", "time", "aside", "flags", "similarity"):
        assert page.locator(f"#{part}").count() == 1, part
    page.locator("#misconceptions").get_by_role("link", name="learner").first.click()
    student = page.locator("#student-learner")
    student.get_by_text("Bonferroni").first.wait_for()
    jupyter.keep(page, "report-learner")
    page.close()
