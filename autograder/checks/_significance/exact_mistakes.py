"""Mistakes in significance.exact_paired_bootstrap, and what is said about them."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from autograder.check import Misconception
from course_utils.significance import exact_paired_bootstrap


def kinds(a, b):
    """n, and the numbers of examples that only A and only B gets right."""
    d = np.asarray(a) - np.asarray(b)
    return len(d), int(np.sum(d == 1)), int(np.sum(d == -1))


def distribution_of_sums(n, plus, minus):
    """P(sum of differences = s) for s = −n … n, one example after the other."""
    step = np.array([minus, n - plus - minus, plus]) / n
    distribution = np.ones(1)
    for _ in range(n):
        distribution = np.convolve(distribution, step)
    return np.arange(-n, n + 1), distribution


def _share(rule, a, b):
    n, plus, minus = kinds(a, b)
    sums, distribution = distribution_of_sums(n, plus, minus)
    return float(distribution[rule(sums, plus - minus)].sum())


def at_least(a, b):
    return _share(lambda s, d: s >= 2 * d, a, b)


def above_delta(a, b):
    return _share(lambda s, d: s > d, a, b)


def above_zero(a, b):
    return _share(lambda s, d: s > 0, a, b)


def complement(a, b):
    return _share(lambda s, d: s <= 2 * d, a, b)


def swapped(a, b):
    return _share(lambda s, d: -s > -2 * d, a, b)


def both_absolute(a, b):
    return _share(lambda s, d: abs(s) > 2 * abs(d), a, b)


def threshold_absolute(a, b):
    return _share(lambda s, d: s > 2 * abs(d), a, b)


def percent(a, b):
    return 100 * exact_paired_bootstrap(a, b)


def no_coefficient(a, b):
    n, plus, minus = kinds(a, b)
    i, j = np.indices((n + 1, n + 1))
    k = np.maximum(n - i - j, 0)
    terms = (plus / n) ** i * (minus / n) ** j * ((n - plus - minus) / n) ** k
    return float(terms[(i + j <= n) & (i - j > 2 * (plus - minus))].sum())


def normal_curve(a, b):
    n, plus, minus = kinds(a, b)
    delta = (plus - minus) / n
    variance = max((plus + minus) / n - delta**2, 1e-12) / n
    return float(special.ndtr(-delta / math.sqrt(variance)))


def agreements_left_out(a, b):
    _, plus, minus = kinds(a, b)
    if plus + minus == 0:
        return 0.0
    sums, distribution = distribution_of_sums(plus + minus, plus, minus)
    return float(distribution[sums > 2 * (plus - minus)].sum())


def sign_test(a, b):
    _, plus, minus = kinds(a, b)
    return float(special.bdtrc(plus - 1, plus + minus, 0.5)) if plus else 1.0


def drawn(a, b):
    n, plus, minus = kinds(a, b)
    chances = np.array([plus, minus, n - plus - minus]) / n
    counts = np.random.default_rng(0).multinomial(n, chances, size=4000)
    return float(np.mean(counts[:, 0] - counts[:, 1] > 2 * (plus - minus)))


def _some_kind_is_empty(a, b):
    n, plus, minus = kinds(a, b)
    return 0 in (plus, minus, n - plus - minus)


def logarithm_of_zero(a, b):
    if _some_kind_is_empty(a, b):
        return math.log(0)  # which raises ValueError
    return exact_paired_bootstrap(a, b)


def nan_for_empty_kinds(a, b):
    return math.nan if _some_kind_is_empty(a, b) else exact_paired_bootstrap(a, b)


def looks_close(args, expected, answer):
    return abs(float(answer[0]) - expected) < 0.05


EMPTY_HINT = (
    "When A never loses, or the two never agree, one of the counts is 0, and its logarithm does not "
    "exist. Nothing raised to the power 0 is 1: use powers (0**0 is 1 in Python), or leave out the "
    "kinds that do not occur."
)
MISCONCEPTIONS = [
    Misconception(
        ">= for >",
        at_least,
        "This is what you get when test sets with δ(S) = 2 δ(D) are counted too. Only strictly larger "
        "leads count.",
    ),
    Misconception(
        "compared with δ(D)",
        above_delta,
        "This is the probability of δ(S) > δ(D), which is near one half whatever the data. Compare "
        "with 2 δ(D).",
    ),
    Misconception(
        "compared with 0",
        above_zero,
        "This is the probability of δ(S) > 0, that A still leads. Compare with 2 δ(D).",
    ),
    Misconception(
        "complement",
        complement,
        "This is one minus the p-value. Add up the test sets whose lead is *larger* than 2 δ(D).",
    ),
    Misconception(
        "A and B exchanged",
        swapped,
        "This is the p-value of the other question, whether B is better. δ is A minus B.",
    ),
    Misconception(
        "percent for fraction",
        percent,
        "This is the p-value in percent. Return a fraction between 0 and 1.",
    ),
    Misconception(
        "multinomial coefficient forgotten",
        no_coefficient,
        "This is what you get without the multinomial coefficient. i wins, j losses and k ties come in "
        "n!/(i! j! k!) orders, and each order is a test set.",
    ),
    Misconception(
        "agreements left out",
        agreements_left_out,
        "This is what you get when only the examples on which A and B differ are resampled. The others "
        "belong to the test set too: they can be drawn instead.",
    ),
    Misconception(
        "sign test",
        sign_test,
        "This is the sign test (McNemar's exact test): a fair coin for each example on which A and B "
        "differ. A good test, and another one.",
    ),
    Misconception(
        "normal curve",
        normal_curve,
        "This is the area under a bell curve. It is the limit for large n; here n is small, and the "
        "exact sum is asked.",
    ),
    Misconception(
        "absolute values",
        both_absolute,
        "This is what you get with |δ(S)| > 2 |δ(D)|. The test is one-sided: keep both signs.",
    ),
    Misconception(
        "sign of the threshold lost",
        threshold_absolute,
        "This is what you get with 2 |δ(D)| on the right. When B is better, 2 δ(D) is negative, and p "
        "is large.",
    ),
    Misconception("logarithm of 0", logarithm_of_zero, EMPTY_HINT),
    Misconception("nan when a kind is empty", nan_for_empty_kinds, EMPTY_HINT),
    Misconception(
        "close, not exact",
        drawn,
        "Your answers are close to the right ones on every input, but not equal: as if test sets had "
        "been drawn, or a curve fitted. Nothing is random here: sum the probabilities of all outcomes.",
        recognise=looks_close,
    ),
]
