"""An instructor's morning in nbgrader's formgrader page: autograde, grade a written answer, release feedback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.bundles.release import release
from autograder.course import Course, Unit
from autograder.nbgrader_plugins import write_config
from autograder.samples import solved
from tests.browser import jupyter
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.browser
QUESTION = "question-report"


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where nbgrader puts what students may fetch; everybody may write there, it insists."""
    folder = tmp_path_factory.mktemp("exchange")
    folder.chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def office(
    course: Course, exchange: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """JupyterLab in the course's folder."""
    write_config(course)
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write('c = get_config()\nc.CourseDirectory.course_id = "llm"\n')
        file.write(f'c.Exchange.root = "{exchange}"\n')
    home = tmp_path_factory.mktemp("instructor") / "home"
    with jupyter.serving(course.root, home) as address:
        yield address


def succeeded(page: Any, seconds: int) -> None:
    """Wait for what the page says, and close it."""
    said = page.locator(".modal.in")
    said.wait_for(timeout=1000 * seconds)
    assert said.locator(".modal-title").inner_text() == "Success", said.inner_text()
    said.get_by_role("button", name="OK").click()
    said.wait_for(state="detached")


def test_an_instructor_releases_collects_autogrades_grades_by_hand_and_releases_feedback(
    office: str, browser: Any, course: Course, unit: Unit, exchange: Path, tmp_path: Path
) -> None:
    release(course, unit)
    page = jupyter.new_page(browser)
    page.goto(f"{office}/lab?token={jupyter.TOKEN}")
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader", exact=True).click()
    page.frame_locator("iframe").get_by_role("link", name=unit.name).wait_for()
    jupyter.keep(page, "formgrader-in-lab")

    page.goto(f"{office}/formgrader/manage_assignments")
    row = page.get_by_role("row").filter(has_text=unit.name)
    row.locator(".glyphicon-cloud-upload").click()
    succeeded(page, 60)
    desk = tmp_path / "desk"  # of a student
    desk.mkdir()
    options = ["--course=llm", f"--Exchange.root={exchange}"]
    nbgrader(desk, "fetch_assignment", unit.name, *options, HOME=str(tmp_path))
    answered = solved(unit, nbformat.read(unit.built, as_version=4))
    nbformat.write(answered, desk / unit.name / unit.built.name)
    nbgrader(desk, "submit", unit.name, *options, HOME=str(tmp_path))
    row.locator(".glyphicon-cloud-download").click()
    succeeded(page, 60)
    jupyter.keep(page, "formgrader-collected")

    row.get_by_role("link", name="1", exact=True).click()
    row = page.locator("tbody").get_by_role("row")
    row.locator(".glyphicon-flash").click()
    succeeded(page, 180)
    row.get_by_text("needs manual grading").wait_for()
    jupyter.keep(page, "formgrader-autograded")
    assert "40 / 44" in row.inner_text()

    page.goto(f"{office}/formgrader/gradebook/{unit.name}/{unit.built.stem}")
    page.get_by_role("link", name="Submission #1").click()
    points = page.locator(f"input#{QUESTION}")
    points.scroll_into_view_if_needed()
    assert points.input_value() == ""
    points.fill("3")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url) as answer:
        points.blur()
    assert answer.value.ok
    jupyter.keep(page, "formgrader-by-hand")

    page.goto(f"{office}/formgrader/manage_submissions/{unit.name}")
    row = page.locator("tbody").get_by_role("row")
    row.get_by_text("graded", exact=True).wait_for()
    assert "43 / 44" in row.inner_text()
    row.locator(".glyphicon-comment").click()
    succeeded(page, 60)
    row.locator(".glyphicon-envelope").click()
    succeeded(page, 60)
    jupyter.keep(page, "formgrader-released")

    nbgrader(desk, "fetch_feedback", unit.name, *options, HOME=str(tmp_path))
    (feedback,) = desk.rglob("feedback/**/*.html")
    page.goto(feedback.as_uri())
    jupyter.keep(page, "formgrader-feedback")
    assert "43.0 / 44.0" in page.locator("body").inner_text()
    page.close()
