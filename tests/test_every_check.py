"""Every check is itself tested: right answers never lose a point, known mistakes always do, by name."""

from __future__ import annotations

import json
import math
import sys
import time
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.check import SMALLEST_MARGIN, Case, Check, Verdict
from autograder.checks import all_checks
from course_utils.agreement import deviation
from course_utils.asking import Answer, call_twice
from course_utils.plain import Code, decode, encode

SEEDS = range(100)
CHECKS = all_checks()
MISTAKES = [(e, m.name) for e, check in CHECKS.items() for m in check.misconceptions]


@cache
def drawn(exercise: str, seed: int) -> list[Case]:
    return CHECKS[exercise].draw(np.random.default_rng(seed))


def over_the_wire(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value))), allow_code=True)


@pytest.fixture(autouse=True)
def asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version is asked once for each input, however often the same pair is looked at."""
    plain, expected = Check.answer_of, Check.expected
    monkeypatch.setattr(Check, "answer_of", lambda *asked: remembered(plain, *asked))
    monkeypatch.setattr(Check, "expected", lambda *asked: right_answer(expected, *asked))


ANSWERS: dict[Any, Answer] = {}
RIGHTS: dict[int, tuple[Case, Any]] = {}  # a case is kept, so that no other gets its id


def right_answer(plain: Callable, check: Check, case: Case) -> Any:
    if id(case) not in RIGHTS:
        RIGHTS[id(case)] = case, plain(check, case)
    return RIGHTS[id(case)][1]


def remembered(plain: Callable, check: Check, function: Callable, case: Case) -> Answer:
    program = case.args[0] if isinstance(case.args[0], Code) else None
    key = (check.exercise, function, program or id(case))
    if key not in ANSWERS:
        ANSWERS[key] = plain(check, function, case)
    return ANSWERS[key]


def answers(check: Check, function: Callable, cases: list[Case]) -> list[Answer]:
    """Ask as the judge does: arguments and answers cross as plain data."""
    result = []
    for case in cases:
        answer = check.answer_of(function, case)
        if answer.raised:
            result.append(answer)
        else:
            result.append(Answer(value=over_the_wire(answer.value)))
    return result


@pytest.mark.parametrize("exercise", CHECKS)
def test_inputs_cross_the_wire_unchanged(exercise: str) -> None:
    for case in drawn(exercise, 0):
        assert encode(over_the_wire(case.args)) == encode(case.args)


def verdict(exercise: str, function: Callable, seed: int) -> Verdict:
    check, cases = CHECKS[exercise], drawn(exercise, seed)
    return check.verdict(cases, answers(check, function, cases), 8)


def right_versions() -> list[Any]:
    found = []
    for exercise, check in CHECKS.items():
        functions = list(check.accepts)
        if not exercise.partition(".")[2].startswith("find_the_bug"):
            functions.append(check.expect)
        for number, function in enumerate(functions):
            if exercise == "significance.bootstrap_sample" and function is check.expect:
                continue  # its expect takes a seed; the reference itself is tested below
            found.append(pytest.param(exercise, function, id=f"{exercise}-{number}"))
    return found


@pytest.mark.parametrize(("exercise", "function"), right_versions())
def test_a_right_version_is_full_under_every_seed(exercise: str, function: Callable) -> None:
    for seed in SEEDS:
        given = verdict(exercise, function, seed)
        assert given.full, (seed, given.messages)
        assert given.misconception is None


@pytest.mark.parametrize(("exercise", "name"), MISTAKES)
def test_a_known_mistake_loses_points_and_is_named(exercise: str, name: str) -> None:
    (known,) = [m for m in CHECKS[exercise].misconceptions if m.name == name]
    for seed in SEEDS:
        given = verdict(exercise, known.function, seed)
        assert given.points < given.max_points, seed
        assert given.misconception == name, (seed, given)
        assert known.hint in given.messages


@pytest.mark.parametrize(("exercise", "name"), MISTAKES)
def test_a_known_mistake_is_far_from_every_right_answer(exercise: str, name: str) -> None:
    check = CHECKS[exercise]
    (known,) = [m for m in check.misconceptions if m.name == name]
    for seed in range(0, 100, 5):
        cases = drawn(exercise, seed)
        wrong = max(
            map(farness, [check] * len(cases), cases, answers(check, known.function, cases))
        )
        right = 0.0
        for function in check.accepts:
            right = max(
                right, *map(farness, [check] * len(cases), cases, answers(check, function, cases))
            )
        assert right <= 1, (seed, right)
        assert wrong >= SMALLEST_MARGIN * max(right, 1), (seed, wrong, right)


def farness(check: Check, case: Case, answer: Answer) -> float:
    """Deviation of one answer in tolerances: 0 where a refusal is right, infinite where it is not."""
    expected = check.expected(case)
    if isinstance(expected, ValueError) or answer.raised:
        same = (
            isinstance(expected, ValueError) and answer.raised and answer.raised[0] == "ValueError"
        )
        return 0.0 if same else math.inf
    value = answer.value[0] if check.ask is call_twice else answer.value
    if check.agree:
        told = check.agree(case.args, expected, value)
        return math.inf if isinstance(told, str) else told
    return deviation(expected, value)


@pytest.mark.parametrize("exercise", CHECKS)
@pytest.mark.parametrize(
    "answer", [None, 0, 1, float("nan"), "10/10", [], True, False, 10**6], ids=repr
)
def test_a_constant_earns_nothing(exercise: str, answer: Any) -> None:
    for seed in range(10):
        assert verdict(exercise, lambda *args: answer, seed).points == 0


@pytest.mark.parametrize("exercise", CHECKS)
def test_a_blank_earns_nothing(exercise: str) -> None:
    def blank(*args: Any) -> None:
        raise NotImplementedError("write this function first")

    assert verdict(exercise, blank, 0).points == 0


@pytest.mark.parametrize("exercise", CHECKS)
def test_giving_the_input_back_earns_nothing(exercise: str) -> None:
    assert verdict(exercise, lambda *args: args[0] if not callable(args[0]) else 1, 0).points == 0


@pytest.mark.parametrize("exercise", CHECKS)
def test_warnings_and_prints_cost_nothing(exercise: str) -> None:
    right = CHECKS[exercise].accepts[0]

    def noisy(*args: Any) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn("careful", stacklevel=1)
        print("working", file=sys.stderr)
        return right(*args)

    assert verdict(exercise, noisy, 1).full


@pytest.mark.parametrize("exercise", CHECKS)
def test_a_check_changes_when_the_seed_changes_and_only_then(exercise: str) -> None:
    check = CHECKS[exercise]
    texts = [
        json.dumps([encode(case.args) for case in check.draw(np.random.default_rng(seed))])
        for seed in (3, 3, 4)
    ]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize("exercise", CHECKS)
def test_a_check_has_enough_to_say(exercise: str) -> None:
    check = CHECKS[exercise]
    names = [known.name for known in check.misconceptions]
    hints = [known.hint for known in check.misconceptions]
    assert len(names) >= 5
    assert len(set(names)) == len(names)
    assert all(len(hint) > 40 for hint in hints)
    assert len(check.accepts) >= 2


@pytest.mark.parametrize("exercise", CHECKS)
def test_a_function_that_changes_its_arguments_loses_points(exercise: str) -> None:
    right = CHECKS[exercise].accepts[0]
    if not any(isinstance(arg, np.ndarray) for arg in drawn(exercise, 0)[0].args):
        pytest.skip("no argument of this exercise can be changed")

    def careless(*args: Any) -> Any:
        answer = right(*args)
        for arg in args:
            if isinstance(arg, np.ndarray) and arg.size:
                arg[...] = 0
        return answer

    assert not verdict(exercise, careless, 0).full


@pytest.mark.parametrize("exercise", CHECKS)
def test_drawing_and_judging_is_fast_enough_for_a_class(exercise: str) -> None:
    check = CHECKS[exercise]
    begun = time.perf_counter()
    for seed in range(5):
        check.draw(np.random.default_rng(1000 + seed))
    assert (time.perf_counter() - begun) / 5 < 2.0  # a wide margin: typical is a hundredth of it
