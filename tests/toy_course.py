"""A unit with one exercise and a library around it: for the tests of masking and release."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.bundles import masking
from autograder.course import REPO

SOLUTION = "return sum(number * number for number in numbers)"
HIDDEN = "assert sum_of_squares([3, 4]) == 25"
RUBRIC = "Two points for naming the triangle inequality."

SOURCE = f'''# %% [markdown]
# # Squares

# %%
import math
from course_utils.toy import doubled

# %% nbgrader={{"grade": false, "grade_id": "sum_of_squares", "locked": false, "schema_version": 3, "solution": true, "task": false}}
def sum_of_squares(numbers):
    """Add the squares."""
    ### BEGIN SOLUTION
    {SOLUTION}  # CANARY-solution
    ### END SOLUTION


# %%
selfcheck("toy.sum_of_squares", sum_of_squares)

# %% nbgrader={{"grade": true, "grade_id": "check-sum_of_squares", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}}
# Graded when you submit.
### BEGIN HIDDEN TESTS
{HIDDEN}
### END HIDDEN TESTS

# %% [markdown] nbgrader={{"grade": true, "grade_id": "question-why", "locked": false, "points": 3, "schema_version": 3, "solution": true, "task": false}}
# Why?
# ### BEGIN SOLUTION
# Because the hypotenuse is the longest side.
# ### END SOLUTION
# === BEGIN MARK SCHEME ===
# {RUBRIC}
# === END MARK SCHEME ===
'''

CHECKS = """def squares_of_negatives(draw):
    return draw(-17, 23)

CANDIDATE = START + "total = numbers @ numbers\\nreturn total"
"""

LIBRARY = {
    "__init__.py": '"""A toy library."""\n',
    "errors.py": (REPO / "course_utils" / "errors.py").read_text(encoding="utf-8"),
    "figures/__init__.py": "",
    "figures/toy.py": '"""Figures."""\n\n\ndef draw():\n    return "drawn as everybody may read"\n',
    "early/__init__.py": "def known():\n    return 'an earlier unit is whole'\n",
    "late/__init__.py": "def later():\n    return 'a later unit is not written yet'\n",
    "toy/__init__.py": '''"""Squares, and how to add them."""

from course_utils.toy.squares import Adder, doubled, provided, sum_of_squares

__all__ = ["Adder", "doubled", "provided", "sum_of_squares"]
''',
    "toy/squares.py": '''"""Add squares (module docstring)."""

from __future__ import annotations

from functools import cache

# A constant that everybody may read.
LARGEST = 10
PROVIDED = ("provided",)


@cache
def doubled(
    number: float,  # in metres
    *,
    times: int = 1,
) -> float:
    """Double a number.

    >>> doubled(3)
    6
    """
    # the secret idea of doubling
    doubled_number = number + number
    return doubled_number
    # a last remark on doubling


def sum_of_squares(numbers): return _total(numbers) * 1.0


# What the helper is for.
def _total(numbers):
    return sum(entry**2 for entry in numbers)


def _needed(value):
    return value + LARGEST * 2


def provided(value):
    """Stays whole, with the helper it needs."""
    return _needed(value)


class Adder:
    """Adds."""

    step = 1

    def __init__(self, start):
        self.start_of_everything = start

    def add(self, number):
        """Add a number."""
        return self.start_of_everything + number
''',
}


def make_library(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write the toy library, and let masking take it for ours. 02_toy is the unit in the middle."""
    library = folder / "course_utils"
    for name, text in LIBRARY.items():
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_text(text, encoding="utf-8")
    (library / "public_cases").mkdir()
    for topic in ("early", "toy", "late"):
        (library / "public_cases" / f"{topic}.json").write_text(f'{{"{topic}.f": {{}}}}')
    monkeypatch.setattr(masking, "LIBRARY", library)
    topics = {"01_early": ("early",), "02_toy": ("toy",), "03_late": ("late",)}
    monkeypatch.setattr(masking, "TOPICS", topics)
    return library
