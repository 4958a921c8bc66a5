"""The learner of the samples: every function makes a mistake that its check names."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import all_checks
from autograder.course import TOPICS

CHECKS = all_checks()


def learners_functions() -> dict[str, Callable[..., Any]]:
    """By exercise; what a function calls for help is no exercise."""
    topics = {exercise.partition(".")[0] for exercise in CHECKS}
    found = {}
    for topic in (topic for topics_of_unit in TOPICS.values() for topic in topics_of_unit):
        if topic in topics:
            module = importlib.import_module(f"autograder.samples.{topic}")
            for name, function in inspect.getmembers(module, inspect.isfunction):
                found[f"{topic}.{name}"] = function
    return {exercise: function for exercise, function in found.items() if exercise in CHECKS}


FUNCTIONS = learners_functions()


def test_every_topic_has_a_learner() -> None:
    topics = {exercise.partition(".")[0] for exercise in CHECKS}
    assert {exercise.partition(".")[0] for exercise in FUNCTIONS} == topics


@pytest.mark.parametrize("exercise", sorted(FUNCTIONS))
def test_the_learners_mistake_is_named(exercise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check = CHECKS[exercise]
    sample = importlib.import_module(f"autograder.samples.{check.topic}")
    library = importlib.import_module(f"course_utils.{check.topic}")
    for name in set(library.__all__) - set(
        vars(sample)
    ):  # earlier exercises, right in the notebook
        monkeypatch.setattr(sample, name, getattr(library, name), raising=False)
    for seed in range(10):
        cases = check.draw(np.random.default_rng(seed))
        answers = [check.answer_of(FUNCTIONS[exercise], case) for case in cases]
        verdict = check.verdict(cases, answers)
        assert not verdict.full and verdict.misconception, verdict.messages
