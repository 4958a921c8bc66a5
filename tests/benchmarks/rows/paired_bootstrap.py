"""The paired bootstrap of 0/1 answers: three counts for each test set, against every index drawn."""

from __future__ import annotations

import math

import numpy as np

from course_utils.significance import paired_bootstrap_p_value
from tests.benchmarks.contest import Contest, Sides

EXAMPLES, TEST_SETS = 10_000, 100_000
ONLY_A, ONLY_B = 530, 470


def prepare() -> Sides:
    """A leads by 60 of 10 000 examples: p is about 0.03."""
    from scipy.stats import bootstrap

    a, b = np.ones((2, EXAMPLES), dtype=bool)
    b[:ONLY_A] = a[ONLY_A : ONLY_A + ONLY_B] = False
    differences = a.astype(np.float64) - b

    def ours() -> float:
        return paired_bootstrap_p_value(a, b, TEST_SETS, np.random.default_rng(1))

    def scipys() -> float:
        drawn = bootstrap(
            (differences,),
            np.mean,
            n_resamples=TEST_SETS,
            batch=500,  # 80 MB at a time instead of 16 GB
            method="percentile",
            rng=np.random.default_rng(2),
        ).bootstrap_distribution
        return float(np.mean(np.round(EXAMPLES * drawn) > 2 * (ONLY_A - ONLY_B)))

    return Sides(ours, scipys, _same)


def _same(p: float, q: float) -> bool:
    """Both are shares of random draws: five standard errors of their difference."""
    return 0 < p < 1 and abs(p - q) <= 5 * math.sqrt(2 * p * (1 - p) / TEST_SETS)


CONTESTS = [
    Contest(
        row="paired bootstrap",
        peer="scipy.stats.bootstrap",
        target=1 / 100,
        work="p-value of 10 000 paired examples, 100 000 resampled test sets",
        packages=("scipy",),
        prepare=prepare,
    )
]
