"""Functions of tensors are asked for values and gradients; dataclasses are built from dicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from autograder.check import Case, Check, Misconception, Verdict
from course_utils.asking import (
    call_twice_with_gradients,
    call_twice_with_weight_gradients,
    load_ask,
    shipped,
)
from course_utils.asking_torch import value_and_gradients, value_and_weight_gradients


def cube(x: Tensor) -> Tensor:
    return x * x * x


def draw(rng: np.random.Generator) -> list[Case]:
    return [Case((torch.from_numpy(rng.normal(size=(2, 3))),), "value")]


CHECK = Check(
    "gpt.cube",
    {"value": "gives x³"},
    draw,
    value_and_gradients(cube),
    [Misconception("square", lambda x: x * x, "this is x²")],
    ask=call_twice_with_gradients,
)


def verdict(function: Callable[..., Any]) -> Verdict:
    cases = CHECK.draw(np.random.default_rng(0))
    return CHECK.verdict(cases, [CHECK.answer_of(function, case) for case in cases])


def test_gradients_are_those_of_calculus() -> None:
    x = torch.tensor([0.5, -2.0], dtype=torch.float64)
    outcome = value_and_gradients(cube)(x)
    weights = torch.cos(torch.tensor([1.0, 2.0], dtype=torch.float64))
    assert torch.allclose(outcome["value"], x**3)
    assert torch.allclose(outcome["gradients"][0], weights * 3 * x**2)


def test_a_right_function_is_full_and_a_mistake_is_named() -> None:
    assert verdict(lambda x: x**3).full
    assert verdict(lambda x: x * x).misconception == "square"


def in_place(x: Tensor) -> Tensor:
    answer = x * x * x
    x *= 2
    return answer


MESSAGES = {
    "gradients are not": lambda x: cube(x.detach()),
    "changes one of its arguments": in_place,
    "shape": lambda x: cube(x)[0],
    "the values differ": lambda x: cube(x) + 1,
}


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_wrong_is_said(message: str) -> None:
    wrong = verdict(MESSAGES[message])
    assert wrong.points == 0 and message in wrong.messages[0]


def test_a_function_that_remembers_is_caught() -> None:
    calls = []

    def forgetful(x: Tensor) -> Tensor:
        calls.append(1)
        return cube(x) if len(calls) % 2 else x

    assert "a second time" in verdict(forgetful).messages[0]


def test_a_missing_gradient_is_zero() -> None:
    outcome = value_and_gradients(lambda x, y: x + 0 * y.detach())(torch.ones(2), torch.ones(2))
    assert outcome["gradients"][1].tolist() == [0, 0]


def test_a_gradient_towards_data_does_not_matter_where_the_weights_are_asked_for() -> None:
    args = (torch.tensor([2.0]), torch.tensor([3.0]))
    asked = call_twice_with_weight_gradients(lambda x, w: x.detach() * w, args)
    wanted = value_and_weight_gradients(lambda x, w: x * w)(*args)
    assert asked == [wanted, wanted, list(args)]
    assert len(wanted["gradients"]) == 1
    assert load_ask(shipped(call_twice_with_weight_gradients)) is call_twice_with_weight_gradients


def test_dataclasses_are_built_from_dicts() -> None:
    config = {
        "class": "course_utils.gpt.weights.Config",
        **{"num_layers": 1, "num_heads": 1, "width": 4, "vocabulary_size": 5, "num_positions": 3},
    }
    seen = []
    call_twice_with_gradients(lambda config: seen.append(config.inner_width), (config,))
    assert seen == [16, 16]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no GPU")
def test_the_second_call_is_on_the_gpu() -> None:
    places: list[str] = []

    def spy(x: Tensor) -> Tensor:
        places.append(x.device.type)
        return cube(x)

    assert verdict(spy).full and places == ["cpu", "cuda"]
