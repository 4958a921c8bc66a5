"""significance.paired_bootstrap: the fraction of resampled test sets with δ(S) > 2 δ(D)."""

from __future__ import annotations

from functools import partial

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import correctness, draw_until, strided, tells
from course_utils.significance import paired_bootstrap


def _rule(rule):
    def version(correct_a, correct_b, resamples):
        d = np.asarray(correct_a).astype(int) - np.asarray(correct_b).astype(int)
        sums = d[np.asarray(resamples)].sum(axis=1)
        return float(np.mean(rule(sums, d.sum())))

    return version


at_least = _rule(lambda s, d: s >= 2 * d)
above_delta = _rule(lambda s, d: s > d)
above_zero = _rule(lambda s, d: s > 0)
complement = _rule(lambda s, d: s <= 2 * d)
both_absolute = _rule(lambda s, d: abs(s) > 2 * abs(d))
threshold_absolute = _rule(lambda s, d: s > 2 * abs(d))
two_sided = _rule(lambda s, d: abs(s - d) > abs(d))


def number_of_rows(a, b, resamples):
    return float(paired_bootstrap(a, b, resamples) * len(resamples))


def resampled_apart(a, b, resamples):
    a, b, rows = np.asarray(a), np.asarray(b), np.asarray(resamples)
    sums = a[rows].sum(axis=1) - b[np.roll(rows, 1, axis=0)].sum(axis=1)
    return float(np.mean(sums > 2 * (a.sum() - b.sum())))


def float_means(a, b, resamples):
    a, b, rows = np.asarray(a), np.asarray(b), np.asarray(resamples)
    return float(np.mean(a[rows].mean(axis=1) - b[rows].mean(axis=1) > 2 * (a.mean() - b.mean())))


def by_loops(a, b, resamples):
    delta = sum(int(x) - int(y) for x, y in zip(a, b, strict=True))
    v = 0
    for row in resamples:
        v += sum(int(a[i]) - int(b[i]) for i in row) > 2 * delta
    return v / len(resamples)


def by_counts(a, b, resamples, dtype=np.float32):
    rows = np.asarray(resamples)
    n = len(a)
    counts = np.apply_along_axis(np.bincount, 1, rows, minlength=n)  # (B, n)
    d = np.asarray(a, np.int64) - np.asarray(b, np.int64)
    return np.asarray((counts @ d > 2 * d.sum()).mean(dtype=dtype))


def mean_of_differences(a, b, resamples):
    d = np.asarray(a) - np.asarray(b)
    return (d[resamples].mean(axis=1) > 2 * d.mean()).mean()


OTHER_RULES = (
    above_delta,
    above_zero,
    complement,
    number_of_rows,
    resampled_apart,
)


def paired_cases(rng: np.random.Generator) -> list[Case]:
    def table(n: int, only_a: int, only_b: int, num_samples: int) -> tuple:
        a, b = correctness(rng, n, only_a, only_b)
        return a, b, rng.integers(0, n, size=(num_samples, n))

    def without_ties(drawn: tuple, num_samples: int) -> tuple:
        a, b, rows = drawn
        tie = (a - b)[rows].sum(axis=1) == 2 * (a - b).sum()
        unbroken = rows[~tie]
        return a, b, unbroken[:num_samples]

    def ordinary(n: int, only_a: int, only_b: int, num_samples: int) -> tuple:
        return draw_until(
            lambda: without_ties(table(n, only_a, only_b, 2 * num_samples), num_samples),
            lambda x: (
                len(x[2]) == num_samples
                and tells(paired_bootstrap, OTHER_RULES, x)
                and paired_bootstrap(*x) == float_means(*x)
            ),
        )

    def breaking(n: int) -> tuple:
        """Ties that means of floats take for differences, though whole numbers do not."""

        def draw() -> tuple:
            only_b = int(rng.integers(1, 4))
            return table(n, only_b + int(rng.integers(1, 3)), only_b, 203)

        return draw_until(draw, lambda x: tells(paired_bootstrap, [float_means], x))

    negative = draw_until(
        lambda: without_ties(table(31, 3, 5, 302), 151),
        lambda x: (
            len(x[2]) == 151
            and tells(
                paired_bootstrap, [both_absolute, threshold_absolute, two_sided, complement], x
            )
        ),
    )
    a, b, rows = ordinary(29, 5, 3, 101)
    return [
        Case(ordinary(23, 5, 3, 157), "value"),
        Case((a, b, strided(rows)), "value"),
        Case(ordinary(101, 11, 8, 211), "value"),
        Case(draw_until(lambda: table(100, 12, 9, 307), _whole_ties), "ties"),
        Case(breaking(20), "rounding"),
        Case(breaking(37), "rounding"),
        Case(negative, "sign"),
    ]


def _whole_ties(x: tuple) -> bool:
    """Ties that rounding happens to leave alone."""
    return tells(paired_bootstrap, [at_least], x) and paired_bootstrap(*x) == float_means(*x)


PAIRED_BOOTSTRAP = Check(
    exercise="significance.paired_bootstrap",
    properties={
        "value": "gives the fraction of resampled test sets with δ(S) > 2 δ(D)",
        "ties": "does not count ties: strictly larger",
        "rounding": "compares whole numbers, so that rounding breaks no tie",
        "sign": "keeps the sign of 2 δ(D) when B is better",
    },
    cases=paired_cases,
    expect=paired_bootstrap,
    accepts=[by_loops, by_counts, mean_of_differences, partial(by_counts, dtype=np.float64)],
    misconceptions=[
        Misconception(
            ">= for >",
            at_least,
            "This is what you get when test sets with δ(S) = 2 δ(D) are counted too. Only strictly "
            "larger leads count, and with accuracies ties are common.",
        ),
        Misconception(
            "means of floats compared",
            float_means,
            "This is what you get when the means of A and B are subtracted as floats: rounding turns "
            "some ties into tiny differences. Compare sums of whole numbers.",
        ),
        Misconception(
            "compared with δ(D)",
            above_delta,
            "This is what you get with δ(S) > δ(D). The leads scatter about δ(D), so about half are "
            "above it, whatever the data. Compare with 2 δ(D).",
        ),
        Misconception(
            "compared with 0",
            above_zero,
            "This is what you get with δ(S) > 0: how often A still leads. Compare with 2 δ(D).",
        ),
        Misconception(
            "1 − v/B",
            complement,
            "This is 1 − v/B. A small p-value means a surprising lead: return v/B.",
        ),
        Misconception(
            "count for fraction",
            number_of_rows,
            "This is v, the number of test sets. Divide by B, the number of rows.",
        ),
        Misconception(
            "A and B resampled apart",
            resampled_apart,
            "This is what you get when A and B are given different rows. The same row must choose the "
            "same examples for both; that is what paired means.",
        ),
        Misconception(
            "absolute values",
            both_absolute,
            "This is what you get with |δ(S)| > 2 |δ(D)|. The test is one-sided: keep the signs.",
        ),
        Misconception(
            "sign of the threshold lost",
            threshold_absolute,
            "This is what you get with 2 |δ(D)| as the threshold. 2 δ(D) keeps its sign, also when B leads.",
        ),
        Misconception(
            "two-sided",
            two_sided,
            "This is what you get when both tails are counted. This test is one-sided: δ(S) > 2 δ(D).",
        ),
    ],
)
