"""Testers of adam_step: right ones, and ones with a blind spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.check_parts.testers import hunting
from course_utils.optimization import adam_step, find_the_bug_optimization

ORDINARY, SMALL = (0.3, 0.6, 0.8, 1e-3), (0.4, 0.7, 0.9, 0.02)
SETTINGS = (ORDINARY, (0.1, 0.9, 0.999, 1e-8), SMALL)


def tester(
    *,
    settings: Sequence[tuple[float, ...]] = SETTINGS,
    shapes: Sequence[tuple[int, ...]] = ((4,), (2, 3)),
    num_steps: int = 5,
    sizes: Sequence[float] = (1.0, 0.01, 3.0),
    some_zeros: bool = True,
    all_zeros: bool = True,
    tolerance: float = 1e-4,
    takes_turns: bool = True,
    repeats: bool = True,
    sees_changes: bool = True,
    sees_shape: bool = True,
    only_sums: bool = False,
    raising_is_wrong: bool = True,
) -> Callable[[Callable], bool]:
    """A tester that compares with the definition, with chosen blind spots."""

    def differ(one: Any, other: Any) -> bool:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
        if one.size != other.size:
            return sees_shape
        if only_sums:
            one, other = one.sum(), other.sum()
        return bool(
            (
                abs(one.reshape(-1) - other.reshape(-1)) > tolerance * (1 + abs(other.reshape(-1)))
            ).any()
        )

    def is_wrong(candidate: Callable, shape: tuple[int, ...], size: float, setting: Any) -> bool:
        rng = np.random.default_rng(7)
        shown = shape, *([tuple(reversed(shape))] if takes_turns else [])
        runs: list[list[Any]] = [[rng.normal(size=s), None, None] for s in shown]
        for number in range(num_steps):
            for run in runs:
                theta, state, right_state = run
                grad = size * rng.normal(size=theta.shape)
                if some_zeros and number == 1:
                    grad.reshape(-1)[::2] = 0.0
                if all_zeros and number == 3:
                    grad = grad * 0.0
                right, new_right = adam_step(theta, grad, right_state, *setting)
                for attempt in range(1 + repeats):
                    given = theta.copy(), grad.copy()
                    answer, new = candidate(*given, state, *setting)
                    if sees_shape and np.shape(answer) != right.shape:
                        return True
                    if differ(answer, right):
                        return True
                    if sees_changes and any(map(differ, given, (theta, grad))):
                        return True
                    if attempt == 0:
                        first = new
                run[:] = right, first if not repeats else new, new_right
        return False

    def inputs() -> Any:
        return [(shape, size, s) for s in settings for shape in shapes for size in sizes]

    return hunting(is_wrong, inputs, raising_is_wrong=raising_is_wrong)


def lets_it_escape(candidate):
    for shape in ((3,), (2, 3), (2, 2, 2)):
        candidate(np.zeros(shape), np.ones(shape), None, 0.1, 0.9, 0.99, 1e-8)
    return find_the_bug_optimization(candidate)
