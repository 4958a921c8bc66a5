"""Draw inputs that tell every known mistake from the right answer.

Nothing is left to luck: a draw on which a mistake would not show is thrown away and drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from autograder.check import SMALLEST_MARGIN
from course_utils.agreement import deviation

T = TypeVar("T")
MOST_DRAWS = 2000


def draw_until(draw: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Draw until `good`; a test that cannot find its inputs is a defect, and says so."""
    for _ in range(MOST_DRAWS):
        drawn = draw()
        if good(drawn):
            return drawn
    raise AssertionError(f"no telling input in {MOST_DRAWS} draws")


def tells(
    right: Callable[..., Any], wrong: Sequence[Callable[..., Any]], args: tuple[Any, ...]
) -> bool:
    """True when every wrong version is at least 30 tolerances away from the right one."""
    expected = right(*args)
    return all(deviation(expected, version(*args)) >= SMALLEST_MARGIN for version in wrong)


def correctness(rng: np.random.Generator, n: int, only_a: int, only_b: int) -> tuple[Any, Any]:
    """Two 0/1 vectors of length n; A alone is right `only_a` times, B alone `only_b` times.

    Where they agree, both are right at least once and both wrong at least once, if there is room.
    """
    both = int(rng.integers(1, n - only_a - only_b)) if n - only_a - only_b > 1 else 0
    a = np.zeros(n, dtype=np.int64)
    b = np.zeros(n, dtype=np.int64)
    a[: only_a + both] = 1
    b[only_a : only_a + both + only_b] = 1
    order = rng.permutation(n)
    return a[order], b[order]


def strided(array: np.ndarray) -> np.ndarray:
    """The same values as a view that is not contiguous."""
    wide = np.zeros((*array.shape, 2), dtype=array.dtype)
    wide[..., 0] = array
    return wide[..., 0]
