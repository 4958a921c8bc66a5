"""What the instructor looks at: one page for each unit, and one for the course. Each is a single HTML file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.grade import look_up
from autograder.intake.submissions import submissions
from autograder.judging.desk import Desk
from autograder.report.course_page import write_course_report
from autograder.report.unit_page import Class, write_report, write_unit_page

__all__ = ["write_course_report", "write_report", "write_reports"]


def write_reports(
    course: Course, unit: Unit | None = None, *, similarity: bool = True, sandbox: str = "auto"
) -> Iterator[Path]:
    """Write the page of a unit, or that of the course and of every unit that was handed in; yield their paths."""
    units = [unit] if unit else course.units()
    classes = [
        _class(course, one, sandbox) for one in units if next(submissions(course, one), None)
    ]
    if not classes:
        name = unit.name if unit else "UNIT"
        what = unit.name if unit else "anything"
        raise CourseError(f"nobody has handed in {what}: run `course collect {name} PATH` first")
    if unit is None:
        yield write_course_report(course, classes)
    for told in classes:
        yield write_unit_page(course, told, similarity=similarity)


def _class(course: Course, unit: Unit, sandbox: str) -> Class:
    """What is known about everybody who handed in a unit, without judging."""
    known = look_up(course, unit, Desk.of(course, unit, sandbox))
    return Class.of(course, unit, (row for _, _, row in known))
