"""Versions of an optimizer's step that keep something outside of `state`, as notebooks' variables do."""

from __future__ import annotations

from typing import Any

import numpy as np

gathered: Any = 0.0
calls = 0


def adagrad_outside(theta, grad, state, learning_rate, eps):
    global gathered
    gathered = gathered + grad**2
    return theta - learning_rate * grad / (np.sqrt(gathered) + eps), gathered


def adagrad_begun_anew(theta, grad, state, learning_rate, eps):
    global gathered
    gathered = grad**2 + (0.0 if state is None else gathered)
    return theta - learning_rate * grad / (np.sqrt(gathered) + eps), "kept outside"


def rmsprop_outside(theta, grad, state, learning_rate, decay, eps):
    global gathered
    gathered = decay * gathered + (1 - decay) * grad**2
    return theta - learning_rate * grad / (np.sqrt(gathered) + eps), gathered


def rmsprop_begun_anew(theta, grad, state, learning_rate, decay, eps):
    global gathered
    gathered = (1 - decay) * grad**2 + (0.0 if state is None else decay * gathered)
    return theta - learning_rate * grad / (np.sqrt(gathered) + eps), "kept outside"


def shared_clock(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    """t counts all calls, of whatever parameter."""
    global calls
    calls += 1
    m, v = (0.0, 0.0) if state is None else state
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    step = m / (1 - beta1**calls) / (np.sqrt(v / (1 - beta2**calls)) + eps)
    return theta * (1 - learning_rate * weight_decay) - learning_rate * step, (m, v)


def clock_begun_anew(theta, grad, state, *settings):
    """The clock of all parameters goes back to 0 whenever one of them begins."""
    global calls
    calls = 0 if state is None else calls
    return shared_clock(theta, grad, state, *settings)
