"""gpt.gelu: x times the share of the normal distribution below x."""

from __future__ import annotations

from math import erf, sqrt

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import gelu


def by_tanh(x):
    return 0.5 * x * (1 + torch.tanh(sqrt(2 / torch.pi) * (x + 0.044715 * x**3)))


def by_sigmoid(x):
    return x * torch.sigmoid(1.702 * x)


def silu(x):
    return x * torch.sigmoid(x)


def without_root(x):
    return x * 0.5 * (1 + torch.erf(x))


def root_of_two_times(x):
    return x * 0.5 * (1 + torch.erf(x * sqrt(2)))


def not_halved(x):
    return x * (1 + torch.erf(x / sqrt(2)))


def without_one(x):
    return x * 0.5 * torch.erf(x / sqrt(2))


def only_phi(x):
    return 0.5 * (1 + torch.erf(x / sqrt(2)))


def density(x):
    return x * torch.exp(-x.square() / 2) / sqrt(2 * torch.pi)


def upper_tail(x):
    return x * 0.5 * (1 - torch.erf(x / sqrt(2)))


def detached_phi(x):
    return x * 0.5 * (1 + torch.erf(x / sqrt(2))).detach()


def out_of_autograd(x):
    phi = [(1 + erf(value / sqrt(2))) / 2 for value in x.flatten().tolist()]
    return x.detach() * x.new_tensor(phi).reshape(x.shape)


def flattened(x):
    return gelu(x.flatten())


def by_tanh_through_exp(x):
    z = sqrt(2 / torch.pi) * (x + 0.044715 * x**3)
    up, down = torch.exp(z), torch.exp(-z)
    return 0.5 * x * (1 + (up - down) / (up + down))


def by_ndtr(x):
    return x * torch.special.ndtr(x)


def by_erfc(x):
    return x * torch.special.erfc(-x / sqrt(2)) / 2


def by_normal(x):
    return x * torch.distributions.Normal(0.0, 1.0).cdf(x)


def by_loop(x):
    values = [value * (1 + torch.erf(value / sqrt(2))) / 2 for value in x.reshape(-1)]
    return torch.stack(values).reshape(x.shape)


def in_float32(x):
    return gelu(x.float())


def draw(rng: np.random.Generator) -> list[Case]:
    def signs(size: int) -> np.ndarray:
        return rng.permutation(np.arange(size) % 2) * 2.0 - 1.0

    tells_erf = rng.uniform(2.0, 2.5, 6) * signs(6)
    middle = rng.uniform(0.3, 1.8, 9) * signs(9)
    both = rng.permutation(np.concatenate([tells_erf, middle]))
    zero = rng.permutation([0.0, *rng.uniform(0.4, 2.5, 4) * signs(4)])
    far = rng.permutation([50.0, -50.0, *rng.uniform(20, 40, 3) * signs(3), 1.1, -2.2])
    inputs = [
        (both.reshape(5, 3), "value"),
        (rng.permutation(both)[:14].reshape(7, 2), "value"),
        (zero, "zero"),
        (far, "far"),
        (rng.uniform(2.0, 2.5, (1, 2, 3)) * signs(6).reshape(1, 2, 3), "shape"),
        (np.array(rng.uniform(2.0, 2.5)) * signs(2)[0], "shape"),
    ]
    return [Case((torch.from_numpy(np.asarray(x)),), shows) for x, shows in inputs]


GELU: Check = Check(
    exercise="gpt.gelu",
    properties={
        "value": "gives x Φ(x), number by number",
        "zero": "gives 0 at 0, with the slope 1/2",
        "far": "works far from 0, at 50 and −50",
        "shape": "keeps the shape, be it of three axes or of none",
    },
    cases=draw,
    expect=value_and_gradients(gelu),
    ask=call_twice_with_gradients,
    not_allowed=["torch.nn.functional.gelu", "torch.nn.GELU"],
    accepts=[by_ndtr, by_erfc, by_normal, by_loop, in_float32],
    misconceptions=[
        Misconception(
            "tanh form",
            by_tanh,
            "This is the approximation with tanh, which GPT-2's code uses. It is off by up to "
            "0.0005, most where |x| is between 2 and 3. Use Φ itself, by erf.",
        ),
        Misconception(
            "tanh form that overflows",
            by_tanh_through_exp,
            "This is the approximation with tanh, and its powers of e overflow far from 0. "
            "Use Φ itself, by erf.",
        ),
        Misconception(
            "sigmoid form",
            by_sigmoid,
            "This is the approximation with a sigmoid of 1.702 x. Use Φ itself, by erf.",
        ),
        Misconception(
            "SiLU",
            silu,
            "x times its sigmoid is SiLU, a relative. GELU takes the normal distribution's Φ for the "
            "logistic one.",
        ),
        Misconception(
            "ReLU",
            torch.relu,
            "This is ReLU, which cuts all negative numbers off. GELU does so smoothly: it weighs x "
            "by Φ(x).",
        ),
        Misconception(
            "√2 forgotten",
            without_root,
            "erf belongs to a normal distribution of variance 1/2. For variance 1, its argument is x "
            "divided by √2.",
        ),
        Misconception(
            "times √2",
            root_of_two_times,
            "The argument of erf is x divided by √2, not multiplied.",
        ),
        Misconception(
            "half forgotten",
            not_halved,
            "Φ runs from 0 to 1, and 1 + erf from 0 to 2: halve it.",
        ),
        Misconception(
            "one forgotten",
            without_one,
            "erf runs from −1 to 1, and Φ from 0 to 1: add 1 before halving.",
        ),
        Misconception(
            "Φ without x",
            only_phi,
            "This is Φ(x), a share between 0 and 1. GELU multiplies it by x.",
        ),
        Misconception(
            "density",
            density,
            "x is multiplied by the density of the normal distribution. It should be the distribution "
            "function, the share below x.",
        ),
        Misconception(
            "wrong tail",
            upper_tail,
            "x is multiplied by the share above it. Large x should go through, not vanish: take the "
            "share below.",
        ),
        Misconception(
            "Φ without gradient",
            detached_phi,
            "The values are right, but Φ(x) is taken for a constant, so the gradient lacks the term "
            "x φ(x). Leave out detach and .data.",
        ),
        Misconception(
            "no gradient",
            out_of_autograd,
            "The values are right, but no gradient reaches x. Compute with torch's functions; math, "
            "numpy and .tolist() leave autograd.",
        ),
        Misconception(
            "flattened",
            flattened,
            "The answer has lost its shape. GELU works on each number alone and leaves the shape as "
            "it is.",
        ),
    ],
)
