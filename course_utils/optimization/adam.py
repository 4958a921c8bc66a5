"""Adam: a moving average of the gradient, divided by one of its size. AdamW: decay set apart.

Source: D. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, Algorithm 1;
I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
Leaves out: AMSGrad; Loshchilov and Hutter's schedule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def adam_step(
    theta: ArrayLike,
    grad: ArrayLike,
    state: Any,
    learning_rate: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[np.ndarray, Any]:
    """Return the parameters and the state after a step of Adam.

        t ← t + 1
        m ← β1 · m + (1 − β1) · g         m̂ = m / (1 − β1ᵗ)
        v ← β2 · v + (1 − β2) · g²        v̂ = v / (1 − β2ᵗ)
        θ ← θ − γ · m̂ / (√v̂ + ε)

    m and v start at 0, t at 0: in the first step it is 1. The corrections undo the start at 0.

    Args:
        theta: the parameters, any shape.
        grad: g, shaped like theta.
        state: what the last step returned; None before the first. It stays as it is, so that a step
            can be taken again, and parameters with states of their own can take turns.
        learning_rate: γ.
        beta1, beta2: the shares that stay, in [0, 1).
        eps: ε, positive, added to the root after the correction.

    Returns:
        (theta, state).

    The first step is as long as the learning rate, however large the gradient is:

    >>> theta, state = adam_step([5.0, 5.0], [1e-3, -1e3], None, 0.5, 0.9, 0.999, 1e-12)
    >>> theta
    array([4.5, 5.5])
    """
    g = np.asarray(grad, dtype=np.float64)
    m, v, t = (0.0, 0.0, 0) if state is None else state
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    step = learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    return np.asarray(theta) - step, (m, v, t)


def adamw_step(
    theta: ArrayLike,
    grad: ArrayLike,
    state: Any,
    learning_rate: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> tuple[np.ndarray, Any]:
    """Return the parameters and the state after a step of AdamW.

        θ ← (1 − γ · λ) · θ,   then a step of Adam with the gradient alone

    The decay never passes through m and v, where it would be divided away: that is what "decoupled"
    means. To decay after Adam's step is as right, but keep to one order.

    Args:
        theta, grad, state, learning_rate, beta1, beta2, eps: as for `adam_step`.
        weight_decay: λ.

    Returns:
        (theta, state).

    Without a gradient only the decay is left:

    >>> adamw_step([8.0], [0.0], None, 0.5, 0.9, 0.999, 1e-8, weight_decay=0.25)[0]
    array([7.])
    """
    decayed = (1 - learning_rate * weight_decay) * np.asarray(theta, dtype=np.float64)
    return adam_step(decayed, grad, state, learning_rate, beta1, beta2, eps)
