"""Right but unusual submissions: each must get full points."""

from __future__ import annotations

import random

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tests.redteam.attack import ALL, NAME, Attack, Desk, Files, handing_in, notebook, written

TWIN = 100  # the row of the first twin in the list

RIGHT = "return float(np.mean(correct_a) - np.mean(correct_b))"


def difference(
    *lines: str, head: str = "import numpy as np\n", define: str = "correct_a, correct_b"
):
    body = "\n".join("    " + line for text in lines for line in text.splitlines())
    return {"accuracy_difference": f"{head}def accuracy_difference({define}):\n{body}"}


def instead(source: str) -> dict[str, str]:
    return {"accuracy_difference": source}


def reordered(made: NotebookNode) -> None:
    """The prose in another order; the code where it was."""
    places = [number for number, cell in enumerate(made.cells) if cell.cell_type == "markdown"]
    prose = [made.cells[number] for number in places]
    random.Random(2).shuffle(prose)
    for number, cell in zip(places, prose, strict=True):
        made.cells[number] = cell
    made.cells.insert(3, new_markdown_cell("My own notes"))


def with_the_bundle(desk: Desk) -> Files:
    """Everything of the bundle handed in, its `course_utils` too."""
    return {
        NAME: written(notebook(desk, right=True)),
        "course_utils/__init__.py": b'"""From the bundle."""\n',
        "course_utils/data/__init__.py": b"",
        "README.md": b"# Read me\n",
    }


HOLM_LIST = """
def holm(p_values, alpha):
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    answer = [False] * len(p_values)
    for rank, i in enumerate(order):
        if p_values[i] > alpha / (len(p_values) - rank):
            break
        answer[i] = True
    return answer
"""
VIEW = HOLM_LIST.replace(
    "return answer",
    "import numpy as np\n    wide = np.zeros((len(answer), 3), bool)\n    wide[:, 1] = answer\n"
    "    return wide[:, 1]",
)
RECURSIVE = """
def accuracy_difference(correct_a, correct_b):
    def lead(i):
        return (int(correct_a[i]) - int(correct_b[i]) + lead(i + 1)) if i < len(correct_a) else 0
    return lead(0) / len(correct_a)
"""
GENERATOR = """
def differences(a, b):
    for x, y in zip(a, b):
        yield float(x) - float(y)
def accuracy_difference(correct_a, correct_b):
    return sum(differences(correct_a, correct_b)) / len(correct_a)
"""
CALLABLE = """
import numpy as np
class Difference:
    def __call__(self, correct_a, correct_b):
        return np.mean(correct_a) - np.mean(correct_b)
accuracy_difference = Difference()
"""
PARTIAL = """
import functools
import numpy as np
def scaled(scale, a, b):
    return scale * (np.mean(a) - np.mean(b))
accuracy_difference = functools.partial(scaled, 1.0)
"""
GRADIENT = """
import numpy as np, torch
def accuracy_difference(correct_a, correct_b):
    a, b = (torch.tensor(np.asarray(x, dtype=float), requires_grad=True) for x in (correct_a, correct_b))
    return (a - b).mean()
"""
HINTS = """
import numpy as np
from numpy.typing import ArrayLike
def accuracy_difference(correct_a: ArrayLike, correct_b: ArrayLike, scale: float = 1.0, *, verbose: bool = False) -> np.floating:
    if verbose:
        print(correct_a)
    return scale * np.mean(np.asarray(correct_a, float) - np.asarray(correct_b, float))
"""

TWINS = {
    "warns on stderr": handing_in(
        answers=difference(
            "import warnings, sys",
            "warnings.warn('careful')",
            "print('careful', file=sys.stderr)",
            RIGHT,
        ),
        right=True,
    ),
    "a tqdm bar": handing_in(
        answers=difference("from tqdm.auto import tqdm", "for _ in tqdm(range(3)): pass", RIGHT),
        right=True,
    ),
    "helper cells": handing_in(
        "import numpy as np\ndef helper(a, b):\n    return np.mean(a) - np.mean(b)",
        answers=difference("return helper(correct_a, correct_b)"),
        right=True,
    ),
    "markdown reordered": handing_in(right=True, change=reordered),
    "float32": handing_in(
        answers=difference(
            "return np.mean(np.float32(correct_a)) - np.mean(np.float32(correct_b))"
        ),
        right=True,
    ),
    "a list for an array": handing_in(answers={"holm": HOLM_LIST}, right=True),
    "a non-contiguous view": handing_in(answers={"holm": VIEW}, right=True),
    "a tensor with gradient": handing_in(answers=instead(GRADIENT), right=True),
    "generator-based": handing_in(answers=instead(GENERATOR), right=True),
    "recursive": handing_in(answers=instead(RECURSIVE), right=True),
    "a class with __call__": handing_in(answers=instead(CALLABLE), right=True),
    "functools.partial": handing_in(answers=instead(PARTIAL), right=True),
    "type hints and defaults": handing_in(answers=instead(HINTS), right=True),
    "an unused import": handing_in(answers=difference("import requests", RIGHT), right=True),
    "10 000 lines": handing_in(
        "for number in range(10_000): print('line', number)",
        answers=difference("for number in range(10_000): print('line', number)", RIGHT),
        right=True,
    ),
    "other alphabets": handing_in(
        answers=difference(
            "größe = 変数 = Δ = np.mean(correct_a)", "return float(Δ - np.mean(correct_b))"
        ),
        right=True,
    ),
    "the bundle too": with_the_bundle,
}


def student(name: str) -> str:
    return "twin-" + "-".join(name.replace(".", " ").replace("_", "").split())


ATTACKS = [Attack(TWIN, student(name), make, keeps=ALL) for name, make in TWINS.items()]
