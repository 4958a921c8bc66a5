"""pretraining.mixture_epochs: how often is each source read?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.pretraining import mixture_epochs


def made(
    *,
    share: Callable[[Any, Any], Any] = lambda weights, tokens: weights / weights.sum(),
    epochs: Callable[[Any, Any, Any], Any] = lambda share, total, tokens: share * total / tokens,
    refuse: bool = True,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(tokens, weights, total_tokens):
        tokens, weights = np.asarray(tokens, dtype=float), np.asarray(weights, dtype=float)
        if refuse and (tokens <= 0).any():
            raise ValueError("a source without tokens")
        with np.errstate(divide="ignore", invalid="ignore"):
            return epochs(share(weights, tokens), total_tokens, tokens)

    return version


def by_loop(tokens, weights, total_tokens):
    whole = sum(float(w) for w in weights)
    out = []
    for n, w in zip(tokens, weights, strict=True):
        if n <= 0:
            raise ValueError(f"{n} tokens")
        out.append(float(w) / whole * float(total_tokens) / float(n))
    return out


def in_torch(tokens, weights, total_tokens):
    import torch

    n, w = (torch.tensor(list(map(float, row)), dtype=torch.float64) for row in (tokens, weights))
    if bool((n <= 0).any()):
        raise ValueError("every source needs tokens")
    return torch.nn.functional.normalize(w, p=1, dim=0) * float(total_tokens) / n


def softmax(weights, tokens):
    return np.exp(weights) / np.exp(weights).sum()


def first_of_equal_weights(tokens, weights, total_tokens):
    given = [float(w) for w in weights]
    return made()([tokens[given.index(w)] for w in given], given, total_tokens)


def first_of_equal_sizes(tokens, weights, total_tokens):
    given = [float(n) for n in tokens]
    found = made()(tokens, weights, total_tokens)
    return np.array([found[given.index(n)] for n in given])


def equal_sizes_once(tokens, weights, total_tokens):
    sources = dict(zip(map(float, tokens), map(float, weights), strict=True))
    return made()(list(sources), list(sources.values()), total_tokens)


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, n: int, *, factor: float = 1.0, zero: bool = False) -> Case:
        tokens = rng.uniform(20, 400, size=n)
        weights = rng.dirichlet(np.full(n, 4.0)) * factor
        if zero:
            weights[rng.integers(n)] = 0.0
        return Case((tokens, weights, float(rng.uniform(300, 700))), shows)

    def bad(value: float) -> Case:
        tokens, weights, total = case("refuses", 3).args
        tokens[rng.integers(3)] = value
        return Case((tokens, weights, total), "refuses")

    sizes = [float(n) for n in np.repeat(rng.uniform(20, 400, size=2), 2)]
    shares = [float(w) for w in np.tile(rng.uniform(1, 4, size=2), 2)]  # all four pairs
    whole = rng.permutation([3, 12, 19, 55, 410]).tolist()
    return [
        case("value", 3, factor=1.4),
        case("value", 5, factor=0.7),
        Case((whole, rng.permutation([3, 8, 7, 22, 61]).tolist(), 300), "value"),
        Case((sizes, shares, float(rng.uniform(300, 700))), "value"),
        case("sums", 4),
        case("unused", 4, factor=2.0, zero=True),
        bad(0.0),
        bad(-2.0),
    ]


MIXTURE: Check = Check(
    exercise="pretraining.mixture_epochs",
    properties={
        "value": "divides each weight by their sum, and gives tokens read over tokens there are",
        "sums": "is right for weights that sum to 1",
        "unused": "gives 0 for a source of weight 0",
        "refuses": "raises ValueError for a source of no tokens",
    },
    cases=draw,
    expect=mixture_epochs,
    accepts=[made(), by_loop, in_torch],
    misconceptions=[
        Misconception(
            "weights not normalised",
            made(share=lambda weights, tokens: weights),
            "The weights are used as they are. They need not sum to 1: divide by their sum.",
        ),
        Misconception(
            "epochs inverted",
            made(epochs=lambda share, total, tokens: tokens / (share * total)),
            "This is the tokens there are over the tokens read. The other way round: how many times the "
            "source is gone through.",
        ),
        Misconception(
            "tokens, not epochs",
            made(epochs=lambda share, total, tokens: share * total),
            "This is how many tokens are read of each source. Divide by how many there are.",
        ),
        Misconception(
            "same share for all",
            made(share=lambda weights, tokens: np.full(len(weights), 1 / len(weights))),
            "All sources get the same share. Use the weights.",
        ),
        Misconception(
            "shares by size",
            made(share=lambda weights, tokens: tokens / tokens.sum()),
            "Each source gets a share by its size, so all are read equally often. The weights decide.",
        ),
        Misconception(
            "weights times sizes",
            made(share=lambda weights, tokens: weights * tokens / (weights * tokens).sum()),
            "The weights are multiplied by the sizes. A weight is already the share of what is read.",
        ),
        Misconception(
            "softmax of the weights",
            made(share=softmax),
            "The weights went through softmax. Dividing by their sum is enough.",
        ),
        Misconception(
            "divided by the largest",
            made(share=lambda weights, tokens: weights / weights.max()),
            "The weights are divided by the largest. Divide by their sum, so that the shares sum to 1.",
        ),
        Misconception(
            "all tokens together",
            made(epochs=lambda share, total, tokens: share * total / tokens.sum()),
            "What is read is divided by all tokens together. Each source has its own number.",
        ),
        Misconception(
            "first source of equal weights",
            first_of_equal_weights,
            "Sources of the same weight are taken for one: weights.index finds the first. Go through "
            "tokens and weights side by side.",
        ),
        Misconception(
            "first source of equal sizes",
            first_of_equal_sizes,
            "Sources of the same size are taken for one: tokens.index finds the first. Go through tokens "
            "and weights side by side.",
        ),
        Misconception(
            "equal sizes once",
            equal_sizes_once,
            "Of sources of the same size one is lost: a dict whose keys are sizes keeps the last. Go "
            "through tokens and weights side by side.",
        ),
        Misconception(
            "rounded down",
            made(epochs=lambda share, total, tokens: np.floor(share * total / tokens)),
            "The epochs are rounded down. A source may be read 0.43 times.",
        ),
        Misconception(
            "no refusal",
            made(refuse=False),
            "A source of no tokens should be a ValueError; here it gives a number that means nothing.",
        ),
    ],
)
