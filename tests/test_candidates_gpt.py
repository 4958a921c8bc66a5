"""The candidates that testers of layer_norm are graded on: each label holds against torch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks._gpt.candidates import POOL, PUBLIC, Candidate

SHAPES = ((7,), (2,), (3, 5), (5, 5), (2, 3, 7), (3, 2, 5))
Inputs = tuple[Tensor, Tensor, Tensor, float]


def library(x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    return F.layer_norm(x, x.shape[-1:], gain, bias, eps)


def inputs_of(shape: tuple[int, ...], eps: float, seed: int) -> Inputs:
    generator = torch.Generator().manual_seed(seed)
    x, gain, bias = (
        torch.randn(*size, generator=generator, dtype=torch.float64)
        for size in (shape, shape[-1:], shape[-1:])
    )
    return x + 1, gain + 2, bias, eps


def outcome(function: Callable[..., Any], inputs: Inputs) -> list[Tensor]:
    """Value, gradients, and the arguments afterwards."""
    *tensors, eps = inputs
    handed = [tensor.clone().requires_grad_() for tensor in tensors]
    value = function(*handed, eps)
    steps = torch.arange(value.numel(), dtype=torch.float64).reshape(value.shape)
    gradients = torch.autograd.grad((value * torch.cos(steps)).sum(), handed)
    return [value, *gradients, *handed]


def is_off(function: Callable[..., Any], inputs: Inputs) -> bool:
    """Whether anything is off by more than 1e-5 (1 + |right|), or the candidate raises."""
    try:
        given = outcome(function, inputs)
    except Exception:
        return True
    pairs = list(zip(given, outcome(library, inputs), strict=True))
    return not all(a.shape == b.shape and torch.allclose(a, b, 1e-5, 1e-5) for a, b in pairs)


def tried() -> list[Inputs]:
    """Every shape with every eps, and all over again with other numbers."""
    return [
        inputs_of(shape, eps, seed)
        for seed in range(5)
        for shape in SHAPES
        for eps in (1e-5, 0.1, 0.7)
    ]


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    function = candidate.code.load(library)
    assert any(is_off(function, inputs) for inputs in tried()) == candidate.wrong


def plain(inputs: Inputs) -> Inputs:
    x, gain, bias, eps = inputs
    return x, torch.ones_like(gain), torch.zeros_like(bias), eps


RIGHT_ON = {
    "eps": lambda inputs: (*inputs[:3], 1e-12),
    "batch": lambda inputs: inputs if inputs[0].ndim == 1 else None,
    "three": lambda inputs: inputs if inputs[0].ndim < 3 else None,
}
LIMITED = [c for c in [*POOL, *PUBLIC] if c.shows in RIGHT_ON]


@pytest.mark.parametrize("candidate", LIMITED, ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_wrong_only_where_its_name_says(candidate: Candidate) -> None:
    function = candidate.code.load(library)
    spared = [RIGHT_ON[candidate.shows](inputs) for inputs in tried()]
    assert any(spared)
    # two numbers can lie so close together that even 1e-12 matters
    spared = [inputs for inputs in spared if inputs and inputs[0].shape[-1] > 2]
    assert not any(is_off(function, inputs) for inputs in spared)


@pytest.mark.parametrize("shows", ["gain", "gradients", "changes", "memory"])
def test_values_alone_do_not_show_it(shows: str) -> None:
    for candidate in [c for c in [*POOL, *PUBLIC] if c.shows == shows]:
        function = candidate.code.load(library)
        x, gain, bias, eps = plain(inputs_of((3, 5), 0.1, 1))
        right = library(x, gain, bias, eps)
        assert torch.allclose(function(x, gain, bias, eps), right), candidate.body


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
    assert sum(not candidate.wrong for candidate in POOL) >= 5
    assert sum(candidate.wrong for candidate in POOL) >= 12
