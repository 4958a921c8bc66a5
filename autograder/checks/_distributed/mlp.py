"""distributed.megatron_mlp: columns, GELU, rows, and one sum over devices."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import torch
from scipy.special import erf

from autograder.check import Case, Check, Misconception
from course_utils.distributed import megatron_mlp


def ask_mlp(function, args):
    """Hand in an all_reduce that counts its calls and the arrays it is given."""
    import numpy as np

    X, A, B, bias_in, bias_out = args
    kept = [
        np.array(X),
        *([np.array(one) for one in many] for many in (A, B, bias_in)),
        np.array(bias_out),
    ]
    calls = []

    def all_reduce(arrays):
        calls.append(len(arrays))
        shape = np.shape(arrays[0])
        # the summand of a device that nobody else sees: whoever adds up alone, misses it
        total = np.linspace(1, 2, int(np.prod(shape))).reshape(shape)
        for array in arrays:
            total = total + np.asarray(array)
        return total

    value = function(*kept, all_reduce)
    before, after = (
        [X, *A, *B, *bias_in, bias_out],
        [kept[0], *kept[1], *kept[2], *kept[3], kept[4]],
    )
    return {
        "value": value,
        "calls": calls,
        "unchanged": all(map(np.array_equal, before, after)),
    }


def agree_mlp(args, expected, answer):
    """The distance of the value; in words, how often all_reduce was called."""
    from course_utils.agreement import deviation

    far = deviation(expected["value"], answer["value"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    if far <= 1 and len(answer["calls"]) != 1:
        return f"all_reduce is called {len(answer['calls'])} times; once is enough, and needed"
    if far <= 1 and answer["calls"] != expected["calls"]:
        return "all_reduce is not given one array of each device"
    return far


def right(*args: Any) -> Any:
    return ask_mlp(megatron_mlp, args)


def gelu(x: Any) -> Any:
    return x * 0.5 * (1 + erf(np.asarray(x) / sqrt(2)))


def by_tanh(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def made(
    *,
    activation: Callable[[Any], Any] = gelu,
    inner: Callable[..., Any] = lambda X, A, b, act: act(X @ A + b),
    part: Callable[..., Any] = lambda h, B, out, N: h @ B,
    finish: Callable[..., Any] = lambda parts, out, reduce: reduce(parts) + out,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce):
        N = len(A_shards)
        parts = [
            part(inner(X, A, b, activation), B, bias_out, N)
            for A, B, b in zip(A_shards, B_shards, bias_in_shards, strict=True)
        ]
        return finish(parts, bias_out, all_reduce)

    return version


def by_torch(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce):
    x, parts = torch.tensor(X), []
    for A, B, b in zip(A_shards, B_shards, bias_in_shards, strict=True):
        parts.append(
            (
                torch.nn.functional.gelu(x @ torch.tensor(A) + torch.tensor(b)) @ torch.tensor(B)
            ).numpy()
        )
    return torch.tensor(all_reduce(parts)) + torch.tensor(bias_out)


def activation_of_the_sum(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce):
    """GELU comes after the sum over devices, and after the second matrix."""
    parts = [(X @ A + b) @ B for A, B, b in zip(A_shards, B_shards, bias_in_shards, strict=True)]
    return gelu(all_reduce(parts)) + bias_out


def rows_first(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce):
    """A by rows: GELU of partial sums."""
    A, b = np.concatenate(A_shards, axis=1), np.concatenate(bias_in_shards)
    pieces = np.array_split(np.arange(X.shape[1]), len(A_shards))
    inner = sum(gelu(X[:, mine] @ A[mine] + b / len(pieces)) for mine in pieces)
    ends = np.cumsum([0, *(len(B) for B in B_shards)])
    parts = [inner[:, s:e] @ B for s, e, B in zip(ends, ends[1:], B_shards, strict=False)]
    return all_reduce(parts) + bias_out


def gathers_first(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce):
    """The inner units go to everybody before the second matrix: two sums over devices."""
    inner = [gelu(X @ A + b) for A, b in zip(A_shards, bias_in_shards, strict=True)]
    width = sum(h.shape[1] for h in inner)
    padded, start = [], 0
    for h in inner:
        padded.append(np.zeros((len(X), width)))
        padded[-1][:, start : start + h.shape[1]] = h
        start += h.shape[1]
    whole, parts, start = all_reduce(padded), [], 0
    for B in B_shards:
        parts.append(whole[:, start : start + len(B)] @ B)
        start += len(B)
    return all_reduce(parts) + bias_out


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, B: int, size: int, out: int, *widths: int) -> Case:
        order = rng.permutation(widths)
        A = [rng.normal(size=(size, n)) for n in order]
        rows = [rng.normal(size=(n, out)) * 9 for n in order]
        bias_in = [rng.normal(size=n) + 0.5 for n in order]
        X, bias_out = rng.normal(size=(B, size)) * 1.2, rng.normal(size=out) * 2 + 3
        return Case((X, A, rows, bias_in, bias_out), shows)

    return [
        case("value", 4, 3, 2, 5, 4),
        case("value", 3, 4, 5, 3, 6, 2),
        case("equal", 3, 2, 4, 4, 4),
        case("one", 5, 3, 2, 6),
        case("many", 3, 4, 2, 1, 2, 1, 5, 3),
    ]


MLP: Check = Check(
    exercise="distributed.megatron_mlp",
    properties={
        "value": "gives the whole layer's outputs, with one all_reduce of each device's summand",
        "equal": "works for shards of equal width",
        "one": "works for a single device, which calls all_reduce, too",
        "many": "works for many devices",
    },
    cases=draw,
    ask=ask_mlp,
    agree=agree_mlp,
    expect=right,
    accepts=[made(), by_torch, made(part=lambda h, B, out, N: h @ B + out / N,
                                    finish=lambda parts, out, reduce: reduce(parts))],
    misconceptions=[
        Misconception(
            "GELU of partial sums",
            rows_first,
            "The first matrix is cut by rows, and GELU is taken of partial sums. GELU(a + b) is not "
            "GELU(a) + GELU(b): cut it by columns.",
        ),
        Misconception(
            "GELU after the sum",
            activation_of_the_sum,
            "GELU comes after the second matrix. It belongs between the two, on each device.",
        ),
        Misconception(
            "no GELU",
            made(activation=lambda x: x),
            "GELU is missing. Without it the two matrices are one.",
        ),
        Misconception(
            "tanh form",
            made(activation=by_tanh),
            "This is the approximation of GELU by tanh. Use the exact one, with erf.",
        ),
        Misconception(
            "ReLU",
            made(activation=lambda x: np.maximum(x, 0.0)),
            "This is ReLU. GPT's feed-forward layer has GELU.",
        ),
        Misconception(
            "outer bias of every device",
            made(
                part=lambda h, B, out, N: h @ B + out,
                finish=lambda parts, out, reduce: reduce(parts),
            ),
            "bias_out is in every device's summand, and so is added once for each. Add it after all_reduce.",
        ),
        Misconception(
            "no outer bias",
            made(finish=lambda parts, out, reduce: reduce(parts)),
            "bias_out is missing. Add it once, after all_reduce.",
        ),
        Misconception(
            "no inner bias",
            made(inner=lambda X, A, b, act: act(X @ A)),
            "The inner bias is missing. Each device adds its own before GELU.",
        ),
        Misconception(
            "inner bias after GELU",
            made(inner=lambda X, A, b, act: act(X @ A) + b),
            "The inner bias comes after GELU. It belongs before: GELU(X @ A + b).",
        ),
        Misconception(
            "added up without all_reduce",
            made(finish=lambda parts, out, reduce: np.sum(parts, axis=0) + out),
            "The summands are added up here, as if they were in one place. Only all_reduce reaches the "
            "other devices.",
        ),
        Misconception(
            "two all_reduces",
            gathers_first,
            "The inner units are sent round as well. Cut by the rows that meet them, the second matrix "
            "needs only what its device has.",
        ),
        Misconception(
            "all_reduce in vain",
            made(finish=lambda parts, out, reduce: (reduce(parts), sum(parts) + out)[1]),
            "What all_reduce returns is not used. On a network a device has its own summand only, and the "
            "sum comes from there.",
        ),
        Misconception(
            "all_reduce of each",
            made(finish=lambda parts, out, reduce: np.sum([reduce([p]) for p in parts], axis=0) + out),
            "all_reduce is called for each device by itself. Call it once, with the list of all summands.",
        ),
        Misconception(
            "mean for the sum",
            made(finish=lambda parts, out, reduce: reduce(parts) / len(parts) + out),
            "The sum over devices is divided by their number. The summands are parts of one sum.",
        ),
    ],
)  # fmt: skip
