"""Answers that were written down instead of computed: numbers of the public examples in a solution."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.plain import NotPlain, decode

DIGITS = 6  # a number with fewer significant digits may be anybody's
RETURNED_DIGITS = 3
MOST_NUMBERS = 64  # of one answer: nobody writes down more
FAMOUS = {f"{number:.6g}" for number in (math.pi, math.e, 2**0.5, math.log(2), 2 * math.pi)}


@lru_cache(maxsize=8)
def public_answers(folder: Path, topics: tuple[str, ...]) -> dict[str, list[float]]:
    """By graded function: the numbers in the right answers to its public examples."""
    found: dict[str, list[float]] = {}
    for topic in topics:
        path = folder / "course_utils" / "public_cases" / f"{topic}.json"
        if path.is_file():
            for exercise, public in json.loads(path.read_text(encoding="utf-8")).items():
                numbers = [n for case in public["cases"] for n in _numbers(case["right"])]
                found[exercise.partition(".")[2]] = numbers
    return found


def _numbers(right: dict[str, Any]) -> list[float]:
    if "value" not in right:
        return []
    try:
        flat = np.asarray(decode(right["value"]), dtype=float).ravel()
    except (NotPlain, TypeError, ValueError):
        return []  # text, or lists of unequal lengths
    return [float(number) for number in flat[:MOST_NUMBERS] if np.isfinite(number)]


def memorized(tree: ast.AST, answers: list[float]) -> Iterator[tuple[int, str, str]]:
    """(line, kind, words), if two public answers stand in the program, or it returns two odd numbers."""
    public = {key for number in answers if (key := _key(number, DIGITS))}
    seen: dict[str, int] = {}
    returned: dict[str, int] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | int() as number) if not isinstance(number, bool):
                if (key := _key(number, DIGITS)) in public and key:
                    seen.setdefault(key, node.lineno)
            case ast.Return(value=ast.Constant(value=float() | int() as number)):
                if key := _key(number, RETURNED_DIGITS):
                    returned.setdefault(key, node.lineno)
    if len(seen) > 1:
        yield min(seen.values()), "memorized", f"holds {len(seen)} answers to the public examples"
    elif len(returned) > 1:
        line = min(returned.values())
        yield line, "memorized", f"returns {len(returned)} numbers that are written down in it"


def _key(number: float, digits: int) -> str:
    """A number to six digits, if it has as many significant digits as asked for and is not famous.

    >>> _key(0.1234567, 6), _key(0.05, 6), _key(3.14159265, 6), _key(10**400, 6)
    ('0.123457', '', '', '')
    """
    if not -1e300 < number < 1e300:
        return ""
    short = f"{abs(float(number)):.6g}"
    significant = short.partition("e")[0].replace(".", "").lstrip("0").rstrip("0")
    return short if len(significant) >= digits and short not in FAMOUS else ""
