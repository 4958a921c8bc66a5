"""AdaGrad and RMSProp: steep directions get short steps.

Source: J. Duchi, E. Hazan and Y. Singer, "Adaptive Subgradient Methods", JMLR 2011; T. Tieleman and
G. Hinton, "Lecture 6.5: RMSProp", 2012; both as torch.optim has them.
Leaves out: RMSProp's momentum and centring; learning rates that decay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def adagrad_step(
    theta: ArrayLike, grad: ArrayLike, state: Any, learning_rate: float, eps: float
) -> tuple[np.ndarray, Any]:
    """Return the parameters and the state after a step of AdaGrad.

        G ← G + g²;   θ ← θ − γ · g / (√G + ε)

    Args:
        theta: the parameters, any shape.
        grad: g, shaped like theta.
        state: what the last step returned; None before the first. It stays as it is.
        learning_rate: γ.
        eps: ε, added to the root.

    Returns:
        (theta, state).

    Squares of 3 and 4 add up to 25, so that the second step is γ · 4/5:

    >>> theta, state = adagrad_step([0.0], [3.0], None, 1.0, 0.0)
    >>> theta
    array([-1.])
    >>> adagrad_step(theta, [4.0], state, 1.0, 0.0)[0]
    array([-1.8])
    """
    g = np.asarray(grad, dtype=np.float64)
    total = g**2 if state is None else state + g**2
    step = learning_rate * _divided(g, np.sqrt(total) + eps)
    return np.asarray(theta) - step, total


def rmsprop_step(
    theta: ArrayLike, grad: ArrayLike, state: Any, learning_rate: float, decay: float, eps: float
) -> tuple[np.ndarray, Any]:
    """Return the parameters and the state after a step of RMSProp.

        v ← decay · v + (1 − decay) · g²;   θ ← θ − γ · g / (√v + ε)

    A moving average takes the place of AdaGrad's sum, so that old gradients are forgotten and steps
    do not die away. v starts at 0.

    Args:
        theta: the parameters, any shape.
        grad: g, shaped like theta.
        state: what the last step returned; None before the first. It stays as it is.
        learning_rate: γ.
        decay: the share of v that stays, in [0, 1).
        eps: ε, added to the root.

    Returns:
        (theta, state).

    >>> theta, state = rmsprop_step([0.0], [2.0], None, 1.0, 0.75, 0.0)  # v = 1
    >>> theta
    array([-2.])
    """
    g = np.asarray(grad, dtype=np.float64)
    average = (1 - decay) * g**2 + (0.0 if state is None else decay * state)
    step = learning_rate * _divided(g, np.sqrt(average) + eps)
    return np.asarray(theta) - step, average


def _divided(g: np.ndarray, by: np.ndarray) -> np.ndarray:
    """g / by; and no step where both are 0."""
    return np.divide(g, by, out=np.zeros_like(g), where=by != 0)
