"""Testers with blind spots: mistakes in fairness.find_the_bug_fairness, and their hints."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograder.check import Misconception
from course_utils.fairness import error_rates

PLAIN = ((7, 3, 2, 5), (11, 13, 17, 19), (990, 805, 532, 1369), (1, 40, 900, 6))
ZEROS = (
    *((0, 3, 2, 5), (7, 0, 2, 5), (7, 3, 0, 5), (7, 3, 2, 0), (0, 0, 2, 5), (7, 3, 0, 0)),
    *((7, 0, 2, 0), (0, 3, 0, 5), (0, 0, 0, 0)),
)


def tester(
    candidate: Callable[..., Any],
    *,
    tables: tuple[tuple[int, ...], ...] = PLAIN + ZEROS,
    names: tuple[str, ...] = (),
    tolerance: float = 1e-5,
    sees_nan: bool = True,
    sees_keys: bool = True,
    sees_shape: bool = True,
    raising_is: bool | None = True,
) -> bool:
    """A tester with chosen blind spots; `raising_is=None` lets a candidate's exception escape."""
    for table in tables:
        right = error_rates(*table)
        try:
            answer = candidate(*table)
        except Exception:
            if raising_is is None:
                raise
            return raising_is
        if not isinstance(answer, dict):
            if sees_shape:
                return True
            continue
        if sees_keys and set(answer) != set(right):
            return True
        for name in names or set(answer) & set(right):
            given: Any = answer.get(name)
            if sees_shape and np.shape(given) != ():
                return True
            value = np.asarray(given, dtype=float).ravel()[0]
            if np.isnan(right[name]):
                if sees_nan and not np.isnan(value):
                    return True
            elif not abs(value - right[name]) <= tolerance * (1 + right[name]):
                return True
    return False


def always_true(candidate):
    return True


def always_false(candidate):
    return False


def exchanged(candidate):
    return not tester(candidate)


def as_number(candidate):
    return 1.0 if tester(candidate) else 0.0


def only_the_range(candidate):
    try:
        rates = [rate for table in PLAIN for rate in candidate(*table).values()]
        return not all(0 <= rate <= 1 for rate in rates)
    except Exception:
        return True


MISCONCEPTIONS = [
    Misconception(
        "always True",
        always_true,
        "Every candidate is called wrong, right ones too. Compare its rates with the right ones, and "
        "return False when all agree.",
    ),
    Misconception(
        "always False",
        always_false,
        "No candidate is ever called wrong. Is there a path through your tester that returns True?",
    ),
    Misconception(
        "True and False exchanged",
        exchanged,
        "Your verdicts are right, but the wrong way round: True says that the candidate is *wrong*.",
    ),
    Misconception(
        "float for bool",
        as_number,
        "Your verdicts are right, but they are floats. Return True or False.",
    ),
    Misconception(
        "only the range is looked at",
        only_the_range,
        "Your tester accepts every number between 0 and 1. Compute the right rates yourself, from the "
        "definitions, and compare.",
    ),
    Misconception(
        "equal counts",
        partial(tester, tables=((5, 5, 5, 5), *ZEROS[-1:])),
        "All counts of your table are equal, so that exchanging them changes nothing. Four *different* "
        "counts make every mix-up show.",
    ),
    Misconception(
        "no zeros tried",
        partial(tester, tables=PLAIN),
        "None of your tables makes a rate 0/0, and there many versions go wrong. Put zeros in different "
        "places, and expect nan.",
    ),
    Misconception(
        "nan not compared",
        partial(tester, sees_nan=False),
        "Where the right rate is nan, your tester looks away: any comparison with nan is False. Ask with "
        "np.isnan whether the candidate gives nan too.",
    ),
    Misconception(
        "tolerance too large",
        partial(tester, tolerance=0.02),
        "A version that rounds, or is off by a thousandth, gets past you. Right versions are off by 1e-5 "
        "at most: allow no more than that.",
    ),
    Misconception(
        "equality to the last bit",
        partial(tester, tolerance=0.0),
        "You call a version wrong that differs by a millionth. Computers round: compare the difference "
        "with a small tolerance.",
    ),
    Misconception(
        "keys not seen",
        partial(tester, sees_keys=False),
        "A version with a missing or a surplus key gets past you. Compare the set of its keys with the "
        "seven that are asked.",
    ),
    Misconception(
        "shape not seen",
        partial(tester, sees_shape=False),
        "A version that returns lists or arrays gets past you. Each rate is one number: its np.shape is "
        "().",
    ),
    Misconception(
        "exceptions taken for right",
        partial(tester, raising_is=False),
        "A version that raises an exception on legal counts is wrong; your tester lets it pass.",
    ),
    Misconception(
        "exceptions escape",
        partial(tester, raising_is=None),
        "A candidate's exception ends your tester. Call it inside `try`: whoever raises on legal counts "
        "is wrong.",
    ),
]
