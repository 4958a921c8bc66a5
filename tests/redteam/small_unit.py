"""Unit 01 cut down to three exercises and a question, with a canary in everything that is hidden."""

from __future__ import annotations

import copy
import secrets
import subprocess
import sys
import time

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.authoring.source import notebook_bytes, read_source
from autograder.course import REPO, Course, Unit
from autograder.judging.rebuild import released
from autograder.samples import solved
from tests.redteam.attack import ALL, Desk

UNIT = "01_significance"


def canary(kind: str) -> str:
    """A word that stands nowhere else."""
    return f"CANARY-{kind}-{secrets.token_hex(8)}"


def small_notebook(hidden: str) -> NotebookNode:
    """The title, the imports, three exercises and the question; `hidden` stands in each hidden part."""
    whole = read_source(REPO / "notebooks" / f"{UNIT}.py")
    wanted = {*ALL, *(f"check-{name}" for name in ALL), "question-report"}
    cells = whole.cells[:2]
    for cell in whole.cells[2:]:
        if cell.metadata.get("nbgrader", {}).get("grade_id") in wanted:
            cells.append(cell)
    for cell in cells:
        for begin in ("### BEGIN SOLUTION", "### BEGIN HIDDEN TESTS"):
            indent = "    " if "def " in cell.source else ""
            note = (
                f"{begin}\n{indent}# {hidden}" if cell.cell_type == "code" else f"{begin}\n{hidden}"
            )
            cell.source = cell.source.replace(begin, note)
    whole.cells = cells
    return whole


def make_unit(course: Course, hidden: str) -> Unit:
    """Write source and notebook of the small unit into the course's own `notebooks`."""
    folder = course.root / "notebooks"
    folder.mkdir(parents=True)
    notebook = small_notebook(hidden)
    (folder / f"{UNIT}.py").write_text(
        jupytext.writes(notebook, fmt="py:percent"), encoding="utf-8"
    )
    unit = course.unit(UNIT)
    unit.folder.mkdir()
    unit.built.write_bytes(notebook_bytes(read_source(unit.source)))
    return unit


def desk_of(unit: Unit, places: dict[str, str], hidden: str) -> Desk:
    """What students have: the released notebook; and right answers, which some found themselves."""
    answers = solved(unit, nbformat.read(unit.built, as_version=4))
    for cell in answers.cells:
        lines = cell.source.splitlines()
        cell.source = "\n".join(line for line in lines if hidden not in line)
    return Desk(copy.deepcopy(released(unit.built)), answers, places)


def write_budgets(course: Course) -> None:
    """Short budgets, so that whoever loops does not hold up the tests; longer ones on a busy machine."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-c", "import torch"], check=True)  # what the slowest cell does
    cell = round(max(8.0, 5 * (time.monotonic() - begun)), 1)
    budgets = {"cell_seconds": cell, "ask_seconds": round(0.4 * cell, 1), "total_seconds": 8 * cell}
    budgets["memory"] = 3 << 29
    text = "".join(f"{name} = {value}\n" for name, value in budgets.items())
    (course.root / "budgets.toml").write_text(text, encoding="utf-8")
