"""Versions of `adam_step` and `adamw_step`, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch


def made(
    *,
    first: Callable[..., Any] = lambda m, g, beta: beta * m + (1 - beta) * g,
    second: Callable[..., Any] = lambda v, g, beta: beta * v + (1 - beta) * g**2,
    correct_m: Callable[..., Any] = lambda m, beta, t: m / (1 - beta**t),
    correct_v: Callable[..., Any] = lambda v, beta, t: v / (1 - beta**t),
    ratio: Callable[..., Any] = lambda m, v, eps: m / (np.sqrt(v) + eps),
    clock: Callable[[int], int] = lambda t: t,
    betas: Callable[..., Any] = lambda one, two: (one, two),
    use: Callable[..., Any] = lambda m, g: m,
    remember: bool = True,
    sign: float = -1.0,
    decay: Callable[..., Any] | None = None,
    l2: Callable[..., Any] = lambda g, theta, rate: g,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong.

    `decay(theta, moved, learning_rate, weight_decay)` gives the answer of AdamW.
    """

    def version(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
        beta1, beta2 = betas(beta1, beta2)
        m, v, t = (np.zeros_like(grad), np.zeros_like(grad), 0)
        if state is not None and remember:
            m, v, t = state
        g = l2(grad, theta, weight_decay)
        t = t + 1
        m, v = first(m, g, beta1), second(v, g, beta2)
        with np.errstate(divide="ignore", invalid="ignore"):
            m_hat, v_hat = correct_m(m, beta1, clock(t)), correct_v(v, beta2, clock(t))
            step = learning_rate * ratio(use(m_hat, g), v_hat, eps)
        moved = theta + sign * step
        if decay is not None:
            moved = decay(theta, moved, learning_rate, weight_decay)
        return moved, (m, v, t)

    return version


def uncorrected(moment: Any, beta: float, t: int) -> Any:
    return moment


def eps_inside(m: Any, v: Any, eps: float) -> Any:
    return m / np.sqrt(v + eps)


def no_root(m: Any, v: Any, eps: float) -> Any:
    return m / (v + eps)


def one_rate(m: Any, v: Any, eps: float) -> Any:
    return m / (np.sqrt(np.mean(v)) + eps)


def eps_before_correction(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    m, v, t = (np.zeros_like(grad), np.zeros_like(grad), 0) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    moved = theta - learning_rate * weight_decay * theta - rate * m / (np.sqrt(v) + eps)
    return moved, (m, v, t)


def corrections_swapped(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    m, v, t = (np.zeros_like(grad), np.zeros_like(grad), 0) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    step = m / (1 - beta2**t) / (np.sqrt(v / (1 - beta1**t)) + eps)
    return theta * (1 - learning_rate * weight_decay) - learning_rate * step, (m, v, t)


def in_another_order(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    """Section 2 of the paper, with ε adapted to it; the state is a dict."""
    state = state or {"t": 0, "m": 0 * grad, "v": 0 * grad}
    t = state["t"] + 1
    m = state["m"] + (1 - beta1) * (grad - state["m"])
    v = state["v"] + (1 - beta2) * (grad * grad - state["v"])
    root = np.sqrt(1 - beta2**t)
    rate = learning_rate * root / (1 - beta1**t)
    theta = theta - learning_rate * weight_decay * theta
    return theta - rate * m / (np.sqrt(v) + eps * root), {"t": t, "m": m, "v": v}


def by_history(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    return _by_history(
        [*(state or []), np.array(grad)], theta, learning_rate, beta1, beta2, eps, weight_decay
    )


def keeps_the_gradient(theta, grad, state, *settings):
    """As by_history, but it keeps the caller's own arrays."""
    return _by_history([*(state or []), np.asarray(grad)], theta, *settings)


def _by_history(history, theta, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    ages = range(len(history) - 1, -1, -1)
    m = sum(beta1**a * g for a, g in zip(ages, history, strict=True))
    v = sum(beta2**a * g**2 for a, g in zip(ages, history, strict=True))
    m, v = m / sum(beta1**a for a in ages), v / sum(beta2**a for a in ages)
    moved = np.asarray(theta) - learning_rate * m / (np.sqrt(v) + eps)
    return moved * (1 - learning_rate * weight_decay), history


def in_float32(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    g = torch.tensor(grad, dtype=torch.float32)
    m, v, t = state or (torch.zeros_like(g), torch.zeros_like(g), 0)
    t, m, v = t + 1, torch.lerp(g, m, beta1), beta2 * v + (1 - beta2) * g * g
    step = m / (1 - beta1**t) / ((v / (1 - beta2**t)).sqrt() + eps)
    decayed = torch.tensor(theta, dtype=torch.float32) * (1 - learning_rate * weight_decay)
    return decayed - learning_rate * step, (m, v, t)


def changes_state(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    if state is None:
        state = {"t": 0, "m": np.zeros_like(grad), "v": np.zeros_like(grad)}
    state["t"] += 1
    state["m"] = beta1 * state["m"] + (1 - beta1) * grad
    state["v"] = beta2 * state["v"] + (1 - beta2) * grad**2
    m, v = state["m"] / (1 - beta1 ** state["t"]), state["v"] / (1 - beta2 ** state["t"])
    theta = theta * (1 - learning_rate * weight_decay)
    return theta - learning_rate * m / (np.sqrt(v) + eps), state


def changes_theta(theta, grad, state, *settings):
    theta[...], state = in_another_order(theta, grad, state, *settings)
    return theta, state


def changes_grad(theta, grad, state, *settings):
    moved, state = in_another_order(theta, grad, state, *settings)
    grad *= settings[0]
    return moved, state


def lazy(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay=0.0):
    """Where the gradient is 0, nothing moves and nothing is remembered."""
    m, v, t = (np.zeros_like(grad), np.zeros_like(grad), 0) if state is None else state
    t, seen = t + 1, grad != 0
    m = np.where(seen, beta1 * m + (1 - beta1) * grad, m)
    v = np.where(seen, beta2 * v + (1 - beta2) * grad**2, v)
    step = learning_rate * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return theta * (1 - learning_rate * weight_decay) - np.where(seen, step, 0.0), (m, v, t)
