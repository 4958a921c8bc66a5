"""Points as CSV that a spreadsheet reads: a row for each exercise or question, and one with the total.

Points that still wait for a person are marked. What a spreadsheet would take for a formula is put in
quotes, ids too: this file is for eyes. What goes back to an LMS (`canvas`, `moodle`) keeps its ids.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from autograder.course import Course, Unit
from autograder.exports.options import write
from autograder.exports.points import Points, points_in, require
from autograder.grading.gradebook import open_gradebook

FIELDS = ("student", "unit", "exercise", "points", "max_points", "graded_by", "needs_manual_grade")
TOTAL = "total"
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the wide ones too


def export_csv(course: Course, unit: Unit | None, path: Path) -> Path:
    """Write the points of one unit, or of all that the gradebook holds, and return `path`."""
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, FIELDS)
    writer.writeheader()
    with open_gradebook(course) as gradebook:
        known = sorted(entry.name for entry in gradebook.assignments)
        if unit:
            require(unit, known)
        for name in [unit.name] if unit else known:
            for points in points_in(gradebook, name):
                for row in _rows(name, points):
                    writer.writerow({key: harmless(value) for key, value in row.items()})
    write(path, file.getvalue().encode())
    return path


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    return text.lstrip(" ").startswith(FORMULA)


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("ada"), harmless(-1.5)
    ("'=1+1", 'ada', -1.5)
    """
    return "'" + value if isinstance(value, str) and is_formula(value) else value


def made_from_nothing(
    header: list[list[str]], people: Iterable[tuple[str, list[str]]], what: str
) -> tuple[str, list[str]]:
    """A file with a row for each student, for an LMS that finds people by `what` stands in it.

    Who has a formula there is left out, and named: a changed id would find nobody.
    """
    file, notes = io.StringIO(newline=""), []
    writer = csv.writer(file)
    writer.writerows(header)
    for student, row in people:
        if any(map(is_formula, row)):
            told = f"{student!r} is left out: a spreadsheet would take the {what} for a formula"
            notes.append(f"{told}; with --template it goes in")
        else:
            writer.writerow(row)
    return file.getvalue(), notes


def _rows(unit_name: str, points: Points) -> Iterator[dict[str, Any]]:
    for mark in points.marks:
        given = (mark.exercise, mark.points, mark.max_points, mark.graded_by, mark.waits)
        yield _row(points.student, unit_name, *given)
    whole = (TOTAL, points.points, points.max_points, "", bool(points.pending))
    yield _row(points.student, unit_name, *whole)


def _row(*values: Any) -> dict[str, Any]:
    row = dict(zip(FIELDS, values, strict=True))
    row["needs_manual_grade"] = "yes" if row["needs_manual_grade"] else "no"
    return row | {key: round(row[key], 4) for key in ("points", "max_points")}
