"""The shape of a notebook: what its first, second and last cells hold, and how long a cell is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from autograder.authoring.page import Finding, Page, as_released
from autograder.cells import is_question, without_fences

MOST_CODE = 15  # lines
MOST_PROSE = 120  # words

# What the first cell says, and how to see that it does.
OPENING = {
    "what a student can do afterwards (When you are done you can, and a list)": r"you can\n(.*\n)*- ",
    "how long it takes (About 90 minutes)": r"\d minutes",
    "the points (44 points)": r"\d\s+points",
    "what to have read (**You need:** …)": r"\*\*You need",
}
ENDING = {"a recap": "recap", "references": "reference", "what is simplified": "simplif"}


def of_shape(page: Page) -> Iterator[Finding]:
    """Yield what is wrong with the first, the second and the last cells, and which are too long."""
    yield from _opening(page)
    yield from _ending(page)
    for index, cell in page.released():
        code = cell.cell_type == "code"
        size = code_lines(cell.source) if code else 0 if is_listed(cell) else words(cell.source)
        if code and size > MOST_CODE:
            told = f"{size} lines of code, at most {MOST_CODE}: split it, or move a part to course_utils"
            yield page.finding("code-lines", told, index)
        elif not code and size > MOST_PROSE:
            told = f"{size} words, at most {MOST_PROSE}: split it where the thought changes"
            yield page.finding("prose-words", told, index)


def _opening(page: Page) -> Iterator[Finding]:
    (index, first), *rest = page.released() or [(0, NotebookNode(cell_type="", source=""))]
    if first.cell_type != "markdown" or not first.source.startswith("# "):
        yield page.finding(
            "first-cell", "the first cell is no title: begin with # and a name", index
        )
        return
    for what, pattern in OPENING.items():
        if not re.search(pattern, first.source):
            yield page.finding("first-cell", f"the first cell does not say {what}", index)
    second = rest[0] if rest else (index, first)
    if second[1].cell_type != "code" or "__version__" not in second[1].source:
        told = "the second cell does not import and print versions: numpy.__version__, …"
        yield page.finding("versions", told, second[0])


def _ending(page: Page) -> Iterator[Finding]:
    headed = [
        (index, cell, heading.lower())
        for index, cell in page.released()
        if cell.cell_type == "markdown"
        for heading in re.findall(r"^##+ (.*)$", cell.source, flags=re.M)
    ]
    last = len(page.notebook.cells) - 1
    for what, word in ENDING.items():
        if not any(word in heading for *_, heading in headed[-len(ENDING) :]):
            told = f"the notebook does not end with {what}: its last headings are Recap, References, What is simplified"
            yield page.finding("ending", told, last)
    for index, cell, heading in headed:
        points = len(re.findall(r"^- ", cell.source, flags=re.M))
        if "recap" in heading and points != 3:
            yield page.finding("recap", f"the recap has {points} points: say it in three", index)


def is_listed(cell: NotebookNode) -> bool:
    """Whether a cell is no prose to be read through: a list of references, or a model answer."""
    return is_question(cell) or bool(re.match(r"#+ References\b", cell.source))


def code_lines(source: str) -> int:
    """Count the lines that students read as code: no blank lines, comments, docstrings, imports, solutions.

    >>> code_lines('import math\\n\\n# why\\ndef f():\\n    \"\"\"Say.\"\"\"\\n    return 1')
    2
    """
    source = as_released(source)
    rows = {n for n, line in enumerate(source.splitlines(), 1) if line.split("#")[0].strip()}
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics
        return len(rows)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and _is_no_code(node):
            rows -= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return len(rows)


def _is_no_code(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def words(markdown: str) -> int:
    """Count the words of prose: no code, tables, displayed formulas, and a formula in a line is one word.

    >>> words("Two *words* and $a + b$.\\n\\n| a | table |")
    4
    """
    prose = re.sub(r"\$\$.*?\$\$", "", without_fences(as_released(markdown)), flags=re.S)
    prose = re.sub(r"^ *\|.*$", "", prose, flags=re.M)
    prose = re.sub(r"\$[^$]+\$|`[^`]+`|\]\([^)]*\)", "x", prose)
    return len(re.findall(r"\w+(?:[’'.,–-]\w+)*", prose))
