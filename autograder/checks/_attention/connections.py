"""attention.count_connections: linear and quadratic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.attention import count_connections


def made(
    rnn: Callable[[int, int], float] = lambda T, L: L * T + L * (T - 1),
    transformer: Callable[[int, int], float] = lambda T, L: L * T * (T + 1) // 2,
    *,
    refuse: bool = True,
) -> Callable[..., float]:
    """A version with one formula or the other exchanged."""

    def version(num_tokens, num_layers, kind):
        if kind == "rnn":
            return rnn(num_tokens, num_layers)
        if kind == "transformer" or not refuse:
            return transformer(num_tokens, num_layers)
        raise ValueError(f"no kind {kind!r}")

    return version


def by_numpy(num_tokens, num_layers, kind):
    if kind == "rnn":
        return np.int64(num_layers) * np.int64(2 * num_tokens - 1)
    if kind == "transformer":
        return num_layers * (num_tokens * (num_tokens + 1) >> 1)
    raise ValueError("rnn or transformer")


def in_floats(num_tokens, num_layers, kind):
    return float(count_connections(num_tokens, num_layers, kind))


def other_exception(num_tokens, num_layers, kind):
    if kind not in ("rnn", "transformer"):
        raise KeyError(kind)
    return count_connections(num_tokens, num_layers, kind)


def exchanged(num_tokens, num_layers, kind):
    others = {"rnn": "transformer", "transformer": "rnn"}
    return count_connections(num_tokens, num_layers, others.get(kind, kind))


def turned(num_tokens, num_layers, kind):
    return count_connections(num_layers, num_tokens, kind)


def draw(rng: np.random.Generator) -> list[Case]:
    sizes = [(int(rng.integers(5, 40)), int(rng.integers(2, 5))) for _ in range(3)]
    cases = [Case((T, L, kind), "value") for T, L in sizes for kind in ("rnn", "transformer")]
    T, L = int(rng.integers(6, 30)), int(rng.integers(7, 13))
    for kind in ("rnn", "transformer"):
        cases += [Case((1, L, kind), "one"), Case((T, 1, kind), "one")]
        many = 30_000_001 + 4 * int(rng.integers(10**5))  # the count is odd, and beyond 2⁵³
        cases.append(Case((many, 97, kind), "exact"))
    wrong = ("RNN", "lstm", "", "transformers")
    return [*cases, *(Case((T, L, str(kind)), "refusal") for kind in rng.permutation(wrong)[:2])]


CONNECTIONS: Check = Check(
    exercise="attention.count_connections",
    properties={
        "value": "counts L T + L (T − 1) for an RNN, and L T (T + 1) / 2 for a transformer",
        "one": "is right for a single token and for a single layer",
        "exact": "gives an exact integer for millions of tokens",
        "refusal": "raises ValueError for another kind",
    },
    cases=draw,
    expect=count_connections,
    accepts=[made(), by_numpy, made(lambda T, L: L * (2 * T - 1))],
    misconceptions=[
        Misconception(
            "no refusal",
            made(refuse=False),
            "Another kind is taken for a transformer. Raise ValueError.",
        ),
        Misconception(
            "another exception",
            other_exception,
            "Another kind raises something else. ValueError is asked, exactly.",
        ),
        Misconception(
            "every pair",
            made(transformer=lambda T, L: L * T * T),
            "This counts every pair. Token t looks at 1 … t only, so about half.",
        ),
        Misconception(
            "not at itself",
            made(transformer=lambda T, L: L * T * (T - 1) // 2),
            "A transformer's token hears from the vector below itself, too: 1 + 2 + … + T.",
        ),
        Misconception(
            "rounded",
            made(transformer=lambda T, L: int(L * T * (T + 1) / 2)),
            "Division with / makes a float, which is rounded where numbers are large. Use //.",
        ),
        Misconception(
            "one layer only",
            made(lambda T, L: 2 * T - 1, lambda T, L: T * (T + 1) // 2),
            "This is one layer. Multiply by the number of layers.",
        ),
        Misconception(
            "first layer left out",
            made(lambda T, L: (L - 1) * T + L * (T - 1), lambda T, L: (L - 1) * T * (T + 1) // 2),
            "The arrows from the word vectors (layer 0) into the first layer are missing.",
        ),
        Misconception(
            "a step too many",
            made(lambda T, L: 2 * L * T),
            "In an RNN the first vector of each layer has none before it: L (T − 1) arrows in time.",
        ),
        Misconception(
            "in time only",
            made(lambda T, L: L * (T - 1)),
            "The RNN's arrows from layer to layer are missing: L T of them.",
        ),
        Misconception(
            "between layers only",
            made(lambda T, L: L * T),
            "The RNN's arrows from one token to the next are missing: L (T − 1) of them.",
        ),
        Misconception(
            "floats", in_floats, "These are floats. Exact integers are asked: use // and no /."
        ),
        Misconception(
            "kinds exchanged", exchanged, "The two kinds are exchanged. RNN: linear in T."
        ),
        Misconception(
            "tokens and layers exchanged",
            turned,
            "Tokens and layers are exchanged: the first argument is T.",
        ),
    ],
)
