"""significance.variance_components: how much of the variance is training, how much the test set.

Not asked: R = 1, about which the exercise is silent.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import partial
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_apart, tells_from
from course_utils.significance import variance_components


def _parts(correct, *, axis=1, ddof=1):
    p = np.asarray(correct, dtype=float).mean(axis=axis)
    n = np.shape(correct)[axis]
    return {"train": float(np.var(p, ddof=ddof)), "test": float(np.mean(p * (1 - p) / n))}


def train_ddof_0(correct):
    return _parts(correct, ddof=0)


def transposed(correct):
    return _parts(correct, axis=0)


def not_divided(correct):
    parts = _parts(correct)
    return {**parts, "test": parts["test"] * correct.shape[1]}


def pooled(correct):
    p = float(np.mean(correct))
    return {**_parts(correct), "test": p * (1 - p) / correct.shape[1]}


def deviations(correct):
    return {name: math.sqrt(value) for name, value in _parts(correct).items()}


def exchanged(correct):
    parts = _parts(correct)
    return {"train": parts["test"], "test": parts["train"]}


def divided_by_restarts(correct):
    parts = _parts(correct)
    return {**parts, "train": parts["train"] / len(correct)}


def test_n_minus_1(correct):
    parts = _parts(correct)
    n = correct.shape[1]
    return {**parts, "test": parts["test"] * n / (n - 1)}


test_n_minus_1.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever its name says


def equal_rows_once(correct):
    rows = np.unique(correct, axis=0)
    return _parts(rows) if len(rows) > 1 else {**_parts(correct), "train": 0.0}


def over_single_answers(correct):
    return {**_parts(correct), "train": float(np.var(correct, ddof=1))}


def in_percent(correct):
    return {name: 10_000 * value for name, value in _parts(correct).items()}


def pair(correct):
    return tuple(_parts(correct).values())


MISCONCEPTIONS = [
    Misconception(
        "ddof 0",
        train_ddof_0,
        "The training variance is divided by R here. Divide by R − 1, with ddof=1: the mean was "
        "computed from the same restarts.",
    ),
    Misconception(
        "axes transposed",
        transposed,
        "This is what you get when restarts and examples change places. `correct` has shape (R, n), "
        "one restart a row: the accuracy of a restart is the mean along axis 1.",
    ),
    Misconception(
        "p(1 − p) not divided by n",
        not_divided,
        "The test variance is that of a single example here. An accuracy is the mean of n examples, and "
        "varies n times less: divide by n.",
    ),
    Misconception(
        "pooled accuracy",
        pooled,
        "This is what you get when p(1 − p)/n is computed once, from the overall accuracy. Compute it "
        "for each restart, and then take the mean.",
    ),
    Misconception(
        "standard deviations",
        deviations,
        "These are standard deviations. It is variances that add up: return them without the root.",
    ),
    Misconception(
        "train and test exchanged",
        exchanged,
        "Both numbers are right, but each stands under the other's name.",
    ),
    Misconception(
        "variance of the mean",
        divided_by_restarts,
        "The training variance is divided by R once too often: this is the variance of the *mean* "
        "accuracy. Asked is how far single restarts scatter.",
    ),
    Misconception(
        "n − 1 in the test variance",
        test_n_minus_1,
        "This is what you get with n − 1 in the test variance. The definition is that of a coin with "
        "chance p: p(1 − p)/n. (ddof=1 belongs to the training variance only.)",
    ),
    Misconception(
        "equal restarts counted once",
        equal_rows_once,
        "Restarts with the same answers count once here (a set, or np.unique). Each of the R restarts "
        "counts.",
    ),
    Misconception(
        "variance over single answers",
        over_single_answers,
        "The training variance is taken over all single answers, which are 0 or 1. First take the "
        "accuracy of each restart, then the variance of these R numbers.",
    ),
    Misconception(
        "percent for fractions",
        in_percent,
        "These are variances of accuracies in percent, 10 000 times too large. Accuracies are "
        "fractions here.",
    ),
    Misconception(
        "a pair for a dict",
        pair,
        'The numbers are right, but without their names. Return a dict with the keys "train" and '
        '"test".',
    ),
]


def by_loops(correct):
    rates = [sum(map(int, row)) / len(row) for row in correct]
    mean = sum(rates) / len(rates)
    train = sum((p - mean) ** 2 for p in rates) / (len(rates) - 1)
    return {"test": sum(p * (1 - p) / len(correct[0]) for p in rates) / len(rates), "train": train}


def in_float32(correct):
    rows = np.asarray(correct, np.float32)
    test = np.var(rows, axis=1).mean() / rows.shape[1]
    return OrderedDict(test=test, train=rows.mean(axis=1).var(ddof=1))


def as_arrays(correct, axis=-1):
    p = correct.mean(axis=axis)
    test = np.asarray((p - p**2).sum() / correct.size)
    return dict(train=np.cov(p), test=test)


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(restarts: int, n: int, dtype: Any = np.float64) -> tuple[np.ndarray]:
        p = rng.uniform(0.2, 0.9, size=(restarts, 1))
        return ((rng.random((restarts, n)) < p).astype(dtype),)

    def different(restarts: int, n: int) -> np.ndarray:
        return np.stack([correctness_row(rng, n, right) for right in range(1, restarts + 1)])

    rules = [m.function for m in MISCONCEPTIONS if m.function is not equal_rows_once]
    heart = draw_until(
        lambda: [draw(5, 7), draw(3, 11, np.int64)],
        lambda drawn: all(tells_apart((variance_components, *rules), [args]) for args in drawn),
    )
    two = draw_until(
        lambda: [draw(2, 13)],
        lambda drawn: tells_from(variance_components, (train_ddof_0, transposed), drawn),
    )
    row_twice = rng.permutation(np.repeat(different(4, 6), [1, 2, 1, 1], axis=0))
    one_row = correctness_row(rng, 9, int(rng.integers(3, 7)))
    same = np.stack([rng.permutation(one_row) for _ in range(4)])
    return [
        *(Case(args, "value") for args in heart),
        Case(draw(7, 5), "value"),
        Case((row_twice,), "value"),
        *(Case(args, "two") for args in two),
        Case((same,), "same"),
        Case((np.ones((3, 6)),), "perfect"),
    ]


def correctness_row(rng: np.random.Generator, n: int, right: int) -> np.ndarray:
    """One restart that is right on `right` of n examples."""
    return rng.permutation(np.repeat([1.0, 0.0], [right, n - right]))


VARIANCES = Check(
    exercise="significance.variance_components",
    properties={
        "value": "gives the variance over restarts and the mean of p (1 − p)/n",
        "two": "works for two restarts",
        "same": "finds no training variance when every restart is equally accurate",
        "perfect": "gives 0 and 0 when every answer is right",
    },
    cases=cases,
    expect=variance_components,
    accepts=[by_loops, in_float32, as_arrays, partial(as_arrays, axis=1)],
    misconceptions=MISCONCEPTIONS,
)
