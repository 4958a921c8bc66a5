"""Compile the public cases of a topic to data, so that students can check themselves without our code.

For each exercise: inputs, right answers, and what each misconception would answer, drawn once from a
public seed. The hidden check draws the same kinds of cases afresh for each submission.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks import checks_of
from course_utils.asking import portable, shipped
from course_utils.plain import encode

PUBLIC_SEED = 28  # the lecture's number
CASES_PER_PROPERTY = 2


def compile_topic(topic: str, headings: Mapping[str, str]) -> dict[str, Any]:
    """Every exercise of a topic as JSON-able data; `{}` for a topic without checks.

    Args:
        topic: the topic.
        headings: for each function, the heading in the notebook under which it is explained.
    """
    return {
        check.exercise: compile_check(check) | {"reread": headings.get(check.function_name, "")}
        for check in checks_of(topic)
    }


def write_topic(topic: str, folder: Path, headings: Mapping[str, str]) -> Path:
    """Write `folder/<topic>.json` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{topic}.json"
    compiled = compile_topic(topic, headings)
    path.write_text(json.dumps(compiled, separators=(",", ":")) + "\n", encoding="utf-8")
    return path


def compile_check(check: Check) -> dict[str, Any]:
    """One exercise as data: its properties, a few cases with answers, and its misconceptions' answers."""
    cases = _a_few(check, check.draw(np.random.default_rng(PUBLIC_SEED), public=True))
    return {
        "properties": check.properties,
        "ask": shipped(check.ask),
        "not_allowed": list(check.not_allowed),
        "agree": portable(check.agree) if check.agree else None,
        "misconceptions": {
            known.name: {
                "hint": known.hint,
                "recognise": portable(known.recognise) if known.recognise else None,
            }
            for known in check.misconceptions
        },
        "cases": [_compile_case(check, case) for case in cases],
    }


def _a_few(check: Check, cases: list[Case]) -> list[Case]:
    """The first cases of each property, and as many more as it takes to name every misconception."""
    chosen: list[Case] = []
    for name in check.properties:
        chosen += [case for case in cases if case.shows == name][:CASES_PER_PROPERTY]
    for known in check.misconceptions:
        while (named := _named(check, known, chosen)) != known.name:
            rest = [case for case in cases if all(case is not other for other in chosen)]
            found = [(case, _named(check, known, [*chosen, case])) for case in rest]
            telling = [(case, name) for case, name in found if name != named]
            if not telling:
                break
            chosen.append(min(telling, key=lambda pair: pair[1] != known.name)[0])
    return chosen


def _named(check: Check, known: Misconception, cases: list[Case]) -> str | None:
    """The name that these cases give to a misconception; None while they do not catch it."""
    answers = [check.answer_of(known.function, case) for case in cases]
    return check.verdict(cases, answers).misconception


def _compile_case(check: Check, case: Case) -> dict[str, Any]:
    right = check.expected(case)
    mistakes: dict[str, Any] = {}
    for known in check.misconceptions:
        if known.recognise is None:
            answer = check.answer_of(known.function, case)
            if answer.raised:
                mistakes[known.name] = {"raised": answer.raised[0]}
            else:
                first = answer.value[0] if check.twice else answer.value
                mistakes[known.name] = {"value": encode(first)}
    return {
        "shows": case.shows,
        "args": encode(case.args),
        "right": {"refuse": str(right)}
        if isinstance(right, ValueError)
        else {"value": encode(right)},
        "mistakes": mistakes,
    }
