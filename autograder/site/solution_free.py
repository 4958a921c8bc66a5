"""A unit as everybody may see it: the released notebook, whose cells show what the solved ones did.

Blank cells stand where students write; below them stand the figures and numbers to arrive at. What lives
only with a kernel is made to stand still: of an interactive figure its first frame stays, of a progress
bar nothing.
"""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.course import Unit
from autograder.judging.rebuild import released
from autograder.site.outputs import Outputs

WIDGET = "application/vnd.jupyter.widget-view+json"
WORDS = "*The first frame of an interactive figure: in the notebook you can change it.*"
STILL = {"text/markdown": WORDS, "text/plain": WORDS}  # in the place of its sliders


def solution_free(unit: Unit, outputs: Outputs | None, *, note: str = "") -> NotebookNode:
    """The released notebook with these outputs, or without any; `note` stands below its title."""
    notebook = released(unit.built)
    for cell in notebook.cells:
        cell.metadata = NotebookNode()  # points and checksums are for nbgrader
        if cell.cell_type == "code":
            cell.outputs = [
                nbformat.from_dict(kept)
                for output in (outputs or {}).get(cell.id, [])
                for kept in standing_still(output)
            ]
    if note:
        first = notebook.cells[0]
        title, _, rest = first.source.partition("\n")
        first.source = f"{title}\n\n{note}"
        notebook.cells.insert(1, new_markdown_cell(rest.strip(), id="below-the-title"))
    return notebook


def standing_still(output: dict[str, Any]) -> list[dict[str, Any]]:
    """An output as it can be shown without a kernel: none, itself, or an image and a line about it."""
    if output["output_type"] == "stream":
        return [output] if output["name"] == "stdout" else []  # progress bars come by stderr
    if output["output_type"] not in ("display_data", "execute_result"):
        return [output]
    data = output["data"]
    if WIDGET in data:
        return [new_output("display_data", data=STILL)] if _has_controls(data) else []
    still = {**output, "metadata": dict(output.get("metadata", {}))}
    if "image/png" in data:  # an animation has its alt text as its plain text, and no width
        about = still["metadata"].get("image/png", {})
        wide = pixels_wide(b64decode(data["image/png"])) // 2  # drawn for sharp text
        still["metadata"]["image/png"] = {"alt": data.get("text/plain", ""), "width": wide, **about}
    return [still]


def _has_controls(data: dict[str, Any]) -> bool:
    """Whether a widget is the box of sliders above a figure, and no progress bar."""
    return str(data.get("text/plain", "")).startswith("VBox(")


def pixels_wide(png: bytes) -> int:
    """The width that a PNG image says it has, in its header."""
    return int.from_bytes(png[16:20])
