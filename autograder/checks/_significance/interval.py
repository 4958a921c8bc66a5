"""significance.restart_interval: mean ± t · s / √R over R restarts."""

from __future__ import annotations

import math
import statistics

import numpy as np
from scipy import special, stats

from autograder.check import Case, Check
from autograder.check_parts.drawing import draw_until, tells_apart
from autograder.checks._significance import interval_mistakes as wrong
from course_utils.significance import restart_interval


def by_scipy(x, level):
    if len(x) < 2:
        raise ValueError(len(x))
    error = np.std(x, ddof=1) / len(x) ** 0.5
    if error == 0:
        return [np.mean(x), 0]
    low, high = stats.t.interval(level, len(x) - 1, loc=np.mean(x), scale=error)
    return np.array([(low + high) / 2, (high - low) / 2])


def by_hand(x, level):
    count = len(x)
    if count < 2:
        raise ValueError("at least two")
    mean = math.fsum(x) / count
    variance = math.fsum((v - mean) ** 2 for v in x) / (count - 1)
    return mean, -float(special.stdtrit(count - 1, (1 - level) / 2)) * math.sqrt(variance / count)


def in_float32(x, level):
    if np.size(x) < 2:
        raise ValueError
    y = np.asarray(x, dtype=np.float32)
    quantile = np.float32(wrong.t_quantile(level, y.size - 1))
    return y.mean(), quantile * y.std(ddof=1) / np.sqrt(np.float32(y.size))


def by_statistics(x, level=0.95, minimum=2):
    if len(x) < minimum:
        raise ValueError(f"{len(x)} restarts")
    error = statistics.stdev(x.tolist()) / len(x) ** 0.5
    return (statistics.fmean(x), np.asarray(wrong.t_quantile(level, len(x) - 1) * error))


def cases(rng: np.random.Generator) -> list[Case]:
    def accuracies(count: int) -> np.ndarray:
        return rng.normal(rng.uniform(0.4, 0.7), 0.08, size=count)

    def levels() -> list[float]:
        return [
            round(float(level), 3) for level in rng.uniform((0.6, 0.8, 0.97), (0.75, 0.9, 0.99))
        ]

    elsewhere = (
        wrong.equal_once,
        wrong.nan_when_equal,
        wrong.centred_in_place,
        wrong.no_refusal,
    )
    visible = [known.function for known in wrong.MISCONCEPTIONS if known.function not in elsewhere]
    heart = draw_until(
        lambda: list(
            zip((accuracies(3), accuracies(5), 100 * accuracies(7)), levels(), strict=True)
        ),
        lambda drawn: all(tells_apart((restart_interval, *visible), [args]) for args in drawn),
    )
    some_equal = rng.permutation(np.repeat(accuracies(3), [1, 2, 3]))
    equal = np.full(5, round(float(rng.uniform(0.3, 0.9)), 2))
    return [
        *(Case(args, "value") for args in heart),
        Case((accuracies(11), 0.95), "value"),
        Case((some_equal, levels()[1]), "value"),
        Case((accuracies(2), 0.9), "two"),
        Case((equal, 0.95), "equal"),
        Case((np.full(4, 0.5), 0.8), "equal"),
        Case((accuracies(1), 0.95), "refuses"),
        Case((np.zeros(0), 0.9), "refuses"),
    ]


INTERVAL = Check(
    exercise="significance.restart_interval",
    properties={
        "value": "gives the mean and the half-width t · s/√R",
        "two": "works for two restarts",
        "equal": "gives half-width 0 when all accuracies are equal",
        "refuses": "raises ValueError when there are fewer than 2 restarts",
    },
    cases=cases,
    expect=restart_interval,
    accepts=[by_scipy, by_hand, in_float32, by_statistics],
    misconceptions=wrong.MISCONCEPTIONS,
)
