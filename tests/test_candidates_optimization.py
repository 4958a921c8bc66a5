"""The candidates that testers of adam_step are graded on: torch.optim.Adam holds each label to account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checks._optimization.candidates import POOL, PUBLIC, Candidate

Run = tuple[np.ndarray, list[np.ndarray]]
NAMES = {"ids": lambda c: f"{c.shows}-{c.body[-40:]}"}
ORDINARY, SMALL = (0.2, 0.7, 0.9, 1e-8), (0.3, 0.6, 0.8, 0.01)


def by_torch(theta, grad, state, learning_rate, beta1, beta2, eps):
    """All steps again with torch's; the state is the history of gradients."""
    history = (*(state or ()), np.array(grad))
    parameter = torch.zeros(np.shape(theta), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Adam([parameter], lr=learning_rate, betas=(beta1, beta2), eps=eps)
    before = parameter.detach().clone()
    for gradient in history:
        before = parameter.detach().clone()
        parameter.grad = torch.tensor(gradient)
        optimizer.step()
    return theta + (parameter.detach() - before).numpy(), history


def runs_of(shapes: list[tuple[int, ...]], size: float, zeros: bool) -> list[Run]:
    rng = np.random.default_rng(3)
    runs = []
    for shape in shapes:
        grads = [size * (rng.normal(size=shape) + 0.1) for _ in range(5)]
        if zeros:
            grads[1] = np.where(grads[1] > 0, grads[1], 0.0)
            grads[3] = 0.0 * grads[3]
        runs.append((rng.normal(size=shape), grads))
    return runs


def is_off(
    function: Callable[..., Any], runs: list[Run], setting: Any, *, again: bool = False
) -> bool:
    """Whether anything is off by more than 1e-5 (1 + |right|), or the candidate raises."""
    at = [[theta, None, None] for theta, _ in runs]
    try:
        for number in range(5):
            for (_, grads), run in zip(runs, at, strict=True):
                theta, state, history = run
                right, history = by_torch(theta, grads[number], history, *setting)
                for _ in range(1 + again):
                    given = theta.copy(), grads[number].copy()
                    answer, new = function(*given, state, *setting)
                    if np.shape(answer) != right.shape or not np.allclose(
                        answer, right, 1e-5, 1e-5
                    ):
                        return True
                    if (given[0] != theta).any() or (given[1] != grads[number]).any():
                        return True
                run[:] = right, new, history
    except Exception:
        return True
    return False


def looked_at_closely(function: Callable[..., Any]) -> bool:
    return any(
        is_off(function, runs_of([(4,), (2, 3), (3,)], size, zeros), setting, again=again)
        for size in (1.0, 0.01)
        for zeros in (False, True)
        for setting in (ORDINARY, SMALL)
        for again in (False, True)
    )


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], **NAMES)
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    assert looked_at_closely(candidate.code.load(by_torch)) == candidate.wrong


SPARED: dict[str, dict[str, Any]] = {  # where each kind is right
    "small": {"size": 1.0, "setting": ORDINARY},
    "zeros": {},
    "turns": {},
    "again": {"zeros": True, "setting": ORDINARY},
}
LIMITED = [c for c in [*POOL, *PUBLIC] if c.shows in SPARED]


@pytest.mark.parametrize("candidate", LIMITED, **NAMES)
def test_a_candidate_is_wrong_only_where_its_name_says(candidate: Candidate) -> None:
    where = {"size": 1.0, "zeros": False, "setting": SMALL} | SPARED[candidate.shows]
    runs = runs_of([(4,)], where["size"], where["zeros"])
    assert not is_off(candidate.code.load(by_torch), runs, where["setting"])


RIGHT = [candidate for candidate in [*POOL, *PUBLIC] if not candidate.wrong]


@pytest.mark.parametrize("candidate", RIGHT, **NAMES)
@pytest.mark.parametrize(("num_steps", "tolerance"), [(10, 1e-5), (60, 1e-4)])
def test_a_right_candidate_stays_near_on_its_own_way(
    candidate: Candidate, num_steps: int, tolerance: float
) -> None:
    """A tester may hand over what the candidate answered last, and so add up its errors."""
    function, rng = candidate.code.load(by_torch), np.random.default_rng(5)
    right = answer = rng.normal(size=(2, 3))
    history, state = None, None
    for _ in range(num_steps):
        grad = rng.normal(size=(2, 3))
        right, history = by_torch(right, grad, history, *ORDINARY)
        answer, state = function(answer, grad, state, *ORDINARY)
        assert np.allclose(answer, right, tolerance, tolerance)


@pytest.mark.parametrize("candidate", RIGHT, **NAMES)
def test_a_right_candidate_takes_lists(candidate: Candidate) -> None:
    function = candidate.code.load(by_torch)
    theta, grads, state, history = [0.5, -1.0], ([1.0, 2.0], [0.0, -3.0]), None, None
    for grad in grads:
        right, history = by_torch(theta, grad, history, *ORDINARY)
        answer, state = function(theta, grad, state, *ORDINARY)
        assert np.allclose(answer, right, 1e-5, 1e-5)


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
    assert sum(not candidate.wrong for candidate in POOL) >= 5
    assert sum(candidate.wrong for candidate in POOL) >= 12
