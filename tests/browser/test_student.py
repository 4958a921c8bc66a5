"""A student's evening: unzip, open, run, be told of a mistake, mend it, hand in, read the feedback."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.bundles.release import release
from autograder.course import Course, Unit
from autograder.samples import solved
from autograder.watch import Watcher
from tests.browser import jupyter

pytestmark = pytest.mark.browser
TURNED_ROUND = """def accuracy_difference(correct_a, correct_b) -> float:
    a = np.asarray(correct_a, dtype=float)
    b = np.asarray(correct_b, dtype=float)
    return float(np.mean(b - a))
"""


@pytest.fixture(scope="module")
def folder(course: Course, unit: Unit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unzipped bundle of unit 01, with the solved notebook beside the released one."""
    home = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(release(course, unit)) as bundle:
        bundle.extractall(home)
    folder = home / unit.name
    nbformat.write(solved(unit, nbformat.read(unit.built, as_version=4)), folder / "solved.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(folder: Path) -> Iterator[str]:
    with jupyter.serving(folder, folder.parent / "home") as address:
        yield address


def test_a_student_is_told_of_a_mistake_mends_it_hands_in_and_reads_the_feedback(
    lab: str, folder: Path, browser: Any, course: Course, unit: Unit, tmp_path: Path
) -> None:
    page = jupyter.opened(browser, lab, "significance.ipynb")
    jupyter.keep(page, "released-top")
    assert "Significance" in page.locator(".jp-NotebookPanel h1").first.inner_text()
    jupyter.run_all(page, seconds=120)
    unwritten = page.get_by_text(re.compile("accuracy_difference is not written yet")).first
    unwritten.scroll_into_view_if_needed()
    jupyter.keep(page, "released-stopped")
    assert unwritten.is_visible()

    answer = jupyter.cell_with(page, "def accuracy_difference").first
    jupyter.type_into(page, answer, TURNED_ROUND)
    jupyter.run_here(page, seconds=30)
    jupyter.run_here(page, seconds=30)  # the self-check, which is the next cell
    told = jupyter.cell_with(page, 'selfcheck("significance.accuracy_difference"').locator(
        ".jp-OutputArea-output"
    )
    report = told.filter(has_text="properties do not hold yet").first
    report.scroll_into_view_if_needed()
    jupyter.keep(page, "selfcheck-fails")
    assert "accuracy_difference(correct_a, correct_b)" in report.inner_text()
    assert "expected" in report.inner_text() and "Hint:" in report.inner_text()
    assert told.filter(has_text="SelfCheckFailed: 3 of 4 properties do not").count() == 1

    page.get_by_role("link", name=re.compile("^Exercise 1: ")).click()
    heading = page.locator("h3").filter(has_text="Exercise 1: the difference in accuracy")
    heading.wait_for(state="visible", timeout=10_000)

    jupyter.type_into(page, answer, TURNED_ROUND.replace("b - a", "a - b"))
    jupyter.run_here(page, seconds=30)
    jupyter.run_here(page, seconds=30)
    told.filter(has_text="all 4 properties hold").first.wait_for(timeout=10_000)
    jupyter.keep(page, "selfcheck-passes")
    assert told.filter(has_text="SelfCheckFailed").count() == 0

    jupyter.save(page, folder / "significance.ipynb")
    page.close()
    inbox = tmp_path / "INBOX" / unit.name / "ada"
    inbox.mkdir(parents=True)
    shutil.copy(folder / "significance.ipynb", inbox)
    with Watcher(course, tmp_path / "INBOX", tmp_path / "OUTBOX", workers=1) as watcher:
        lines = list(watcher.watch(once=True))
    assert any("ada" in line for line in lines)
    (feedback,) = (tmp_path / "OUTBOX").rglob("significance.html")
    page = jupyter.new_page(browser)
    page.goto(feedback.as_uri())
    row = page.get_by_role("row").filter(has_text="accuracy_difference").first
    jupyter.keep(page, "student-feedback")
    assert "2 of 2" in row.inner_text().replace("\xa0", " ")
    page.close()


def test_the_solved_notebook_runs_and_its_selfchecks_pass(lab: str, browser: Any) -> None:
    page = jupyter.opened(browser, lab, "solved.ipynb")
    jupyter.run_all(page, seconds=400)
    check = page.get_by_text(re.compile("all 4 properties hold")).first
    check.scroll_into_view_if_needed()
    jupyter.keep(page, "solved-selfcheck")
    assert check.is_visible()
    pane = page.locator(".jp-WindowedPanel-outer").first
    for number in range(40 if jupyter.SCREENSHOTS else 0):
        pane.evaluate("(pane) => pane.scrollBy(0, 900)")
        page.wait_for_timeout(250)
        jupyter.keep(page, f"solved-{number:02}")
    warned = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"
    assert page.locator(warned).count() < 9
    page.close()
