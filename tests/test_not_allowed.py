"""Functions that stand in for what should have been written are noticed, however they are called."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
import torch
from sklearn.decomposition import PCA
from torch import nn
from torch.nn import functional as F
from torch.nn.functional import layer_norm as renamed

from autograder.check import Case, Check, Misconception
from course_utils.not_allowed import NotAllowed, without

NAMES = [
    "torch.nn.functional.scaled_dot_product_attention",
    "torch.nn.MultiheadAttention",
    "torch.nn.RNN",
    "torch.nn.functional.layer_norm",
    "torch.nn.functional.gelu",
    "torch.softmax",
    "torch.Tensor.softmax",
    "scipy.special.softmax",
    "sklearn.decomposition.PCA",
    "no_such_package.function",
]
X = torch.linspace(-1, 1, 24).reshape(2, 3, 4)
ATTENTION, RNN = nn.MultiheadAttention(4, 2), nn.RNN(4, 3)
FORBIDDEN: dict[str, Callable[[], Any]] = {
    "scaled_dot_product_attention": lambda: F.scaled_dot_product_attention(X, X, X),
    "MultiheadAttention": lambda: ATTENTION(X, X, X),
    "nn.RNN": lambda: RNN(X),
    "functional.layer_norm": lambda: renamed(X, (4,)),
    "layer_norm": lambda: nn.LayerNorm(4)(X),
    "gelu": lambda: nn.GELU()(X),
    "decomposition.PCA": lambda: PCA(2),
    "torch.softmax": lambda: torch.softmax(X, -1),
    "Tensor.softmax": lambda: X.softmax(-1),
    "scipy.special.softmax": lambda: scipy.special.softmax([1.0, 2.0]),
}


@pytest.mark.parametrize("named", FORBIDDEN)
def test_a_call_is_noticed_and_named(named: str) -> None:
    with pytest.raises(NotAllowed, match=named), without(NAMES):
        FORBIDDEN[named]()


@torch.jit.script
def compiled(x: torch.Tensor) -> torch.Tensor:
    return torch.softmax(x, -1)


def in_a_child() -> None:
    if os.fork() == 0:
        os._exit(0)


def looked_away() -> None:
    with contextlib.suppress(Exception):
        next(map(torch.softmax, [X], [-1]))


ROUNDABOUT: dict[str, Callable[[], Any]] = {
    "by map": lambda: next(map(torch.softmax, [X], [-1])),
    "attention by map": lambda: next(map(F.scaled_dot_product_attention, [X], [X], [X])),
    "torch.special": lambda: torch.special.softmax(X, -1),
    "underscore": lambda: torch._softmax(X, -1, False),
    "packet": lambda: torch.ops.aten.softmax(X, -1),
    "overload": lambda: torch.ops.aten._softmax.default(X, -1, False),
    "compiled": lambda: compiled(X),
    "looked away": looked_away,
    "a child": in_a_child,
    "a program": lambda: subprocess.run(["true"], check=True),
    "ctypes": lambda: ctypes.pythonapi.PyEval_SetProfile(None, None),
}


@pytest.mark.parametrize("way", ROUNDABOUT)
def test_a_call_by_a_roundabout_way_is_noticed(way: str) -> None:
    with pytest.raises(NotAllowed), without(NAMES):
        ROUNDABOUT[way]()
    looked_away()  # afterwards nothing is noticed
    subprocess.run(["true"], check=True)


def test_gradients_and_other_work_of_torch_are_left_alone() -> None:
    x = X.clone().requires_grad_()
    with without(NAMES):
        y = (x.exp() / x.exp().sum(-1, keepdim=True)).square().sum()
        y.backward()
    assert x.grad is not None and torch.allclose(
        x.grad, torch.autograd.grad(F.softmax(x, -1).square().sum(), x)[0]
    )


def test_other_functions_may_be_called() -> None:
    with without(NAMES):
        exponentials = (X - X.max()).exp()
        shares = exponentials / exponentials.sum(-1, keepdim=True)
        scipy.special.expit(0.5)
    assert torch.allclose(shares, F.softmax(X, dim=-1))


def test_afterwards_everything_is_allowed_again() -> None:
    before = sys.getprofile()
    with pytest.raises(NotAllowed), without(NAMES):
        F.gelu(X)
    assert sys.getprofile() is before
    assert F.gelu(X).shape == X.shape


def test_the_verdict_gives_the_reason_and_no_points() -> None:
    def draw(rng: np.random.Generator) -> list[Case]:
        return [Case((rng.normal(size=3),), "value")]

    def right(x: Any) -> Any:
        return np.exp(x) / np.exp(x).sum()

    check = Check(
        "attention.softmax",
        {"value": "gives shares"},
        draw,
        right,
        [Misconception("none", lambda x: x, "the scores themselves")],
        not_allowed=["scipy.special.softmax"],
    )
    cases = check.draw(np.random.default_rng(0))
    lazy = check.verdict(cases, [check.answer_of(scipy.special.softmax, c) for c in cases])
    assert lazy.points == 0 and "it uses scipy.special.softmax" in lazy.messages[0]
    own = check.verdict(cases, [check.answer_of(right, c) for c in cases])
    assert own.full
