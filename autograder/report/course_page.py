"""The page of the whole course: `report/course.html`. Totals come from the gradebook, what people gave included."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from autograder.authoring.places import places
from autograder.course import Course
from autograder.exports.points import Points, points_in
from autograder.grading.gradebook import open_gradebook
from autograder.intake.whose import Roster
from autograder.report.item_analysis import Item, analyse
from autograder.report.misconceptions import Known, ranked
from autograder.report.page import write_page
from autograder.report.unit_page import Class
from autograder.report.work import anchor_of

PASS = 0.5  # share of a unit's points
HARDEST, MOST_FREQUENT = 10, 15


@dataclass(frozen=True)
class Column:
    """One unit: who is graded in it, what the gradebook says, and what was hard and mistaken."""

    told: Class
    totals: dict[str, Points]
    items: list[Item]
    known: list[Known]

    @property
    def name(self) -> str:
        return self.told.unit.name

    @cached_property
    def handed_in(self) -> set[str]:
        """Everybody who handed in something, whatever became of it."""
        told = self.told
        graded = {work.student for work in told.works}
        return graded | {row.student for row in told.aside} | {*told.waiting}

    @cached_property
    def graded(self) -> list[Points]:
        """The totals of those who handed in: nbgrader may know others, with no points yet."""
        return [total for student, total in self.totals.items() if student in self.handed_in]

    @property
    def pass_rate(self) -> float | None:
        graded = self.graded
        return (
            sum(total.points >= PASS * total.max_points for total in graded) / len(graded)
            if graded
            else None
        )

    @property
    def median(self) -> float | None:
        return statistics.median(total.points for total in self.graded) if self.graded else None

    @property
    def waiting(self) -> int:
        return sum(bool(total.pending) for total in self.graded)

    @property
    def most(self) -> float:
        return max((total.max_points for total in self.totals.values()), default=0.0)


def write_course_report(course: Course, classes: Sequence[Class]) -> Path:
    """Write `report/course.html` about the units that somebody handed in, and return its path."""
    enrolled = set(Roster.read(course.root / "students.csv").ids or ())
    with open_gradebook(course) as gradebook:
        enrolled |= {student.id for student in gradebook.students}
        units = {entry.name for entry in gradebook.assignments}
        totals = {
            told.unit.name: {row.student: row for row in points_in(gradebook, told.unit.name)}
            for told in classes
            if told.unit.name in units
        }
    columns = [
        Column(
            told,
            totals.get(told.unit.name, {}),
            analyse(told.works),
            ranked(told.works, places(told.unit)),
        )
        for told in classes
    ]
    handed_in = {column.name: column.handed_in for column in columns}
    students = sorted(enrolled.union(*handed_in.values()))
    missing = {
        student: [unit for unit, those in handed_in.items() if student not in those]
        for student in students
    }
    items = [(column, item) for column in columns for item in column.items]
    known = [(column, one) for column in columns for one in column.known]
    return write_page(
        course.root / "report" / "course.html",
        "course.html",
        columns=columns,
        students=students,
        handed_in=handed_in,
        sums={student: _sum(student, columns, handed_in) for student in students},
        anchors={student: anchor_of(student) for student in students},
        linked={column.name: {work.student for work in column.told.works} for column in columns},
        behind=sorted(((s, m) for s, m in missing.items() if m), key=lambda row: -len(row[1])),
        hardest=sorted(items, key=lambda row: row[1].mean / (row[1].max_points or 1))[:HARDEST],
        frequent=sorted(known, key=lambda row: -len(row[1].students))[:MOST_FREQUENT],
    )


def _sum(student: str, columns: Sequence[Column], handed_in: dict[str, set[str]]) -> float:
    """The points of a student in all units."""
    totals = (c.totals.get(student) for c in columns if student in handed_in[c.name])
    return sum(total.points for total in totals if total)
