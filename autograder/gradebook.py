"""The one writer: puts a result into nbgrader's gradebook and its `autograded/` folder.

It uses nbgrader's own SaveAutoGrades, so that a manual grade is kept, and a manually graded cell that
was graded before is marked for another look.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from nbgrader.api import Course as CourseRow
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveAutoGrades
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Query, scoped_session, sessionmaker
from traitlets.config import Config, PyFileConfigLoader

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.judge import Result
from autograder.patience import patiently
from autograder.rebuild import CHECK_PREFIX
from autograder.whole_file import sweep, write_whole

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
    with _opened(CourseDirectory(config=nbgrader_config(course))) as gradebook:
        yield gradebook


def _opened(directory: CourseDirectory) -> Gradebook:
    try:
        gradebook = Gradebook(directory.db_url, directory.course_id)
    except ModuleNotFoundError as error:
        url = "postgresql+psycopg://"
        fix = f"db_url should begin with {url}, and pip install 'psycopg[binary]'"
        raise CourseError(f"the gradebook's driver {error.name} is missing: {fix}") from None
    # nbgrader makes no row for a course without a name, and then refers to it: PostgreSQL objects
    if gradebook.db.get(CourseRow, directory.course_id) is None:
        gradebook.db.add(CourseRow(id=directory.course_id))
    gradebook.db.commit()
    return gradebook


class Recorder:
    """Records the results of one unit, one after the other."""

    def __init__(self, course: Course, unit: Unit) -> None:
        self._course, self._unit = course, unit
        self._directory = CourseDirectory(config=nbgrader_config(course))
        patiently(self._find_unit)

    def _find_unit(self) -> None:
        with _opened(self._directory) as gradebook:
            try:
                gradebook.find_assignment(self._unit.name)
            except MissingEntry:
                raise CourseError(
                    f"{self._unit.name} is not in the gradebook: "
                    f"run `course release {self._unit.name}` first"
                ) from None

    def sweep(self) -> None:
        """Clear up after a run that was killed."""
        sweep((self._course.root / "autograded").glob(f"*/{self._unit.name}"))

    def holds(self, student: str, notebook: Path, result: Result) -> bool:
        """Whether this very result is recorded: then a person's grades are not touched again."""
        there = self._target(student, notebook)
        if not there.is_file() or there.read_bytes() != _written(result):
            return False
        return patiently(lambda: self._knows(student, notebook.stem))

    def _knows(self, student: str, notebook: str) -> bool:
        with _opened(self._directory) as gradebook:
            try:
                gradebook.find_submission_notebook(notebook, self._unit.name, student)
            except MissingEntry:
                return False
        return True

    def _target(self, student: str, notebook: Path) -> Path:
        return self._course.root / "autograded" / student / self._unit.name / notebook.name

    def record(self, student: str, notebook: Path, result: Result) -> None:
        """Put the points of the checks into the gradebook, then write the executed notebook.

        In this order: an accident in between leaves a result that `holds` does not find, and recording
        it again changes nothing.
        """
        patiently(lambda: self._enter(student, notebook.stem, result))
        write_whole(self._target(student, notebook), _written(result))

    def _enter(self, student: str, notebook: str, result: Result) -> None:
        """Enter all of a result, or nothing. nbgrader commits after every cell: here that waits."""
        assert result.executed is not None
        with (
            _opened(self._directory) as gradebook,
            gradebook.engine.begin() as connection,
            warnings.catch_warnings(),
        ):
            # nbgrader relates a new submission to its notebooks before it has added it
            warnings.simplefilter("ignore", SAWarning)
            session = sessionmaker(connection, join_transaction_mode="rollback_only")
            gradebook.db = scoped_session(session)
            gradebook.update_or_create_student(student)
            gradebook.update_or_create_submission(self._unit.name, student)
            saver = SaveAutoGrades(log=LOG)
            saver.gradebook = gradebook
            saver.assignment_id, saver.notebook_id, saver.student_id = (
                self._unit.name,
                notebook,
                student,
            )
            for index, cell in enumerate(result.executed.cells):
                saver.preprocess_cell(cell, {}, index)


def _written(result: Result) -> bytes:
    """The executed notebook as it stands in the file."""
    return (nbformat.writes(result.executed) + "\n").encode()


@dataclass(frozen=True)
class Mark:
    """What one student has for one graded cell."""

    automatic: float | None
    manual: float | None  # a person's: it counts instead of the program's
    extra: float | None  # a person's, on top
    most: float


def automatic_points(
    marks: dict[str, dict[str, Mark]],
) -> dict[str, dict[str, tuple[float, float]]]:
    """By student and exercise: the points that the program gave, and of how many."""
    return {
        student: {
            cell.removeprefix(CHECK_PREFIX): (float(mark.automatic), float(mark.most))
            for cell, mark in own.items()
            if cell.startswith(CHECK_PREFIX) and mark.automatic is not None
        }
        for student, own in marks.items()
    }


def marks_of(course: Course, unit: Unit) -> dict[str, dict[str, Mark]]:
    """By student and graded cell, all that the gradebook says."""
    found: dict[str, dict[str, Mark]] = {}
    columns = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.max_score)
    with open_gradebook(course) as gradebook:
        for student, cell, *scores in grades_of(gradebook, unit.name, *columns):
            found.setdefault(student, {})[cell] = Mark(*scores)
    return found


def grades_of(gradebook: Gradebook, unit_name: str, *columns: Any) -> Query[Any]:
    """One query for all grades of a unit: the student, the cell, and these columns of each."""
    query = gradebook.db.query(Student.id, BaseCell.name, *columns)
    query = query.select_from(Grade).join(BaseCell, Grade.cell_id == BaseCell.id)
    query = query.join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
    query = query.join(
        SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id
    )
    query = query.join(Student, SubmittedAssignment.student_id == Student.id)
    query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    return query.filter(Assignment.name == unit_name)
