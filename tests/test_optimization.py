"""Unit 07, first part: the oracles are torch.optim, torch.amp.GradScaler, and the lecture's numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import nn

from course_utils.optimization import (
    adagrad_step,
    adam_step,
    adamw_step,
    find_the_bug_optimization,
    loss_scale_step,
    memory_gib,
    rmsprop_step,
    sgd_epoch,
    training_cost,
    training_memory_gib,
)
from course_utils.optimization.descent import descend, plain_step
from course_utils.optimization.fast_adam import FastAdamW
from course_utils.optimization.formats import facts, neighbours, rounded
from course_utils.optimization.memory import DEVICES

STEPS: dict[str, tuple[Callable[..., Any], tuple[float, ...], type, dict[str, Any]]] = {
    "AdaGrad": (adagrad_step, (0.3, 1e-3), torch.optim.Adagrad, {"lr": 0.3, "eps": 1e-3}),
    "RMSProp": (
        rmsprop_step,
        (0.2, 0.7, 1e-3),
        torch.optim.RMSprop,
        {"lr": 0.2, "alpha": 0.7, "eps": 1e-3},
    ),
    "Adam": (
        adam_step,
        (0.1, 0.8, 0.95, 1e-3),
        torch.optim.Adam,
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3},
    ),
    "AdamW": (
        adamw_step,
        (0.1, 0.8, 0.95, 1e-3, 0.3),
        torch.optim.AdamW,
        {"lr": 0.1, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3},
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_ten_steps_are_those_of_torch(name: str) -> None:
    step, settings, kind, keywords = STEPS[name]
    rng = np.random.default_rng(7)
    start = rng.normal(size=(3, 2))
    parameter = torch.tensor(start, requires_grad=True)
    optimizer = kind([parameter], **keywords)
    theta, state = start, None
    for size in (1, 1e-9, 0, 5, 1e-3, 1, 2, 1e-8, 1, 3):
        grad = size * rng.normal(size=(3, 2))
        parameter.grad = torch.tensor(grad)
        optimizer.step()
        theta, state = step(theta, grad, state, *settings)
        assert_allclose(theta, parameter.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_can_be_taken_again(name: str) -> None:
    step, settings, *_ = STEPS[name]
    _, state = step(np.ones(2), np.array([1.0, -2.0]), None, *settings)
    once, _ = step(np.ones(2), np.array([0.5, 3.0]), state, *settings)
    again, _ = step(np.ones(2), np.array([0.5, 3.0]), state, *settings)
    assert_allclose(once, again, rtol=0)


def test_sgd_sees_each_example_once_in_the_order_drawn() -> None:
    seen = []

    def gradient(theta: np.ndarray, i: int) -> np.ndarray:
        seen.append(i)
        return theta * 0 + i

    theta = sgd_epoch(np.zeros(2), gradient, 7, 0.5, np.random.default_rng(3))
    assert seen == list(np.random.default_rng(3).permutation(7))
    assert_allclose(theta, [-0.5 * 21] * 2)


def test_sgd_on_least_squares_is_torchs() -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(9, 3)), rng.normal(size=9)
    theta = sgd_epoch(
        np.zeros(3), lambda t, i: (X[i] @ t - y[i]) * X[i], 9, 0.1, np.random.default_rng(5)
    )
    weights = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=0.1)
    for i in np.random.default_rng(5).permutation(9):
        optimizer.zero_grad()
        (0.5 * (torch.tensor(X[i]) @ weights - y[i]) ** 2).backward()
        optimizer.step()
    assert_allclose(theta, weights.detach().numpy(), rtol=1e-12)


def test_the_lectures_table_of_memory() -> None:
    table = {(8.3e9, 32): 30.92, (8.3e9, 16): 15.46, (175e9, 32): 651.93, (175e9, 16): 325.96}
    for (num_parameters, bits), gib in table.items():
        assert round(memory_gib(int(num_parameters), bits), 2) == gib
    floors = [int(gib) for gib in table.values()]
    assert floors == [30, 15, 651, 325]  # as the lecture prints them, as "Gb"


def test_gpt_3_does_not_train_on_32_a100() -> None:
    total = training_memory_gib(175_000_000_000, "mixed")["total"]
    assert round(total) == 2608
    assert 32 * DEVICES["Tesla A100"] < total < 33 * DEVICES["Tesla A100"]


@pytest.mark.parametrize("precision", ["float32", "mixed"])
def test_both_precisions_take_16_bytes_a_parameter(precision: str) -> None:
    parts = training_memory_gib(3 * 2**30, precision)
    assert parts.pop("total") == sum(parts.values()) == 48.0


def test_another_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="'float8': choose one of 'float32', 'mixed'"):
        training_memory_gib(10, "float8")


def test_what_gpt_3_costs() -> None:
    cost = training_cost(175e9, 300e9, 28e12, 1.0, 1, 1.50)
    assert_allclose(cost["flops"], 3.15e23)
    assert_allclose(cost["dollars"], 4_687_500)
    assert round(cost["days"] / 365.25) == 356


def test_more_devices_take_fewer_days_and_the_same_dollars() -> None:
    one = training_cost(1e9, 2e10, 1e14, 0.4, 1, 2.0)
    many = training_cost(1e9, 2e10, 1e14, 0.4, 8, 2.0)
    assert_allclose(many["days"] * 8, one["days"])
    assert_allclose(many["dollars"], one["dollars"])
    assert_allclose(one["device_hours"], 6 * 2e19 / 4e13 / 3600)


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [
        (3, 1.2, "utilization"),
        (3, 0.0, "utilization"),
        (3, float("nan"), "utilization"),
        (4, 0, "num_devices"),
        (5, -1.0, "price_per_hour"),
        (2, 0.0, "flops_per_second"),
        (1, -5, "num_tokens"),
    ],
)
def test_impossible_costs_are_refused_by_name(place: int, value: float, named: str) -> None:
    arguments: list[Any] = [1e9, 1e10, 1e14, 0.5, 4, 2.0]
    arguments[place] = value
    with pytest.raises(ValueError, match=named):
        training_cost(*arguments)


def test_scaling_is_that_of_torchs_scaler() -> None:
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0, growth_interval=3)
    scale, good = 64.0, 0
    rng = np.random.default_rng(0)
    for overflow in [False, False, True, False, False, False, True, True, False]:
        parameter = torch.zeros(2, requires_grad=True)
        optimizer = torch.optim.SGD([parameter], lr=1.0)
        assert scaler.get_scale() == scale
        true = rng.normal(size=2).astype(np.float32)
        scaler.scale((parameter * torch.tensor(true)).sum()).backward()
        assert parameter.grad is not None
        if overflow:
            parameter.grad[0] = float("inf")
        decided = loss_scale_step([parameter.grad.numpy().copy()], scale, 3, good)
        scaler.step(optimizer)
        scaler.update()
        assert decided["skip"] == overflow
        if not overflow:
            assert_allclose(decided["grads"][0], -parameter.detach().numpy(), rtol=1e-6)
        scale, good = decided["scale"], decided["good_steps"]


def test_unscaling_happens_in_float32() -> None:
    decided = loss_scale_step([np.array([6e-8], dtype=np.float16)], 1024.0, 10, 0)
    assert decided["grads"][0].dtype == np.float32
    assert decided["grads"][0][0] > 0


def test_formats_are_those_of_numpy_and_torch() -> None:
    numbers = np.random.default_rng(0).normal(size=200) * 10.0 ** np.arange(-10, 10).repeat(10)
    with np.errstate(over="ignore"):
        assert_allclose(rounded(numbers, "float16"), numbers.astype(np.float16), rtol=0)
    assert rounded(1e-8, "float16") == 0  # Adam's ε vanishes
    assert facts("float16")["smallest"] == np.finfo(np.float16).smallest_subnormal
    listed = neighbours(1000, 1010, "bfloat16")
    assert listed.tolist() == [1000.0, 1004.0, 1008.0]
    assert_allclose(neighbours(0, 2e-7, "float16"), np.arange(4) * 2.0**-24, rtol=1e-12)


@pytest.mark.parametrize("call", [rounded, lambda *_: neighbours(0, 1, "float8"), None])
def test_an_unknown_format_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="float8"):
        call(1.0, "float8") if call else facts("float8")


def test_a_path_ends_where_it_flies_off() -> None:
    stable, wild = descend(plain_step(0.03), 100), descend(plain_step(0.05), 1000)
    assert len(stable) == 101 and abs(stable[-1]).max() < 1
    assert len(wild) < 101  # 2 / 50 is the limit of the steep wall


def test_the_hunt_spares_torchs_own_adam() -> None:
    def by_torch(theta, grad, state, learning_rate, beta1, beta2, eps):
        history = [*(state or []), np.array(grad)]
        parameter = torch.zeros(np.shape(theta), dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.Adam([parameter], lr=learning_rate, betas=(beta1, beta2), eps=eps)
        before = torch.zeros_like(parameter)
        for grad_ in history:
            before = parameter.detach().clone()
            parameter.grad = torch.tensor(grad_)
            optimizer.step()
        return theta + (parameter.detach() - before).numpy(), history

    assert not find_the_bug_optimization(by_torch)
    assert not find_the_bug_optimization(adam_step)


# Many numbers at once


def parameters_like(dtype: torch.dtype) -> list[nn.Parameter]:
    """More than a block, less than one, one that is exactly one, and none at all."""
    generator = torch.Generator().manual_seed(0)
    shapes = [(70_001,), (3, 5), (2**15,), (0,), ()]
    return [nn.Parameter(torch.randn(s, generator=generator, dtype=dtype)) for s in shapes]


def test_the_fast_adamw_steps_as_torch_and_as_ours_does() -> None:
    mine, theirs = parameters_like(torch.float64), parameters_like(torch.float64)
    settings = {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.3}
    fast = FastAdamW(
        mine, learning_rate=0.05, beta1=0.8, beta2=0.95, eps=1e-6, weight_decay=0.3
    )  # fmt: skip
    torchs = torch.optim.AdamW(theirs, **settings)  # type: ignore[arg-type]
    plain, state = theirs[1].detach().numpy().copy(), None
    for step in range(5):
        generator = torch.Generator().manual_seed(step)
        for a, b in zip(mine, theirs, strict=True):
            a.grad = torch.randn(a.shape, generator=generator, dtype=a.dtype)
            b.grad = a.grad.clone()
        if step == 3:  # one that took no part has its own clock
            mine[0].grad = theirs[0].grad = None
        plain, state = adamw_step(
            plain, theirs[1].grad.numpy(), state, 0.05, 0.8, 0.95, 1e-6, 0.3  # type: ignore[union-attr]
        )  # fmt: skip
        fast.step()
        torchs.step()
        for a, b in zip(mine, theirs, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-12)
    assert_allclose(mine[1].detach().numpy(), plain, rtol=1e-12)


def test_the_fast_adamw_moves_scattered_gradients_too_but_no_scattered_parameters() -> None:
    parameter = nn.Parameter(torch.zeros(3, 4))
    parameter.grad = torch.arange(1.0, 13).reshape(4, 3).T
    FastAdamW([parameter], learning_rate=0.5, weight_decay=0.0).step()
    assert torch.allclose(parameter.detach(), torch.full((3, 4), -0.5))
    with pytest.raises(ValueError, match=r"\(4, 3\) is not contiguous"):
        FastAdamW([nn.Parameter(torch.zeros(3, 4).T)])
