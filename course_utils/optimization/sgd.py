"""Stochastic gradient descent: one example after the other, in a new order each time.

Source: CMU 10-301/601, lecture 28, Algorithm 2, "Stochastic Gradient Descent".
Leaves out: batches of several examples, momentum.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike


def sgd_epoch(
    theta: ArrayLike,
    gradient: Callable[[np.ndarray, int], ArrayLike],
    num_examples: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the parameters after one pass over the data.

        for i in a random order of 0 … N − 1:   θ ← θ − γ · gradient(θ, i)

    Each example is seen once: drawing is without replacement. Each step uses the parameters of the
    step before.

    Args:
        theta: the parameters, any shape; they stay as they are.
        gradient: gradient(theta, i) is that of example i, shaped like theta.
        num_examples: N; with 0 nothing moves.
        learning_rate: γ.
        rng: `rng.permutation(num_examples)` is drawn once, and nothing else.

    Returns:
        Shaped like theta.

    Two examples that pull towards 0 and 1, by half of the way each time:

    >>> targets = [0.0, 1.0]
    >>> rng = np.random.default_rng(0)  # its order is 0, 1
    >>> sgd_epoch([8.0], lambda theta, i: theta - targets[i], 2, 0.5, rng)
    array([2.5])
    """
    theta = np.array(theta, dtype=np.float64)
    for i in rng.permutation(num_examples):
        theta = theta - learning_rate * np.asarray(gradient(theta, int(i)))
    return theta
