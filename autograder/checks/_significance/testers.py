"""Testers with blind spots: mistakes in significance.find_the_bug_significance, and their hints."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from autograder.check import Misconception
from autograder.checks._significance.vectors import paired_vectors
from course_utils.significance import paired_bootstrap


@cache
def telling_inputs() -> list[tuple[str, tuple[Any, Any, Any], float]]:
    """Inputs, each with what it shows and the right answer, on which every kind of bug shows."""
    rng = np.random.default_rng(17)
    inputs = []
    for shows, n, only_a, only_b, num_samples in (
        ("ahead", 11, 3, 2, 61),
        ("ahead", 25, 5, 3, 41),
        ("behind", 13, 2, 4, 53),
        ("behind", 24, 3, 5, 37),
        ("ties", 32, 4, 3, 71),
        ("rounding", 20, 3, 2, 83),
        ("rounding", 20, 4, 3, 83),
        ("rounding", 37, 4, 3, 83),
    ):
        a, b = paired_vectors(rng, n, only_a, only_b)
        rows = rng.integers(0, n, size=(4 * num_samples, n))
        if shows in ("ahead", "behind"):
            rows = rows[(a - b)[rows].sum(axis=1) != 2 * (a - b).sum()]  # without ties
        rows = rows[:num_samples]
        inputs.append((shows, (a, b, rows), paired_bootstrap(a, b, rows)))
    return inputs


@cache
def square_inputs() -> list[tuple[str, tuple[Any, Any, Any], float]]:
    """The same inputs, with as many rows as there are examples."""
    cut = [(shows, (a, b, rows[: len(a)])) for shows, (a, b, rows), _ in telling_inputs()]
    return [(shows, args, paired_bootstrap(*args)) for shows, args in cut]


def tester(
    candidate: Callable[..., Any],
    *,
    inputs: Callable[[], list[Any]] = telling_inputs,
    without: tuple[str, ...] = (),
    tolerance: float = 1e-5,
    sees_changes: bool = True,
    sees_shape: bool = True,
    raising_is: bool | None = True,
) -> bool:
    """A tester with chosen blind spots; `raising_is=None` lets a candidate's exception escape."""
    for shows, args, right in inputs():
        if shows in without:
            continue
        handed = tuple(arg.copy() for arg in args)
        try:
            answer = candidate(*handed)
        except Exception:
            if raising_is is None:
                raise
            return raising_is
        if sees_shape and np.shape(answer) != ():
            return True
        if not abs(np.mean(answer) - right) <= tolerance * (1 + right):
            return True
        if sees_changes and not all(map(np.array_equal, handed, args)):
            return True
    return False


def always_true(candidate):
    return True


def always_false(candidate):
    return False


def exchanged(candidate):
    return not tester(candidate)


def one_example(candidate):
    a, b = np.array([1, 1, 1, 0]), np.array([0, 1, 1, 0])
    rows = np.array([[0, 0, 0, 1], [0, 1, 2, 3], [3, 0, 0, 1]])
    return tester(candidate, inputs=lambda: [("ahead", (a, b, rows), 1 / 3)])


def only_the_range(candidate):
    for _, args, _ in telling_inputs():
        try:
            if not 0 <= candidate(*(arg.copy() for arg in args)) <= 1:
                return True
        except Exception:
            return True
    return False


def as_number(candidate):
    return 1.0 if tester(candidate) else 0.0


no_ties = partial(tester, without=("ties", "rounding"))
no_rounding = partial(tester, without=("rounding",))
b_never_leads = partial(tester, without=("behind",))
square_only = partial(tester, inputs=square_inputs)
too_lax = partial(tester, tolerance=0.05)
too_strict = partial(tester, tolerance=0)
blind_to_changes = partial(tester, sees_changes=False)
blind_to_shape = partial(tester, sees_shape=False)
raising_ignored = partial(tester, raising_is=False)
raising_escapes = partial(tester, raising_is=None)

MISCONCEPTIONS = [
    Misconception(
        "always True",
        always_true,
        "Every candidate is called wrong, right ones too. Compare its answers with the right ones, and "
        "return False when all agree.",
    ),
    Misconception(
        "always False",
        always_false,
        "No candidate is ever called wrong. Is there a path through your tester that returns True?",
    ),
    Misconception(
        "True and False exchanged",
        exchanged,
        "Your verdicts are right, but the wrong way round: True says that the candidate is *wrong*.",
    ),
    Misconception(
        "float for bool",
        as_number,
        "Your verdicts are right, but they are floats. Return True or False.",
    ),
    Misconception(
        "only the range is looked at",
        only_the_range,
        "Your tester accepts every number between 0 and 1. Compute the right answer yourself, and "
        "compare.",
    ),
    Misconception(
        "one worked example",
        one_example,
        "One small example is not enough: several bugs happen to give the right answer there. Try many "
        "inputs: random ones, of several sizes, with A ahead and with B ahead.",
    ),
    Misconception(
        "no ties tried",
        no_ties,
        "Your inputs hold no tie, so > and >= look alike. Try rows with δ(S) = 2 δ(D): they are common "
        "when the gap is one or two examples.",
    ),
    Misconception(
        "no tie that rounding breaks",
        no_rounding,
        "A version that subtracts accuracies as floats gets past you. In some sizes, such as 16 or 32, "
        "no rounding happens: try ties with other n, such as 10 or 20.",
    ),
    Misconception(
        "B never leads",
        b_never_leads,
        "In your inputs A is never behind, so a lost sign does not show. Try data on which B is better.",
    ),
    Misconception(
        "as many rows as examples",
        square_only,
        "Your tables are square, n = B, so dividing by the wrong one does not show. Use different sizes.",
    ),
    Misconception(
        "tolerance too large",
        too_lax,
        "A version that is off by 1/B gets past you. Right versions are off by 1e-5 at most: allow no "
        "more than that.",
    ),
    Misconception(
        "equality to the last bit",
        too_strict,
        "You call a version wrong that differs by less than 1e-5. Computers round: compare the "
        "difference with a small tolerance.",
    ),
    Misconception(
        "changed arguments not seen",
        blind_to_changes,
        "A version that overwrites its arguments gets past you. Keep copies, and compare after the call.",
    ),
    Misconception(
        "shape not seen",
        blind_to_shape,
        "A version that returns an array or a list gets past you. Ask for one number: np.shape is ().",
    ),
    Misconception(
        "exceptions taken for right",
        raising_ignored,
        "A version that raises an exception on legal input is wrong; your tester lets it pass.",
    ),
    Misconception(
        "exceptions escape",
        raising_escapes,
        "A candidate's exception ends your tester. Call it inside `try`: whoever raises on legal input "
        "is wrong.",
    ),
]
