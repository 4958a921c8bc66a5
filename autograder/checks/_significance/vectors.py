"""Vectors of right and wrong answers, for the checks of unit 01."""

from __future__ import annotations

from typing import Any

import numpy as np


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
