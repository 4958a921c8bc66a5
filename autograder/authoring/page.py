"""A source notebook with its lines, and what falls short at a place in it or in another file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from autograder.author_cells import TAG
from autograder.authoring.source import with_excuses
from autograder.course import REPO, Unit

_MARKER = re.compile(r"# ?%%($|\s)")
_BORDER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")


@dataclass(frozen=True)
class Finding:
    """One thing that falls short: where, by which rule, and what to do about it."""

    path: Path
    line: int
    where: str  # cell mask-figure, check attention.mask, function attention.mask
    rule: str
    told: str

    def __str__(self) -> str:
        return f"{shown(self.path)}:{self.line}: {self.where}: {self.told} [{self.rule}]"

    def as_json(self) -> dict[str, str | int]:
        return {**vars(self), "path": shown(self.path)}


def shown(path: Path) -> str:
    """A path as it is told: from the clone's folder if it lies in there."""
    return str(path.relative_to(REPO)) if path.is_relative_to(REPO) else str(path)


@dataclass(frozen=True)
class Page:
    """One source notebook. `starts` holds the line of each cell's header, when there is a file."""

    unit: Unit
    notebook: NotebookNode
    starts: Sequence[int] = ()

    def finding(self, rule: str, told: str, index: int = 0, text: str = "") -> Finding:
        """A finding about a cell; `text` is part of the line in it that is meant."""
        cell = self.notebook.cells[index] if self.notebook.cells else NotebookNode(source="", id="")
        lines = cell.source.splitlines()
        row = next((number for number, line in enumerate(lines, 1) if text and text in line), 0)
        line = self.starts[index] + row if self.starts else row
        return Finding(self.unit.source, line, f"cell {cell.get('id', index)}", rule, told)

    def released(self) -> list[tuple[int, NotebookNode]]:
        """The cells that students get, with their places."""
        return [
            (index, cell)
            for index, cell in enumerate(self.notebook.cells)
            if TAG not in cell.metadata.get("tags", [])
        ]


@cache
def page_of(unit: Unit) -> Page:
    """Read the source of a unit."""
    text = unit.source.read_text(encoding="utf-8")
    notebook = with_excuses(text)
    starts = [row for row, line in enumerate(text.splitlines(), 1) if _MARKER.match(line)]
    assert len(starts) == len(notebook.cells), f"{unit.source}: a line in a cell starts with # %%"
    return Page(unit, notebook, starts)


def as_released(source: str) -> str:
    """A cell's text without solutions, hidden tests and mark schemes."""
    kept: list[str] = []
    depth = 0
    for line in source.splitlines():
        if border := _BORDER.search(line):
            indent = line[: len(line) - len(line.lstrip())]
            if border[1] == "BEGIN" and depth == 0 and indent:
                kept.append(f"{indent}...")
            depth += 1 if border[1] == "BEGIN" else -1
        elif depth == 0:
            kept.append(line)
    return "\n".join(kept)
