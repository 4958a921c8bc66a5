"""Each solved notebook, whole, offline, on two cores: its wall time and its slowest cell, against the budget."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

import nbformat

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

    def once(self) -> dict[str, str]:
        """Run it, remember what it took, and return the cells that stopped."""
        with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
            copy = Path(place, self.notebook.name)
            copy.write_bytes(self.notebook.read_bytes())
            cells, wall = run_nbval(copy, library=REPO, threads=THREADS)
        self.walls.append(wall)
        self.cells.append([seconds_of(cell) for cell in cells])
        return failures(cells)

    def wall(self, number: int) -> float:
        """Seconds of a run; it is made if there are not so many yet."""
        while len(self.walls) <= number:
            self.once()
        return self.walls[number]

    def slowest(self) -> str:
        """The slowest cells of the last run, with how they begin."""
        sources = [
            cell.source
            for cell in nbformat.read(self.notebook, as_version=4).cells
            if cell.cell_type == "code"
        ]
        ranked = sorted(zip(self.cells[-1], sources, strict=True), reverse=True)[:SHOWN]
        told = (
            f"{seconds:.1f} s `{source.strip().splitlines()[0][:60]}`" for seconds, source in ranked
        )
        return "Slowest cells: " + ", ".join(told)


@cache
def runs_of(notebook: Path) -> Runs:
    return Runs(notebook)


def wall(notebook: Path) -> Sides:
    """The whole notebook."""
    runs = runs_of(notebook)
    numbers = iter(range(1, 1_000))  # the first is the one that is looked at for answers
    return Sides(runs.once, dict, dict.__eq__, lambda: (runs.wall(next(numbers)), BUDGET_SECONDS))


def slowest_cell(notebook: Path) -> Sides:
    """The slowest cell of each of the same runs."""
    runs = runs_of(notebook)
    numbers = iter(range(1, 1_000))

    def seconds() -> tuple[float, float]:
        number = next(numbers)
        runs.wall(number)
        return max(runs.cells[number]), LONGEST_CELL_SECONDS

    stopped = (lambda: {}) if runs.walls else runs.once
    return Sides(stopped, dict, dict.__eq__, seconds, told=runs.slowest)


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
