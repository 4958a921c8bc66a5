"""Mistakes in significance.minimum_test_size, and what is said about them."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from autograder.check import Misconception
from course_utils.significance import minimum_test_size


def _z(level):
    return float(special.ndtri(level))


def _refuse(gap, disagreement, power, alpha):
    if not (0 < gap < disagreement <= 1 and alpha < power):
        raise ValueError("out of range")


def _bound(gap, disagreement, z, *, minus=True, root=False):
    variance = disagreement - (gap**2 if minus else 0)
    return z * math.sqrt(variance) / gap if root else z**2 * variance / gap**2


def bound(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return _bound(gap, disagreement, _z(1 - alpha) + _z(power))


def two_sided(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha / 2) + _z(power)))


def second_moment(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha) + _z(power), minus=False))


def coin_variance(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    z = _z(1 - alpha) + _z(power)
    return math.ceil(z**2 * disagreement * (1 - disagreement) / gap**2)


def rounded_down(gap, disagreement, power, alpha):
    return int(bound(gap, disagreement, power, alpha))


def rounded(gap, disagreement, power, alpha):
    return round(bound(gap, disagreement, power, alpha))


def power_ignored(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha)))


def not_squared(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha) + _z(power), root=True))


def divided_by_gap(gap, disagreement, power, alpha):
    return math.ceil(gap * bound(gap, disagreement, power, alpha))


def quantiles_subtracted(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha) - _z(power)))


def squares_added(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, math.hypot(_z(1 - alpha), _z(power))))


def as_float(gap, disagreement, power, alpha):
    return float(np.ceil(bound(gap, disagreement, power, alpha)))


def quantile_made_positive(gap, disagreement, power, alpha):
    _refuse(gap, disagreement, power, alpha)
    return math.ceil(_bound(gap, disagreement, _z(1 - alpha) + abs(_z(power))))


def one_refused(gap, disagreement, power, alpha):
    if disagreement >= 1:
        raise ValueError("disagreement")
    return minimum_test_size(gap, disagreement, power, alpha)


def no_refusal(gap, disagreement, power, alpha):
    z = _z(1 - alpha) + _z(power)
    return math.ceil(_bound(gap, disagreement, z))


def answers_when_it_should_refuse(args, expected, answer):
    """Right wherever there is an answer, and an answer of whatever kind where there should be none."""
    import numpy as np

    given = np.asarray(answer[0])
    return isinstance(expected, ValueError) or (
        given.shape == () and given.dtype.kind in "iu" and given == expected
    )


MISCONCEPTIONS = [
    Misconception(
        "two-sided alpha",
        two_sided,
        "This is what you get with the quantile at 1 − α/2. The test is one-sided: take it at 1 − α.",
    ),
    Misconception(
        "gap² not subtracted",
        second_moment,
        "This is what you get with the disagreement as the variance. A difference is +1, 0 or −1 with "
        "mean `gap`, so its variance is disagreement − gap².",
    ),
    Misconception(
        "variance of a coin",
        coin_variance,
        "This is what you get with p(1 − p), the variance of 0 and 1. A difference is +1, 0 or −1: its "
        "variance is disagreement − gap².",
    ),
    Misconception(
        "rounded down",
        rounded_down,
        "This is one example too few. n must not be below the bound: round up.",
    ),
    Misconception(
        "rounded to the nearest",
        rounded,
        "This is what round() gives, and sometimes it rounds down. n must not be below the bound: "
        "always round up.",
    ),
    Misconception(
        "power ignored",
        power_ignored,
        "This is what you get without the quantile at `power`: a test set on which a real gap is missed "
        "half of the time.",
    ),
    Misconception(
        "not squared",
        not_squared,
        "This is the square root of the bound. Half the gap needs four times as many examples: square "
        "both the sum of the quantiles and the gap.",
    ),
    Misconception(
        "divided by gap for gap²",
        divided_by_gap,
        "This is what you get when you divide by the gap once. Divide by gap².",
    ),
    Misconception(
        "quantiles subtracted",
        quantiles_subtracted,
        "This is what you get when the quantile at `power` is subtracted (or taken at 1 − power). Both "
        "are added: more power needs more examples.",
    ),
    Misconception(
        "squares added",
        squares_added,
        "This is what you get when both quantiles are squared and then added. Add first, then square.",
    ),
    Misconception(
        "float for int",
        as_float,
        "The number is right, but it is a float: np.ceil gives floats. A number of examples is an int; "
        "math.ceil gives one.",
    ),
    Misconception(
        "sign of a quantile lost",
        quantile_made_positive,
        "For a power below one half the quantile is negative, and that is right: less power needs fewer "
        "examples. Take no absolute value.",
    ),
    Misconception(
        "a disagreement of 1 refused",
        one_refused,
        "A disagreement of exactly 1 is legal: on every example exactly one of A and B is right.",
    ),
    Misconception(
        "no refusal",
        no_refusal,
        "Some questions make no sense: a negative gap, a gap as large as the disagreement, a "
        "disagreement over 1, a power that is not above alpha. Raise ValueError for each.",
        recognise=answers_when_it_should_refuse,
    ),
]
