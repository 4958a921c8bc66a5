"""A class of unit 04 to grade: the same submissions before our grader and before plain nbgrader.

A few of many kinds, over and over: right ones, some with one to three mistakes, untouched ones, one that
cannot be parsed, one that ends its process. What each deserves is known from how it was made.
"""

from __future__ import annotations

import atexit
import copy
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook

from autograder.bundles.student_notebook import generate
from autograder.cells import is_skipped
from autograder.course import REPO, Course, Unit
from autograder.grading.gradebook import grades_of
from autograder.judging.rebuild import CHECK_PREFIX, exercise_cell
from autograder.nbgrader_plugins import write_config
from autograder.samples import blank, learner, solved
from tests.benchmarks.plain_attention import hidden_tests
from tests.crash_class import name_of, short_unit
from tests.redteam import plain_nbgrader

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
SIZE = 40  # of the class that is graded by both
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
    write_config(course)
    generate(course, unit, course.root / "release", record=True)
    if not only:
        _make_plain(folder / "plain", unit, demos)
    names = exercises(unit)
    made = [_answers(unit, kind) for kind in range(KINDS)]
    due: Full = {}
    for number, (notebook, wrong) in enumerate(itertools.islice(itertools.cycle(made), size)):
        student = f"s{number:05}"
        notebook.metadata["student"] = student  # nobody's is the same file
        _hand_in(folder / "ours", student, notebook)
        if not only:
            _hand_in(folder / "plain", student, notebook if demos else _undemonstrated(notebook))
        due |= {(student, name): name not in wrong for name in names}
    return Class(folder, due)


def _hand_in(workspace: Path, student: str, notebook: NotebookNode) -> None:
    path = workspace / "submitted" / student / UNIT / NAME
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)


def shortened(course: Course, only: Collection[str]) -> Unit:
    """The unit with a few of its exercises, and the cells that only prepare something."""
    wanted = {"", *only, *(f"{CHECK_PREFIX}{name}" for name in only)}
    return short_unit(
        course,
        UNIT,
        lambda cells: [
            cell
            for cell in cells
            if cell.cell_type == "code" and not is_skipped(cell) and name_of(cell) in wanted
        ],
    )


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
    return next(cell for cell in notebook.cells if name_of(cell) == name)


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
    plain_nbgrader.release(folder, UNIT, NAME, notebook)


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
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        rows = grades_of(gradebook, UNIT, Grade.auto_score, Grade.max_score).all()
    return {
        (student, cell.removeprefix(CHECK_PREFIX)): score == most
        for student, cell, score, most in rows
        if cell.startswith(CHECK_PREFIX)
    }


@cache
def the_class(size: int, demos: bool = True) -> Class:
    """Such a class, made once; it is gone when this process ends."""
    place = Path(tempfile.mkdtemp(prefix="course-bench-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return make_class(place, size, demos=demos)


@contextmanager
def copied(students: Class, name: str) -> Iterator[Path]:
    """A workspace of a class, to be graded and thrown away."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        yield students.copy(name, Path(place))


def ours(students: Class) -> tuple[float, Full]:
    """Grade the whole class with `course grade`: seconds, and who got all points of what."""
    with copied(students, "ours") as folder:
        return course(folder, "grade", UNIT), full(folder)
