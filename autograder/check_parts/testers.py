"""Testers of anything: how they hunt, and the mistakes that are the same whatever is tested."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograder.check import Misconception

Tester = Callable[[Callable[..., Any]], Any]


def hunting(
    is_wrong: Callable[..., bool],
    inputs: Callable[[], Iterable[tuple[Any, ...]]],
    *,
    raising_is_wrong: bool = True,
) -> Tester:
    """Return a tester that asks `is_wrong(candidate, *args)` for each input until the answer is yes."""

    def find_the_bug(candidate: Callable[..., Any]) -> bool:
        for args in inputs():
            try:
                if is_wrong(candidate, *args):
                    return True
            except Exception:
                if raising_is_wrong:
                    return True
        return False

    return find_the_bug


def as_numpy_bool(right: Tester) -> Tester:
    """The same answers in another packing."""
    return lambda candidate: np.bool_(right(candidate))


def mistakes_of_any_tester(
    right: Tester, lets_it_escape: Tester, *, compared: str = "numbers"
) -> list[Misconception]:
    """Return what goes wrong with testers of every function.

    Args:
        right: a tester that is right.
        lets_it_escape: one that is right, but does not catch a candidate's exception.
        compared: what is to be compared, in a hint: "numbers", "counts".
    """
    return [
        Misconception(
            "always True",
            lambda candidate: True,
            f"Everything is called wrong, right versions too. Compare with the right {compared}.",
        ),
        Misconception(
            "always False",
            lambda candidate: False,
            f"Nothing is ever called wrong. Compare the candidate's {compared} with the right ones.",
        ),
        Misconception(
            "True and False swapped",
            lambda candidate: not right(candidate),
            "The answers are the wrong way round: True means that the candidate is wrong.",
        ),
        Misconception(
            "exceptions escape",
            lets_it_escape,
            "A candidate's exception ends your tester. Catch it: a candidate that raises on legal "
            "input is wrong.",
        ),
    ]
