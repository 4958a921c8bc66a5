"""Versions that an independent tester wrote: nearly right ones lose points, unusual right ones keep them.

Each is a body, or a line that takes the place of another one in a right version, so that a test is a
line long. What they have in common: none of them is wrong on the inputs one would try first.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.checks import all_checks
from course_utils import optimization

CHECKS = all_checks()
ADAGRAD = """
G = grad**2 if state is None else state + grad**2
return theta - learning_rate * grad / (np.sqrt(G) + eps), G"""
RMSPROP = """
v = (1 - decay) * grad**2 + (0.0 if state is None else decay * state)
return theta - learning_rate * grad / (np.sqrt(v) + eps), v"""
ADAM = """
m, v, t = (0.0, 0.0, 0) if state is None else state
t = t + 1
m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
mh, vh = m / (1 - beta1**t), v / (1 - beta2**t)
return theta - learning_rate * mh / (np.sqrt(vh) + eps), (m, v, t)"""
SCALE = """
if not all(np.isfinite(g).all() for g in grads):
    return {"skip": True, "grads": None, "scale": scale / 2, "good_steps": 0}
grads = [np.asarray(g, np.float64) / scale for g in grads]
n = good_steps + 1
if n >= growth_interval:
    scale, n = scale * 2, 0
return {"skip": False, "grads": grads, "scale": scale, "good_steps": n}"""
PARTS = """
sizes = {"float32": (4, 4, 8, 0), "mixed": (2, 2, 8, 4)}
if precision not in sizes:
    raise ValueError(precision)
names = ("weights", "gradients", "moments", "master_copy")
parts = {name: num_parameters * b / 2**30 for name, b in zip(names, sizes[precision])}
return parts | {"total": sum(parts.values())}"""
COST = """
if not 0 < utilization <= 1 or price_per_hour < 0:
    raise ValueError
flops = 6 * num_parameters * num_tokens
hours = flops / (flops_per_second * utilization) / 3600
dollars = hours * price_per_hour
return {"flops": flops, "device_hours": hours, "days": hours / num_devices / 24, "dollars": dollars}"""
SGD = """
for i in rng.permutation(num_examples):
    theta = theta - learning_rate * gradient(theta, i)
