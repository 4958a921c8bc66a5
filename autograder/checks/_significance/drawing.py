"""Draw inputs that tell every known mistake from the right answer, and from every other mistake.

Nothing is left to luck: a draw that does not tell them apart is thrown away and drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from autograder.check import SMALLEST_MARGIN
from course_utils.agreement import deviation

T = TypeVar("T")
Args = tuple[Any, ...]
Rule = Callable[..., Any]
MOST_DRAWS = 2000


def draw_until(draw: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Draw until `good`. That no draw is good is a defect of the check, and it says so."""
    for _ in range(MOST_DRAWS):
        drawn = draw()
        if good(drawn):
            return drawn
    raise AssertionError(f"no telling input in {MOST_DRAWS} draws")


def tells_apart(rules: Sequence[Rule], inputs: Sequence[Args]) -> bool:
    """True when every two of the rules are at least 30 tolerances apart on some input."""
    answers = [[rule(*args) for args in inputs] for rule in rules]
    return all(_apart(answers[i], answers[j]) for i in range(len(rules)) for j in range(i))


def tells_from(right: Rule, wrong: Sequence[Rule], inputs: Sequence[Args]) -> bool:
    """True when every mistake is at least 30 tolerances from the right answer on some input."""
    expected = [right(*args) for args in inputs]
    return all(_apart(expected, [rule(*args) for args in inputs]) for rule in wrong)


def _apart(some: Sequence[Any], others: Sequence[Any]) -> bool:
    pairs = zip(some, others, strict=True)
    return any(
        max(deviation(one, other), deviation(other, one)) >= SMALLEST_MARGIN for one, other in pairs
    )


def paired_vectors(
    rng: np.random.Generator, n: int, only_a: int, only_b: int, dtype: Any = np.float64
) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors of 0 and 1 of length n: A alone is right `only_a` times, B alone `only_b` times.

    Of the other examples half are right for both, and half wrong for both.
    """
    both = (n - only_a - only_b + 1) // 2
    a, b = np.zeros(n, dtype=dtype), np.zeros(n, dtype=dtype)
    a[: only_a + both] = 1
    b[only_a : only_a + both + only_b] = 1
    order = rng.permutation(n)
    return a[order], b[order]
