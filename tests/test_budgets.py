"""What an instructor writes into `budgets.toml` holds for every way of grading; what is wrong in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.results import ResultStore
from autograder.intake.submissions import Submission
from autograder.judging.desk import Desk
from autograder.sandboxes.budgets import budgets_of
from autograder.sandboxes.sandbox import Budgets


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def write(course: Course, text: str) -> None:
    (course.root / "budgets.toml").write_text(text, encoding="utf-8")


def test_without_a_file_the_defaults_hold(course: Course) -> None:
    assert budgets_of(course) == Budgets()


def test_what_the_file_names_is_changed_and_nothing_else(course: Course) -> None:
    write(course, "# generous\ncell_seconds = 90\nprocesses = 32\n")
    assert budgets_of(course) == Budgets(cell_seconds=90.0, processes=32)
    assert isinstance(budgets_of(course).cell_seconds, float)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cell_secs = 3", "no budget 'cell_secs'"),
        ("cell_seconds = 0", "not a number from 0.5 on"),
        ("cell_seconds = nan", "not a number from"),
        ("cell_seconds = true", "not a number from"),
        ("cell_seconds = '3'", "not a number from"),
        ("processes = 8.5", "not a whole number from 8 on"),
        ("open_files = 3", "not a whole number from 32 on"),
        ("memory = '2 GiB'", "not a whole number from 268_435_456 on"),
        ("memory = 1000", "not a whole number from 268_435_456 on"),
        ("cell_seconds 3", "is not TOML"),
    ],
)
def test_what_is_wrong_in_the_file_is_one_clear_line(course: Course, text: str, told: str) -> None:
    write(course, text)
    with pytest.raises(CourseError, match=told) as error:
        budgets_of(course)
    assert "budgets.toml" in str(error.value) and "\n" not in str(error.value)


def test_other_budgets_are_another_result(course: Course) -> None:
    unit = course.unit("significance")
    submission, store = (
        Submission("ada", Path("significance.ipynb"), "1"),
        ResultStore(course, unit),
    )
    before = store.key_of(submission, Desk.of(course, unit), "namespaces")
    write(course, "cell_seconds = 5\n")
    assert store.key_of(submission, Desk.of(course, unit), "namespaces") != before
