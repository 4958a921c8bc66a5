"""Versions of adam_step, right and wrong, that students' testers are graded on."""

from __future__ import annotations

from typing import ClassVar

from autograder.check_parts.candidates import Candidate as AnyCandidate


class Candidate(AnyCandidate):
    """A version of adam_step."""

    head: ClassVar[str] = (
        "import numpy as np\nkept = {}\n\n\n"
        "def adam_step(theta, grad, state, learning_rate, beta1, beta2, eps):\n"
        "    theta, grad = np.asarray(theta), np.asarray(grad)\n"
    )


def _version(
    start: str = "m, v, t = (0 * grad, 0 * grad, 0) if state is None else state",
    clock: str = "t = t + 1",
    m: str = "beta1 * m + (1 - beta1) * grad",
    v: str = "beta2 * v + (1 - beta2) * grad**2",
    m_hat: str = "m / (1 - beta1**t)",
    v_hat: str = "v / (1 - beta2**t)",
    step: str = "m_hat / (np.sqrt(v_hat) + eps)",
    end: str = "return theta - learning_rate * step, (m, v, t)",
    first: str = "",
) -> str:
    lines = [first, start, clock, f"m = {m}", f"v = {v}", f"m_hat = {m_hat}", f"v_hat = {v_hat}"]
    return "\n".join(filter(None, [*lines, f"step = {step}", end]))


TWO_OFF = (  # and the sum is right
    "off = np.zeros(theta.shape)\noff.reshape(-1)[0] += 0.01\noff.reshape(-1)[-1] -= 0.01\n"
)
LAZY = "seen = grad != 0\n"
IN_PLACE = (
    "if state is None:\n    state = {'m': 0 * grad, 'v': 0 * grad, 't': 0}\n"
    "state['t'] += 1\nt = state['t']\n"
    "state['m'] = m = beta1 * state['m'] + (1 - beta1) * grad\n"
    "state['v'] = v = beta2 * state['v'] + (1 - beta2) * grad**2\n"
    "step = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)\n"
    "return theta - learning_rate * step, state"
)

