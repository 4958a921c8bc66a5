"""Versions of `adagrad_step` and `rmsprop_step`, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch


def divided(g: Any, total: Any, eps: float) -> Any:
    return g / (np.sqrt(total) + eps)


def eps_inside(g: Any, total: Any, eps: float) -> Any:
    return g / np.sqrt(total + eps)


def no_root(g: Any, total: Any, eps: float) -> Any:
    return g / (total + eps)


def over_all(g: Any, total: Any, eps: float) -> Any:
    return g / (np.sqrt(np.sum(total)) + eps)


def eps_squared_inside(g: Any, total: Any, eps: float) -> Any:
    return g / np.sqrt(total + eps**2)


def made(
    grow: Callable[..., Any],
    *,
    divide: Callable[..., Any] = divided,
    size: Callable[[Any], Any] = np.square,
    late: bool = False,
    sign: float = -1.0,
) -> Callable[..., Any]:
    """A version; `grow(total, squared, decay)` gives the new state."""

    def version(theta, grad, state, learning_rate, *others):
        *decay, eps = others
        old = np.zeros_like(grad) if state is None else state
        new = grow(old, size(grad), *decay)
        return theta + sign * learning_rate * divide(grad, old if late else new, eps), new

    return version


def changes_state(grow: Callable[..., Any]) -> Callable[..., Any]:
    def version(theta, grad, state, learning_rate, *others):
        *decay, eps = others
        if state is None:
            state = {"total": np.zeros_like(grad)}
        state["total"] = grow(state["total"], grad**2, *decay)
        return theta - learning_rate * divided(grad, state["total"], eps), state

    return version


def changes_theta(grow: Callable[..., Any]) -> Callable[..., Any]:
    right = made(grow)

    def version(theta, grad, state, *settings):
        theta[...], state = right(theta, grad, state, *settings)
        return theta, state

    return version


def changes_grad(grow: Callable[..., Any]) -> Callable[..., Any]:
    right = made(grow)

    def version(theta, grad, state, *settings):
        moved, state = right(theta, grad, state, *settings)
        grad *= settings[0]
        return moved, state

    return version


def by_history(
    weights: Callable[..., Any], *, keep: Callable[..., Any] = np.array
) -> Callable[..., Any]:
    """Keeps all gradients, and sums them anew each time."""

    def version(theta, grad, state, learning_rate, *others):
        *decay, eps = others
        history = (*(state or ()), keep(grad))
        total = sum(w * g**2 for w, g in zip(weights(len(history), *decay), history, strict=True))
        return np.asarray(theta) - learning_rate * grad / (np.sqrt(total) + eps), history

    return version


def in_float32(grow: Callable[..., Any]) -> Callable[..., Any]:
    def version(theta, grad, state, learning_rate, *others):
        *decay, eps = others
        g = torch.tensor(grad, dtype=torch.float32)
        state = torch.zeros_like(g) if state is None else state
        state = grow(state, g * g, *decay)
        step = learning_rate * g / (state.sqrt() + eps)
        return torch.tensor(theta, dtype=torch.float32) - step, state

    return version


def summed(total: Any, squared: Any, *decay: float) -> Any:
    return total + squared


def averaged(total: Any, squared: Any, decay: float = 0.9) -> Any:
    return decay * total + (1 - decay) * squared


def once_each(num_steps: int) -> list[float]:
    return [1.0] * num_steps


def fading(num_steps: int, decay: float) -> list[float]:
    return [(1 - decay) * decay**age for age in reversed(range(num_steps))]
