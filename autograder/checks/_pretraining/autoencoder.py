"""pretraining.autoencoder_loss: how badly the examples are rebuilt, and the gradients of all weights."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from autograder.checks._pretraining.autoencoder_versions import (
    by_hand,
    by_linear,
    by_loop,
    frozen_encoder,
    identity,
    in_columns,
    in_float32,
    made,
    no_bias,
    one_bias,
    plain_number,
    rows_for_columns,
    squared,
    tied,
)
from course_utils.asking import call_twice_with_weight_gradients
from course_utils.asking_torch import value_and_weight_gradients
from course_utils.pretraining import autoencoder_loss


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, n: int, d: int, H: int, black: bool = False) -> Case:
        X = rng.uniform(size=(n, d))
        if black:
            X = (X < 0.4).astype(float)
        weights = [rng.normal(size=size) for size in ((H, d), (H,), (d, H), (d,))]
        W, b, W_out, b_out = (torch.from_numpy(1.5 * weight) for weight in weights)
        return Case((torch.from_numpy(X), W, b, W_out, b_out), shows)

    return [
        case("value", 7, 5, 3),
        case("value", 5, 3, 2),
        case("value", 3, 4, 4),
        case("wide", 5, 3, 7),
        case("black", 6, 7, 3, black=True),
        case("one", 1, 5, 2),
        case("one", 3, 1, 1),
    ]


AUTOENCODER: Check = Check(
    exercise="pretraining.autoencoder_loss",
    properties={
        "value": "gives the mean of ‖x − x'‖² over the examples, x' rebuilt from sigmoid codes",
        "wide": "works for codes longer than the examples",
        "black": "works for examples of zeros and ones",
        "one": "works for a single example, and for examples and codes of one number",
    },
    cases=draw,
    expect=value_and_weight_gradients(autoencoder_loss),
    ask=call_twice_with_weight_gradients,
    accepts=[by_linear, by_hand, by_loop, in_columns, in_float32],
    misconceptions=[
        Misconception(
            "mean over all numbers",
            made(loss=lambda X, rebuilt: ((X - rebuilt) ** 2).mean()),
            "The mean is taken over all n · d numbers, as mse_loss does. The squares of one example "
            "are added up; the mean is over examples only.",
        ),
        Misconception(
            "sum over examples",
            made(loss=lambda X, rebuilt: ((X - rebuilt) ** 2).sum()),
            "This is the sum over all examples, which grows with the batch. Take the mean over examples.",
        ),
        Misconception(
            "divided by d",
            made(loss=lambda X, rebuilt: ((X - rebuilt) ** 2).sum(dim=0).mean()),
            "The squares are added up over the examples, and averaged over the d numbers: the axes have "
            "changed places.",
        ),
        Misconception(
            "half",
            made(loss=lambda X, rebuilt: squared(X, rebuilt) / 2),
            "This is half the loss. Some books write ½ in front of the square; here there is none.",
        ),
        Misconception(
            "length, not its square",
            made(loss=lambda X, rebuilt: (X - rebuilt).norm(dim=1).mean()),
            "This is the mean of the distances ‖x − x'‖. Their squares are asked: no root.",
        ),
        Misconception(
            "absolute differences",
            made(loss=lambda X, rebuilt: (X - rebuilt).abs().sum(dim=1).mean()),
            "These are absolute differences. Square them.",
        ),
        Misconception(
            "mean before the square",
            made(loss=lambda X, rebuilt: ((X - rebuilt).mean(dim=0) ** 2).sum()),
            "The differences are averaged over the examples before they are squared, so that errors "
            "cancel. Square first.",
        ),
        Misconception(
            "cross-entropy",
            made(loss=lambda X, rebuilt: F.binary_cross_entropy(rebuilt, X)),
            "This is the cross-entropy of each number. The squared distance is asked.",
        ),
        Misconception(
            "cross-entropy, added up",
            made(
                loss=lambda X, rebuilt: F.binary_cross_entropy(rebuilt, X, reduction="sum") / len(X)
            ),
            "This is the cross-entropy. The squared distance is asked.",
        ),
        Misconception(
            "no sigmoid at the end",
            made(decode=identity),
            "What is rebuilt is not squeezed into 0 to 1: the second sigmoid is missing.",
        ),
        Misconception(
            "no sigmoid in the middle",
            made(encode=identity),
            "The codes are a linear function of the examples. The first sigmoid is missing.",
        ),
        Misconception(
            "no sigmoid at all",
            made(encode=identity, decode=identity),
            "There is no sigmoid, so that this can do no more than PCA. There are two: for the codes and "
            "for what is rebuilt.",
        ),
        Misconception(
            "relu",
            made(encode=torch.relu),
            "The codes go through relu. The sigmoid is asked, twice.",
        ),
        Misconception(
            "tanh",
            made(encode=torch.tanh),
            "The codes go through tanh. The sigmoid is asked, twice.",
        ),
        Misconception(
            "softmax",
            made(encode=lambda scores: scores.softmax(dim=-1)),
            "The codes go through softmax, which ties them together. The sigmoid looks at each number "
            "by itself.",
        ),
        Misconception(
            "sigmoid twice",
            made(through=torch.sigmoid),
            "The codes go through the sigmoid twice. Once for the codes, once for what is rebuilt.",
        ),
        Misconception(
            "first bias left out",
            one_bias("outer"),
            "The bias b does nothing. It is added before the first sigmoid.",
        ),
        Misconception(
            "second bias left out",
            one_bias("inner"),
            "The bias b_out does nothing. It is added before the second sigmoid.",
        ),
        Misconception(
            "no biases",
            no_bias,
            "The biases b and b_out do nothing. One is added before each sigmoid.",
        ),
        Misconception(
            "tied weights",
            tied,
            "The decoder uses the encoder's weights again, transposed. It has weights of its own: W_out.",
        ),
        Misconception(
            "rows for columns",
            rows_for_columns,
            "The weights are multiplied the wrong way round. W is (H, d): one row for each number of "
            "the code. Transpose it, and W_out likewise.",
        ),
        Misconception(
            "encoder learns nothing",
            frozen_encoder,
            "The value is right, but no gradient reaches W and b. Something is detached between the "
            "loss and the encoder.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
