"""Each solved notebook, whole, offline, on two cores: its wall time and its slowest cell, against the budget."""

from __future__ import annotations

import itertools
import os
import tempfile
from functools import cache
from pathlib import Path

import nbformat

from autograder.authoring.places import titles_in
from autograder.course import REPO, Course
from tests.benchmarks.contest import Contest, Sides
from tests.running_notebooks import (
    BUDGET_SECONDS,
    LONGEST_CELL_SECONDS,
    failures,
    run_nbval,
    seconds_of,
)

THREADS = min(2, os.cpu_count() or 1)
SHOWN = 3  # slowest cells


class Runs:
    """The runs of one notebook: each is used for its wall time and for its cells."""

    def __init__(self, notebook: Path) -> None:
        self.notebook = notebook
        self.walls: list[float] = []
        self.cells: list[list[float]] = []
        self.stopped: list[dict[str, str]] = []

    def until(self, number: int) -> None:
        """Run it until there is a run of this number, and remember what each took and which cells stopped."""
        while len(self.walls) <= number:
            with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
                copy = Path(place, self.notebook.name)
                copy.write_bytes(self.notebook.read_bytes())
                cells, wall = run_nbval(copy, library=REPO, threads=THREADS)
            self.walls.append(wall)
            self.cells.append([seconds_of(cell) for cell in cells])
            self.stopped.append(failures(cells))

    def answer(self) -> dict[str, str]:
        """The cells that stopped in the first run; none is right."""
        self.until(0)
        return self.stopped[0]

    def slowest(self) -> str:
        """The slowest cells of the last run, each by the heading above it."""
        ranked = sorted(zip(self.cells[-1], headings(self.notebook), strict=True), reverse=True)
        told = (f"{seconds:.1f} s under “{heading}”" for seconds, heading in ranked[:SHOWN])
        return "Slowest cells: " + ", ".join(told)


def headings(notebook: Path) -> list[str]:
    """The nearest heading above each code cell."""
    heading, found = "", []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            found.append(heading)
        elif cell.cell_type == "markdown" and (titles := titles_in(cell.source)):
            _, heading = titles[-1]
    return found


@cache
def runs_of(notebook: Path) -> Runs:
    return Runs(notebook)


def wall(notebook: Path) -> Sides:
    """The whole notebook."""
    runs, numbers = runs_of(notebook), itertools.count(1)

    def seconds() -> tuple[float, float]:
        runs.until(number := next(numbers))
        return runs.walls[number], BUDGET_SECONDS

    return Sides(runs.answer, dict, dict.__eq__, seconds)


def slowest_cell(notebook: Path) -> Sides:
    """The slowest cell of each of the same runs."""
    runs, numbers = runs_of(notebook), itertools.count(1)

    def seconds() -> tuple[float, float]:
        runs.until(number := next(numbers))
        return max(runs.cells[number]), LONGEST_CELL_SECONDS

    return Sides(runs.answer, dict, dict.__eq__, seconds, told=runs.slowest)


CONTESTS = [
    Contest(
        row="notebooks",
        peer=f"{budget}: {unit.name}",
        target=1.0,
        work=f"the solved {path.name}, offline, nbval's start included"
        if whole
        else "in the same runs",
        packages=("nbval", "torch"),
        prepare=lambda path=path, whole=whole: (wall if whole else slowest_cell)(path),  # type: ignore[misc]
    )
    for unit in Course(REPO).units()
    for path in unit.notebooks()
    for whole, budget in [
        (True, f"{BUDGET_SECONDS} s"),
        (False, f"{LONGEST_CELL_SECONDS} s for a cell"),
    ]
]
