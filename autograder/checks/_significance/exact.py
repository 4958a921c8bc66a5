"""significance.exact_paired_bootstrap: the p-value with every possible test set counted."""

from __future__ import annotations

from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from scipy import special

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._significance import exact_mistakes as wrong
from autograder.checks._significance.vectors import paired_vectors
from course_utils.significance import exact_paired_bootstrap


def by_convolution(a, b):
    n, plus, minus = wrong.kinds(a, b)
    sums, distribution = wrong.distribution_of_sums(n, plus, minus)
    return distribution[sums > 2 * (plus - minus)].sum()


def by_whole_numbers(a, b):
    """Counts of test sets, in Python's integers, from the polynomial (minus + rest x + plus x²)ⁿ."""
    n, plus, minus = wrong.kinds(a, b)
    counts = [1]
    for _ in range(n):
        padded = [0, 0, *counts, 0, 0]
        counts = [
            plus * padded[s] + (n - plus - minus) * padded[s + 1] + minus * padded[s + 2]
            for s in range(len(counts) + 2)
        ]
    v = sum(c for s, c in enumerate(counts, start=-n) if s > 2 * (plus - minus))
    return float(Fraction(v, n**n))


class ByRecursion:
    def __call__(self, a, b):
        n, plus, minus = wrong.kinds(a, b)

        @cache
        def above(left: int, total: int) -> float:
            if left == 0:
                return float(total > 2 * (plus - minus))
            up, down = above(left - 1, total + 1), above(left - 1, total - 1)
            return (plus * up + minus * down + (n - plus - minus) * above(left - 1, total)) / n

        return np.asarray(above(n, 0))


def by_log_gamma(a, b, dtype=np.float64):
    """Terms as exp(log …), where x log 0 is 0 if x is 0."""
    n, plus, minus = wrong.kinds(a, b)
    i, j = np.indices((n + 1, n + 1))
    possible = (i + j <= n) & (i - j > 2 * (plus - minus))
    i, j = i[possible], j[possible]
    k = n - i - j
    logs = special.gammaln([n + 1]) - special.gammaln(i + 1) - special.gammaln(j + 1)
    logs -= special.gammaln(k + 1)
    for times, kind in ((i, plus), (j, minus), (k, n - plus - minus)):
        logs = logs + special.xlogy(times, kind / n)
    return np.exp(logs.astype(dtype)).sum()


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(n: int, sign: int = 1, dtype: Any = np.float64) -> Args:
        fewer = int(rng.integers(1, max(n // 5, 1) + 1))
        more = fewer + int(rng.integers(1, max(n // 6, 1) + 1))
        return paired_vectors(rng, n, *((more, fewer) if sign > 0 else (fewer, more)), dtype)

    elsewhere = (
        wrong.threshold_absolute,  # only when B leads
        *(wrong.logarithm_of_zero, wrong.nan_for_empty_kinds),  # only where a kind is empty
    )
    fails_heart = [m.function for m in wrong.MISCONCEPTIONS if m.function not in elsewhere]
    values = draw_until(
        lambda: [draw(11), draw(23, dtype=np.int64)],
        lambda inputs: tells_apart((exact_paired_bootstrap, *fails_heart), inputs),
    )
    behind = draw_until(
        lambda: [draw(17, sign=-1)],
        lambda inputs: tells_from(
            exact_paired_bootstrap,
            (wrong.threshold_absolute, wrong.both_absolute, wrong.at_least),
            inputs,
        ),
    )
    wins = int(rng.integers(1, 4))
    empty = [
        paired_vectors(rng, 7, wins, 0),
        paired_vectors(rng, 5, 3, 2),
        paired_vectors(rng, 9, 0, 0),
        paired_vectors(rng, 8, 0, wins),
    ]
    large = paired_vectors(rng, 60, int(rng.integers(9, 12)), int(rng.integers(5, 8)))
    return [
        *(Case(args, "value") for args in values),
        *(Case(args, "behind") for args in behind),
        Case(paired_vectors(rng, 13, 3, 3), "behind"),
        *(Case(args, "empty") for args in empty),
        Case(large, "large"),
    ]


EXACT = Check(
    exercise="significance.exact_paired_bootstrap",
    properties={
        "value": "gives the probability of δ(S) > 2 δ(D) over all nⁿ test sets",
        "behind": "works when B is better, and when neither is",
        "empty": "works when one kind of difference does not occur (0⁰ = 1)",
        "large": "is exact, and fast, up to n = 60",
    },
    cases=cases,
    expect=exact_paired_bootstrap,
    accepts=[
        by_convolution,
        by_whole_numbers,
        ByRecursion(),
        by_log_gamma,
        partial(by_log_gamma, dtype=np.float32),
    ],
    misconceptions=wrong.MISCONCEPTIONS,
)