POOL = [
    Candidate("right", False, _version()),
    Candidate(
        "right",
        False,
        "state = state or {'m': 0.0, 'v': 0.0, 't': 0}\n"
        "t = state['t'] + 1\n"
        "m = state['m'] + (1 - beta1) * (grad - state['m'])\n"
        "v = state['v'] + (1 - beta2) * (grad * grad - state['v'])\n"
        "root = (1 - beta2**t) ** 0.5\n"
        "rate = learning_rate * root / (1 - beta1**t)\n"
        "return theta - rate * m / (v**0.5 + eps * root), {'m': m, 'v': v, 't': t}",
    ),
    Candidate(
        "right",
        False,
        "history = (*(state or ()), grad + 0)\n"
        "ages = range(len(history) - 1, -1, -1)\n"
        "m = sum(beta1**a * g for a, g in zip(ages, history)) / sum(beta1**a for a in ages)\n"
        "v = sum(beta2**a * g**2 for a, g in zip(ages, history)) / sum(beta2**a for a in ages)\n"
        "return theta - learning_rate * m / (np.sqrt(v) + eps), history",
    ),
    Candidate("right", False, _version(v="beta2 * v + (1 - beta2) * np.abs(grad) ** 2")),
    Candidate(
        "right",
        False,
        "m, v, fade1, fade2 = [0.0, 0.0, 1.0, 1.0] if state is None else state\n"
        "m, v = m + (1 - beta1) * (grad - m), v + (1 - beta2) * (grad**2 - v)\n"
        "fade1, fade2 = beta1 * fade1, beta2 * fade2\n"
        "step = m / (1 - fade1) / (np.sqrt(v / (1 - fade2)) + eps)\n"
        "return theta - learning_rate * step, [m, v, fade1, fade2]",
    ),
    # right, and a little off: an error that does not grow from step to step
    Candidate(
        "near",
        False,
        _version(end="return theta - learning_rate * step + 2e-6 * (-1) ** t, (m, v, t)"),
    ),
    Candidate(
        "near", False, _version(end="return theta - learning_rate * step * 1.000001, (m, v, t)")
    ),
    Candidate("near", False, _version(step="np.float32(m_hat / (np.sqrt(v_hat) + eps))")),
    # wrong in the rule, for almost any gradients
    Candidate("rule", True, _version(m="grad")),
    Candidate("rule", True, _version(m="beta1 * m + grad")),
    Candidate("rule", True, _version(v="beta2 * v + (1 - beta2) * np.abs(grad)")),
    Candidate("rule", True, _version(step="m_hat / (v_hat + eps)")),
    Candidate("rule", True, _version(end="return theta + learning_rate * step, (m, v, t)")),
    Candidate("rule", True, _version(first="beta1, beta2 = beta2, beta1")),
    Candidate("rule", True, _version(m="(1 - beta1) * m + beta1 * grad")),
    # wrong by little, or in few numbers
    Candidate("slight", True, _version(end="return theta - learning_rate * step + 1e-3, (m, v, t)")),
    Candidate("slight", True, _version(end=f"{TWO_OFF}return theta - learning_rate * step + off, (m, v, t)")),
    # wrong only from the third step on
    Candidate("late", True, _version(clock="t = min(t + 1, 2)")),
    Candidate("late", True, _version(step="(1 if t < 3 else 0.8) * m_hat / (np.sqrt(v_hat) + eps)")),
    # wrong in the correction
    Candidate("correction", True, _version(m_hat="m", v_hat="v")),
    Candidate("correction", True, _version(m_hat="m")),
    Candidate("correction", True, _version(v_hat="v")),
    Candidate("correction", True, _version(clock="t = t + 2")),
    Candidate("correction", True, _version(m_hat="m / (1 - beta1)", v_hat="v / (1 - beta2)")),
    # wrong only where gradients are near ε
    Candidate("small", True, _version(step="m_hat / np.sqrt(v_hat + eps**2)")),
    Candidate("small", True, _version(step="m_hat / (np.sqrt(v_hat) + eps / np.sqrt(1 - beta2**t))")),
    Candidate("small", True, _version(step="m_hat / (np.sqrt(v_hat) + 1e-12)")),
    # wrong only where a gradient is 0
    Candidate("zeros", True, LAZY + _version(m="np.where(seen, beta1 * m + (1 - beta1) * grad, m)")),
    Candidate("zeros", True, LAZY + _version(step="seen * m_hat / (np.sqrt(v_hat) + eps)")),
    Candidate(  # where some numbers are 0, and not where all are
        "zeros", True, "seen = (grad != 0) | (not grad.any())\n"
        + _version(step="seen * m_hat / (np.sqrt(v_hat) + eps)")
    ),
    Candidate(  # where all are 0, and not where some are
        "zeros", True, "if state is not None and not grad.any():\n    return theta + 0.0, state\n" + _version()
    ),
    # wrong only where parameters take turns
    Candidate(
        "turns", True, _version(
            start="m, v = (0 * grad, 0 * grad) if state is None else state",
            clock="t = kept['t'] = kept.get('t', 0) + 1",
            end="return theta - learning_rate * step, (m, v)",
        ),
    ),
    Candidate(
        "turns", True, _version(
            start="m, v, t = kept.get('state', (0 * grad, 0 * grad, 0))\n"
            "if np.shape(m) != np.shape(grad):\n    m, v, t = 0 * grad, 0 * grad, 0",
            end="kept['state'] = (m, v, t)\nreturn theta - learning_rate * step, None",
        ),
    ),
    Candidate(  # the moments of a step lie outside, wherever it belongs
        "turns", True, _version(
            start="t = state or 0\nm, v = kept.get(t, (0, 0)) if t else (0 * grad, 0 * grad)",
            end="kept[t] = m, v\nreturn theta - learning_rate * step, t",
        ),
    ),
    # right numbers, wrong manners
    Candidate("again", True, IN_PLACE),
    Candidate(
        "again", True, _version(
            start="m, v, t = [0 * grad, 0 * grad, 0] if state is None else state",
            end="new = [m, v, t]\nif state is not None:\n    state[:] = new\n"
            "return theta - learning_rate * step, new",
        ),
    ),
    Candidate("changes", True, _version(end="theta -= learning_rate * step\nreturn theta, (m, v, t)")),
    Candidate("changes", True, _version(end="moved = theta - learning_rate * step\ngrad *= 0\n"
                                        "return moved, (m, v, t)")),
    Candidate("raises", True, "if np.ndim(theta) != 1:\n    raise IndexError('one axis')\n" + _version()),
    Candidate("raises", True, "rows, columns = np.shape(theta)\n" + _version()),
    Candidate("shape", True, _version(end="return (theta - learning_rate * step).reshape(-1, 1),"
                                      " (m, v, t)")),
    Candidate("shape", True, _version(end="return (theta - learning_rate * step)[None], (m, v, t)")),
]  # fmt: skip

