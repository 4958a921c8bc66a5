"""significance.minimum_test_size: how many examples it takes to see a gap.

Not asked: a gap of exactly 0, about which the exercise is silent.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from scipy import stats

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import draw_until, tells
from course_utils.significance import minimum_test_size


def _size(gap, disagreement, power, alpha, *, minus_gap=True, root=False):
    z = stats.norm.ppf(1 - alpha) + stats.norm.ppf(power)
    variance = disagreement - (gap**2 if minus_gap else 0)
    return z**2 * variance / gap**2 if not root else z * math.sqrt(variance) / gap


def _legal(gap, disagreement, power, alpha):
    if not (0 < gap < disagreement <= 1 and alpha < power):
        raise ValueError("illegal")


def two_sided(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, power, alpha / 2))


def gap_kept(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, power, alpha, minus_gap=False))


def rounded_down(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return int(_size(gap, disagreement, power, alpha))


def rounded(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return round(_size(gap, disagreement, power, alpha))


def power_ignored(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, 0.5, alpha))


def square_forgotten(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, power, alpha, root=True))


def quantiles_subtracted(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, 1 - power, alpha))


def as_float(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return float(np.ceil(_size(gap, disagreement, power, alpha)))


def no_refusal(gap, disagreement, power, alpha):
    if gap == 0:
        return 0
    try:
        return math.ceil(_size(gap, disagreement, power, alpha))
    except (ZeroDivisionError, ValueError, OverflowError):
        return 0


def with_normal_dist(gap, disagreement, power, alpha):
    if gap <= 0 or gap >= disagreement or disagreement > 1 or power <= alpha:
        raise ValueError(f"gap={gap}")
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha) + normal.inv_cdf(power)
    return np.int64(-((z * z * (disagreement - gap * gap)) // -(gap * gap)))


def by_search(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    needed = _size(gap, disagreement, power, alpha)
    low, high = 0, 1
    while high < needed:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if middle >= needed else (middle, high)
    return high


def positive(gap, disagreement, power, alpha):
    _legal(gap, disagreement, power, alpha)
    return math.ceil(_size(gap, disagreement, max(power, 1 - power), alpha))


def one_refused(gap, disagreement, power, alpha):
    if disagreement >= 1:
        raise ValueError("disagreement")
    return minimum_test_size(gap, disagreement, power, alpha)


WRONG = (
    two_sided,
    gap_kept,
    rounded_down,
    power_ignored,
    square_forgotten,
    quantiles_subtracted,
    as_float,
)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(largest: float) -> tuple[float, ...]:
        gap = round(float(rng.uniform(0.02, largest)), 3)
        disagreement = round(float(rng.uniform(1.5 * gap, 0.6)), 3)
        return (
            gap,
            disagreement,
            float(rng.choice([0.7, 0.8, 0.9])),
            float(rng.choice([0.01, 0.05, 0.1])),
        )

    def clear(args: tuple[float, ...]) -> bool:
        """Far from a whole number, where rounding in the last digit would decide."""
        return 0.01 < _size(*args) % 1 < 0.99

    def telling(args: tuple[float, ...]) -> bool:
        return clear(args) and tells(minimum_test_size, WRONG, args)

    def low(args: tuple[float, ...]) -> bool:
        return telling(args) and _size(*args) % 1 < 0.45

    def high(args: tuple[float, ...]) -> bool:
        return telling(args) and _size(*args) % 1 > 0.55

    def uniform(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 3)

    def weak() -> tuple[float, ...]:
        return uniform(0.03, 0.1), 0.3, uniform(0.2, 0.45), uniform(0.02, 0.1)

    def certain() -> tuple[float, ...]:
        return uniform(0.1, 0.5), 1.0, 0.8, uniform(0.01, 0.1)

    return [
        Case(
            draw_until(weak, lambda x: clear(x) and tells(minimum_test_size, [positive], x)),
            "edges",
        ),
        Case(draw_until(certain, clear), "edges"),
        Case(draw_until(lambda: draw(0.2), low), "value"),
        Case(draw_until(lambda: draw(0.2), high), "value"),
        Case(draw_until(lambda: draw(0.05), telling), "value"),
        Case((-round(float(rng.uniform(0.01, 0.1)), 3), 0.3, 0.8, 0.05), "gap"),
        Case((0.2, 0.2, 0.8, 0.05), "gap"),
        Case((0.3, round(float(rng.uniform(0.05, 0.25)), 3), 0.8, 0.05), "gap"),
        Case((0.1, round(float(rng.uniform(1.01, 1.5)), 2), 0.8, 0.05), "disagreement"),
        Case((0.1, 0.3, 0.05, 0.05), "power"),
        Case((0.1, 0.3, 0.05, round(float(rng.uniform(0.1, 0.4)), 2)), "power"),
    ]


TEST_SIZE = Check(
    exercise="significance.minimum_test_size",
    properties={
        "value": "gives the smallest whole n that satisfies the inequality",
        "edges": "accepts a power below one half, and a disagreement of exactly 1",
        "gap": "raises ValueError unless 0 < gap < disagreement",
        "disagreement": "raises ValueError when the disagreement is over 1",
        "power": "raises ValueError unless alpha < power",
    },
    cases=cases,
    expect=minimum_test_size,
    accepts=[with_normal_dist, by_search],
    misconceptions=[
        Misconception(
            "two-sided alpha",
            two_sided,
            "This is what you get with z at 1 − α/2. The test is one-sided: z at 1 − α.",
        ),
        Misconception(
            "gap² not subtracted",
            gap_kept,
            "This is what you get with the disagreement as the variance. The variance of the difference "
            "is disagreement − gap².",
        ),
        Misconception(
            "rounded down",
            rounded_down,
            "This is one example too few: n must be at least the bound, so round up.",
        ),
        Misconception(
            "rounded to the nearest",
            rounded,
            "This is what round() gives, and it sometimes rounds down. n must be at least the bound.",
        ),
        Misconception(
            "power ignored",
            power_ignored,
            "This is what you get without z at the power: a test that misses the gap half of the time.",
        ),
        Misconception(
            "square forgotten",
            square_forgotten,
            "This is the square root of the bound. Half the gap needs four times the examples: square.",
        ),
        Misconception(
            "quantiles subtracted",
            quantiles_subtracted,
            "This is what you get with z at 1 − power, which is negative. Add z at the power.",
        ),
        Misconception(
            "float for int",
            as_float,
            "The number is right but a float: np.ceil gives floats. A count is an int.",
        ),
        Misconception(
            "no refusal",
            no_refusal,
            "Some inputs make no sense: a negative gap, a gap as large as the disagreement, a "
            "disagreement over 1, a power not above alpha. Raise ValueError for each.",
        ),
        Misconception(
            "sign of a quantile lost",
            positive,
            "For a power below one half the quantile is negative, and that is right: less power needs "
            "fewer examples. Take no absolute value.",
        ),
        Misconception(
            "a disagreement of 1 refused",
            one_refused,
            "A disagreement of exactly 1 is legal: on every example exactly one of A and B is right.",
        ),
    ],
)
