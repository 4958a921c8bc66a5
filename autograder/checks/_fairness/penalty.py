"""fairness.fair_logistic_loss: mean logistic loss plus strength · cov², and its gradient.

`group` holds numbers such as 0.5 and 3, so that a mean that is not subtracted shows. Not asked: y that
is not 0 or 1, a negative strength, shapes that do not fit.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

from autograder.check import Case, Check
from autograder.check_parts.drawing import Args, draw_until, tells_apart, tells_from
from autograder.checks._fairness.penalty_mistakes import MISCONCEPTIONS
from course_utils.fairness import fair_logistic_loss

LATE = ("overflow", "logarithm of 0", "a small number in the logarithm", "scores clipped")


def by_loop(weights, X, y, group, strength):
    n, d = X.shape
    scores = [sum(float(X[i, j]) * float(weights[j]) for j in range(d)) for i in range(n)]
    middle = sum(map(float, group)) / n
    loss, gradient, slope, covariance = 0.0, [0.0] * d, [0.0] * d, 0.0
    for x, s, label, a in zip(X.tolist(), scores, y.tolist(), group.tolist(), strict=True):
        loss += (max(s, 0) + math.log1p(math.exp(-abs(s))) - label * s) / n
        small = math.exp(-abs(s)) / (1 + math.exp(-abs(s)))
        p = small if s < 0 else 1 - small
        covariance += (a - middle) * s / n
        for j in range(d):
            gradient[j] += (p - label) * x[j] / n
            slope[j] += (a - middle) * x[j] / n
    total = [g + 2 * strength * covariance * k for g, k in zip(gradient, slope, strict=True)]
    return [loss + strength * covariance**2, total]


def by_slope(weights, X, y, group, strength):
    """The covariance of the scores is linear in the weights."""
    slope = ((X - X.mean(axis=0)) * group[:, None]).mean(axis=0)
    s = X @ weights
    loss = np.logaddexp(0, np.where(y, -s, s)).mean()
    gradient = X.T @ (0.5 * (1 + np.tanh(s / 2)) - y) / len(y)
    return (
        np.float64(loss + strength * (slope @ weights) ** 2),
        gradient + 2 * strength * (slope @ weights) * slope,
    )


def in_float32(weights, X, y, group, strength):
    X, y = np.asarray(X, np.float32), np.asarray(y, np.float32)
    w, a = np.asarray(weights, np.float32), np.asarray(group, np.float32)
    s, a = X @ w, a - a.mean()
    covariance = np.mean(a * s)
    loss = np.mean(np.logaddexp(np.float32(0), s) - y * s) + np.float32(strength) * covariance**2
    steep = 2 * np.float32(strength) * covariance * (X * a[:, None]).mean(axis=0)
    return loss, (X * (expit(s) - y)[:, None]).mean(axis=0) + steep


def cases(rng: np.random.Generator) -> list[Case]:
    def draw(n: int, d: int, strength: float, values: tuple[float, float] = (0.0, 1.0)) -> Args:
        X = np.round(rng.normal(size=(n, d)), 2)
        y = rng.permutation(np.arange(n) % 3 != 0).astype(np.float64)
        group = rng.permutation(np.where(np.arange(n) % 5 < 2, *values))
        return np.round(rng.normal(size=d), 2), X, y, group, strength

    def far() -> Args:
        """Scores of ±1000, each sign with each outcome."""
        X = np.array([[1.0, 0.25], [-1.0, 0.5], [1.0, -0.5], [-1.0, 0.75], [0.5, 1.0]])
        y = np.array([1.0, 0.0, 0.0, 1.0, 1.0])
        group = np.array([1.0, 1.0, 0.0, 0.0, 1.0])
        scale = float(rng.integers(950, 1000))
        order = rng.permutation(5)
        return np.array([scale, float(rng.integers(1, 9))]), X[order], y[order], group[order], 0.0

    def number(args: Args) -> float:
        return float(fair_logistic_loss(*args)[0])

    early = [m.function for m in MISCONCEPTIONS if m.name not in LATE]
    late = [m.function for m in MISCONCEPTIONS if m.name in LATE]
    strengths = np.round(rng.uniform(1.5, 4.0, size=3), 2).tolist()
    heart = draw_until(
        lambda: [
            draw(7, 3, strengths[0]),
            draw(11, 2, strengths[1], (0.5, 3.0)),
            draw(13, 5, strengths[2], (-1.0, 1.0)),
        ],
        lambda drawn: (
            tells_apart((fair_logistic_loss, *early), drawn) and max(map(number, drawn)) < 100
        ),
    )
    large = draw_until(
        lambda: [far()],
        lambda drawn: tells_from(fair_logistic_loss, late, drawn) and tells_apart(late, drawn),
    )
    still = (np.zeros(2), *draw(7, 2, 2.5)[1:])
    return [
        *(Case(args, "value") for args in heart),
        Case(draw(11, 3, 0.0), "free"),
        Case(still, "still"),
        *(Case(args, "large") for args in large),
    ]


PENALTY = Check(
    exercise="fairness.fair_logistic_loss",
    properties={
        "value": "gives the mean logistic loss plus strength · cov², and the gradient of that",
        "free": "gives the plain logistic loss and gradient at strength 0",
        "still": "gives log 2 when all weights are 0",
        "large": "stays exact at scores of ±1000",
    },
    cases=cases,
    expect=fair_logistic_loss,
    accepts=[by_slope, by_loop, in_float32],
    misconceptions=MISCONCEPTIONS,
)
