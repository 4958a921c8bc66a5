"""A test that tells right implementations of `adam_step` from wrong ones.

The oracle sums all earlier gradients with their weights, instead of keeping averages. What makes the
test sharp: gradients from 1e-9 to 5, so that ε counts; zeros, also where there was none before, so that
a lazy moment is seen; three parameters that take turns, so that a shared clock is seen; each step taken
twice, so that a state that was changed is seen.

Leaves out: what a candidate does with shapes that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.agreement import deviation

SIZES = (1.0, -3e-9, 0.0, 1e-8, 5.0, -1e-4)
SETTINGS = ((0.1, 0.9, 0.999, 1e-8), (0.5, 0.6, 0.8, 1e-3), (0.02, 0.0, 0.5, 1e-2))


def find_the_bug_optimization(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `adam_step`.

    Wrong is: parameters off by more than 1e-5 (1 + |right|), another shape, a changed argument, an
    exception.

    Args:
        candidate: called as candidate(theta, grad, state, learning_rate, beta1, beta2, eps).

    >>> find_the_bug_optimization(lambda theta, grad, state, *others: (theta - grad, state))
    True
    """
    try:
        return any(_is_wrong_with(candidate, *setting) for setting in SETTINGS)
    except Exception:  # whatever it is, a right candidate does not raise it
        return True


def _is_wrong_with(candidate: Callable[..., Any], *setting: float) -> bool:
    runs = [_Run(start, setting) for start in (np.full(6, 0.5), np.array([[2.0], [-1.0]]), 3.0)]
    for factor, shift in ((1.0, 0), (0.5, 0), (-2.0, 0), (0.0, 0), (1.0, 1)):
        for run in runs:  # they take turns
            grad = factor * np.resize(np.roll(SIZES, shift), np.shape(run.start))
            if run.goes_wrong(candidate, grad):
                return True
    return False


class _Run:
    """One parameter on its way: the candidate's steps beside the oracle's."""

    def __init__(self, start: Any, setting: Sequence[float]) -> None:
        self.start, self.setting = start, setting
        self.theta, self.state, self.grads = np.array(start), None, []  # type: ignore[var-annotated]

    def goes_wrong(self, candidate: Callable[..., Any], grad: np.ndarray) -> bool:
        self.grads.append(grad)
        right = self.theta - self._move()
        for _attempt in ("first", "second"):
            theta, given = self.theta.copy(), grad.copy()
            answer, state = candidate(theta, given, self.state, *self.setting)
            if np.shape(answer) != np.shape(right) or deviation(right, answer) > 1:
                return True
            if (theta != self.theta).any() or (given != grad).any():
                return True
        self.theta, self.state = right, state
        return False

    def _move(self) -> np.ndarray:
        learning_rate, beta1, beta2, eps = self.setting
        ages = range(len(self.grads) - 1, -1, -1)
        aged = list(zip(ages, self.grads, strict=True))
        mean = sum(beta1**k * g for k, g in aged) / sum(beta1**k for k in ages)
        square = sum(beta2**k * g**2 for k, g in aged) / sum(beta2**k for k in ages)
        return learning_rate * mean / (np.sqrt(square) + eps)
