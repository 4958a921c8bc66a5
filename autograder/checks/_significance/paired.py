"""significance.paired_bootstrap: the fraction of resampled test sets with δ(S) > 2 δ(D).

Only `ties` and `rounding` hold ties, so that a mistake about ties costs these and nothing else.
Not asked: booleans and lists, because `(a − b)[resamples]` is right; δ(D) = 0.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._significance import paired_mistakes as wrong
from autograder.checks._significance.vectors import paired_vectors
from course_utils.significance import paired_bootstrap


def by_loops(a, b, resamples):
    delta = sum(int(x) - int(y) for x, y in zip(a, b, strict=True))
    differences = [int(x) - int(y) for x, y in zip(a, b, strict=True)]
    v = 0
    for row in resamples.tolist():
        v += sum(differences[i] for i in row) > 2 * delta
    return v / len(resamples)


def by_counts(a, b, resamples, dtype=np.float32):
    n = len(a)
    shifted = resamples + n * np.arange(len(resamples))[:, None]
    counts = np.bincount(shifted.ravel(), minlength=resamples.size).reshape(
        resamples.shape
    )  # (B, n)
    d = a.astype(np.int64) - b.astype(np.int64)
    return np.asarray((counts @ d > 2 * d.sum()).mean(dtype=dtype))


def mean_of_differences(a, b, resamples):
    """Means of *differences* are safe: doubling a float is exact, and so the tie stays a tie."""
    d = a - b
    return (d[resamples].mean(axis=1) > 2 * d.mean()).mean()


class ByGenerator:
    def __call__(self, a, b, resamples):
        d = (a - b).tolist()
        return sum(self.leads(row, d) for row in resamples) / len(resamples)

    def leads(self, row, d):
        return sum(d[i] for i in row) > 2 * sum(d)


def cases(rng: np.random.Generator) -> list[Case]:
    def table(n: int, only_a: int, only_b: int, num_samples: int, dtype: Any = np.float64) -> Args:
        a, b = paired_vectors(rng, n, only_a, only_b, dtype)
        return a, b, rng.integers(0, n, size=(num_samples, n))

    def untied(n: int, only_a: int, only_b: int, num_samples: int, dtype: Any = np.float64) -> Args:
        """Rows that tie are replaced, by others."""
        a, b, rows = table(n, only_a, only_b, 3 * num_samples, dtype)
        rows = rows[(a - b)[rows].sum(axis=1) != 2 * (a - b).sum()][:num_samples]
        assert len(rows) == num_samples
        return a, b, rows

    def heart() -> list[Args]:
        gaps = rng.integers(1, 3, size=2)
        return [
            untied(11, 3, 2, 57),
            untied(23, 4 + int(gaps[0]), 4, 71, np.int64),
            untied(101, 11 + int(gaps[1]), 11, 43),
        ]

    def twice(a: Any, b: Any, rows: Any) -> Args:
        """Some rows come again, and some again in another order."""
        again = rng.permuted(rows[5:11], axis=1)
        return a, b, rng.permutation(np.concatenate([rows, rows[:7], again]))

    elsewhere = (
        *(wrong.equal_rows_once, wrong.same_examples_once),  # only where rows repeat
        *(wrong.at_least, wrong.float_means, wrong.float_leads),  # only where rows tie
        *(wrong.threshold_absolute, wrong.leader_first),  # only when B leads
        wrong.swapped,  # as complement where nothing ties
        wrong.sum_against_mean,  # as above_zero where A leads
        wrong.subtracted_in_place,
    )
    fails_heart = [m.function for m in wrong.MISCONCEPTIONS if m.function not in elsewhere]
    values = draw_until(heart, lambda drawn: tells_apart((paired_bootstrap, *fails_heart), drawn))
    ties = draw_until(  # no rounding for n = 32, since accuracies are multiples of 1/32
        lambda: [table(32, 4, 3, 61)],
        lambda drawn: (
            tells_from(paired_bootstrap, [wrong.at_least], drawn)
            and tells_apart((wrong.complement, wrong.swapped), drawn)
        ),
    )
    broken = draw_until(
        lambda: [table(20, 3, 2, 83), table(37, 5, 4, 67)],
        lambda drawn: tells_apart(
            (paired_bootstrap, wrong.at_least, wrong.float_means, wrong.float_leads), drawn
        ),
    )
    behind = draw_until(
        lambda: [untied(13, 2, 3, 59), untied(31, 3, 5, 47, np.int64)],
        lambda drawn: (
            tells_apart(
                (
                    paired_bootstrap,
                    wrong.both_absolute,
                    wrong.threshold_absolute,
                    wrong.leader_first,
                ),
                drawn,
            )
            and tells_apart((wrong.above_zero, wrong.sum_against_mean), drawn)
        ),
    )
    repeated = draw_until(
        lambda: [twice(*untied(12, 4, 3, 37))],
        lambda drawn: tells_apart(
            (paired_bootstrap, wrong.equal_rows_once, wrong.same_examples_once), drawn
        ),
    )
    drawn = {"value": [*values, *repeated], "ties": ties, "rounding": broken, "sign": behind}
    return [Case(args, shows) for shows, inputs in drawn.items() for args in inputs]


PAIRED_BOOTSTRAP = Check(
    exercise="significance.paired_bootstrap",
    properties={
        "value": "gives the fraction of resampled test sets with δ(S) > 2 δ(D)",
        "ties": "counts strictly larger leads only, and no ties",
        "rounding": "compares whole numbers, so that rounding breaks no tie",
        "sign": "keeps the sign of 2 δ(D) when B is better",
    },
    cases=cases,
    expect=paired_bootstrap,
    accepts=[
        by_loops,
        by_counts,
        partial(by_counts, dtype=float),
        mean_of_differences,
        ByGenerator(),
    ],
    misconceptions=wrong.MISCONCEPTIONS,
)
