"""Draw inputs that tell every known mistake from the right answer, and from every other mistake.

Nothing is left to luck: a draw that does not tell them apart is thrown away and drawn again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from autograder.check import SMALLEST_MARGIN
from course_utils.agreement import deviation

T = TypeVar("T")
Args = tuple[Any, ...]
Rule = Callable[..., Any]
MOST_DRAWS = 2000


def draw_until(draw: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Draw until `good`. That no draw is good is a defect of the check, and it says so."""
    for _ in range(MOST_DRAWS):
        drawn = draw()
        if good(drawn):
            return drawn
    raise AssertionError(f"no telling input in {MOST_DRAWS} draws")


def tells_apart(rules: Sequence[Rule], inputs: Sequence[Args]) -> bool:
    """True when every two of the rules are at least 30 tolerances apart on some input."""
    answers = [[rule(*args) for args in inputs] for rule in rules]
    return all(_apart(answers[i], answers[j]) for i in range(len(rules)) for j in range(i))


def tells_from(right: Rule, wrong: Sequence[Rule], inputs: Sequence[Args]) -> bool:
    """True when every mistake is at least 30 tolerances from the right answer on some input."""
    expected = [right(*args) for args in inputs]
    return all(_apart(expected, [rule(*args) for args in inputs]) for rule in wrong)


def _apart(some: Sequence[Any], others: Sequence[Any]) -> bool:
    pairs = zip(some, others, strict=True)
    return any(
        max(deviation(one, other), deviation(other, one)) >= SMALLEST_MARGIN for one, other in pairs
    )
