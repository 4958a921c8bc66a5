"""Cells that only authors need: they assert what the text says, and are not released."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

TAG = "authors"


class DropAuthorCells(NbGraderPreprocessor):
    """Take out the cells tagged `authors`."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        nb.cells = [cell for cell in nb.cells if TAG not in cell.metadata.get("tags", [])]
        return nb, resources
