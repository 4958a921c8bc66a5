"""Several optimizers on their way down the same valley.

Source: the lecture's question which of SGD, AdaGrad, RMSProp and Adam gets down, and how fast.
Leaves out: noise; `sgd_epoch` has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

PROVIDED = ("*",)  # whole in the student's copy: it is given their own steps
Step = Callable[[np.ndarray, np.ndarray, Any], tuple[np.ndarray, Any]]

STEEP, FLAT = 50.0, 1.0  # curvature across the ravine and along it
START = np.array([-9.0, 1.5])


def ravine(theta: np.ndarray) -> np.ndarray:
    """Return the height ½ (x² + 50 y²) at (2, …) places: a long valley between steep walls.

    >>> ravine(np.array([[2.0, 0.0], [1.0, 1.0]]))
    array([27., 25.])
    """
    return 0.5 * (FLAT * theta[0] ** 2 + STEEP * theta[1] ** 2)


def ravine_gradient(theta: np.ndarray) -> np.ndarray:
    """Return the gradient (x, 50 y).

    >>> ravine_gradient(np.array([2.0, 1.0]))
    array([ 2., 50.])
    """
    return np.array([FLAT, STEEP]) * theta


def plain_step(learning_rate: float) -> Step:
    """Return a step of gradient descent, which remembers nothing."""
    return lambda theta, grad, state: (theta - learning_rate * grad, None)


def descend(
    step: Step, num_steps: int, *, start: np.ndarray = START,
    gradient: Callable[[np.ndarray], np.ndarray] = ravine_gradient,
) -> np.ndarray:  # fmt: skip
    """Return the path (num_steps + 1, 2) from the start on; it ends early where it flies off.

    >>> descend(plain_step(0.5), 2, start=np.array([4.0, 0.0]))
    array([[4., 0.],
           [2., 0.],
           [1., 0.]])
    """
    theta, state, path = np.array(start, dtype=np.float64), None, [start]
    for _ in range(num_steps):
        theta, state = step(theta, gradient(theta), state)
        if not np.abs(theta).max() < 1e6:
            break
        path.append(theta)
    return np.array(path, dtype=np.float64)
