"""Every check is itself tested: right versions never lose a point, known mistakes always do, by name.

Nothing here names a topic: a new check is covered as soon as it exists. For each exercise every version
is asked on the draws of many seeds, once, in `trial`; the tests look at what came of it. `make test`
takes 5 seeds, `make test-all` 100 (COURSE_SEEDS). Under these (at most ten), questions and answers travel as
JSON, as they do when a submission is judged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pytest
import torch
from tqdm import tqdm

from autograder.check import SMALLEST_MARGIN, Case, Check, Verdict
from autograder.checks import all_checks
from autograder.inside.answers import _ask
from autograder.judging.trusted import trusted_answers
from autograder.lint.checks import (
    given_away,
    lines_of_reference,
    lines_of_solution,
    problems_of_check,
)
from autograder.lint.margins import distance, margin, right_versions
from autograder.sandboxes.sandbox import Budgets
from course_utils.asking import Answer, shipped
from course_utils.comparing import value_of
from course_utils.plain import Code, encode

SEEDS = range(int(os.environ.get("COURSE_SEEDS", "5")))
JUDGED = SEEDS[:10]
CHECKS = all_checks()
MAX_POINTS = 8.0
WALLS = Budgets().limits()


def as_text(case: Case) -> str:
    return json.dumps(encode(case.args))


def ask_as_judged(
    check: Check, function: Callable[..., Any], inputs: Sequence[str]
) -> list[Answer]:
    """Ask a function as a submission is asked: everything crosses as JSON, but in this process."""
    request = {
        "function": check.function_name,
        "ask": shipped_ask(check.exercise),
        "not_allowed": check.not_allowed,
    }
    namespace = {check.function_name: function}
    replies = [_ask(namespace, request, json.loads(text), WALLS) for text in inputs]
    return trusted_answers(json.loads(json.dumps({"answers": replies})), len(inputs))


@cache
def shipped_ask(exercise: str) -> str:
    return shipped(CHECKS[exercise].ask)


@dataclass(frozen=True, eq=False)
class Remembering(Check):
    """A check that asks each version once for each case of a draw."""

    memory: dict[Any, Any] = field(default_factory=dict)
    as_judged: bool = True

    def expected(self, case: Case) -> Any:
        return self._once(("expected", id(case)), lambda: Check.expected(self, case))

    def answer_of(self, function: Callable[..., Any], case: Case) -> Answer:
        key = ("answer", function, _program(case) or id(case))
        return self._once(key, lambda: self._asked(function, case))

    def _asked(self, function: Callable[..., Any], case: Case) -> Answer:
        if not self.as_judged:
            return Check.answer_of(self, function, case)
        text = self._once(("text", id(case)), lambda: as_text(case))
        return ask_as_judged(self, function, [text])[0]

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in self.memory:
            self.memory[key] = make()
        return self.memory[key]

    def forget_inputs(self) -> None:
        """Before the next draw; but programs come again."""
        for key in [key for key in self.memory if not isinstance(key[-1], Code)]:
            del self.memory[key]


def remembering(check: Check) -> Remembering:
    known = Remembering(**{part.name: getattr(check, part.name) for part in fields(Check)})
    known = replace(known, not_allowed=())  # watching every call is slow, and tested elsewhere
    agree = check.agree
    if agree is None:
        return known

    def agree_once(args: Any, right: Any, value: Any) -> float | str:
        return known._once(("agree", id(value)), lambda: agree(args, right, value))

    return replace(known, agree=agree_once)


def _program(case: Case) -> Code | None:
    return next((arg for arg in case.args if isinstance(arg, Code)), None)


@dataclass
class Outcome:
    """What one version got under one seed, and how far it was from right, in tolerances."""

    verdict: Verdict
    deviation: float


@cache
def trial(exercise: str) -> dict[str, list[Outcome]]:
    """The outcomes of every version of an exercise, seed by seed."""
    check = remembering(CHECKS[exercise])
    versions = right_versions(check) | {
        known.name: known.function for known in check.misconceptions
    }
    outcomes: dict[str, list[Outcome]] = {name: [] for name in versions}
    for seed in SEEDS:
        check = replace(check, as_judged=seed in JUDGED)
        cases = check.draw(np.random.default_rng(seed))
        for name, version in versions.items():
            answers = [check.answer_of(version, case) for case in cases]
            farthest = max(
                distance(check, case, answer) for case, answer in zip(cases, answers, strict=True)
            )
            outcomes[name].append(Outcome(check.verdict(cases, answers, MAX_POINTS), farthest))
        check.forget_inputs()
    return outcomes


def judge(exercise: str, function: Callable[..., Any], seed: int = 0) -> Verdict:
    check = CHECKS[exercise]
    cases, texts = drawn(exercise, seed)
    return check.verdict(cases, ask_as_judged(check, function, texts), MAX_POINTS)


@lru_cache(maxsize=8)  # many versions of one exercise are judged on the same draw
def drawn(exercise: str, seed: int) -> tuple[list[Case], list[str]]:
    cases = CHECKS[exercise].draw(np.random.default_rng(seed))
    return cases, [as_text(case) for case in cases]


RIGHT = [(exercise, name) for exercise, check in CHECKS.items() for name in right_versions(check)]
MISTAKES = [(exercise, m.name) for exercise, check in CHECKS.items() for m in check.misconceptions]
EXERCISES = pytest.mark.parametrize("exercise", CHECKS)


@pytest.mark.parametrize(("exercise", "name"), RIGHT)
def test_a_right_version_gets_everything_under_every_seed(exercise: str, name: str) -> None:
    for seed, outcome in zip(SEEDS, trial(exercise)[name], strict=True):
        assert outcome.verdict.full, (seed, outcome.verdict.messages)
        assert outcome.verdict.messages == [] and outcome.verdict.misconception is None


@pytest.mark.parametrize(("exercise", "name"), MISTAKES)
def test_a_known_mistake_loses_points_and_is_named_under_every_seed(
    exercise: str, name: str
) -> None:
    (known,) = [m for m in CHECKS[exercise].misconceptions if m.name == name]
    for seed, outcome in zip(SEEDS, trial(exercise)[name], strict=True):
        assert outcome.verdict.points < MAX_POINTS, seed
        assert outcome.verdict.misconception == name, (seed, outcome.verdict)
        assert outcome.verdict.messages[-1] == known.hint


@pytest.mark.parametrize(("exercise", "name"), MISTAKES)
def test_a_known_mistake_is_far_from_every_right_version(exercise: str, name: str) -> None:
    outcomes = trial(exercise)
    for seed in SEEDS:
        right = max(
            outcomes[version][seed].deviation for version in right_versions(CHECKS[exercise])
        )
        wrong = outcomes[name][seed].deviation
        assert right <= 1 and margin(wrong, right) >= SMALLEST_MARGIN, (seed, right, wrong)


WORTHLESS = {
    "None": lambda *args: None,
    "0": lambda *args: 0,
    "1": lambda *args: 1,
    "0.5": lambda *args: 0.5,
    "nan": lambda *args: float("nan"),
    "inf": lambda *args: np.inf,
    "10/10": lambda *args: "10/10",
    "True": lambda *args: True,
    "False": lambda *args: False,
    "a huge integer": lambda *args: 10**400,
    "an empty list": lambda *args: [],
    "its first argument": lambda *args: args[0],
    "its arguments": lambda *args: args,
    "an object": lambda *args: object(),
    "zeros like its first argument": lambda *args: (
        0 * args[0] if isinstance(args[0], np.ndarray | torch.Tensor) else np.zeros(3)
    ),
    "a function": lambda *args: lambda *others: True,
}


@EXERCISES
@pytest.mark.parametrize("name", WORTHLESS)
def test_answers_that_compute_nothing_earn_nothing(exercise: str, name: str) -> None:
    for seed in range(3):
        verdict = judge(exercise, WORTHLESS[name], seed)
        assert verdict.points == 0 and verdict.messages


@EXERCISES
def test_a_blank_earns_nothing(exercise: str) -> None:
    def blank(*args: Any) -> Any:
        raise NotImplementedError("write this function first")

    assert judge(exercise, blank).points == 0


@EXERCISES
def test_refusing_everything_earns_nothing(exercise: str) -> None:
    def refuse(*args: Any) -> Any:
        raise ValueError("no")

    assert judge(exercise, refuse).points == 0


@EXERCISES
def test_answers_remembered_from_another_draw_earn_nothing(exercise: str) -> None:
    check = CHECKS[exercise]
    values = [check.expected(case) for case in check.draw(np.random.default_rng(1))]
    values = [value_of(value) for value in values if not isinstance(value, ValueError)]
    if all(isinstance(value, bool) for value in values) or check.agree:
        pytest.skip("an answer is yes or no, or random: constants are tested above")
    for value in values:
        assert judge(exercise, lambda *args, value=value: value, seed=2).points == 0


@EXERCISES
def test_noise_costs_nothing(exercise: str, capsys: pytest.CaptureFixture[str]) -> None:
    right = CHECKS[exercise].accepts[0]

    def noisy(*args: Any, unused: int = 3) -> Any:
        with warnings.catch_warnings(record=True):
            warnings.simplefilter("always")
            warnings.warn("careful", stacklevel=1)
        print("10/10\n" * 100, file=sys.stderr)
        print("working")
        for _ in tqdm(range(3)):
            pass
        return right(*args)

    verdict = judge(exercise, noisy)
    assert verdict.full and verdict.messages == []
    assert "working" in capsys.readouterr().out


@EXERCISES
def test_changing_an_argument_is_caught(exercise: str) -> None:
    right = CHECKS[exercise].accepts[0]
    changed = []

    def careless(*args: Any) -> Any:
        answer = right(*args)
        for arg in args:
            if isinstance(arg, np.ndarray | torch.Tensor) and arg.shape != (0,):
                with torch.no_grad():
                    arg[...] = 0 if arg.any() else 1
                changed.append(arg)
        return answer

    verdict = judge(exercise, careless)
    if not changed:
        pytest.skip("no argument of this exercise can be changed")
    assert not verdict.full
    assert any("it changes one of its arguments" in sentence for sentence in verdict.messages)


@EXERCISES
def test_another_answer_at_the_second_call_is_caught(exercise: str) -> None:
    if not CHECKS[exercise].twice:
        pytest.skip("this exercise is asked in its own way")
    right, calls = CHECKS[exercise].accepts[0], []

    def forgetful(*args: Any) -> Any:
        calls.append(1)
        return right(*args) if len(calls) % 2 else None

    assert judge(exercise, forgetful).points == 0


@EXERCISES
def test_a_draw_depends_on_its_seed_and_on_nothing_else(exercise: str) -> None:
    check = CHECKS[exercise]
    texts = ["".join(map(as_text, check.draw(np.random.default_rng(seed)))) for seed in (3, 3, 4)]
    assert texts[0] == texts[1] != texts[2]
    assert len(texts[0]) < 400_000, "the inputs are large to send"


@EXERCISES
def test_a_check_has_enough_to_say(exercise: str) -> None:
    assert list(problems_of_check(CHECKS[exercise])) == []


@EXERCISES
def test_a_check_does_not_give_the_solution_away(exercise: str) -> None:
    check = CHECKS[exercise]
    lines = [*lines_of_reference(check), *lines_of_solution(check)]
    assert list(given_away(check, lines)) == []


def seconds(action: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


@cache
def seconds_to_start() -> float:
    """What each submission costs at least: a process that can run it."""
    program = [sys.executable, "-c", "import torch, course_utils.gpt"]
    return seconds(lambda: subprocess.run(program, check=True))


@EXERCISES
def test_drawing_and_weighing_is_fast_enough_for_a_class(exercise: str) -> None:
    check = CHECKS[exercise]

    def weigh(seed: int) -> None:
        cases = check.draw(np.random.default_rng(1000 + seed))
        check.verdict(cases, [check.answer_of(check.accepts[0], case) for case in cases])

    fastest = min(seconds(lambda n=n: weigh(n)) for n in range(4))
    assert fastest < seconds_to_start()  # typical is a twentieth of it
