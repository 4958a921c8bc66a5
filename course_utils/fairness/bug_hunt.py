"""A test that tells right implementations of `error_rates` from wrong ones.

It calls the candidate on tables whose rates it knows from the definition. Four distinct counts make
every mix-up show; a zero in each place makes every 0/0 show.

Leaves out: counts that are arrays, negative, or so large that one could not lay out the people.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import isnan
from typing import Any

import numpy as np

_TABLES = (
    *((7, 3, 2, 5), (11, 13, 17, 19), (990, 805, 532, 1369), (1, 40, 900, 6), (50, 1, 3, 2)),
    *((0, 3, 2, 5), (7, 0, 2, 5), (7, 3, 0, 5), (7, 3, 2, 0)),
    *((0, 0, 2, 5), (7, 3, 0, 0), (7, 0, 2, 0), (0, 3, 0, 5), (0, 3, 2, 0), (7, 0, 0, 5)),
    *((0, 0, 0, 5), (7, 0, 0, 0), (0, 0, 0, 0)),
)


def find_the_bug_fairness(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `error_rates`.

    Wrong is: other keys; a rate off by more than 1e-5 (1 + rate), or not one number; anything but
    nan for 0/0; an exception.

    Args:
        candidate: called as candidate(tn, fp, fn, tp).

    >>> find_the_bug_fairness(lambda tn, fp, fn, tp: {"fpr": fp / (tn + fp + fn + tp)})
    True
    """
    return any(_is_wrong_on(candidate, *table) for table in _TABLES)


def _is_wrong_on(candidate: Callable[..., Any], tn: int, fp: int, fn: int, tp: int) -> bool:
    expected = _by_definition(tn, fp, fn, tp)
    try:
        answer = dict(candidate(tn, fp, fn, tp))
        return set(answer) != set(expected) or not all(
            np.shape(answer[name]) == () and _agree(answer[name], rate)
            for name, rate in expected.items()
        )
    except Exception:  # whatever it is, a right candidate does not raise it
        return True


def _by_definition(tn: int, fp: int, fn: int, tp: int) -> dict[str, float]:
    def share(part: int, whole: int) -> float:
        return float(Fraction(part, whole)) if whole else float("nan")

    n = tn + fp + fn + tp
    return {
        "fpr": share(fp, fp + tn),
        "fnr": share(fn, fn + tp),
        "ppv": share(tp, tp + fp),
        "npv": share(tn, tn + fn),
        "base_rate": share(fn + tp, n),
        "selection_rate": share(fp + tp, n),
        "accuracy": share(tn + tp, n),
    }


def _agree(answer: Any, expected: float) -> bool:
    if isnan(expected):
        return isnan(answer)
    return abs(answer - expected) <= 1e-5 * (1 + expected)
