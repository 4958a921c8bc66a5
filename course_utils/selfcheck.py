"""Check your own function at once, on public examples, and learn why it is wrong.

    selfcheck("significance.accuracy_difference", accuracy_difference)

prints one line for each property, and for a known mistake a hint that names it. When you submit, the
same properties are checked on inputs that nobody has seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.asking import Answer, ask_here, call_twice, load_portable
from course_utils.comparing import coincide, complaint_about, recognised
from course_utils.plain import Code, decode

PUBLIC_CASES = Path(__file__).parent / "public_cases"


class SelfCheckFailed(AssertionError):
    """Some property does not hold yet. Shown in a notebook as one line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class NotWritten(NotImplementedError):
    """The function still raises NotImplementedError. Shown as one line too."""

    def _render_traceback_(self) -> list[str]:
        return [f"NotImplementedError: {self}"]


def selfcheck(
    exercise: str, function: Callable[..., Any], *, own: Callable[..., Any] | None = None
) -> None:
    """Print what already holds and what does not; raise SelfCheckFailed if anything does not.

    `own` is needed by the exercises in which you judge other people's versions of a function: it is
    your version of it.
    """
    public = _load(exercise)
    ask = load_portable(public["ask"]) if public["ask"] else call_twice
    agree = load_portable(public["agree"]) if public["agree"] else None
    complaints: dict[str, tuple[str, dict[str, Any], Answer]] = {}
    answers = []
    for case in public["cases"]:
        args = decode(case["args"], allow_code=True)
        answer = ask_here(function, args, ask, own)
        if answer.raised and answer.raised[0] == "NotImplementedError":
            raise NotWritten(f"{function.__name__} is not written yet")
        right = _right(case)
        complaint = complaint_about(args, right, answer, agree, twice=ask is call_twice)
        answers.append((case, args, right, answer, complaint))
        if complaint:
            complaints.setdefault(case["shows"], (complaint, case, answer))
    for name, sentence in public["properties"].items():
        print(f"{'✗' if name in complaints else '✓'} {function.__name__} {sentence}")
        if name in complaints:
            print(_explain(*complaints[name], twice=ask is call_twice))
    if complaints:
        for hint in _hints(public["misconceptions"], answers, twice=ask is call_twice):
            print(f"\nHint: {hint}")
        count = len(complaints)
        raise SelfCheckFailed(
            f"{count} {'property does' if count == 1 else 'properties do'} not hold yet"
        )


def _load(exercise: str) -> dict[str, Any]:
    topic = exercise.partition(".")[0]
    path = PUBLIC_CASES / f"{topic}.json"
    if not path.exists():
        raise FileNotFoundError(
            f"no public cases for {topic!r}: run `course build` once to make them"
        )
    public = json.loads(path.read_text(encoding="utf-8"))
    if exercise not in public:
        raise KeyError(f"no exercise {exercise!r}; {topic} has: {', '.join(public)}")
    return public[exercise]


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
    if mistake["recognise"]:
        return recognised(load_portable(mistake["recognise"]), args, right, answer)
    told = case["mistakes"][name]
    if twice and not answer.raised:
        answer = Answer(value=answer.value[0])
    raised = (told["raised"], "") if "raised" in told else None
    return coincide(Answer(value=decode(told.get("value")), raised=raised), answer)


def _explain(complaint: str, case: dict[str, Any], answer: Answer, *, twice: bool) -> str:
    """Show the failing example: what went in, what should come out, what came out."""
    args = decode(case["args"], allow_code=True)
    lines = [complaint, "input:    " + ", ".join(map(_short, args))]
    right = _right(case)
    if not isinstance(right, ValueError) and answer.raised is None:
        given = answer.value[0] if twice else answer.value
        lines += [f"expected: {_short(right)}", f"got:      {_short(given)}"]
    return "\n".join("    " + line for line in lines)


def _short(value: Any) -> str:
    """A value in one line of at most 100 characters."""
    if isinstance(value, Code):
        return f"the candidate `{value.name}`"
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, threshold=12, edgeitems=3, suppress=True):
            shown = np.array2string(value, separator=", ").replace("\n", "")
            text = f"array{value.shape} {' '.join(shown.split())}"
    else:
        text = repr(value)
    return text if len(text) <= 100 else text[:97] + "…"
