"""pretraining.greedy_pretrain: what each layer is trained on, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.pretraining import greedy_pretrain


def ask_greedy(function, args):
    """Hand over a `train_layer` that makes weights from what it sees, and notes it."""
    import torch

    X, sizes = args
    seen, asked, tracked = [], [], []

    def train_layer(codes, size):
        seen.append(codes.detach().clone())
        asked.append(int(size))
        tracked.append(bool(codes.requires_grad))
        shifts = torch.arange(1, size + 1, dtype=codes.dtype)
        W = torch.cos(shifts[:, None] * (1 + codes.detach().mean(dim=0)) * 2 + len(seen))
        b = torch.sin(shifts * len(seen) + codes.detach().mean())
        return W.requires_grad_(), b.requires_grad_()

    before = X.clone()
    layers = list(function(X, sizes, train_layer))
    return {
        "seen": seen,
        "asked": asked,
        "layers": [[W.detach(), b.detach()] for W, b in layers],
        "tracked": any(tracked),
        "unchanged": bool(torch.equal(before, X)),
    }


def agree_greedy(args, expected, answer):
    """In words what is wrong; otherwise a distance."""
    from course_utils.agreement import deviation

    if answer["asked"] != expected["asked"]:
        return f"train_layer was called with the sizes {answer['asked']}"
    far = max(deviation(expected[key], answer[key]) for key in ("seen", "layers"))
    if far <= 1 and answer["tracked"]:
        return "the codes still carry gradients of the layers below, which should be frozen"
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    return far


def right_greedy(X, sizes):
    return ask_greedy(greedy_pretrain, (X, sizes))


def made(
    *,
    squash: Callable[[Any], Any] = torch.sigmoid,
    product: Callable[[Any, Any], Any] = lambda codes, W: codes @ W.T,
    bias: bool = True,
    order: Callable[[Any], Any] = list,
    freeze: bool = True,
    returned: Callable[[Any], Any] = lambda layers: layers,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(X, sizes, train_layer):
        layers, codes = [], X
        for size in order(sizes):
            W, b = train_layer(codes, size)
            layers.append((W, b))
            codes = squash(product(codes, W) + (b if bias else 0))
            codes = codes.detach() if freeze else codes
        return returned(layers)

    return version


def recursive(X, sizes, train_layer):
    if len(sizes) == 0:
        return []
    W, b = train_layer(X.detach(), sizes[0])
    with torch.no_grad():
        codes = 1 / (1 + torch.exp(-torch.nn.functional.linear(X, W, b)))
    return [(W, b), *recursive(codes, sizes[1:], train_layer)]


def from_the_bottom_each_time(X, sizes, train_layer):
    layers: list[Any] = []
    for size in sizes:
        codes = X
        for W, b in layers:
            codes = torch.sigmoid(torch.einsum("nd,hd->nh", codes, W.data) + b.data)
        layers.append(tuple(train_layer(codes, size)))
    return tuple(layers)


def every_layer_on_X(X, sizes, train_layer):
    return [train_layer(X, size) for size in sizes]


def trained_twice(X, sizes, train_layer):
    layers, codes = [], X
    for size in sizes:
        train_layer(codes, size)
        W, b = train_layer(codes, size)
        layers.append((W, b))
        codes = torch.sigmoid(codes @ W.T + b).detach()
    return layers


def top_only(X, sizes, train_layer):
    return made(order=lambda sizes: list(sizes)[-1:])(X, sizes, train_layer)


def started_anew(X, sizes, train_layer):
    layers = made()(X, sizes, train_layer)
    return [(0.1 * torch.ones_like(W), torch.zeros_like(b)) for W, b in layers]


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, n: int, d: int, sizes: list[int]) -> Case:
        return Case((torch.from_numpy(rng.uniform(size=(n, d))), sizes), shows)

    return [
        case("value", 5, 4, [3, 2]),
        case("value", 3, 5, [4, 3, 2]),
        case("alike", 4, 3, [3, 3, 3]),
        case("one", 4, 6, [2]),
    ]


GREEDY: Check = Check(
    exercise="pretraining.greedy_pretrain",
    properties={
        "value": "trains each layer once, from the bottom, on the codes of those below",
        "alike": "does so when all layers have one size",
        "one": "works for a single layer",
    },
    cases=draw,
    ask=ask_greedy,
    agree=agree_greedy,
    expect=right_greedy,
    accepts=[made(), recursive, from_the_bottom_each_time],
    misconceptions=[
        Misconception(
            "every layer on X",
            every_layer_on_X,
            "Every layer is trained on the examples themselves. The second sees the codes of the first, "
            "the third those of the second.",
        ),
        Misconception(
            "from the top",
            made(order=lambda sizes: list(sizes)[::-1]),
            "It begins with the last size. Work from the bottom: the first size is the layer next to "
            "the input.",
        ),
        Misconception(
            "no sigmoid",
            made(squash=lambda a: a),
            "The codes are handed up without the sigmoid. A layer's code is sigmoid(x Wᵀ + b).",
        ),
        Misconception(
            "tanh",
            made(squash=torch.tanh),
            "The codes go through tanh. These layers use the sigmoid.",
        ),
        Misconception(
            "no bias",
            made(bias=False),
            "The intercepts are left out when the codes are computed. Add b before the sigmoid.",
        ),
        Misconception(
            "sign of the bias",
            made(product=lambda codes, W: -(codes @ W.T)),
            "The product enters with a minus sign. A code is the sigmoid of x Wᵀ plus b.",
        ),
        Misconception(
            "not frozen",
            made(freeze=False),
            "The codes still carry gradients, so that training a layer would move those below it. They "
            "are frozen: compute codes without gradients.",
        ),
        Misconception(
            "trained twice",
            trained_twice,
            "train_layer is called twice for a layer. Once: keep what it returns.",
        ),
        Misconception(
            "only the top layer",
            top_only,
            "Only one layer is trained. Each size is a layer of its own.",
        ),
        Misconception(
            "order of the answer",
            made(returned=lambda layers: layers[::-1]),
            "The right layers, but in the order from the top. Return them from the bottom.",
        ),
        Misconception(
            "only the last returned",
            made(returned=lambda layers: layers[-1:]),
            "Only the last layer comes back. Return all of them, from the bottom.",
        ),
        Misconception(
            "started anew",
            started_anew,
            "What train_layer has learned is thrown away: the layers that come back are fresh ones.",
        ),
    ],
)
