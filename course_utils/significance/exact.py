"""The paired bootstrap with nothing drawn: the limit of B → ∞, exactly.

With n examples there are nⁿ equally likely resampled test sets. They need not be listed, because
only the numbers of +1, −1 and 0 among the differences matter, and these follow a multinomial
distribution. The terms are whole numbers; Python's integers never round, so neither does the answer
until the last division.

Source: the limit of CMU 10-301/601, lecture 28, "Paired Bootstrap Test"; compare exact bootstrap
distributions, N. I. Fisher and P. Hall, "Bootstrap algorithms for small samples", JSPI 27 (1991).
Leaves out: test sets of more than 60 examples, where drawing (`paired_bootstrap_p_value`) is as
good.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike

from course_utils.significance.difference import example_differences

LARGEST_N = 60


def exact_paired_bootstrap(correct_a: ArrayLike, correct_b: ArrayLike) -> float:
    """Return the probability that a resampled test set has δ(S) > 2 δ(D).

        p = Σ  n!/(i! j! k!) · n₊ⁱ n₋ʲ n₀ᵏ / nⁿ   over i + j + k = n with i − j > 2 (n₊ − n₋)

    where n₊, n₋ and n₀ count the examples with difference +1, −1 and 0, and 0⁰ = 1.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans; n ≤ 60.
        correct_b: shape (n,), likewise, for the same examples.

    Returns:
        p in [0, 1], correct to the last digit.

    Raises:
        ValueError: illegal vectors (see `accuracy_difference`), or n > 60.

    Of three examples A wins one and ties two. Only the test set that draws the win three times has
    3 > 2 · 1, and it is one of 3³ = 27:

    >>> exact_paired_bootstrap([1, 1, 0], [0, 1, 0]) == 1 / 27
    True
    """
    differences = example_differences(correct_a, correct_b)
    n = len(differences)
    if n > LARGEST_N:
        raise ValueError(
            f"{n} examples: the exact sum is for at most {LARGEST_N}; "
            "draw with paired_bootstrap_p_value"
        )
    ahead, behind, level = (int(np.count_nonzero(differences == kind)) for kind in (1, -1, 0))
    v = sum(
        comb(n, i) * comb(n - i, j) * ahead**i * behind**j * level ** (n - i - j)
        for i in range(n + 1)
        for j in range(n - i + 1)
        if i - j > 2 * (ahead - behind)
    )
    return v / n**n
