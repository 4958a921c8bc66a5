"""What a cell of a notebook is: an exercise, a question for a person, prose with code in it."""

from __future__ import annotations

import re

from nbformat import NotebookNode


def grading(cell: NotebookNode) -> dict:
    """The nbgrader metadata of a cell; empty for an ordinary one."""
    return cell.metadata.get("nbgrader", {})


def is_exercise(cell: NotebookNode) -> bool:
    """Whether a function is written here: a solution in code that no person marks."""
    flags = grading(cell)
    return cell.cell_type == "code" and bool(flags.get("solution")) and not flags.get("grade")


def is_question(cell: NotebookNode) -> bool:
    """Whether a person marks this cell."""
    return bool(grading(cell).get("solution") and grading(cell).get("grade"))


def is_skipped(cell: NotebookNode) -> bool:
    """Figures, playgrounds and self-checks of ours are not run when grading."""
    return bool({"demo", "selfcheck"} & set(cell.metadata.get("tags", [])))


def without_fences(markdown: str) -> str:
    """Prose without the code that stands in it."""
    return re.sub(r"^ {0,3}(```|~~~).*?(^ {0,3}\1|\Z)", "", markdown, flags=re.M | re.S)
