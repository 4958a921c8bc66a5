"""Hold one answer against the right one, and say in half a sentence what is wrong with it.

Used by the student's self-check and by the judge, so that both say the same. No sentence gives away an
input or a value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.agreement import describe, deviation, explain
from course_utils.asking import Answer
from course_utils.plain import Code
from course_utils.readable import one_line

Agree = Callable[..., float | str]  # a deviation, or what is wrong in words
LONGEST_COMPLAINT = 400  # characters: a check's own words may hold what the student returned


def complaint_about(
    args: tuple[Any, ...],
    right: Any,
    answer: Answer,
    agree: Agree | None,
    *,
    twice: bool,
    random: bool = False,
) -> str | None:
    """None when the answer is right; otherwise what is wrong, without a full stop."""
    if answer.missing:
        return answer.missing
    if isinstance(right, ValueError):
        return _complaint_about_refusal(answer)
    if answer.raised:
        kind, message = answer.raised
        if kind == "NotAllowed":
            return message
        return f"it raised {kind}: {message}" if message else f"it raised {kind}"
    if not twice:
        return _complaint_about_value(args, right, answer.value, agree, own_ask=True, random=random)
    if not isinstance(answer.value, list) or len(answer.value) != 3:
        return "no answer came back"
    first, second, arguments = answer.value
    complaint = _complaint_about_value(args, value_of(right), value_of(first), agree)
    if complaint:
        return complaint
    if _changed(args, arguments):
        return "it changes one of its arguments"
    if _gradients_differ(right, first):
        return "the values are right and their gradients are not"
    again = _complaint_about_value(args, value_of(right), value_of(second), agree)
    if again or _gradients_differ(right, second):
        return "called a second time with the same arguments, it gives another answer"
    return None


def value_of(outcome: Any) -> Any:
    """The value, where an ask brings value and gradients."""
    return outcome["value"] if _has_gradients(outcome) else outcome


def _has_gradients(outcome: Any) -> bool:
    return isinstance(outcome, dict) and outcome.keys() == {"value", "gradients"}


def _gradients_differ(right: Any, outcome: Any) -> bool:
    if not _has_gradients(right):
        return False
    return not _has_gradients(outcome) or deviation(right["gradients"], outcome["gradients"]) > 1


def coincide(mistake: Answer, answer: Answer) -> bool:
    """True when a known mistake would have answered just as this student did."""
    if mistake.raised or answer.raised:
        return bool(mistake.raised and answer.raised and mistake.raised[0] == answer.raised[0])
    if mistake.missing or answer.missing:
        return False
    pair = (mistake.value, answer.value)
    if all(isinstance(value, list) and len(value) == 3 for value in pair):
        firsts = [
            value[0] for value in pair
        ]  # mostly these differ already, and arguments are large
        if deviation(*firsts) > 1:
            return False
    return deviation(*pair) <= 1


def recognised(
    recognise: Callable[..., bool], args: tuple[Any, ...], right: Any, answer: Answer
) -> bool:
    """Ask a misconception's own recogniser; an answer of an unexpected kind is not recognised."""
    if answer.raised or answer.missing:
        return False
    if isinstance(right, list) and not isinstance(answer.value, list):
        return False  # an array would be looked at row by row, however many there are
    try:
        return bool(recognise(args, right, answer.value))
    except Exception:  # an answer of a kind that its author never thought of
        return False


def _complaint_about_refusal(answer: Answer) -> str | None:
    if answer.raised is None:
        return "it should raise ValueError, and it returned an answer"
    if answer.raised[0] != "ValueError":
        return f"it should raise ValueError, and it raised {answer.raised[0]}"
    return None


def _complaint_about_value(
    args: tuple[Any, ...],
    right: Any,
    value: Any,
    agree: Agree | None,
    *,
    own_ask: bool = False,
    random: bool = False,
) -> str | None:
    if agree is None:
        return None if deviation(right, value) <= 1 else explain(right, value)
    try:
        verdict = agree(args, right, value)
        if isinstance(verdict, str) or verdict <= 1:
            return one_line(verdict)[:LONGEST_COMPLAINT] if isinstance(verdict, str) else None
    except Exception:  # an answer of a kind that its author never thought of
        pass
    if own_ask and isinstance(value, list) and value and describe(value) != describe(right):
        value = value[0]  # of several answers
    if random and describe(right) == describe(value):
        return "such values are all but impossible for a right answer"
    return explain(right, value)


def _changed(args: tuple[Any, ...], afterwards: Any) -> bool:
    if not isinstance(afterwards, list) or len(afterwards) != len(args):
        return True
    pairs = zip(args, afterwards, strict=True)
    return any(
        deviation(arg, after, tolerance=1e-12) > 1
        for arg, after in pairs
        if not isinstance(arg, Code)
    )
