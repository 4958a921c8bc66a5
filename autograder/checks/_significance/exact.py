"""significance.exact_paired_bootstrap: the p-value with every possible test set counted."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy import stats

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import correctness, draw_until, tells
from course_utils.significance import exact_paired_bootstrap


def _kinds(a, b):
    d = np.asarray(a).astype(int) - np.asarray(b).astype(int)
    return len(d), int(np.sum(d == 1)), int(np.sum(d == -1))


def _sum(a, b, counted, *, coefficient=True):
    n, plus, minus = _kinds(a, b)
    total = 0
    for i in range(n + 1):
        for j in range(n - i + 1):
            if counted(i - j, plus - minus):
                ways = math.comb(n, i) * math.comb(n - i, j) if coefficient else 1
                total += ways * plus**i * minus**j * (n - plus - minus) ** (n - i - j)
    return total / n**n


def at_least(a, b):
    return _sum(a, b, lambda s, d: s >= 2 * d)


def above_delta(a, b):
    return _sum(a, b, lambda s, d: s > d)


def above_zero(a, b):
    return _sum(a, b, lambda s, d: s > 0)


def complement(a, b):
    return 1 - _sum(a, b, lambda s, d: s > 2 * d)


def threshold_absolute(a, b):
    return _sum(a, b, lambda s, d: s > 2 * abs(d))


def no_coefficient(a, b):
    return _sum(a, b, lambda s, d: s > 2 * d, coefficient=False)


def normal_approximation(a, b):
    n, plus, minus = _kinds(a, b)
    delta = (plus - minus) / n
    deviation = math.sqrt(max((plus + minus) / n - delta**2, 1e-12) / n)
    return float(stats.norm.sf(delta / deviation))


def ties_left_out(a, b):
    """Resamples only the examples on which A and B differ."""
    _, plus, minus = _kinds(a, b)
    total = plus + minus
    if total == 0:
        return 0.0
    i = np.arange(total + 1)
    weights = stats.binom.pmf(i, total, plus / total)
    return float(weights[2 * i - total > 2 * (plus - minus)].sum())


def sign_test(a, b):
    _, plus, minus = _kinds(a, b)
    return float(stats.binom.sf(plus - 1, plus + minus, 0.5)) if plus + minus else 1.0


def by_convolution(a, b):
    """The distribution of the sum, one example after the other; floats."""
    n, plus, minus = _kinds(a, b)
    step = np.array([minus, n - plus - minus, plus]) / n
    distribution = np.ones(1)
    for _ in range(n):
        distribution = np.convolve(distribution, step)
    sums = np.arange(-n, n + 1)
    return float(distribution[sums > 2 * (plus - minus)].sum())


def by_fractions(a, b):
    n, plus, minus = _kinds(a, b)
    p, q = Fraction(plus, n), Fraction(minus, n)
    total = Fraction(0)
    for i in range(n + 1):
        for j in range(n + 1 - i):
            if i - j > 2 * (plus - minus):
                total += (
                    math.comb(n, i) * math.comb(n - i, j) * p**i * q**j * (1 - p - q) ** (n - i - j)
                )
    return np.float64(total)


def by_recursion(a, b):
    n, plus, minus = _kinds(a, b)
    known: dict[tuple[int, int], float] = {}

    def above(left: int, total: int) -> float:
        if left == 0:
            return float(total > 2 * (plus - minus))
        if (left, total) not in known:
            up, down = above(left - 1, total + 1), above(left - 1, total - 1)
            same = above(left - 1, total)
            known[left, total] = (plus * up + minus * down + (n - plus - minus) * same) / n
        return known[left, total]

    return above(n, 0)


def cases(rng: np.random.Generator) -> list[Case]:
    wrong = (
        at_least,
        above_delta,
        above_zero,
        complement,
        no_coefficient,
        normal_approximation,
        ties_left_out,
        sign_test,
    )

    def draw(n: int, *, sign: int = 1) -> tuple:
        fewer = int(rng.integers(1, max(n // 5, 1) + 1))
        more = fewer + int(rng.integers(1, max(n // 6, 1) + 1))
        return correctness(rng, n, *((more, fewer) if sign > 0 else (fewer, more)))

    def telling(x: tuple) -> bool:
        return tells(exact_paired_bootstrap, wrong, x)

    behind = draw_until(
        lambda: draw(17, sign=-1),
        lambda x: tells(exact_paired_bootstrap, (threshold_absolute, at_least), x),
    )
    return [
        Case(draw_until(lambda: draw(11), telling), "value"),
        Case(draw_until(lambda: draw(19), telling), "value"),
        Case(behind, "behind"),
        Case(correctness(rng, 13, 3, 3), "behind"),
        Case(correctness(rng, 7, 3, 0), "empty"),
        Case(correctness(rng, 5, 3, 2), "empty"),
        Case(correctness(rng, 9, 0, 0), "empty"),
        Case(
            draw_until(lambda: draw(60), lambda x: tells(exact_paired_bootstrap, wrong[:1], x)),
            "large",
        ),
    ]


EXACT = Check(
    exercise="significance.exact_paired_bootstrap",
    properties={
        "value": "gives the probability of δ(S) > 2 δ(D) over all n^n test sets",
        "behind": "works when B is better and when nobody is",
        "empty": "works when some kind of difference does not occur (0⁰ = 1)",
        "large": "is exact, and fast, up to n = 60",
    },
    cases=cases,
    expect=exact_paired_bootstrap,
    accepts=[by_convolution, by_fractions, by_recursion],
    misconceptions=[
        Misconception(
            ">= for >",
            at_least,
            "This is what you get when test sets with δ(S) = 2 δ(D) are counted too. Only strictly "
            "larger leads count.",
        ),
        Misconception(
            "compared with δ(D)",
            above_delta,
            "This is the probability of δ(S) > δ(D). Compare with 2 δ(D).",
        ),
        Misconception(
            "compared with 0",
            above_zero,
            "This is the probability of δ(S) > 0, that A still leads. Compare with 2 δ(D).",
        ),
        Misconception(
            "complement",
            complement,
            "This is one minus the p-value. Add up the test sets whose lead is larger than 2 δ(D).",
        ),
        Misconception(
            "multinomial coefficient forgotten",
            no_coefficient,
            "This is what you get without n!/(i! j! k!): each combination of i wins and j losses comes "
            "in that many orders.",
        ),
        Misconception(
            "normal approximation",
            normal_approximation,
            "This is what a bell curve gives. n is small here: add up the exact probabilities.",
        ),
        Misconception(
            "ties left out",
            ties_left_out,
            "This is what you get when only the examples on which A and B differ are resampled. The "
            "others belong to the test set too: they can be drawn instead.",
        ),
        Misconception(
            "sign test",
            sign_test,
            "This is the sign test (McNemar's): a fair coin for each example that differs. It is a good "
            "test, but another one.",
        ),
        Misconception(
            "sign of the threshold lost",
            threshold_absolute,
            "This is what you get with 2 |δ(D)| as the threshold. 2 δ(D) keeps its sign.",
        ),
    ],
)
