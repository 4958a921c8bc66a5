"""pretraining.autoencoder_loss: sigmoid twice, squares summed over columns, mean over examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.pretraining import autoencoder_loss


def made(
    *,
    encode: Callable[[Any], Any] = torch.sigmoid,
    decode: Callable[[Any], Any] = torch.sigmoid,
    b: bool = True,
    b_out: bool = True,
    distance: Callable[[Any], Any] = torch.square,
    over_columns: Callable[[Any], Any] = lambda squares: squares.sum(dim=1),
    over_examples: Callable[[Any], Any] = torch.mean,
    target: Callable[[Any, Any], Any] = lambda X, codes: X,
    cut: Callable[[Any], Any] = lambda codes: codes,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(X, W, bias, W_out, bias_out):
        codes = cut(encode(X @ W.T + (bias if b else 0)))
        rebuilt = decode(codes @ W_out.T + (bias_out if b_out else 0))
        return over_examples(over_columns(distance(target(X, codes) - rebuilt)))

    return version


def by_linear(X, W, b, W_out, b_out):
    rebuilt = torch.sigmoid(F.linear(torch.sigmoid(F.linear(X, W, b)), W_out, b_out))
    return F.mse_loss(rebuilt, X, reduction="sum") / len(X)


def by_loop(X, W, b, W_out, b_out):
    total = X.new_zeros(())
    for x in X:
        z = 1 / (1 + torch.exp(-(W @ x + b)))
        total = total + (x - 1 / (1 + torch.exp(-(W_out @ z + b_out)))).pow(2).sum()
    return total / X.shape[0]


def by_tanh(X, W, b, W_out, b_out):
    def sigmoid(a):
        return (torch.tanh(a / 2) + 1) / 2

    rebuilt = sigmoid(sigmoid(X @ W.mT + b) @ W_out.mT + b_out)
    return torch.linalg.vector_norm(X - rebuilt, dim=-1).square().mean()


def cross_entropy(X, W, b, W_out, b_out):
    logits = torch.sigmoid(X @ W.T + b) @ W_out.T + b_out
    return F.binary_cross_entropy_with_logits(logits, X, reduction="sum") / len(X)


def tied(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W, b, W.T, b_out)


def plain_number(X, W, b, W_out, b_out):
    return autoencoder_loss(X, W, b, W_out, b_out).item()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, n: int, d: int, H: int) -> Case:
        X = rng.uniform(size=(n, d))
        weights = [rng.normal(size=size) for size in ((H, d), (H,), (d, H), (d,))]
        return Case(tuple(torch.from_numpy(a) for a in (X, *weights)), shows)

    return [
        case("value", 5, 4, 3),
        case("value", 3, 7, 2),
        case("wide", 4, 3, 5),
        case("one", 1, 5, 3),
    ]


AUTOENCODER: Check = Check(
    exercise="pretraining.autoencoder_loss",
    properties={
        "value": "gives the mean over examples of ‖x − x'‖²",
        "wide": "works when the code is longer than the example",
        "one": "works for a single example",
    },
    cases=draw,
    ask=call_twice_with_gradients,
    expect=value_and_gradients(autoencoder_loss),
    accepts=[by_linear, made(), by_tanh, by_loop],
    misconceptions=[
        Misconception(
            "mean over columns",
            made(over_columns=lambda squares: squares.mean(dim=1)),
            "The squares of one example are averaged over its numbers. Sum them: ‖x − x'‖² is a sum.",
        ),
        Misconception(
            "sum over examples",
            made(over_examples=torch.sum),
            "This is the sum over all examples. Take their mean.",
        ),
        Misconception(
            "lengths, not squares",
            made(over_columns=lambda squares: squares.sum(dim=1).sqrt()),
            "This is the mean of ‖x − x'‖. The square is asked.",
        ),
        Misconception(
            "absolute differences",
            made(distance=torch.abs),
            "These are absolute differences. Square them.",
        ),
        Misconception(
            "half",
            made(over_examples=lambda per_example: per_example.mean() / 2),
            "This is half of it. There is no factor ½ in this loss.",
        ),
        Misconception(
            "linear decoder",
            made(decode=lambda a: a),
            "The sigmoid of the decoder is missing: x' is a sigmoid too, as the pixels are from 0 to 1.",
        ),
        Misconception(
            "linear encoder",
            made(encode=lambda a: a),
            "The sigmoid of the encoder is missing: without it the two layers are almost one.",
        ),
        Misconception(
            "tanh",
            made(encode=torch.tanh),
            "The code goes through tanh. Use the sigmoid, which is from 0 to 1.",
        ),
        Misconception(
            "ReLU", made(encode=torch.relu), "The code goes through ReLU. The sigmoid is asked."
        ),
        Misconception(
            "no bias in the encoder",
            made(b=False),
            "The intercept b of the encoder is not added. Each number of the code has its own.",
        ),
        Misconception(
            "no bias in the decoder",
            made(b_out=False),
            "The intercept b_out of the decoder is not added. Each number that is rebuilt has its own.",
        ),
        Misconception(
            "tied weights",
            tied,
            "The decoder uses the encoder's matrix, turned round. Here it has its own, W_out.",
        ),
        Misconception(
            "cross-entropy",
            cross_entropy,
            "This is the cross-entropy of the pixels. The squared distance is asked.",
        ),
        Misconception(
            "code cut off",
            made(cut=torch.detach),
            "The value is right, but no gradient reaches the encoder: the code was detached.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
