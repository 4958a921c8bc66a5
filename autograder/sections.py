"""Where in its notebook an exercise stands: the heading above it, to be read again or taught again."""

from __future__ import annotations

import re

from nbformat import NotebookNode

HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def headings_of(notebook: NotebookNode) -> dict[str, str]:
    """Return, for each cell that has a grade_id, the last heading before it, without its marks.

    A cell before the first heading has none, and is left out.
    """
    found: dict[str, str] = {}
    above = ""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name and above:
            found[name] = above
        if cell.cell_type == "markdown":
            for match in HEADING.finditer(FENCED.sub("", cell.source)):
                above = re.sub(r"[`*]", "", match[1])
    return found
