"""Draw cases of unit 02 until every known mistake shows and bears its own name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.check import SMALLEST_MARGIN, Case, Check, Misconception
from autograder.check_parts.drawing import draw_until
from course_utils.agreement import deviation
from course_utils.asking import Answer, ask_here, call_twice
from course_utils.comparing import coincide, recognised

Draw = Callable[[np.random.Generator], list[Case]]
CELLS = ("tn", "fp", "fn", "tp")


def telling_cases(check: Callable[[], Check], draw: Draw) -> Draw:
    """The same drawing, repeated until its cases tell the check's known mistakes apart.

    `check` is asked only when cases are drawn, so that it may be defined further down.
    """

    def cases(rng: np.random.Generator) -> list[Case]:
        return draw_until(lambda: draw(rng), lambda drawn: telling(check(), drawn))

    return cases


def telling(check: Check, cases: Sequence[Case]) -> bool:
    """True when each known mistake is far from right on some case, and is not taken for another."""
    rights = [check.expected(case) for case in cases]
    rows: list[tuple[Misconception, list[Answer]]] = []
    for known in check.misconceptions:
        answers = [_ask(check, known.function, case) for case in cases]
        if not any(map(_is_far, [check] * len(cases), cases, rights, answers)):
            return False
        if any(_like(*row, cases, rights, answers) for row in rows):
            return False
        rows.append((known, answers))
    return True


def _ask(check: Check, function: Callable[..., Any], case: Case) -> Answer:
    """As the judge asks; but where it calls twice, one call is enough here."""
    ask = _call_once if check.ask is call_twice else check.ask
    return ask_here(function, case.args, ask, check.own)


def _call_once(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    answer = function(*args)
    return [answer, answer, list(args)]


def _like(
    known: Misconception,
    its_answers: Sequence[Answer],
    cases: Sequence[Case],
    rights: Sequence[Any],
    answers: Sequence[Answer],
) -> bool:
    """Whether these answers would be given the name of `known`."""
    if known.recognise is None:
        pairs = list(zip(its_answers, answers, strict=True))
        alike = all(_first_alike(one, other) for one, other in pairs)
        return alike and all(coincide(one, other) for one, other in pairs)
    rows = zip(cases, rights, answers, strict=True)
    return all(
        recognised(known.recognise, case.args, right, answer) for case, right, answer in rows
    )


def _first_alike(one: Answer, other: Answer) -> bool:
    """A quick look: whether the values, or the exceptions, agree."""
    if one.raised or other.raised:
        return coincide(one, other)
    return deviation(one.value[0], other.value[0]) <= 1


def _is_far(check: Check, case: Case, right: Any, answer: Answer) -> bool:
    if isinstance(right, ValueError) or answer.raised:
        refused = answer.raised is not None and answer.raised[0] == "ValueError"
        return not (isinstance(right, ValueError) and refused)
    value = answer.value
    if check.ask is call_twice:
        value, _, afterwards = value
        if deviation(list(case.args), afterwards, tolerance=1e-12) > 1:
            return True
    if check.agree is None:
        return deviation(right, value) >= SMALLEST_MARGIN
    told = check.agree(case.args, right, value)
    return (math.inf if isinstance(told, str) else told) >= SMALLEST_MARGIN


def answers_when_it_should_refuse(args, expected, answer):
    """Right wherever there is an answer, and an answer of whatever kind where there should be none."""
    from course_utils.agreement import deviation

    return isinstance(expected, ValueError) or deviation(expected, answer[0]) <= 1


def some_counts(rng: np.random.Generator, low: int, high: int) -> dict[str, int]:
    """A confusion table of four different counts, low ≤ count < high."""
    counts = rng.choice(np.arange(low, high), size=4, replace=False)
    return dict(zip(CELLS, counts.tolist(), strict=True))
