"""Read what a student process answered: nothing in it is believed but its form, and its words are bounded."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from autograder.check import Case
from autograder.inside.told import NOTHING_CAME, OUR_REASONS, not_there
from course_utils.asking import Answer
from course_utils.plain import Code, NotPlain, decode
from course_utils.readable import one_line


def trusted_answers(reply: Any, count: int) -> list[Answer]:
    """Read what came back as answers. Whatever is not of the agreed form is no answer."""
    listed = reply.get("answers") if isinstance(reply, dict) else None
    if not isinstance(listed, list) or len(listed) != count:
        return [Answer(missing=NOTHING_CAME)] * count
    return [_trusted_answer(item) for item in listed]


def _trusted_answer(item: Any) -> Answer:
    match item:
        case {"value": described}:
            try:
                return Answer(value=decode(described))
            except NotPlain as error:
                return Answer(missing=f"the answer cannot be read: {error}")
        case {"raised": [str(kind), str(message)]}:
            return Answer(raised=(one_line(kind[:80]), one_line(message[:300])))
        case {"missing": str(reason)}:
            return Answer(missing=one_line(reason[:300]))
    return Answer(missing=NOTHING_CAME)


def shows_programs(cases: Sequence[Case]) -> bool:
    """Whether a student's function is given somebody's programs, right ones among them, to judge."""
    return any(isinstance(arg, Code) and arg.secret for case in cases for arg in case.args)


def silent(answer: Answer, function: str) -> Answer:
    """An answer without words of the student's own: they could pass on the program that was judged."""
    if answer.raised:
        kind = answer.raised[0] if hasattr(builtins, answer.raised[0]) else "an exception"
        return Answer(raised=(kind, ""))
    reason = answer.missing or ""
    if reason and reason != not_there(function) and not OUR_REASONS.fullmatch(reason):
        return Answer(missing=NOTHING_CAME)
    return answer
