"""The one writer: puts a result into nbgrader's gradebook and its `autograded/` folder.

It uses nbgrader's own SaveAutoGrades, so that a manual grade is kept, and a manually graded cell that
was graded before is marked for another look.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.judge import Result
from autograder.rebuild import CHECK_PREFIX

LOG = logging.getLogger("course.gradebook")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False


def nbgrader_config(course: Course) -> Config:
    """The nbgrader configuration of a workspace: its own file if it has one, else ours."""
    from autograder.nbgrader_plugins import configure

    own = course.root / "nbgrader_config.py"
    if own.is_file():
        return PyFileConfigLoader(own.name, path=str(course.root)).load_config()
    config = Config()
    configure(config, course.root)
    return config


@contextmanager
def open_gradebook(course: Course) -> Iterator[Gradebook]:
    """nbgrader's gradebook of a workspace."""
    directory = CourseDirectory(config=nbgrader_config(course))
    with Gradebook(directory.db_url, directory.course_id) as gradebook:
        yield gradebook


class Recorder:
    """Records the results of one unit, one after the other."""

    def __init__(self, course: Course, unit: Unit) -> None:
        self._course, self._unit = course, unit
        self._directory = CourseDirectory(config=nbgrader_config(course))
        with open_gradebook(course) as gradebook:
            try:
                gradebook.find_assignment(unit.name)
            except MissingEntry:
                raise CourseError(
                    f"{unit.name} is not in the gradebook: run `course release {unit.name}` first"
                ) from None

    def holds(self, student: str, notebook: Path, result: Result) -> bool:
        """Whether this very result is recorded: then a person's grades are not touched again."""
        there = self._target(student, notebook)
        if not there.is_file() or nbformat.read(there, as_version=4) != result.executed:
            return False
        with Gradebook(self._directory.db_url, self._directory.course_id) as gradebook:
            try:
                gradebook.find_submission_notebook(notebook.stem, self._unit.name, student)
            except MissingEntry:
                return False
        return True

    def _target(self, student: str, notebook: Path) -> Path:
        return self._course.root / "autograded" / student / self._unit.name / notebook.name

    def record(self, student: str, notebook: Path, result: Result) -> None:
        """Write the executed notebook, and the points of its checks, for one student."""
        with (
            Gradebook(self._directory.db_url, self._directory.course_id) as gradebook,
            warnings.catch_warnings(),
        ):
            # nbgrader relates a new submission to its notebooks before it has added it
            warnings.simplefilter("ignore", SAWarning)
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(self._unit.name, student)
        about = {
            "student": student,
            "assignment": self._unit.name,
            "notebook": notebook.stem,
            "db_url": self._directory.db_url,
        }
        SaveAutoGrades(log=LOG).preprocess(result.executed, {"nbgrader": about})
        target = self._target(student, notebook)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".draft")
        nbformat.write(result.executed, draft)
        os.replace(draft, target)


def automatic_points(course: Course, unit: Unit) -> dict[str, dict[str, tuple[float, float]]]:
    """By student and exercise: the points that the program gave, and of how many."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    with open_gradebook(course) as gradebook:
        query = gradebook.db.query(Student.id, BaseCell.name, Grade.auto_score, Grade.max_score)
        query = query.select_from(Grade).join(BaseCell, Grade.cell_id == BaseCell.id)
        query = query.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        query = query.join(
            SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id
        )
        query = query.join(Student, SubmittedAssignment.student_id == Student.id)
        query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        for student, cell, points, most in query.filter(Assignment.name == unit.name):
            if cell.startswith(CHECK_PREFIX) and points is not None:
                exercise = cell.removeprefix(CHECK_PREFIX)
                found.setdefault(student, {})[exercise] = (float(points), float(most))
    return found
