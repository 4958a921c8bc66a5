"""Fairness during training: a price for a score that goes with the group.

Source: M.B. Zafar and others, "Fairness Constraints: Mechanisms for Fair Classification", AISTATS
2017: the covariance of the group and the signed distance to the boundary. They bound it; here it is
squared, and has a price.
Leaves out: constraints on error rates, which are not convex.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit


def fair_logistic_loss(
    weights: ArrayLike, X: ArrayLike, y: ArrayLike, group: ArrayLike, strength: float
) -> tuple[float, NDArray[np.float64]]:
    """Return the penalised logistic loss and its gradient.

        loss = mean(log(1 + exp(s)) − y s) + strength · cov²,
        s = X weights,   cov = mean((group − mean(group)) s)

    Args:
        weights: shape (d,). No intercept is added: put a column of ones into X.
        X: shape (n, d).
        y: shape (n,), 0 or 1.
        group: shape (n,), a number for each example, such as 0 or 1.
        strength: price of the squared covariance, at least 0.

    Returns:
        (loss in nats per example, gradient with respect to the weights, shape (d,)). Both are
        finite at scores of ±1000 too.

    Raises:
        ValueError: shapes that do not fit, a y that is not 0 or 1, a negative strength.

    >>> loss, gradient = fair_logistic_loss([0.0], [[1.0], [1.0]], [0, 1], [0, 1], 2.0)
    >>> round(loss, 4), gradient
    (0.6931, array([0.]))
    """
    w, X, y = (np.asarray(a, dtype=np.float64) for a in (weights, X, y))
    group = np.asarray(group, dtype=np.float64)
    n = y.size
    if w.ndim != 1 or y.shape != (n,) or X.shape != (n, w.size) or group.shape != (n,) or n == 0:
        raise ValueError(f"X is {X.shape}, y {y.shape}, group {group.shape}, weights {w.shape}")
    if not np.isin(y, (0, 1)).all():
        raise ValueError("y holds a label that is neither 0 nor 1")
    if not strength >= 0:
        raise ValueError(f"strength = {strength}: a price is at least 0")
    scores = X @ w
    centred = group - group.mean()
    covariance = centred @ scores / n
    loss = np.mean(np.logaddexp(0, scores) - y * scores) + strength * covariance**2
    gradient = (X.T @ (expit(scores) - y) + 2 * strength * covariance * (X.T @ centred)) / n
    return float(loss), gradient


def fit_fair_logistic(
    X: ArrayLike, y: ArrayLike, group: ArrayLike, strength: float
) -> NDArray[np.float64]:
    """Return the weights, shape (d,), with the smallest penalised loss. The loss is convex.

    Args:
        X: features, shape (n, d).
        y: labels, shape (n,), 0 or 1.
        group: shape (n,), a number for each example, such as 0 or 1.
        strength: of the penalty, at least 0.

    >>> fit_fair_logistic([[1.0]] * 4, [0, 1, 1, 1], [0, 1, 0, 1], 0.0).round(3)  # log(3/1)
    array([1.099])
    """
    start = np.zeros(np.shape(X)[1:])
    found = minimize(
        fair_logistic_loss, start, (X, y, group, strength), jac=True, method="L-BFGS-B",
        options={"gtol": 1e-8, "ftol": 1e-14, "maxiter": 1000},
    )  # fmt: skip
    return found.x
