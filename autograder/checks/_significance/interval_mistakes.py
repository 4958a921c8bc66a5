"""Mistakes in significance.restart_interval, and what is said about them."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from autograder.check import Misconception
from course_utils.significance import restart_interval


def _interval(x, quantile, *, ddof=1, root=True, width=1.0):
    """A mean and a half-width by some rule; `quantile` is called with the degrees of freedom R − 1."""
    if len(x) < 2:
        raise ValueError("fewer than 2 restarts")
    spread = np.std(x, ddof=ddof) / (math.sqrt(len(x)) if root else 1)
    return float(np.mean(x)), float(width * quantile(len(x) - 1) * spread)


def t_quantile(level, freedom):
    return special.stdtrit(freedom, (1 + level) / 2)


def normal_quantile(x, level):
    return _interval(x, lambda freedom: special.ndtri((1 + level) / 2))


def population_deviation(x, level):
    return _interval(x, lambda freedom: t_quantile(level, freedom), ddof=0)


def one_sided_quantile(x, level):
    return _interval(x, lambda freedom: special.stdtrit(freedom, level))


def no_root(x, level):
    return _interval(x, lambda freedom: t_quantile(level, freedom), root=False)


def one_freedom_too_many(x, level):
    return _interval(x, lambda freedom: t_quantile(level, freedom + 1))


def whole_width(x, level):
    return _interval(x, lambda freedom: t_quantile(level, freedom), width=2.0)


def always_95(x, level):
    return _interval(x, lambda freedom: t_quantile(0.95, freedom))


def ends(x, level):
    mean, half = restart_interval(x, level)
    return mean - half, mean + half


def spread_only(x, level):
    return _interval(x, lambda freedom: 1.0, root=False)


def standard_error(x, level):
    return _interval(x, lambda freedom: 1.0)


def equal_once(x, level):
    if len(x) < 2:
        raise ValueError("fewer than 2 restarts")
    values = np.unique(x)
    return restart_interval(values, level) if len(values) > 1 else (float(values[0]), 0.0)


def nan_when_equal(x, level):
    mean, half = restart_interval(x, level)
    return (mean, half) if half > 1e-12 else (mean, math.nan)


def centred_in_place(x, level):
    if len(x) < 2:
        raise ValueError("fewer than 2 restarts")
    mean = float(x.mean())
    x -= mean
    half = t_quantile(level, len(x) - 1) * math.sqrt((x**2).sum() / (len(x) - 1) / len(x))
    return mean, float(half)


def looks_centred_in_place(args, expected, answer):
    """The accuracies have become their distances from the mean."""
    import numpy as np

    return np.allclose(answer[2][0], args[0] - np.mean(args[0]))


def no_refusal(x, level):
    if len(x) < 2:
        return float(np.mean(x)) if len(x) else 0.0, 0.0
    return restart_interval(x, level)


def answers_when_it_should_refuse(args, expected, answer):
    """Right wherever there is an answer, and an answer of whatever kind where there should be none."""
    import numpy as np

    return isinstance(expected, ValueError) or (
        np.shape(answer[0]) == (2,)
        and bool(np.all(np.abs(np.subtract(answer[0], expected)) <= 1e-5 * (1 + np.abs(expected))))
    )


MISCONCEPTIONS = [
    Misconception(
        "normal for Student's t",
        normal_quantile,
        "This is what you get with the normal quantile (1.96 and its like). With few restarts s itself "
        "is uncertain, and Student's t pays for that: use its quantile, with R − 1 degrees of freedom.",
    ),
    Misconception(
        "ddof 0",
        population_deviation,
        "This is what you get when the squares are divided by R and not by R − 1. numpy does that "
        "unless you say ddof=1.",
    ),
    Misconception(
        "one-sided quantile",
        one_sided_quantile,
        "This is what you get with the quantile at `level`. An interval leaves out a tail on either "
        "side, so half of 1 − level is above it: take the quantile at (1 + level)/2.",
    ),
    Misconception(
        "√R forgotten",
        no_root,
        "This is what you get without dividing by √R. s says how far one restart strays; the mean of R "
        "restarts strays less.",
    ),
    Misconception(
        "R degrees of freedom",
        one_freedom_too_many,
        "This is what you get with R degrees of freedom. The mean has used one up: there are R − 1.",
    ),
    Misconception(
        "level ignored",
        always_95,
        "This is a 95 % interval whatever `level` says. Let the quantile depend on `level`.",
    ),
    Misconception(
        "whole width",
        whole_width,
        "This is the width of the whole interval. Return half of it, the number after ±.",
    ),
    Misconception(
        "both ends",
        ends,
        "These are the two ends of the interval. Return its middle, the mean, and its half-width.",
    ),
    Misconception(
        "standard deviation for half-width",
        spread_only,
        "This is mean ± s. It describes a single restart, not how well you know the mean: multiply by t "
        "and divide by √R.",
    ),
    Misconception(
        "standard error for half-width",
        standard_error,
        "This is mean ± s/√R, the standard error. Multiply it by the quantile of Student's t; without "
        "it, `level` has no say.",
    ),
    Misconception(
        "equal accuracies counted once",
        equal_once,
        "This is what you get when restarts with the same accuracy count once (a set, or np.unique). Each "
        "of the R restarts counts.",
    ),
    Misconception(
        "nan for equal accuracies",
        nan_when_equal,
        "When all accuracies are equal, s is 0 and the half-width is 0; yours is not a number. "
        "stats.t.interval does that when scale is 0: multiply t by s/√R yourself.",
    ),
    Misconception(
        "changes its arguments",
        centred_in_place,
        "The first answer is right, and then the accuracies have changed: x −= mean writes into the "
        "caller's array. Make a new array: x − mean.",
        recognise=looks_centred_in_place,
    ),
    Misconception(
        "no refusal",
        no_refusal,
        "One restart says nothing about the spread, and no restart says nothing at all. An answer here "
        "would claim knowledge that is not there: raise ValueError when R < 2.",
        recognise=answers_when_it_should_refuse,
    ),
]
