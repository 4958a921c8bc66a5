"""Read a submitted notebook, or say in one line why it cannot be read. Nothing in it is believed yet."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.errors import CourseError

LARGEST_NOTEBOOK = 50 << 20  # bytes
MOST_CELLS = 5_000
SAVE_AGAIN = "open it in JupyterLab, save it, and hand it in again"


def read_notebook(content: bytes, name: str) -> NotebookNode:
    """Parse the bytes of a notebook in format 4. Raises CourseError naming the file and the defect."""
    if not content.strip():
        raise CourseError(f"{name} is empty: {SAVE_AGAIN}")
    if len(content) > LARGEST_NOTEBOOK:
        size = len(content) >> 20
        raise CourseError(
            f"{name} has {size} MiB, over 50 MiB: clear its outputs and hand it in again"
        )
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CourseError(f"{name} is not UTF-8 text: {SAVE_AGAIN}") from None
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, json.JSONDecodeError) else "nested too deep"
        raise CourseError(f"{name} is not a notebook: not JSON ({what}): {SAVE_AGAIN}") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("nbformat"), int):
        raise CourseError(f"{name} is JSON but not a notebook: {SAVE_AGAIN}")
    if raw["nbformat"] != 4:
        raise CourseError(f"{name} is in notebook format {raw['nbformat']}, not 4: {SAVE_AGAIN}")
    cells = raw.get("cells")
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise CourseError(f"{name} has no proper list of cells: {SAVE_AGAIN}")
    if len(cells) > MOST_CELLS:
        raise CourseError(
            f"{name} has {len(cells)} cells, over {MOST_CELLS}: remove what is not yours"
        )
    kept = [_needed(cell) for cell in cells]
    return nbformat.from_dict({"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _needed(cell: dict[str, Any]) -> dict[str, Any]:
    """The little that is ever looked at. The rest may be nested deeper than Python can follow."""
    metadata = cell.get("metadata", {})
    grader, tags = metadata.get("nbgrader"), metadata.get("tags")
    grade_id = grader.get("grade_id") if isinstance(grader, dict) else None
    source = cell.get("source", "")
    kept: dict[str, Any] = {
        name: value for name in ("cell_type", "id") if isinstance(value := cell.get(name), str)
    }
    kept |= {"source": "".join(source) if isinstance(source, list) else source, "metadata": {}}
    if isinstance(grade_id, str):
        kept["metadata"]["nbgrader"] = {"grade_id": grade_id}
    if isinstance(tags, list):
        kept["metadata"]["tags"] = [tag for tag in tags if isinstance(tag, str)]
    return kept


def _is_cell(cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
        return False
    source = cell.get("source", "")
    parts = source if isinstance(source, list) else [source]
    return all(isinstance(part, str) and "\0" not in part for part in parts)
