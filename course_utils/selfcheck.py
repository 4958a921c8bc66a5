"""Check your own function at once, on public examples, and learn why it is wrong.

    selfcheck("significance.accuracy_difference", accuracy_difference)

shows one line for each property, the first call that went wrong, and for a known mistake a hint that
names it. When you submit, the same properties are checked on inputs that nobody has seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_utils.agreement import describe
from course_utils.asking import TWICE, Answer, as_sent, ask_here, load_ask, load_portable
from course_utils.comparing import coincide, complaint_about, recognised, value_of
from course_utils.plain import Code, decode
from course_utils.selfcheck_question import question, short
from course_utils.selfcheck_report import Example, Property, Report

PUBLIC_CASES = Path(__file__).parent / "public_cases"


class OneLine(Exception):
    """Shown in a notebook as one line, without a traceback."""

    shown_as = ""

    def _render_traceback_(self) -> list[str]:
        return [f"{self.shown_as or type(self).__name__}: {self}"]


class SelfCheckFailed(OneLine, AssertionError):
    """Some property does not hold yet."""


class NotWritten(OneLine, NotImplementedError):
    """The function still raises NotImplementedError."""

    shown_as = "NotImplementedError"


class CannotCheck(OneLine, ValueError):
    """There is nothing to check, or nothing to check it with."""


def selfcheck(
    exercise: str, function: Callable[..., Any], *, own: Callable[..., Any] | None = None
) -> None:
    """Show what already holds and what does not; raise SelfCheckFailed if anything does not.

    `own` is needed by the exercises in which you judge other people's versions of a function: it is
    your version of it. It has to pass its own self-check first, because the others are built from it.
    """
    from IPython.display import display

    report = examine(exercise, function, own=own)
    display(report)
    if report.failed:
        raise SelfCheckFailed(report.summary)


def examine(
    exercise: str, function: Callable[..., Any], *, own: Callable[..., Any] | None = None
) -> Report:
    """Ask the function every public case, and return what was found. Arguments as in `selfcheck`.

    Raises:
        CannotCheck: no such exercise, no function, or none of one's own where it is needed.
        NotWritten: the function raises NotImplementedError.
    """
    public = _load(exercise)
    title = exercise.partition(".")[2]
    if not callable(function):
        raise CannotCheck(f"selfcheck needs the function {title} itself, not {describe(function)}")
    ask = load_ask(public["ask"])
    twice = public["ask"] in TWICE
    agree = load_portable(public["agree"]) if public["agree"] else None
    known = public["misconceptions"].values()
    random = agree is not None and any(mistake["recognise"] for mistake in known)
    if own is not None:
        _check_first(own, exercise)
    wrong: dict[str, Example] = {}
    answers = []
    for case in public["cases"]:
        args = decode(case["args"], allow_code=True)
        if not callable(own) and any(
            isinstance(arg, Code) and "own(" in arg.source for arg in args
        ):
            raise CannotCheck(f"{title} judges versions of a function: hand yours in with own=…")
        answer = ask_here(function, args, ask, own, public["not_allowed"])
        if answer.raised and answer.raised[0] == "NotImplementedError":
            raise NotWritten(f"{title} is not written yet")
        answer = as_sent(answer)
        right = _right(case)
        complaint = complaint_about(args, right, answer, agree, twice=twice, random=random)
        answers.append((case, args, right, answer, complaint))
        if complaint and case["shows"] not in wrong:
            called, inputs = question(title, function, args, None if twice else public["ask"])
            expected, got = _told(right, answer, twice, random)
            wrong[case["shows"]] = Example(complaint, called, inputs, expected, got)
    properties = [Property(told, wrong.get(name)) for name, told in public["properties"].items()]
    hints = _hints(public["misconceptions"], answers, twice=twice) if wrong else []
    return Report(title, properties, hints, public["reread"])


def _check_first(own: Callable[..., Any], exercise: str) -> None:
    """Check the function that an exercise builds on, in silence, if it is an exercise itself."""
    topic, _, title = exercise.partition(".")
    name = getattr(own, "__name__", "")
    if name == title or f"{topic}.{name}" not in _read(topic):
        return
    try:
        passes = not examine(f"{topic}.{name}", own).failed
    except NotWritten:
        raise NotWritten(f"{name} is not written yet, and {title} is checked with it") from None
    if not passes:
        raise CannotCheck(
            f"{title} is checked with your own {name}, which does not pass its self-check yet: "
            "mend it first"
        )


def _load(exercise: str) -> dict[str, Any]:
    public = _read(exercise.partition(".")[0])
    if exercise not in public:
        raise CannotCheck(f"no exercise {exercise!r}; there is: {', '.join(public)}")
    return public[exercise]


def _read(topic: str) -> dict[str, Any]:
    path = PUBLIC_CASES / f"{topic}.json"
    if not path.is_file():
        raise CannotCheck(
            f"no public cases for {topic!r} in {PUBLIC_CASES}: `course build` makes them, and a "
            "bundle brings them along"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def _right(case: dict[str, Any]) -> Any:
    right = case["right"]
    return ValueError(right["refuse"]) if "refuse" in right else decode(right["value"])


def _hints(known: dict[str, Any], answers: list[Any], *, twice: bool) -> list[str]:
    """The hint of the first known mistake that would have answered every case in the same way."""
    valued = [row for row in answers if not isinstance(row[2], ValueError)]
    for rows in (answers, valued):
        for name, mistake in known.items():
            if any(row[4] for row in rows) and all(
                _same(name, mistake, *row[:4], twice=twice) for row in rows
            ):
                return [mistake["hint"]]
    return []


def _same(
    name: str, mistake: Any, case: Any, args: Any, right: Any, answer: Answer, *, twice: bool
) -> bool:
    if answer.missing:
        return False
    if mistake["recognise"]:
        return recognised(load_portable(mistake["recognise"]), args, right, answer)
    told = case["mistakes"][name]
    if twice and not answer.raised:
        answer = Answer(value=answer.value[0])
    raised = (told["raised"], "") if "raised" in told else None
    return coincide(Answer(value=decode(told.get("value")), raised=raised), answer)


def _told(right: Any, answer: Answer, twice: bool, random: bool) -> tuple[str | None, str | None]:
    """What should come out, and what came out, where that can be told."""
    if isinstance(right, ValueError) or answer.raised or answer.missing:
        return None, None
    got = answer.value
    if isinstance(got, list) and got and (twice or not isinstance(right, list)):
        got = got[0]  # it was asked several times
    # one of many right answers would mislead
    return None if random else short(value_of(right)), short(value_of(got))
