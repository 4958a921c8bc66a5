"""The candidates that testers of ppo_loss are graded on: each label holds against the four cases."""

from __future__ import annotations

from collections.abc import Callable
from math import exp
from typing import Any

import pytest
import torch
from torch import Tensor

from autograder.checks._rlhf.candidates import POOL, PUBLIC, Candidate

SHAPES = ((8,), (1,), (3, 4), (2, 3, 2))
Inputs = tuple[Tensor, Tensor, Tensor, float]


def by_table(log_prob: Tensor, old: Tensor, advantages: Tensor, clip: float) -> Tensor:
    """Number by number, as the paper's figure 1 draws it; the slope is that of each case."""
    total = torch.zeros((), dtype=log_prob.dtype)
    rows = zip(
        log_prob.flatten(), old.flatten().tolist(), advantages.flatten().tolist(), strict=True
    )
    for new, before, gain in rows:
        ratio = exp(new.item() - before)
        if gain > 0 and ratio > 1 + clip:
            total = total + (1 + clip) * gain
        elif gain < 0 and ratio < 1 - clip:
            total = total + (1 - clip) * gain
        else:
            total = total + (new - before).exp() * gain
    return -total / log_prob.numel()


def inputs_of(shape: tuple[int, ...], clip: float, seed: int) -> Inputs:
    generator = torch.Generator().manual_seed(seed)

    def normal() -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    old = -1 - normal().abs()
    return old + 0.6 * normal(), old, normal() + 0.1, clip


def outcome(function: Callable[..., Any], inputs: Inputs) -> list[Tensor]:
    """Value, gradients, and the arguments afterwards."""
    *tensors, clip = inputs
    handed = [tensor.clone().requires_grad_() for tensor in tensors]
    value = function(*handed, clip)
    found = [torch.zeros_like(tensor) for tensor in tensors]
    if value.requires_grad:
        gradients = torch.autograd.grad(value.sum(), handed, allow_unused=True)
        found = [z if g is None else g for z, g in zip(found, gradients, strict=True)]
    return [value, *found, *handed]


def is_off(function: Callable[..., Any], inputs: Inputs) -> bool:
    """Whether anything is off by more than 1e-5 (1 + |right|), or the candidate raises."""
    try:
        given = outcome(function, inputs)
    except Exception:
        return True
    pairs = list(zip(given, outcome(by_table, inputs), strict=True))
    return not all(a.shape == b.shape and torch.allclose(a, b, 1e-5, 1e-5) for a, b in pairs)


def tried() -> list[Inputs]:
    """Every shape with every clip, and all over again with other numbers."""
    return [
        inputs_of(shape, clip, seed)
        for seed in range(4)
        for shape in SHAPES
        for clip in (0.2, 0.1, 0.4)
    ]


NAMES = {"ids": lambda c: f"{c.shows}-{c.body[-40:]}"}


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], **NAMES)
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    function = candidate.code.load(by_table)
    assert any(is_off(function, inputs) for inputs in tried()) == candidate.wrong


def near(inputs: Inputs) -> Inputs:
    log_prob, old, gains, clip = inputs
    return old + 0.05 * torch.tanh(log_prob - old), old, gains, clip


RIGHT_ON: dict[str, Callable[[Inputs], Inputs | None]] = {
    "clip": near,
    "bad": lambda inputs: (*inputs[:2], inputs[2].abs() + 0.1, inputs[3]),
    "good": lambda inputs: (*inputs[:2], -inputs[2].abs() - 0.1, inputs[3]),
    "epsilon": lambda inputs: (*inputs[:3], 0.2),
    "mean": lambda inputs: inputs if inputs[0].numel() == 1 else None,
}
LIMITED = [c for c in [*POOL, *PUBLIC] if c.shows in RIGHT_ON]


@pytest.mark.parametrize("candidate", LIMITED, **NAMES)
def test_a_candidate_is_wrong_only_where_its_name_says(candidate: Candidate) -> None:
    function = candidate.code.load(by_table)
    spared = [inputs for inputs in map(RIGHT_ON[candidate.shows], tried()) if inputs]
    assert spared
    assert not any(is_off(function, inputs) for inputs in spared)


@pytest.mark.parametrize("shows", ["gradients", "changes"])
def test_values_alone_do_not_show_it(shows: str) -> None:
    for candidate in [c for c in [*POOL, *PUBLIC] if c.shows == shows]:
        function = candidate.code.load(by_table)
        inputs = inputs_of((3, 5), 0.2, 1)
        right = by_table(*inputs)
        assert torch.allclose(function(*inputs), right), candidate.body


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
    assert sum(not candidate.wrong for candidate in POOL) >= 5
    assert sum(candidate.wrong for candidate in POOL) >= 12
