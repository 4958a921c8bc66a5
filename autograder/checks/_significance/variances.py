"""significance.variance_components: how much training, and how much the test set, moves an accuracy."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._significance.drawing import draw_until, strided, tells
from course_utils.significance import variance_components


def _parts(correct, *, axis=1, ddof=1):
    correct = np.asarray(correct, dtype=float)
    p = correct.mean(axis=axis)
    n = correct.shape[axis]
    return {"train": float(np.var(p, ddof=ddof)), "test": float(np.mean(p * (1 - p) / n))}


def train_ddof_0(correct):
    return _parts(correct, ddof=0)


def transposed(correct):
    return _parts(correct, axis=0)


def not_divided(correct):
    parts = _parts(correct)
    return {**parts, "test": parts["test"] * np.asarray(correct).shape[1]}


def pooled(correct):
    p = float(np.mean(correct))
    return {**_parts(correct), "test": p * (1 - p) / np.asarray(correct).shape[1]}


def deviations(correct):
    return {name: math.sqrt(value) for name, value in _parts(correct).items()}


def keys_swapped(correct):
    parts = _parts(correct)
    return {"train": parts["test"], "test": parts["train"]}


def divided_by_restarts(correct):
    parts = _parts(correct)
    return {**parts, "train": parts["train"] / len(correct)}


def test_n_minus_1(correct):
    parts = _parts(correct)
    n = np.asarray(correct).shape[1]
    return {**parts, "test": parts["test"] * n / (n - 1)}


test_n_minus_1.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever its name says


def variances_by_loop(correct):
    rates = [sum(map(int, row)) / len(row) for row in correct]
    mean = sum(rates) / len(rates)
    train = sum((p - mean) ** 2 for p in rates) / (len(rates) - 1)
    return {"test": sum(p * (1 - p) / len(correct[0]) for p in rates) / len(rates), "train": train}


def variances_in_float32(correct):
    rows = np.asarray(correct, np.float32)
    test = np.var(rows, axis=1).mean() / rows.shape[1]
    return {"train": rows.mean(axis=1).var(ddof=1), "test": test}


WRONG_VARIANCES = (
    train_ddof_0,
    transposed,
    not_divided,
    pooled,
    deviations,
    keys_swapped,
    divided_by_restarts,
    test_n_minus_1,
)


def variance_cases(rng: np.random.Generator) -> list[Case]:
    def draw(restarts: int, n: int) -> tuple[np.ndarray]:
        p = rng.uniform(0.2, 0.9, size=(restarts, 1))
        return ((rng.random((restarts, n)) < p).astype(np.int64),)

    def telling(args: tuple[np.ndarray]) -> bool:
        return tells(variance_components, WRONG_VARIANCES, args)

    first, second, third = (
        draw_until(partial(draw, *s), telling) for s in ((5, 7), (3, 11), (4, 13))
    )
    perfect = np.vstack([np.ones(6, np.int64), np.ones(6, np.int64), np.ones(6, np.int64)])
    return [
        Case(first, "value"),
        Case(second, "value"),
        Case((strided(third[0]),), "value"),
        Case((perfect,), "perfect"),
    ]


VARIANCES = Check(
    exercise="significance.variance_components",
    properties={
        "value": "gives the variance over restarts and the mean of p (1 − p)/n",
        "perfect": "gives 0 and 0 when every answer is right",
    },
    cases=variance_cases,
    expect=variance_components,
    accepts=[variances_by_loop, variances_in_float32],
    misconceptions=[
        Misconception(
            "ddof 0",
            train_ddof_0,
            "The training variance is divided by R here. It should be divided by R − 1: ddof=1.",
        ),
        Misconception(
            "axes transposed",
            transposed,
            "This is what you get when restarts and examples change places. correct is (R, n): the "
            "accuracy of a restart is the mean of a row, axis=1.",
        ),
        Misconception(
            "p(1 − p) not divided by n",
            not_divided,
            "The test variance is that of one example here. An accuracy is a mean of n: divide by n.",
        ),
        Misconception(
            "pooled p",
            pooled,
            "This is what you get when p(1 − p)/n is computed from the overall accuracy. Compute it for "
            "each restart, then take the mean.",
        ),
        Misconception(
            "standard deviations",
            deviations,
            "These are standard deviations. Variances add up, so return variances: no square root.",
        ),
        Misconception(
            "train and test swapped",
            keys_swapped,
            "The two numbers are right, but under each other's name.",
        ),
        Misconception(
            "variance of the mean",
            divided_by_restarts,
            "The training variance is divided by R once too often: this is the variance of the mean.",
        ),
        Misconception(
            "n − 1 in the test variance",
            test_n_minus_1,
            "The test variance is p(1 − p)/n. It is the variance of a coin with known p: no n − 1 here.",
        ),
    ],
)
