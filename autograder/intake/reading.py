"""Read a submitted notebook, or say in one line why it cannot be read. Nothing in it is believed yet."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError

LARGEST_NOTEBOOK = 50 << 20  # bytes
MOST_CELLS = 5_000
MOST_BRACKETS = 1_000_000  # an empty list is two bytes in the file, and 56 in memory
SAVE_AGAIN = "open it in JupyterLab, save it, and hand it in again"


def read_notebook(content: bytes, name: str) -> NotebookNode:
    """Parse the bytes of a notebook in format 4: cells with their kind, id, grade_id, tags and text.

    Raises CourseError naming the file and the defect.
    """
    if not content.strip():
        raise CourseError(f"{name} is empty: {SAVE_AGAIN}")
    if len(content) > LARGEST_NOTEBOOK:
        size = len(content) >> 20
        raise CourseError(
            f"{name} has {size} MiB, over 50 MiB: clear its outputs and hand it in again"
        )
    if content.count(b"[") + content.count(b"{") > MOST_BRACKETS:
        raise CourseError(
            f"{name} holds over {MOST_BRACKETS} brackets: clear its outputs and hand it in again"
        )
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CourseError(f"{name} is not UTF-8 text: {SAVE_AGAIN}") from None
    except (ValueError, RecursionError) as error:
        what = "nested too deep" if isinstance(error, RecursionError) else "a number without end"
        what = str(error) if isinstance(error, json.JSONDecodeError) else what
        raise CourseError(f"{name} is not a notebook: not JSON ({what}): {SAVE_AGAIN}") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise CourseError(f"{name} is JSON but not a notebook: {SAVE_AGAIN}")
    if raw["nbformat"] != 4:
        number = str(raw["nbformat"])[:9]
        raise CourseError(f"{name} is in notebook format {number}, not 4: {SAVE_AGAIN}")
    cells = raw.get("cells")
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise CourseError(f"{name} has no proper list of cells: {SAVE_AGAIN}")
    if len(cells) > MOST_CELLS:
        raise CourseError(
            f"{name} has {len(cells)} cells, over {MOST_CELLS}: remove what is not yours"
        )
    kept = [_what_is_read(cell) for cell in cells]
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    return all(isinstance(part, str) and "\0" not in part for part in parts)


def _what_is_read(cell: dict[str, Any]) -> dict[str, Any]:
    """The parts of a cell that grading looks at; the others may be nested deeper than anything can copy."""
    source, metadata = cell.get("source", ""), cell.get("metadata", {})
    grader, tags = metadata.get("nbgrader"), metadata.get("tags")
    kept: dict[str, Any] = {}
    if isinstance(tags, list):
        kept["tags"] = [tag for tag in tags if isinstance(tag, str)]
    if isinstance(grader, dict) and isinstance(grader.get("grade_id"), str):
        kept["nbgrader"] = {"grade_id": grader["grade_id"]}
    about = {key: cell[key] for key in ("cell_type", "id") if isinstance(cell.get(key), str)}
    return {**about, "metadata": kept, "source": "".join(source)}
