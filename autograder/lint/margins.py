"""How far every known mistake is from every right answer, in tolerances.

The margin of a misconception is its farthest answer of a draw, over the farthest answer of a right version
(or over 1, the tolerance), and the smallest of that under many seeds. Below 30 a mistake may pass for a
right answer that rounds badly, and the other way round.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.check import SMALLEST_MARGIN, Case, Check
from course_utils.agreement import deviation
from course_utils.asking import Answer
from course_utils.plain import Code


def reference(check: Check) -> Callable[..., Any]:
    """The library's version of an exercise."""
    return getattr(importlib.import_module(f"course_utils.{check.topic}"), check.function_name)


def right_versions(check: Check) -> dict[str, Callable[..., Any]]:
    """The reference and every accepted version."""
    return {"reference": reference(check)} | {
        f"accepted {number}": version for number, version in enumerate(check.accepts)
    }


def margins(check: Check, seeds: Iterable[int]) -> dict[str, float]:
    """The margin of each misconception: the smallest under these seeds."""
    quick = replace(check, not_allowed=())  # watching every call is slow, and tested elsewhere
    smallest = {known.name: math.inf for known in check.misconceptions}
    for seed in seeds:
        cases = quick.draw(np.random.default_rng(seed))
        right = max(_farthest(quick, cases, version) for version in right_versions(quick).values())
        for known in check.misconceptions:
            found = margin(_farthest(quick, cases, known.function), right)
            smallest[known.name] = min(smallest[known.name], found)
    return smallest


def too_small(check: Check, seeds: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Yield the misconceptions that are too near a right answer, each with what to do about it."""
    for name, found in margins(check, seeds).items():
        if found < SMALLEST_MARGIN:
            yield (
                name,
                f"margin of {name!r} is {found:.3g}, at least {SMALLEST_MARGIN:g}: draw until it is "
                "(autograder/check_parts/drawing.py)",
            )


def margin(wrong: float, right: float) -> float:
    """How many times farther a mistake is than the farthest right answer, or than the tolerance.

    >>> margin(60.0, 0.5), margin(60.0, 4.0)
    (60.0, 15.0)
    """
    return wrong / max(right, 1.0)


def _farthest(check: Check, cases: Sequence[Case], version: Callable[..., Any]) -> float:
    return max(distance(check, case, check.answer_of(version, case)) for case in cases)


def distance(check: Check, case: Case, answer: Answer) -> float:
    """How far one answer is from the right one; infinite for a wrong kind, shape, refusal or exception."""
    right = check.expected(case)
    if isinstance(right, ValueError):
        return 0.0 if answer.raised and answer.raised[0] == "ValueError" else math.inf
    if answer.raised or answer.missing:
        return math.inf
    if check.twice:
        first, second, afterwards = answer.value
        before = [None if isinstance(arg, Code) else arg for arg in case.args]
        changed = deviation(before, afterwards, tolerance=1e-12) > 1
        values = [first, second]
        return math.inf if changed else max(_apart(check, case, right, value) for value in values)
    return _apart(check, case, right, answer.value)


def _apart(check: Check, case: Case, right: Any, value: Any) -> float:
    if check.agree is None:
        return deviation(right, value)
    told = check.agree(case.args, right, value)
    return math.inf if isinstance(told, str) else told
