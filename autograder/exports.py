"""Points out of the gradebook, manual grades included, into a file that a spreadsheet or an LMS reads.

One row for each student and exercise or question, and one with the total, lateness taken off. Points that
still wait for a person are marked. What a spreadsheet would take for a formula is put in quotes.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    Student,
    SubmittedNotebook,
)

from autograder.checks import checks_of
from autograder.course import Course, Unit, topics_of
from autograder.errors import CourseError
from autograder.gradebook import grades_of, open_gradebook
from autograder.rebuild import CHECK_PREFIX

FIELDS = ("student", "unit", "exercise", "points", "max_points", "graded_by", "needs_manual_grade")
TOTAL = "total"
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the wide ones too


def export_csv(course: Course, unit: Unit | None, path: Path) -> Path:
    """Write the points of one unit, or of all that the gradebook holds, and return `path`."""
    with open_gradebook(course) as gradebook:
        known = sorted(entry.name for entry in gradebook.assignments)
        if unit and unit.name not in known:
            fix = f"run `course release {unit.name}` first"
            raise CourseError(f"{unit.name} is not in the gradebook: {fix}")
        rows = [
            row for name in ([unit.name] if unit else known) for row in rows_of(gradebook, name)
        ]
    draft = path.parent / f".{path.name}.{os.getpid()}"
    try:
        with open(draft, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise CourseError(f"cannot write {path}: {error.strerror}") from None
    return path


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("ada"), harmless(-1.5)
    ("'=1+1", 'ada', -1.5)
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return "'" + value
    return value


def rows_of(gradebook: Gradebook, unit_name: str) -> Iterator[dict[str, Any]]:
    """The rows of a unit, by student. One query: a class of 10 000 is 100 000 rows."""
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
    ordered = query.order_by(Student.id, BaseCell.name)
    for student, entries in groupby(ordered, key=itemgetter(0)):
        points = most = 0.0
        waiting = False
        late: dict[str, float] = {}
        for _, cell, score, max_score, manual, waits, notebook, penalty in entries:
            by = "" if waits else "manual" if manual is not None else "auto"
            yield _row(student, unit_name, _exercise(unit_name, cell), score, max_score, by, waits)
            points, most, waiting = points + score, most + max_score, waiting or bool(waits)
            late[notebook] = penalty or 0.0
        points = max(0.0, points - sum(late.values()))
        yield _row(student, unit_name, TOTAL, points, most, "", waiting)


def _row(*values: Any) -> dict[str, Any]:
    row = dict(zip(FIELDS, values, strict=True))
    row["needs_manual_grade"] = "yes" if row["needs_manual_grade"] else "no"
    return row | {key: round(row[key], 4) for key in ("points", "max_points")}


def _exercise(unit_name: str, cell: str) -> str:
    """`check-paired_bootstrap` in unit 01 is `significance.paired_bootstrap`; a question keeps its name."""
    function = cell.removeprefix(CHECK_PREFIX)
    for topic in topics_of(unit_name):
        for check in checks_of(topic):
            if cell != function and check.function_name == function:
                return check.exercise
    return cell
