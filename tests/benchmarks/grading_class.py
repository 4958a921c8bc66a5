"""A class of unit 04 to grade: the same submissions before our grader and before plain nbgrader.

A few of many kinds, over and over: right ones, some with one to three mistakes, untouched ones, one that
cannot be parsed, one that ends its process. What each deserves is known from how it was made.
"""

from __future__ import annotations

import copy
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import REPO, Course, Unit
from autograder.nbgrader_plugins import write_config
from autograder.rebuild import CHECK_PREFIX, exercise_cell, is_skipped
from autograder.samples import blank, learner, solved
from autograder.student_notebook import generate
from tests.benchmarks.plain_attention import hidden_tests

UNIT, NAME = "04_attention", "attention.ipynb"
MISTAKES = {  # an exercise that the learner got wrong, and all that are wrong because of it
    "attention_scores": {
        *("attention_scores", "scaled_dot_product_attention", "multi_head_attention"),
        "attention_step",
    },
    "causal_mask": {"causal_mask"},
    "multi_head_attention": {"multi_head_attention"},
    "count_connections": {"count_connections"},
}
KINDS = 20  # of which the class is made, over and over
Full = dict[tuple[str, str], bool]  # by student and exercise: whether all points were given

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Class:
    """A folder with two workspaces, `ours` and `plain`, and what everybody deserves."""

    folder: Path
    due: Full

    def copy(self, name: str, place: Path) -> Path:
        """One of the workspaces, at another place."""
        return Path(shutil.copytree(self.folder / name, place / name, symlinks=True))


def make_class(folder: Path, size: int, *, demos: bool = True, only: Collection[str] = ()) -> Class:
    """Release the unit in both workspaces, and let `size` students hand in.

    Without `demos`, plain nbgrader is given no demonstrations to run; our grader never runs them. With
    `only` some of its exercises the unit is a short one, and there is no plain workspace.
    """
    course = Course(folder / "ours")
    course.root.mkdir(parents=True)
    unit = shortened(course, only) if only else Course(REPO).unit(UNIT)
    workspaces = ("ours",) if only else ("ours", "plain")
    write_config(course)
    generate(course, unit, course.root / "release", record=True)
    if not only:
        _make_plain(folder / "plain", unit, demos)
    made = [_answers(unit, kind) for kind in range(KINDS)]
    due: Full = {}
    for number, (notebook, wrong) in enumerate(itertools.islice(itertools.cycle(made), size)):
        student = f"s{number:05}"
        notebook.cells[0].source += f"\n\n{student}"  # nobody's is the same file
        text, without_demos = nbformat.writes(notebook), nbformat.writes(_undemonstrated(notebook))
        notebook.cells[0].source = notebook.cells[0].source.removesuffix(f"\n\n{student}")
        for workspace in workspaces:
            path = folder / workspace / "submitted" / student / UNIT / NAME
            path.parent.mkdir(parents=True)
            path.write_text(
                text if workspace == "ours" or demos else without_demos, encoding="utf-8"
            )
        due |= {(student, name): name not in wrong for name in exercises(unit)}
    return Class(folder, due)


def shortened(course: Course, only: Collection[str]) -> Unit:
    """The unit with a few of its exercises, in a workspace of its own."""
    source = course.root / "notebooks" / f"{UNIT}.py"
    source.parent.mkdir()
    shutil.copy(REPO / "notebooks" / source.name, source)
    notebook = nbformat.read(Course(REPO).unit(UNIT).built, as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and not is_skipped(cell)
        if _exercise_of(cell) in {"", *only}
    ]
    unit = course.unit(UNIT)
    unit.folder.mkdir()
    nbformat.write(notebook, unit.built)
    return unit


def _exercise_of(cell: NotebookNode) -> str:
    """The exercise that a cell asks or checks; empty for cells that only prepare something."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", "")).removeprefix(CHECK_PREFIX)


def exercises(unit: Unit) -> list[str]:
    cells = nbformat.read(unit.built, as_version=4).cells
    return [name for cell in cells if (name := exercise_cell(cell))]


def _answers(unit: Unit, kind: int) -> tuple[NotebookNode, set[str]]:
    """A notebook of this kind, and the exercises that are wrong in it."""
    instructor = nbformat.read(unit.built, as_version=4)
    if kind in (0, 1):
        return blank(unit, instructor), set(exercises(unit))
    right = solved(unit, instructor)
    wrong: set[str] = set()
    if kind == 2:
        wrong = {"causal_mask"}
        _cell(right, "causal_mask").source = "def causal_mask(num_tokens)\n    return None"
    elif kind == 3:
        wrong = {"count_connections"}
        _cell(right, "count_connections").source += "\n\nimport os\nos._exit(1)"
    elif kind < 10:
        mistaken = learner(unit, nbformat.read(unit.built, as_version=4))
        there = [name for name in MISTAKES if name in exercises(unit)]
        for name in itertools.islice(itertools.cycle(there), kind, kind + 1 + kind % 3):
            _cell(right, name).source = _cell(mistaken, name).source
            wrong |= MISTAKES[name]
    return right, wrong


def _cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def _undemonstrated(notebook: NotebookNode) -> NotebookNode:
    short = copy.copy(notebook)
    short.cells = [cell for cell in notebook.cells if not is_skipped(cell)]
    return short


def _make_plain(folder: Path, unit: Unit, demos: bool) -> None:
    notebook = nbformat.read(unit.built, as_version=4)
    notebook = notebook if demos else _undemonstrated(notebook)
    for cell in notebook.cells:
        if name := exercise_cell(cell):
            cell.source = hidden_tests(name)
    path = folder / "source" / UNIT / NAME
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    config = "c = get_config()\nc.ClearMarkScheme.enforce_metadata = False\n"
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    nbgrader(folder, "generate_assignment", UNIT)


def course(folder: Path, *words: str) -> float:
    """Run `course` in a workspace; the seconds that it took."""
    return _timed([str(PROGRAMS / "course"), *words, "--root", str(folder)], REPO)


def nbgrader(folder: Path, *words: str) -> float:
    """Run `nbgrader` in a workspace; the seconds that it took. It ends with 1 when somebody's kernel died."""
    return _timed([str(PROGRAMS / "nbgrader"), *words], folder)


def _timed(command: list[str], folder: Path) -> float:
    threads = [name for name in os.environ if name.endswith("_NUM_THREADS")]
    environment = {name: value for name, value in os.environ.items() if name not in threads}
    environment["PATH"] = f"{PROGRAMS}:{environment['PATH']}"
    begun = time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - begun
    if done.returncode > 1:
        raise RuntimeError(done.stderr[-2000:])
    return seconds


def full(folder: Path) -> Full:
    """Who has all points of which exercise, by the gradebook of a workspace."""
    query = """
        select submitted_assignment.student_id, base_cell.name, grade.auto_score, grade_cells.max_score
        from grade join base_cell on grade.cell_id = base_cell.id
        join grade_cells on grade_cells.id = base_cell.id
        join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
    """
    with sqlite3.connect(folder / "gradebook.db") as database:
        rows = database.execute(query).fetchall()
    return {
        (student, cell.removeprefix(CHECK_PREFIX)): score == most
        for student, cell, score, most in rows
        if cell.startswith(CHECK_PREFIX)
    }