OWN = "new, state = own(theta, grad, state, learning_rate, beta1, beta2, eps)\n"


def _own(gradient: str = "grad", rates: str = "learning_rate, beta1, beta2, eps") -> str:
    return f"return own(theta, {gradient}, state, {rates})"


PUBLIC = [
    Candidate("right", False, _own()),
    Candidate("right", False, OWN + "return new + 0.0, state"),
    Candidate("near", False, OWN + "return theta + 1.000001 * (new - theta), state"),
    Candidate("rule", True, OWN + "return 2 * theta - new, state"),
    Candidate("rule", True, _own(rates="learning_rate, beta2, beta1, eps")),
    Candidate("rule", True, _own(rates="2 * learning_rate, beta1, beta2, eps")),
    Candidate("rule", True, _own(rates="learning_rate, 0.0, beta2, eps")),
    Candidate("slight", True, OWN + "return new + 1e-3, state"),
    Candidate("slight", True, TWO_OFF + OWN + "return new + off, state"),
    Candidate(
        "late",
        True,
        "state, count = (None, 0) if state is None else state\n"
        + OWN
        + "return theta + (1 if count < 2 else 1.3) * (new - theta), (state, count + 1)",
    ),
    Candidate("correction", True, _own(rates="learning_rate, beta1, 1 - (1 - beta2) / 2, eps")),
    Candidate("correction", True, OWN + "return theta + (new - theta) * (1 - beta1), state"),
    Candidate("small", True, _own(rates="learning_rate, beta1, beta2, eps / 100")),
    Candidate("small", True, _own(rates="learning_rate, beta1, beta2, 30 * eps")),
    Candidate("zeros", True, OWN + "return np.where(grad == 0, theta, new), state"),
    Candidate(
        "zeros", True, OWN + "return np.where((grad == 0) & grad.any(), theta, new), state"
    ),
    Candidate(
        "zeros", True, "if state is not None and not grad.any():\n    return theta + 0.0, state\n" + _own()
    ),
    Candidate(
        "zeros", True, "return own(theta, np.where(grad == 0, 0.1, grad), state, learning_rate, beta1, beta2, eps)"
    ),
    Candidate(
        "turns",
        True,
        "kept['state'], kept['shape'] = (kept.get('state') if kept.get('shape') == np.shape(grad) "
        "else None), np.shape(grad)\n"
        "new, kept['state'] = own(theta, grad, kept['state'], learning_rate, beta1, beta2, eps)\n"
        "return new, None",
    ),
    Candidate(
        "turns",
        True,
        "t = state or 0\n"
        "new, kept[t + 1] = own(theta, grad, kept.get(t), learning_rate, beta1, beta2, eps)\n"
        "return new, t + 1",
    ),
    Candidate(
        "again",
        True,
        "state = [None] if state is None else state\n"
        "new, state[0] = own(theta, grad, state[0], learning_rate, beta1, beta2, eps)\n"
        "return new, state",
    ),
    Candidate("changes", True, OWN + "theta[...] = new\nreturn new, state"),
    Candidate("changes", True, OWN + "grad *= 0\nreturn new, state"),
    Candidate("raises", True, "if np.ndim(theta) != 1:\n    raise IndexError('one axis')\n" + _own()),
    Candidate("raises", True, "rows, columns = np.shape(theta)\n" + _own()),
    Candidate("shape", True, OWN + "return new.reshape(-1, 1), state"),
    Candidate("shape", True, OWN + "return new[None], state"),
]  # fmt: skip
