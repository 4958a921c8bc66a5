"""What each student has for a unit, out of the gradebook: manual grades included, lateness taken off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from nbgrader.api import BaseCell, Grade, Gradebook, Student, SubmittedNotebook

from autograder.checks import checks_of
from autograder.course import Course, Unit, topics_of
from autograder.errors import CourseError
from autograder.grading.gradebook import grades_of, open_gradebook
from autograder.judging.rebuild import CHECK_PREFIX


@dataclass(frozen=True)
class Mark:
    """One student's points for one exercise or question."""

    exercise: str
    points: float
    max_points: float
    graded_by: str  # auto, manual, or nobody yet
    waits: bool  # for a person, or for the program


@dataclass(frozen=True)
class Points:
    """One student's points for a unit."""

    student: str
    marks: tuple[Mark, ...]
    late: float  # points taken off for lateness

    @property
    def points(self) -> float:
        return max(0.0, sum(mark.points for mark in self.marks) - self.late)

    @property
    def max_points(self) -> float:
        return sum(mark.max_points for mark in self.marks)

    def points_by(self, whom: str) -> float:
        """The part that the program gave (`auto`), or people (`manual`)."""
        return sum(mark.points for mark in self.marks if mark.graded_by == whom)

    @property
    def pending(self) -> list[str]:
        """The exercises and questions whose points are not given yet."""
        return [mark.exercise for mark in self.marks if mark.waits]


def points_in(gradebook: Gradebook, unit_name: str) -> Iterator[Points]:
    """The points of a unit, by student. One query: a class of 10 000 is 100 000 rows."""
    query = grades_of(
        gradebook,
        unit_name,
        Grade.score,
        Grade.max_score,
        Grade.manual_score,
        Grade.needs_manual_grade,
        SubmittedNotebook.id,
        SubmittedNotebook.late_submission_penalty,
    )
    names: dict[str, str] = {}
    ordered = query.order_by(Student.id, BaseCell.name)
    for student, entries in groupby(ordered, key=itemgetter(0)):
        marks: list[Mark] = []
        late: dict[str, float] = {}
        for _, cell, score, most, manual, waits, notebook, penalty in entries:
            name = names.setdefault(cell, _exercise(unit_name, cell))
            by = "" if waits else "manual" if manual is not None else "auto"
            marks.append(Mark(name, score, most, by, bool(waits)))
            late[notebook] = penalty or 0.0
        yield Points(student, tuple(marks), sum(late.values()))


def points_of_unit(course: Course, unit: Unit) -> list[Points]:
    """Everybody's points for one unit. Raises CourseError when there are none."""
    with open_gradebook(course) as gradebook:
        require(unit, [entry.name for entry in gradebook.assignments])
        found = list(points_in(gradebook, unit.name))
    if not found:
        raise CourseError(f"nobody was graded in {unit.name}: run `course grade {unit.name}` first")
    return found


def require(unit: Unit, known: list[str]) -> None:
    """Raise CourseError unless the gradebook knows the unit."""
    if unit.name not in known:
        fix = f"run `course release {unit.name}` first"
        raise CourseError(f"{unit.name} is not in the gradebook: {fix}")


def ready(everybody: list[Points], *, include_pending: bool) -> tuple[dict[str, Points], list[str]]:
    """Those whose points may leave, by student; and a line for each one who is held back."""
    leaving, notes = {}, []
    for points in everybody:
        if points.pending and not include_pending:
            waits = ", ".join(points.pending)
            told = f"{points.student!r} is left out: {waits} not graded yet"
            notes.append(f"{told} (--include-pending takes the points so far)")
        else:
            leaving[points.student] = points
    return leaving, notes


def _exercise(unit_name: str, cell: str) -> str:
    """`check-paired_bootstrap` in unit 01 is `significance.paired_bootstrap`; a question keeps its name."""
    function = cell.removeprefix(CHECK_PREFIX)
    for topic in topics_of(unit_name):
        for check in checks_of(topic):
            if cell != function and check.function_name == function:
                return check.exercise
    return cell
