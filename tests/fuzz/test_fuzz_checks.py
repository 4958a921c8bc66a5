"""Absurd answers at every check: a verdict with sentences that can be shown, never an error, never a wait."""

from __future__ import annotations

import json
import random
import warnings
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.check import Case, Check, Verdict
from autograder.checks import all_checks
from autograder.judging.trusted import trusted_answers
from course_utils.asking import Answer
from course_utils.plain import decode, encode
from tests.fuzz.answers import ABSURD, places, with_part
from tests.fuzz.descriptions import description
from tests.fuzz.drawing import Draw

CHECKS = all_checks()
SAMPLE = [
    *random.Random(0).sample(sorted(CHECKS), 24),
    "attention.backpropagate",
    "pretraining.greedy_pretrain",
    "significance.bootstrap_sample",
]
BARE = [decode(json.loads(json.dumps(encode(value)))) for value in ABSURD]  # as they come


@cache
def drawn(exercise: str) -> tuple[list[Case], list[Answer]]:
    """Cases of a check, and the right answers to them."""
    check = CHECKS[exercise]
    cases = check.draw(np.random.default_rng(0))
    answers = []
    for case in cases:
        right = check.expected(case)
        if isinstance(right, ValueError):
            answers.append(Answer(raised=("ValueError", "")))
        else:
            answers.append(Answer(value=[right, right, list(case.args)] if check.twice else right))
    return cases, answers


def verdict_on(check: Check, answers: list[Answer]) -> Verdict:
    cases, _ = drawn(check.exercise)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a judge's process only prints them
        verdict = check.verdict(cases, answers, 8.0)
    assert all(line.isprintable() and len(line) < 2000 for line in verdict.messages)
    assert verdict.full or verdict.messages
    return verdict


def hold_absurd_against(check: Check) -> None:
    """Every absurd value: as each answer, as a pair of answers, and in the place of one part of one."""
    rng = random.Random(check.exercise)
    cases, right = drawn(check.exercise)
    valued = [number for number, answer in enumerate(right) if not answer.raised]
    for value in BARE:
        for whole in (value, [value, value, []]):
            verdict_on(check, [Answer(value=whole)] * len(cases))
        number = rng.choice(valued)
        honest = right[number].value
        place = rng.choice(list(places(honest))[:400])
        answers = [*right]
        answers[number] = Answer(value=with_part(honest, place, value))
        verdict_on(check, answers)


@pytest.mark.parametrize("exercise", SAMPLE[:6] + SAMPLE[-3:])
def test_absurd_answers_get_a_verdict(exercise: str) -> None:
    hold_absurd_against(CHECKS[exercise])


@pytest.mark.slow
@pytest.mark.parametrize("exercise", CHECKS)
def test_absurd_answers_get_a_verdict_from_every_check(exercise: str) -> None:
    hold_absurd_against(CHECKS[exercise])


@given(st.sampled_from(SAMPLE), st.binary(min_size=20, max_size=400), st.booleans())
@settings(derandomize=True, database=None, deadline=None, max_examples=80)
def test_whatever_is_written_on_the_wire_gets_a_verdict(
    exercise: str, data: bytes, twice: bool
) -> None:
    cases, _ = drawn(exercise)
    draw = Draw(data)
    values = [description(draw) for _ in cases]
    replies = [{"value": [value, value, []] if twice else value} for value in values]
    reply = json.loads(json.dumps({"answers": replies}))
    verdict_on(CHECKS[exercise], trusted_answers(reply, len(cases)))
