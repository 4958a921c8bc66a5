"""The points that leave the gradebook, on a gradebook made here."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import Course
from autograder.errors import CourseError
from autograder.exports.spreadsheet import FIELDS, FORMULA, export_csv, harmless
from autograder.grading.gradebook import open_gradebook

CHECK, QUESTION = "check-paired_bootstrap", "question-why"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Two units; ada was graded by a person too, bob waits for one, =eve was late."""
    course = Course(tmp_path_factory.mktemp("course"))
    with open_gradebook(course) as gradebook:
        for unit in ("01_significance", "99_other"):
            gradebook.add_assignment(unit)
            gradebook.add_notebook("n", unit)
            gradebook.add_grade_cell(CHECK, "n", unit, max_score=4, cell_type="code")
            gradebook.add_grade_cell(QUESTION, "n", unit, max_score=2, cell_type="markdown")
        for student in ("bob", "ada", "=eve"):
            gradebook.add_student(student)
            gradebook.add_submission("01_significance", student)
            notebook = gradebook.find_submission_notebook("n", "01_significance", student)
            notebook.late_submission_penalty = 1.5 if student == "=eve" else 0
            for grade in notebook.grades:
                grade.auto_score = 3.0 if grade.name == CHECK else None
                grade.needs_manual_grade = grade.name == QUESTION and student == "bob"
                if student == "ada":
                    grade.manual_score = {CHECK: 3.5, QUESTION: 1.0}[grade.name]
                if student == "=eve":
                    grade.extra_credit = 0.25 if grade.name == CHECK else None
        gradebook.db.commit()
    return course


def rows(course: Course, path: Path, unit: str | None = "1") -> list[dict[str, str]]:
    export_csv(course, course.unit(unit) if unit else None, path)
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points(course: Course, path: Path) -> dict[tuple[str, str], str]:
    return {(row["student"], row["exercise"]): row["points"] for row in rows(course, path)}


def test_a_manual_score_stands_above_the_automatic_one(course: Course, tmp_path: Path) -> None:
    found = points(course, tmp_path / "x.csv")
    assert found["ada", "significance.paired_bootstrap"] == "3.5"
    assert found["ada", QUESTION] == "1.0"
    assert found["ada", "total"] == "4.5"


def test_lateness_is_taken_off_the_total_and_extra_credit_added(
    course: Course, tmp_path: Path
) -> None:
    found = points(course, tmp_path / "x.csv")
    assert found["'=eve", "significance.paired_bootstrap"] == "3.25"
    assert found["'=eve", "total"] == "1.75"


def test_what_waits_for_a_person_is_marked(course: Course, tmp_path: Path) -> None:
    found = rows(course, tmp_path / "x.csv")
    waiting = {(r["student"], r["exercise"]) for r in found if r["needs_manual_grade"] == "yes"}
    assert waiting == {("bob", QUESTION), ("bob", "total")}
    by = {(r["student"], r["exercise"]): r["graded_by"] for r in found}
    assert by["ada", QUESTION] == "manual" and by["bob", QUESTION] == ""
    assert by["bob", "significance.paired_bootstrap"] == "auto"


def test_every_row_has_every_field_and_students_are_in_order(
    course: Course, tmp_path: Path
) -> None:
    found = rows(course, tmp_path / "x.csv")
    assert all(tuple(row) == FIELDS for row in found)
    assert [row["student"] for row in found] == ["'=eve"] * 3 + ["ada"] * 3 + ["bob"] * 3
    assert {row["max_points"] for row in found if row["exercise"] == "total"} == {"6.0"}


def test_without_a_unit_everything_is_exported(course: Course, tmp_path: Path) -> None:
    with open_gradebook(course) as gradebook:
        gradebook.add_submission("99_other", "ada")
    found = rows(course, tmp_path / "x.csv", unit=None)
    assert {row["unit"] for row in found} == {"01_significance", "99_other"}


def test_a_unit_that_was_never_released_is_named_with_the_fix(tmp_path: Path) -> None:
    course = Course(tmp_path)
    with pytest.raises(CourseError, match="run `course release 01_significance` first"):
        export_csv(course, course.unit("1"), tmp_path / "x.csv")


def test_a_place_that_cannot_be_written_is_one_clear_line(course: Course, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"cannot write .*: No such file or directory"):
        export_csv(course, None, tmp_path / "no" / "x.csv")
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    for path in (tmp_path / "folder", tmp_path / "file" / "x.csv", Path("/"), Path(".")):
        with pytest.raises(CourseError, match="cannot write"):
            export_csv(course, None, path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


@given(st.text(st.characters(codec="utf-8"), max_size=5) | st.sampled_from(FORMULA))
def test_no_cell_starts_a_formula(text: str) -> None:
    shown = str(harmless(text))
    assert shown.endswith(text) and not shown.lstrip(" ").startswith(FORMULA)
