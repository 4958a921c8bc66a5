"""Formulas set when a page is made, as MathML, which browsers show by themselves: no script, no network."""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.integrity.flags import from_student

CODE = r"(?P<code>^```.*?^```|`[^`\n]*`|<pre>.*?</pre>)"
FORMULA = re.compile(
    CODE
    + r"|\$\$(?P<display>.+?)\$\$|(?<![\\$])\$(?P<inline>[^$\s](?:[^$\n]|\n(?!\n))*?)(?<!\\)\$(?!\d)",
    re.DOTALL | re.MULTILINE,
)
# what Markdown would take for its own
MARKS = str.maketrans({mark: f"&#{ord(mark)};" for mark in "*_`[]|\\~$"})


class SetFormulas(NbGraderPreprocessor):
    """Set the formulas of our prose; what cannot be read as a formula stays as it is.

    A student's stay in TeX: the converter lets tags through that stand in a formula.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        if cell.cell_type == "markdown" and not from_student(cell):
            cell.source = set_formulas(cell.source)
        return cell, resources


def set_formulas(markdown: str) -> str:
    """Replace each formula in dollar signs by MathML in one line; code is left alone.

    >>> set_formulas("`$a$` and $a^2$")
    '`$a$` and <math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><msup><mi>a</mi><mn>2</mn></msup></mrow></math>'
    """
    return FORMULA.sub(_set, markdown)


def _set(found: re.Match[str]) -> str:
    if found["code"]:
        return found[0]
    tex = found["display"] or found["inline"]
    try:
        made = convert(tex.strip(), display="block" if found["display"] else "inline")
    except Exception:  # whatever is in it, the page goes on
        return found[0]
    tags = re.split(r"(<[^<>]*>)", " ".join(made.split()))
    return "".join(part if part.startswith("<") else part.translate(MARKS) for part in tags)
