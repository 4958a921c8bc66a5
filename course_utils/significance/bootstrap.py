"""The paired bootstrap: would a lead like A's have come up by luck of the test set?

We have one test set of n examples. The bootstrap makes many from it, by drawing n examples with
replacement, and looks at how much A's lead δ(S) moves from one test set S to the next. If A and B
were equally good (the null hypothesis), δ(S) would scatter about 0; here it scatters about the δ(D)
we saw. Moved back by δ(D), the event "a lead larger than the one we saw" becomes

    δ(S) − δ(D) > δ(D),   that is   δ(S) > 2 δ(D).

The p-value is the fraction of test sets on which that happens.

Source: CMU 10-301/601, lecture 28, "Paired Bootstrap Test"; T. Berg-Kirkpatrick, D. Burkett and
D. Klein, "An Empirical Investigation of Statistical Significance in NLP", EMNLP 2012, figure 1.
Leaves out: the two-sided test, intervals for δ, and the (v + 1)/(B + 1) that keeps p above 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.significance.difference import example_differences


def bootstrap_sample(n: int, num_samples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw `num_samples` test sets of n examples each, with replacement, as indices.

    Every entry is uniform on 0 … n−1 and independent of all others.

    Args:
        n: number of test examples, at least 1.
        num_samples: number of test sets, B, at least 1.
        rng: the source of randomness.

    Returns:
        Shape (num_samples, n), integers; row b lists the examples of test set b.

    Raises:
        ValueError: n or num_samples is less than 1.

    >>> bootstrap_sample(5, 3, np.random.default_rng(0)).shape
    (3, 5)
    """
    if n < 1 or num_samples < 1:
        raise ValueError(f"n = {n} and num_samples = {num_samples}: both must be at least 1")
    return rng.integers(n, size=(num_samples, n))


def paired_bootstrap(correct_a: ArrayLike, correct_b: ArrayLike, resamples: ArrayLike) -> float:
    """Return the fraction of resampled test sets on which A leads by more than 2 δ(D).

        p = v/B,   v = number of rows S of `resamples` with δ(S) > 2 δ(D), strictly

    Both sides are compared as sums over n examples, in whole numbers, so that a tie is a tie.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans.
        correct_b: shape (n,), likewise, for the same examples.
        resamples: shape (B, n), indices 0 … n−1, one test set a row; see `bootstrap_sample`.

    Returns:
        The one-sided p-value in [0, 1] of "A is better than B". δ(D) keeps its sign: where A is
        behind, the p-value is large.

    Raises:
        ValueError: illegal vectors (see `accuracy_difference`); `resamples` is empty, not of shape
            (B, n), not of integers, or holds an index outside 0 … n−1.

    A wins one example of four, so 2 δ(D) is 2/4. The three test sets show leads of 3/4, 1/4 and
    2/4; only the first is larger, the last is a tie:

    >>> paired_bootstrap([1, 1, 1, 0], [0, 1, 1, 0], [[0, 0, 0, 1], [0, 1, 2, 3], [3, 0, 0, 1]])
    0.3333333333333333
    """
    differences = example_differences(correct_a, correct_b)  # (n,)
    rows = _checked_resamples(resamples, len(differences))  # (B, n)
    leads = differences[rows].sum(axis=1, dtype=np.int64)  # (B,) n δ(S)
    return float(np.mean(leads > 2 * differences.sum(dtype=np.int64)))


def _checked_resamples(resamples: ArrayLike, n: int) -> NDArray[np.integer]:
    rows = np.asarray(resamples)
    if rows.ndim != 2 or rows.shape[1] != n or len(rows) == 0 or rows.dtype.kind not in "iu":
        raise ValueError(
            f"resamples has shape {rows.shape} and dtype {rows.dtype}: expected integers of shape "
            f"(B, {n}), one resampled test set a row"
        )
    if rows.min() < 0 or rows.max() >= n:
        raise ValueError(
            f"resamples holds indices from {rows.min()} to {rows.max()}: "
            f"with {n} examples an index is 0 … {n - 1}"
        )
    return rows


def paired_bootstrap_p_value(
    correct_a: ArrayLike, correct_b: ArrayLike, num_samples: int, rng: np.random.Generator
) -> float:
    """Draw the test sets and return the p-value of `paired_bootstrap`, in O(B) instead of O(B n).

    Which examples a test set holds does not matter, only how many of each kind of difference:

        (number of +1, of −1, of 0) ~ multinomial(n; n₊/n, n₋/n, n₀/n)

    so one draw of three counts stands for n draws of an index; p has the same distribution.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans.
        correct_b: shape (n,), likewise, for the same examples.
        num_samples: number of test sets, B, at least 1.
        rng: the source of randomness.

    Returns:
        The one-sided p-value in [0, 1] of "A is better than B".

    Raises:
        ValueError: illegal vectors (see `accuracy_difference`), or num_samples is less than 1.

    >>> rng = np.random.default_rng(0)
    >>> paired_bootstrap_p_value([1] * 90 + [0] * 10, [1] * 80 + [0] * 20, 10_000, rng) < 0.01
    True
    """
    differences = example_differences(correct_a, correct_b)
    if num_samples < 1:
        raise ValueError(f"num_samples = {num_samples}: at least one test set must be drawn")
    n = len(differences)
    ahead, behind = np.count_nonzero(differences == 1), np.count_nonzero(differences == -1)
    kinds = np.array([ahead, behind, n - ahead - behind]) / n
    counts = rng.multinomial(n, kinds, size=num_samples)  # (B, 3)
    return float(np.mean(counts[:, 0] - counts[:, 1] > 2 * (ahead - behind)))