return theta"""

RIGHT = {
    "adagrad_step": ADAGRAD,
    "rmsprop_step": RMSPROP,
    "adam_step": ADAM,
    "loss_scale_step": SCALE,
    "training_memory_gib": PARTS,
    "training_cost": COST,
    "sgd_epoch": SGD,
}
NO_STEP = "\nif not np.any(grad):\n    return theta + 0.0, "
CLIPPED = "\ngrad = np.clip(grad, -10, 10)"

WRONG: dict[str, dict[str, tuple[str, str]]] = {  # what takes the place of what; "" is the beginning
    "adagrad_step": {
        "zeros forget": ("", NO_STEP + "None"),
        "a little inside": ("np.sqrt(G)", "np.sqrt(G + 1e-12)"),
        "bounded": ("state + grad**2\n", "np.minimum(state + grad**2, 100)\n"),
        "large and clipped": ("", CLIPPED),
    },
    "rmsprop_step": {
        "zeros skipped": ("", NO_STEP + "state"),
        "zeros forget": ("", NO_STEP + "None"),
        "a little inside": ("np.sqrt(v)", "np.sqrt(v + 1e-12)"),
        "large and clipped": ("", CLIPPED),
    },
    "adam_step": {
        "zeros first": ("", "\nif state is None and not np.any(grad):\n    return theta + 0.0, None"),
        "begun again": ("state is None", "state is None or not np.any(state[0])"),
        "a little inside": ("np.sqrt(vh)", "np.sqrt(vh + 1e-12)"),
        "very little inside": ("np.sqrt(vh)", "np.sqrt(vh + 1e-16)"),
        "least ε": ("+ eps)", "+ max(eps, 1e-6))"),
        "tiny is nothing": ("", "\ngrad = np.where(abs(grad) < 1e-7, 0, grad)"),
        "large and clipped": ("", CLIPPED),
        "norm clipped": ("", "\ngrad = grad * min(1.0, 100 / (np.linalg.norm(grad) + 1e-9))"),
        "bounded": ("np.sqrt(vh)", "np.sqrt(np.minimum(vh, 1e4))"),
        "clock stops": ("t = t + 1", "t = min(t, 5) + 1"),
        "correction ends": ("(1 - beta1**t), v / (1 - beta2**t)",
                            "(1 - beta1**t * (t < 10)), v / (1 - beta2**t * (t < 10))"),
    },
    "loss_scale_step": {
        "sums": ("np.isfinite(g).all()", "np.isfinite(g.sum())"),
        "means": ("np.isfinite(g).all()", "np.isfinite(np.mean(g))"),
        "as float16": ("np.isfinite(g).all()", "np.isfinite(np.float16(g)).all()"),
        "float16's limit": ("np.isfinite(g).all()", "(np.abs(g) <= 65504).all()"),
        "whole half": ("scale / 2", "scale // 2"),
        "whole half too": ("scale / 2", "int(scale / 2)"),
        "at least 1": ("scale / 2", "max(scale / 2, 1.0)"),
        "at most 1024": ("scale * 2", "min(scale * 2, 1024.0)"),
        "at most 65536": ("scale * 2", "min(scale * 2, 65536.0)"),
        "powers of 2": ("scale * 2", "2.0 ** np.ceil(np.log2(scale) + 1)"),
        "inverse in float16": ("np.float64) / scale", "np.float32) * np.float16(1 / scale)"),
        "zeros are bad": ("not all(", "not any(np.any(g) for g in grads) or not all("),
    },
    "training_memory_gib": {
        "any case": ("", "\nprecision = precision.lower()"),
        "float64": ('"mixed":', '"float64": (8, 8, 16, 0), "mixed":'),
        "fp32": ('"mixed":', '"fp32": (4, 4, 8, 0), "mixed":'),
        "none given": ("", '\nprecision = precision or "float32"'),
        "part of the name": ("", '\nprecision = "float32" if precision in "float32" else precision'),
        "begins alike": ("", '\nif precision.startswith("float"):\n    precision = "float32"'),
    },
    "training_cost": {
        "whole dollars below 0": ("price_per_hour < 0", "price_per_hour <= -1"),
        "whole dollars": ("hours * price_per_hour", "round(hours * price_per_hour)"),
        "cents": ("hours * price_per_hour", "round(hours * price_per_hour, 2)"),
        "hours begun": ("/ 3600", "// 3600 + 1"),
    },
    "sgd_epoch": {
        "copied generator": ("rng.permutation", "np.random.default_rng(1).permutation"),
    },
}  # fmt: skip

UNUSUAL: dict[str, dict[str, tuple[str, str]]] = {
    "sgd_epoch": {
        "by keyword": ("gradient(theta, i)", "gradient(theta=theta, i=i)"),
        "looked at first": (
            "    theta = theta",
            "    assert np.shape(gradient(theta, i)) == np.shape(theta)\n    theta = theta",
        ),
    },
    "adagrad_step": {"no 0 / 0": ("np.sqrt(G) + eps", "np.sqrt(np.maximum(G, 0)) + eps")},
    "adam_step": {"state as a list": ("(m, v, t)\n", "[m, v, t]\n")},
    "loss_scale_step": {"all at once": (
        "all(np.isfinite(g).all() for g in grads)",
        "np.isfinite(np.concatenate([np.ravel(g) for g in grads])).all()",
    )},
}  # fmt: skip


def made(name: str, change: tuple[str, str] = ("", "")) -> Callable[..., Any]:
    """The right version of a function, with a change in it, or with lines before it."""
    old, new = change
    body = RIGHT[name] + "\n"
    assert old in body
    body = body.replace(old, new, 1) if old else new + body
    head = ", ".join(inspect.signature(getattr(optimization, name)).parameters)
    lines = "\n".join("    " + line for line in body.splitlines())
    space: dict[str, Any] = {"np": np}
    exec(f"def {name}({head}):\n{lines}", space)
    return space[name]


def earns_everything(name: str, function: Callable[..., Any], seed: int) -> bool:
    check = CHECKS[f"optimization.{name}"]
    cases = check.draw(np.random.default_rng(seed))
    with np.errstate(all="ignore"):
        return check.verdict(cases, [check.answer_of(function, case) for case in cases]).full


def each(table: dict[str, dict[str, tuple[str, str]]]) -> pytest.MarkDecorator:
    rows = [
        pytest.param(name, change, id=f"{name}-{title}")
        for name, changes in table.items()
        for title, change in changes.items()
    ]
    return pytest.mark.parametrize(("name", "change"), rows)


@each(WRONG)
def test_a_version_that_is_wrong_in_a_corner_loses_points(
    name: str, change: tuple[str, str]
) -> None:
    assert not any(earns_everything(name, made(name, change), seed) for seed in range(3))


@each(UNUSUAL | {name: {"plain": ("", "")} for name in RIGHT if name not in UNUSUAL})
def test_an_unusual_right_version_keeps_its_points(name: str, change: tuple[str, str]) -> None:
    assert all(earns_everything(name, made(name, change), seed) for seed in range(3))
