"""Points out of the gradebook, into a file that a spreadsheet or an LMS reads."""

from __future__ import annotations

import csv
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.gradebook import open_gradebook

FIELDS = ("student", "unit", "cell", "points", "max_points", "graded_by", "needs_manual_grade")


def export_csv(course: Course, unit: Unit | None, path: Path) -> Path:
    """Write one row for each student and graded cell, and one with the total (cell empty)."""
    with open_gradebook(course) as gradebook:
        names = [unit.name] if unit else sorted(entry.name for entry in gradebook.assignments)
        rows = [row for name in names for row in _rows(gradebook, name)]
    try:
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows({key: harmless(value) for key, value in row.items()} for row in rows)
    except OSError as error:
        raise CourseError(f"cannot write {path}: {error.strerror}") from None
    return path


def harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("ada"), harmless(-1.5)
    ("'=1+1", 'ada', -1.5)
    """
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def _rows(gradebook: Gradebook, unit_name: str) -> list[dict[str, object]]:
    try:
        submissions = gradebook.assignment_submissions(unit_name)
    except MissingEntry:
        raise CourseError(
            f"{unit_name} is not in the gradebook: run `course release {unit_name}` first"
        ) from None
    rows: list[dict[str, object]] = []
    for submission in sorted(submissions, key=lambda entry: entry.student.id):
        usual = {"student": submission.student.id, "unit": unit_name}
        for notebook in submission.notebooks:
            for grade in sorted(notebook.grades, key=lambda entry: entry.name):
                by = "manual" if grade.manual_score is not None else "auto"
                about = {"cell": grade.name, "points": grade.score, "max_points": grade.max_score}
                waits = bool(grade.needs_manual_grade)
                rows.append({**usual, **about, "graded_by": by, "needs_manual_grade": waits})
        total = {"cell": "", "points": submission.score, "max_points": submission.max_score}
        waits = bool(submission.needs_manual_grade)
        rows.append({**usual, **total, "graded_by": "", "needs_manual_grade": waits})
    return rows
