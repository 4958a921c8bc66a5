"""The one writer: puts results into nbgrader's gradebook and its `autograded/` folder.

It uses nbgrader's own SaveAutoGrades, so that a manual grade is kept, and a manually graded cell that
was graded before is marked for another look.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
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
from autograder.grading.gradebook_cells import bring_up_to_date
from autograder.grading.patience import patiently
from autograder.intake.lateness import Penalties, handed_in, noted
from autograder.intake.submissions import Submission
from autograder.intake.whose import Roster
from autograder.judging.judge import Result
from autograder.judging.rebuild import CHECK_PREFIX
from autograder.phases import phase
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
        config = nbgrader_config(course)
        self._people = Roster.read(course.root / "students.csv").people
        self._directory, self._penalties = CourseDirectory(config=config), Penalties(config)
        self._up_to_date = False  # the cells that the gradebook knows
        self._known: set[tuple[str, str]] | None = None
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

    def holds(self, submission: Submission, result: Result) -> bool:
        """Whether this very result is recorded: then a person's grades are not touched again."""
        there = self._target(submission)
        if not there.is_file() or there.read_bytes() != _written(result):
            return False
        if noted(there.parent) != noted(submission.path.parent):
            return False
        if self._known is None:
            self._known = patiently(self._recorded)
        return (submission.student, submission.path.stem) in self._known

    def _recorded(self) -> set[tuple[str, str]]:
        """The students and notebooks of this unit that the gradebook knows."""
        with _opened(self._directory) as gradebook:
            query = gradebook.db.query(SubmittedAssignment.student_id, Notebook.name)
            query = query.select_from(SubmittedNotebook)
            query = query.join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            query = query.join(
                SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id
            )
            query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            return {(who, name) for who, name in query.filter(Assignment.name == self._unit.name)}

    def _target(self, submission: Submission) -> Path:
        folder = self._course.root / "autograded" / submission.student / self._unit.name
        return folder / submission.path.name

    def record(self, batch: Sequence[tuple[Submission, Result]]) -> None:
        """Put the points of the checks into the gradebook, then write the executed notebooks.

        In this order: an accident in between leaves results that `holds` does not find, and recording
        them again changes nothing.
        """
        with phase("gradebook"):
            patiently(lambda: self._enter(batch))
        self._up_to_date = True
        with phase("autograded notebooks"):
            for submission, result in batch:
                target = self._target(submission)
                for name, content in noted(submission.path.parent).items():
                    write_whole(target.with_name(name), content)
                write_whole(target, _written(result))

    def _enter(self, batch: Sequence[tuple[Submission, Result]]) -> None:
        """Enter all of a batch in one transaction, or nothing. nbgrader's own commits wait for its end."""
        with (
            _opened(self._directory) as gradebook,
            gradebook.engine.begin() as connection,
            warnings.catch_warnings(),
        ):
            # nbgrader relates a new submission to its notebooks before it has added it
            warnings.simplefilter("ignore", SAWarning)
            session = sessionmaker(connection, join_transaction_mode="rollback_only")
            gradebook.db = scoped_session(session)
            if not self._up_to_date:
                bring_up_to_date(gradebook, self._unit)
            for submission, result in batch:
                assert result.executed is not None
                listed = self._people.get(submission.student, {})
                named = {key: listed[key] for key in listed if key != "id" and listed[key]}
                gradebook.update_or_create_student(submission.student, **named)
                when = handed_in(submission.path.parent)
                row = gradebook.update_or_create_submission(
                    self._unit.name, submission.student, timestamp=when
                )
                marks = Marks(gradebook, self._unit.name, submission.path.stem, submission.student)
                marks.save(result.executed)
                gradebook.db.flush()
                self._penalties.charge(row, marks.notebook)
            gradebook.db.flush()


class Marks:
    """The grades and comments of one notebook, fetched at once: what SaveAutoGrades asks a gradebook for."""

    def __init__(self, gradebook: Gradebook, unit: str, notebook: str, student: str) -> None:
        self.db = self  # which it commits to
        self.notebook = gradebook.find_submission_notebook(notebook, unit, student)
        self._grades = {grade.name: grade for grade in self.notebook.grades}
        self._comments = {comment.name: comment for comment in self.notebook.comments}
        self._about = unit, notebook, student

    def find_grade(self, name: str, *_: str) -> Grade:
        """As Gradebook.find_grade, for this notebook."""
        return self._grades[name]

    def find_comment(self, name: str, *_: str) -> Comment:
        """As Gradebook.find_comment, for this notebook."""
        return self._comments[name]

    def commit(self) -> None:
        """Nothing: the transaction ends with its batch."""

    def save(self, executed: NotebookNode) -> None:
        """Have nbgrader's SaveAutoGrades read the points and comments of every cell."""
        saver = SaveAutoGrades(log=LOG)
        saver.gradebook = self
        saver.assignment_id, saver.notebook_id, saver.student_id = self._about
        for index, cell in enumerate(executed.cells):
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
