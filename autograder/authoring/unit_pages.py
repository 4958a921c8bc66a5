"""A page for each unit: what one learns, how long it takes, what one needs, and its exercises.

Everything in it comes from the unit's notebook, so it cannot say anything else: `course build` makes the pages.
"""

from __future__ import annotations

import re
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.places import headings_of
from autograder.cells import grading
from autograder.course import Course, Unit
from autograder.judging.rebuild import CHECK_PREFIX
from autograder.whole_file import write_whole

PROGRAM, PERSON = "a program", "a person"
FOLDER = Path("autograder", "docs", "units")
POINTS = re.compile(r"\s*\(\d+ points?\)$")
NUMBER = re.compile(r"^(Exercise \d+: |\d+ )")


def refresh_unit_pages(
    course: Course, notebooks: dict[Unit, NotebookNode], check: bool
) -> list[Path]:
    """Bring the pages up to date; return those that were not. With `check` nothing is written."""
    wanted = {page_of(course, unit): page(unit, nb).encode() for unit, nb in notebooks.items()}
    changed = [p for p, text in wanted.items() if not p.is_file() or p.read_bytes() != text]
    stale = [p for p in (course.root / FOLDER).glob("*.md") if p not in wanted]
    for path in [] if check else changed:
        write_whole(path, wanted[path])
    for path in [] if check else stale:
        path.unlink()
    return changed + stale


def page_of(course: Course, unit: Unit) -> Path:
    """Where the page of a unit stands."""
    return course.root / FOLDER / f"{unit.name}.md"


def page(unit: Unit, notebook: NotebookNode) -> str:
    """The page of one unit, as Markdown."""
    goals = notebook.cells[0].source.strip()
    title, _, rest = goals.partition("\n")
    lines = [f"# Unit {unit.number:02}: {title.removeprefix('# ')}", rest.rstrip(), ""]
    lines += ["## What you do", "", "| | you write | points | graded by |", "|---|---|---|---|"]
    headings = headings_of(notebook)
    for name, points, by in graded(notebook):
        what = NUMBER.sub("", POINTS.sub("", headings.get(name, name)))
        written = f"`{name}`" if by == PROGRAM else "an answer in words"
        lines.append(f"| {what} | {written} | {points:g} | {by} |")
    return "\n".join(lines) + "\n"


def graded(notebook: NotebookNode) -> list[tuple[str, float, str]]:
    """Each graded thing of a notebook in order: its name, its points, and who grades it."""
    found = []
    for cell in notebook.cells:
        grader = grading(cell)
        if grader.get("grade") or grader.get("task"):
            name = grader["grade_id"].removeprefix(CHECK_PREFIX)
            by = PERSON if name == grader["grade_id"] else PROGRAM
            found.append((name, float(grader["points"]), by))
    return found
