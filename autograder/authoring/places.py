"""Where in its notebook an exercise stands: the section to read again, or to teach again."""

from __future__ import annotations

import re
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.cells import grading, without_fences
from autograder.course import Unit

HEADING = re.compile(r"^ {0,3}(#{1,6}) +(.*?)(?: +#+)? *$", re.M)


@dataclass(frozen=True)
class Heading:
    """A heading, and the cell that it stands in, counted from 1."""

    title: str
    cell: int

    def __str__(self) -> str:
        return f"{self.title} (cell {self.cell})"


@dataclass(frozen=True)
class Place:
    """The headings above the cell in which an exercise is solved: its section, and the nearest one."""

    section: Heading
    nearest: Heading
    cell: int

    def __str__(self) -> str:
        if self.nearest == self.section:
            return str(self.section)
        return f"{self.section} › {self.nearest}"


def places(unit: Unit) -> dict[str, Place]:
    """By the name of the solution cell: the section (a heading of level 2, if there is one) and the nearest.

    Cells are counted in the instructor's notebook, from 1.
    """
    found: dict[str, Place] = {}
    for path in unit.notebooks():
        found = places_in(nbformat.read(path, as_version=4)) | found
    return found


def places_in(notebook: NotebookNode) -> dict[str, Place]:
    """As `places`, of one notebook."""
    found: dict[str, Place] = {}
    nearest = section = Heading("the beginning", 1)
    for number, cell in enumerate(notebook.cells, 1):
        grader = grading(cell)
        if grader.get("solution"):
            found.setdefault(str(grader["grade_id"]), Place(section, nearest, number))
        elif cell.cell_type == "markdown":
            for level, title in titles_in(cell.source):
                nearest = Heading(title, number)
                section = nearest if level <= 2 else section
    return found


def titles_in(markdown: str) -> list[tuple[int, str]]:
    """The level and the title of each heading.

    >>> titles_in("# Softmax\\n\\n## Why `exp`?\\n")
    [(1, 'Softmax'), (2, 'Why exp?')]
    """
    found = HEADING.findall(without_fences(markdown))
    return [(len(marks), re.sub(r"[`*]", "", title)) for marks, title in found]


def headings_of(notebook: NotebookNode) -> dict[str, str]:
    """By the name of the solution cell, the nearest heading above it."""
    return {name: place.nearest.title for name, place in places_in(notebook).items()}
