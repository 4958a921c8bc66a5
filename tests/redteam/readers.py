"""Attacks on those who read a submission: the grader's own parsers, the browser, the terminal.

Most of them are beyond the list: each once stopped or stalled a batch, or could have.
"""

from __future__ import annotations

import json
import random

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from tests.redteam.attack import (
    ALL,
    BEYOND,
    NAME,
    Attack,
    Desk,
    Files,
    handing_in,
    notebook,
    written,
)

SCRIPT = "<script>alert('redteam')</script>"
PROSE = [
    SCRIPT,
    "<img src=x onerror=alert('redteam')>",
    "[click](javascript:alert('redteam'))",
    "<a href=' java&#115;cript:alert(1)'>redteam</a>",
    "<svg onload=alert('redteam')><iframe srcdoc='redteam'></iframe>",
    "<form action='https://example.org'><input name='redteam'></form><style>body{display:none}</style>",
    "<details open ontoggle=alert('redteam')>",
]


def deeply_nested(desk: Desk) -> Files:
    """Metadata deeper than Python's stack."""
    text = written(notebook(desk, right=True)).decode()
    deep = '{"a":' * 600 + "1" + "}" * 600
    raw = json.loads(text)
    raw["cells"][0]["metadata"] = "DEEP"
    return {NAME: json.dumps(raw).replace('"DEEP"', deep).encode()}


def empty_lines(made: NotebookNode) -> None:
    """Many empty lines where a function is looked for."""
    made.cells = [new_code_cell("\n" * 1_000_000)]


def scrambled(made: NotebookNode) -> None:
    """Cells that are nearly like ours: comparing them letter by letter takes hours."""
    longest = max((cell.source for cell in made.cells), key=len)[:4000]
    letters = list(longest)
    made.cells = []
    for seed in range(400):
        random.Random(seed).shuffle(letters)
        made.cells.append(new_markdown_cell("".join(letters)))


def prose(made: NotebookNode) -> None:
    made.cells += [new_markdown_cell(text) for text in PROSE]
    question = next(
        cell for cell in made.cells if cell.id == "question-report" or "BEGIN" in cell.source
    )
    question.source = "\n\n".join(PROSE)


def unbalanced(made: NotebookNode) -> None:
    """Words that nbgrader's own steps look for."""
    for text in ("### BEGIN HIDDEN TESTS", "### END SOLUTION", "=== BEGIN MARK SCHEME ==="):
        made.cells += [new_markdown_cell(text), new_code_cell(text)]


def many_cells(made: NotebookNode) -> None:
    made.cells += [new_code_cell(f"x{number} = {number}") for number in range(5001)]


def blank_lines_in_code(made: NotebookNode) -> None:
    """Code that highlighting for a page takes hours to read."""
    made.cells.append(new_code_cell(" \n" * 100_000 + "x = 1"))


def slow_prose(made: NotebookNode) -> None:
    """Prose that a reader of Markdown takes hours for."""
    made.cells.append(new_markdown_cell("\\begin{a}" * 60_000))
    made.cells += [new_markdown_cell("<div>" * 3_000) for _ in range(50)]


HALF_A_LETTER = "print('\\ud800 half a letter')\nraise ValueError('\\udfff')"
ESCAPES = 'raise ValueError("\\x1b]0;redteam\\x07\\x1b[2J\\x00")'
HTML = f"""
from IPython.display import HTML, Javascript, display
display(HTML("{SCRIPT}"), Javascript("alert('redteam')"))
print("{SCRIPT}")
raise ValueError("{SCRIPT}")
"""

ATTACKS = [
    Attack(BEYOND, "deeply-nested", deeply_nested, keeps=ALL),
    Attack(BEYOND, "empty-lines", handing_in(change=empty_lines)),
    Attack(BEYOND, "scrambled-cells", handing_in(change=scrambled)),
    Attack(BEYOND, "many-cells", handing_in(change=many_cells), aside="5000"),
    Attack(BEYOND, "half-a-letter-in-outputs", handing_in(HALF_A_LETTER, answers=HALF_A_LETTER)),
    Attack(BEYOND, "half-a-letter-in-text", handing_in("x = '\ud800'", right=True), keeps=ALL),
    Attack(BEYOND, "orders-to-a-terminal", handing_in(ESCAPES, answers=ESCAPES)),
    Attack(BEYOND, "scripts-in-prose", handing_in(change=prose)),
    Attack(BEYOND, "scripts-in-outputs", handing_in(HTML, answers=HTML)),
    Attack(
        BEYOND,
        "blank-lines-in-code",
        handing_in(change=blank_lines_in_code, right=True),
        keeps=ALL,
    ),
    Attack(BEYOND, "slow-prose", handing_in(change=slow_prose, right=True), keeps=ALL),
    Attack(BEYOND, "words-of-nbgrader", handing_in(change=unbalanced)),
]
