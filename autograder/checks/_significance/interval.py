"""significance.restart_interval: Student's t interval of the mean over restarts."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from scipy import stats

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import draw_until, strided, tells
from course_utils.significance import restart_interval


def _interval(x, quantile, *, ddof=1, root=True, width=1.0):
    x = np.asarray(x, dtype=float)
    if len(x) < 2:
        raise ValueError("fewer than 2 restarts")
    spread = np.std(x, ddof=ddof) / (math.sqrt(len(x)) if root else 1)
    return float(np.mean(x)), float(width * quantile * spread)


def normal_quantile(x, level):
    return _interval(x, stats.norm.ppf((1 + level) / 2))


def population_deviation(x, level):
    return _interval(x, stats.t.ppf((1 + level) / 2, max(len(x) - 1, 1)), ddof=0)


def one_sided_quantile(x, level):
    return _interval(x, stats.t.ppf(level, max(len(x) - 1, 1)))


def no_root(x, level):
    return _interval(x, stats.t.ppf((1 + level) / 2, max(len(x) - 1, 1)), root=False)


def degrees_of_freedom(x, level):
    return _interval(x, stats.t.ppf((1 + level) / 2, max(len(x), 1)))


def whole_width(x, level):
    return _interval(x, stats.t.ppf((1 + level) / 2, max(len(x) - 1, 1)), width=2.0)


def ends(x, level):
    mean, half = restart_interval(x, level)
    return mean - half, mean + half


def spread_only(x, level):
    return _interval(x, 1.0, root=False)


def no_refusal(x, level):
    if len(x) < 2:
        return float(np.mean(x)) if len(x) else 0.0, 0.0
    return restart_interval(x, level)


def by_scipy(x, level):
    if len(x) < 2:
        raise ValueError(len(x))
    standard_error = stats.sem(x)
    if standard_error == 0:
        return [np.mean(x), 0.0]
    low, high = stats.t.interval(level, len(x) - 1, loc=np.mean(x), scale=standard_error)
    return np.array([(low + high) / 2, (high - low) / 2])


def by_hand(x, level):
    count = len(x)
    if count < 2:
        raise ValueError("at least two")
    mean = math.fsum(x) / count
    variance = math.fsum((v - mean) ** 2 for v in x) / (count - 1)
    return mean, -float(stats.t.ppf((1 - level) / 2, count - 1)) * math.sqrt(variance / count)


WRONG_INTERVALS = (
    normal_quantile,
    population_deviation,
    one_sided_quantile,
    no_root,
    degrees_of_freedom,
    whole_width,
    ends,
    spread_only,
)


def interval_cases(rng: np.random.Generator) -> list[Case]:
    def draw(count: int) -> tuple[np.ndarray, float]:
        level = float(rng.choice([0.8, 0.9, 0.95, 0.99]))
        return rng.normal(rng.uniform(0.4, 0.7), 0.08, size=count), level

    def telling(args: tuple[np.ndarray, float]) -> bool:
        return tells(restart_interval, WRONG_INTERVALS, args)

    drawn = [draw_until(partial(draw, n), telling) for n in (3, 5, 7)]
    values = [Case(args, "value") for args in drawn]
    x, level = draw_until(lambda: draw(11), telling)
    values.append(Case((strided(x), level), "value"))
    two = draw_until(lambda: draw(2), telling)
    constant = np.full(5, round(rng.uniform(0.3, 0.9), 2))
    alone = rng.uniform(size=1)
    return [
        *values,
        Case(two, "two"),
        Case((constant, 0.95), "equal"),
        Case((alone, 0.95), "refuses"),
        Case((np.array([]), 0.9), "refuses"),
    ]


INTERVAL = Check(
    exercise="significance.restart_interval",
    properties={
        "value": "gives the mean and the half-width t · s / √R",
        "two": "works with two restarts",
        "equal": "gives half-width 0 when all accuracies are equal",
        "refuses": "raises ValueError when there are fewer than 2 restarts",
    },
    cases=interval_cases,
    expect=restart_interval,
    accepts=[by_scipy, by_hand],
    misconceptions=[
        Misconception(
            "normal for Student's t",
            normal_quantile,
            "This is what you get with the normal quantile (1.96 and its like). With few restarts s is "
            "itself uncertain: use stats.t.ppf with R − 1 degrees of freedom.",
        ),
        Misconception(
            "ddof 0",
            population_deviation,
            "This is what you get when s is divided by R. numpy's std does that unless you say ddof=1.",
        ),
        Misconception(
            "one-sided quantile",
            one_sided_quantile,
            "This is what you get with the quantile at `level`. An interval leaves out both tails: take "
            "the quantile at (1 + level)/2.",
        ),
        Misconception(
            "√R forgotten",
            no_root,
            "This is what you get without dividing by √R. s says how far one restart strays; the mean of "
            "R restarts strays less.",
        ),
        Misconception(
            "R degrees of freedom",
            degrees_of_freedom,
            "This is what you get with R degrees of freedom. The mean used one up: there are R − 1.",
        ),
        Misconception(
            "whole width",
            whole_width,
            "This is the width of the whole interval. Return the half-width, the number after ±.",
        ),
        Misconception(
            "both ends",
            ends,
            "These are the two ends of the interval. Return the mean and the half-width.",
        ),
        Misconception(
            "standard deviation for interval",
            spread_only,
            "This is mean ± standard deviation. It describes one restart, not how well you know the mean.",
        ),
        Misconception(
            "no refusal",
            no_refusal,
            "One restart has no spread. Answering 0 claims perfect knowledge: raise ValueError.",
        ),
    ],
)
