"""Exercises and questions: a number worked out, points that agree everywhere, a rubric for people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autograder.authoring.page import Finding, Page
from autograder.authoring.unit_pages import PERSON, PROGRAM, graded
from autograder.cells import grading, is_exercise, is_question
from autograder.course import REPO

WORKED = re.compile(r"worked (number|example)", flags=re.I)
TITLE_POINTS = re.compile(r"^#+ .*\((\d+(?:\.\d+)?) points?\)", flags=re.M)
OPENING_POINTS = re.compile(
    r"(\d+)\s+points:?\**\s*:?\s*(\d+)\s+checked[^,.]*?,\s+(\d+)\s+by", re.S
)
RUBRIC = re.compile(r"BEGIN MARK SCHEME(.*?)(END MARK SCHEME|\Z)", flags=re.S)
RUBRIC_POINTS = re.compile(r"^\W*(\d+(?:\.\d+)?) points?\b", flags=re.M)
ROW = r"^\| {number} [^|]*\|[^|]*\| *(\d+) *\| *(\d+)(?: *\+ *(\d+))? *\|$"


def of_exercises(page: Page) -> Iterator[Finding]:
    """Yield exercises without a worked number, points that disagree, and questions without a rubric."""
    cells = page.notebook.cells
    points = {grading(c).get("grade_id"): grading(c).get("points", 0) for c in cells}
    for index, cell in enumerate(cells):
        name = grading(cell).get("grade_id", "")
        if is_exercise(cell):
            text = text_before(page, index)
            yes_or_no = re.search(r"^def .*-> bool:", cell.source, flags=re.M)
            if not (WORKED.search(text) or ">>>" in cell.source or yes_or_no):
                told = f"exercise {name} has no worked number: write “Worked number: …” above it"
                yield page.finding("worked-number", told, index)
            said = TITLE_POINTS.search(text)
            given = points.get(f"check-{name}", 0)
            if said and float(said[1]) != given:
                told = f"the heading says {said[1]} points, the cell check-{name} {given:g}"
                yield page.finding("points", told, index)
        elif is_question(cell):
            yield from _rubric(page, index, points[name])
    yield from _sums(page)


def text_before(page: Page, index: int) -> str:
    """The prose that belongs to an exercise: from the last heading with `Exercise` or points on."""
    found: list[str] = []
    for cell in reversed(page.notebook.cells[:index]):
        if cell.cell_type == "markdown":
            found.append(cell.source)
            if re.search(r"^#+ ", cell.source, flags=re.M):
                break
        elif is_exercise(cell):
            break
    return "\n".join(reversed(found))


def _rubric(page: Page, index: int, points: float) -> Iterator[Finding]:
    scheme = RUBRIC.search(page.notebook.cells[index].source)
    if not scheme:
        told = "question without a rubric: add === BEGIN MARK SCHEME === … === END MARK SCHEME ==="
        yield page.finding("rubric", told, index)
        return
    shares = [float(share) for share in RUBRIC_POINTS.findall(scheme[1])]
    if shares and sum(shares) != points:
        told = f"the rubric gives {sum(shares):g} points, the cell {points:g}"
        yield page.finding("points", told, index, "BEGIN MARK SCHEME")


def _sums(page: Page) -> Iterator[Finding]:
    """The first cell, and the clone's README, tell the sums."""
    given = graded(page.notebook)
    manual = sum(points for _, points, by in given if by == PERSON)
    automatic = sum(points for _, points, by in given if by == PROGRAM)
    opening = page.notebook.cells[0].source if page.notebook.cells else ""
    said = OPENING_POINTS.search(opening)
    if said and tuple(map(int, said.groups())) != (automatic + manual, automatic, manual):
        told = f"it says {' '.join(said[0].split())!r}: there are {automatic:g} and {manual:g}"
        yield page.finding("points", told, 0, "points")
    readme = (REPO / "README.md").read_text(encoding="utf-8")
    row = re.search(ROW.replace("{number}", page.unit.source.name[:2]), readme, flags=re.M)
    if page.unit.source.is_relative_to(REPO):
        line = readme[: row.start()].count("\n") + 1 if row else 1
        minutes = re.search(r"(\d+) minutes", opening)
        told = ""
        if row is None:
            told = f"no row of unit {page.unit.source.name[:2]} in the table of units: add one"
        elif (int(row[2]), int(row[3] or 0)) != (automatic, manual):
            told = f"the table says {row[2]} + {row[3] or 0} points: there are {automatic:g} + {manual:g}"
        elif minutes and minutes[1] != row[1]:
            told = f"the table says {row[1]} minutes, the notebook {minutes[1]}"
        if told:
            yield Finding(REPO / "README.md", line, f"unit {page.unit.name}", "points", told)
