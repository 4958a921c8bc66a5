"""What nbgrader is told beside the points: when a notebook came in, what lateness costs, and whose it is."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course, Unit
from autograder.grading.grade import grade
from autograder.grading.gradebook import open_gradebook
from autograder.intake.collect import collect
from autograder.intake.lateness import handed_in
from autograder.pages.feedback import write_feedback
from autograder.samples import solved
from tests.crash_class import PARTLY_RIGHT, UNIT, copy_class, make_class, name_of
from tests.nbgrader_command import nbgrader

DUE = datetime(2026, 11, 1, 12, 0)
AN_HOUR = timedelta(hours=1)
ANSWERS = {"early": ("", -AN_HOUR), "late": ("", AN_HOUR), "half": (PARTLY_RIGHT, AN_HOUR)}


def arrive(
    course: Course, unit: Unit, inbox: Path, student: str, answer: str, when: datetime
) -> None:
    """A notebook in a folder from an LMS, with the LMS's date, and with a lie beside it."""
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    for cell in notebook.cells:
        if name_of(cell) == "holm" and answer:
            cell.source = answer
    place = inbox / student
    place.mkdir(parents=True)
    nbformat.write(notebook, place / "significance.ipynb")
    (place / "timestamp.txt").write_text("2001-01-01 00:00:00 UTC\n")
    date = when.replace(tzinfo=UTC).timestamp()
    os.utime(place / "significance.ipynb", (date, date))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """One exercise, due at noon, and nothing for what is late."""
    course = make_class(tmp_path_factory.mktemp("course"), 0)
    unit = course.unit(UNIT)
    with open(course.root / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write('get_config().LateSubmissionPlugin.penalty_method = "zero"\n')
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=DUE)
    roster = "id,first_name,last_name,email\nearly,Ada,Lovelace,\nlate,,,\nhalf,,,h@example.org\n"
    (course.root / "students.csv").write_text(roster)
    inbox = tmp_path_factory.mktemp("inbox")
    for student, (answer, after) in ANSWERS.items():
        arrive(course, unit, inbox, student, answer, DUE + after)
    collect(course, unit, inbox)
    return course


def standing(course: Course) -> dict[str, tuple[datetime | None, float, float]]:
    """Of each student, when it came in, the penalty, and the points before it."""
    with open_gradebook(course) as gradebook:
        return {
            row.student_id: (
                row.timestamp,
                row.notebooks[0].late_submission_penalty or 0,
                row.score,
            )
            for row in gradebook.assignment_submissions(UNIT)
        }


def test_lateness_is_what_nbgrader_makes_of_it(course: Course) -> None:
    grade(course, course.unit(UNIT), workers=1)
    ours = standing(course)
    assert ours["early"] == (DUE - AN_HOUR, 0, 4.0)
    assert ours["late"] == (DUE + AN_HOUR, 4.0, 4.0)
    assert ours["half"][1] == 3.5
    nbgrader(course.root, "autograde", UNIT, "--force")
    assert standing(course) == ours


def test_the_gradebook_has_the_names_of_the_roster(course: Course) -> None:
    grade(course, course.unit(UNIT), workers=1)
    with open_gradebook(course) as gradebook:
        ada, ben = gradebook.find_student("early"), gradebook.find_student("half")
        assert (ada.first_name, ada.last_name, ada.email) == ("Ada", "Lovelace", None)
        assert (ben.first_name, ben.email) == (None, "h@example.org")


def test_a_later_due_date_forgives_when_it_is_graded_again(course: Course, tmp_path: Path) -> None:
    course = copy_class(course, tmp_path)
    unit = course.unit(UNIT)
    grade(course, unit, workers=1)
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=DUE + 2 * AN_HOUR)
    grade(course, unit, workers=1, fresh=True)
    assert standing(course)["late"] == (DUE + AN_HOUR, 0, 4.0)


def test_who_handed_in_by_nbgraders_exchange_fetches_the_feedback_of_course_grade(
    course: Course, tmp_path: Path
) -> None:
    exchange, desk = tmp_path / "exchange", tmp_path / "desk"
    exchange.mkdir()
    exchange.chmod(0o777)
    desk.mkdir()
    options = ["--course=llm", f"--Exchange.root={exchange}"]

    def at(folder: Path, *words: str) -> None:
        nbgrader(folder, *words, UNIT, *options, JUPYTERHUB_USER="", HOME=str(tmp_path))

    at(course.root, "release_assignment")
    at(desk, "fetch_assignment")
    at(desk, "submit")
    at(course.root, "collect")
    unit = course.unit(UNIT)
    (me,) = {row.student for row in grade(course, unit, workers=1)} - set(ANSWERS)
    write_feedback(course, unit, [me])
    at(course.root, "release_feedback", f"--student={me}")
    at(desk, "fetch_feedback")
    (page,) = desk.rglob("feedback/**/significance.html")
    assert "0 of 4 points" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [b"", b"in time", b"99999-01-01", b"\xff\xfe", b"1 2 3"])
def test_a_file_that_holds_no_date_is_no_date(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "timestamp.txt").write_bytes(text)
    assert handed_in(tmp_path) is None
    assert handed_in(tmp_path / "nowhere") is None
