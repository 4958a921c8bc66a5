"""distributed.column_parallel_linear and row_parallel_linear: one matrix, cut in two ways."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.distributed import column_parallel_linear, row_parallel_linear


def cuts(rng: np.random.Generator, *widths: int) -> list[int]:
    return rng.permutation(widths).tolist()


def draw_columns(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, B: int, size: int, *widths: int) -> Case:
        shards = [rng.normal(size=(size, width)) for width in cuts(rng, *widths)]
        return Case((rng.normal(size=(B, size)), shards), shows)

    return [
        case("value", 3, 4, 2, 5, 1),
        case("value", 2, 5, 3, 4),
        case("equal", 3, 2, 2, 2),
        case("equal", 2, 3, 3, 3, 3),
        case("one", 3, 4, 5),
        case("many", 2, 3, 1, 1, 2, 1, 3),
    ]


def by_einsum(X, W_shards):
    return tuple(np.einsum("bi,io->bo", np.asarray(X), np.asarray(W)) for W in W_shards)


def cut_afterwards(X, W_shards):
    whole = np.asarray(X) @ np.concatenate([np.asarray(W) for W in W_shards], axis=1)
    return np.split(whole, np.cumsum([np.shape(W)[1] for W in W_shards])[:-1], axis=1)


def outputs(X, W_shards):
    return [np.asarray(X) @ np.asarray(W) for W in W_shards]


def gathered(X, W_shards):
    return np.concatenate(outputs(X, W_shards), axis=1)


def stacked_rows(X, W_shards):
    return np.concatenate([part.T for part in outputs(X, W_shards)])


def backwards(X, W_shards):
    return outputs(X, W_shards)[::-1]


def first_only(X, W_shards):
    return outputs(X, W_shards)[:1]


def divided(X, W_shards):
    return [part / len(W_shards) for part in outputs(X, W_shards)]


def transposed(X, W_shards):
    return [part.T for part in outputs(X, W_shards)]


def one_example(X, W_shards):
    return [part[0] for part in outputs(X, W_shards)]


def share_of_inputs(X, W_shards):
    """Each device sees only some of the inputs, as if it were cut by rows."""
    pieces = np.array_split(np.arange(np.shape(X)[1]), len(W_shards))
    return [
        np.asarray(X)[:, mine] @ np.asarray(W)[mine]
        for mine, W in zip(pieces, W_shards, strict=True)
    ]


def summed_up(X, W_shards):
    total, found = 0.0, []
    for part in outputs(X, W_shards):
        total = total + part.sum(axis=1, keepdims=True)
        found.append(part + total - part.sum(axis=1, keepdims=True))
    return found


COLUMNS: Check = Check(
    exercise="distributed.column_parallel_linear",
    properties={
        "value": "gives each device the outputs of its columns",
        "equal": "works for shards of equal width",
        "one": "works for a single device",
        "many": "works for many devices",
    },
    cases=draw_columns,
    expect=column_parallel_linear,
    accepts=[outputs, by_einsum, cut_afterwards],
    misconceptions=[
        Misconception(
            "gathered",
            gathered,
            "The parts are put together. Leave them where they are: a list, one part for each device.",
        ),
        Misconception(
            "gathered the wrong way",
            stacked_rows,
            "The parts are stacked on each other. Return a list, one part for each device.",
        ),
        Misconception(
            "inputs cut",
            share_of_inputs,
            "Each device uses only some of the inputs. Cut by columns, it needs all of X, and has some "
            "*outputs*.",
        ),
        Misconception(
            "devices exchanged",
            backwards,
            "The parts come in another order than the shards. Keep to the devices' order.",
        ),
        Misconception(
            "first device only",
            first_only,
            "Only the first device's part comes back. Return one for each device.",
        ),
        Misconception(
            "divided by the devices",
            divided,
            "The outputs are divided by the number of devices. They are whole numbers of their own: "
            "nothing is averaged.",
        ),
        Misconception(
            "transposed",
            transposed,
            "The parts lie on their side. They are (B, out): X @ W, with X on the left.",
        ),
        Misconception(
            "one example",
            one_example,
            "Only the first example is computed. Return a row for each.",
        ),
        Misconception(
            "earlier parts added",
            summed_up,
            "A device's outputs contain those of earlier devices. With columns nothing is added up.",
        ),
    ],
)


def draw_rows(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, B: int, out: int, *widths: int) -> Case:
        sizes = cuts(rng, *widths)
        X, W = [rng.normal(size=(B, n)) for n in sizes], [rng.normal(size=(n, out)) for n in sizes]
        return Case((X, W, rng.normal(size=out) * 3 + 2), shows)

    return [
        case("value", 4, 3, 2, 5, 1),
        case("value", 2, 5, 3, 4),
        case("equal", 3, 4, 2, 2),
        case("equal", 2, 3, 2, 2, 2),
        case("one", 3, 4, 5),
        case("many", 2, 3, 1, 1, 2, 1, 3),
    ]


def summands(X_shards, W_shards):
    pairs = zip(X_shards, W_shards, strict=True)
    return [np.asarray(X) @ np.asarray(W) for X, W in pairs]


def by_joining(X_shards, W_shards, bias):
    X = np.concatenate([np.asarray(X) for X in X_shards], axis=1)
    return X @ np.concatenate([np.asarray(W) for W in W_shards]) + bias


def bias_in_the_first(X_shards, W_shards, bias):
    parts = summands(X_shards, W_shards)
    parts[0] = parts[0] + np.asarray(bias)
    return sum(parts[1:], parts[0])


def bias_shared_out(X_shards, W_shards, bias):
    parts = summands(X_shards, W_shards)
    return np.sum([part + np.asarray(bias) / len(parts) for part in parts], axis=0)


def bias_everywhere(X_shards, W_shards, bias):
    return np.sum([part + np.asarray(bias) for part in summands(X_shards, W_shards)], axis=0)


def no_bias(X_shards, W_shards, bias):
    return np.sum(summands(X_shards, W_shards), axis=0)


def mean_of_summands(X_shards, W_shards, bias):
    return np.mean(summands(X_shards, W_shards), axis=0) + bias


def everything_averaged(X_shards, W_shards, bias):
    return np.mean(summands(X_shards, W_shards), axis=0) + np.asarray(bias) / len(W_shards)


def first_summand(X_shards, W_shards, bias):
    return summands(X_shards, W_shards)[0] + bias


def side_by_side(X_shards, W_shards, bias):
    return np.concatenate([part + bias for part in summands(X_shards, W_shards)], axis=1)


def not_added_up(X_shards, W_shards, bias):
    return [part + bias for part in summands(X_shards, W_shards)]


def bias_taken_away(X_shards, W_shards, bias):
    return np.sum(summands(X_shards, W_shards), axis=0) - bias


def multiplied(X_shards, W_shards, bias):
    return np.prod(summands(X_shards, W_shards), axis=0) + bias


ROWS: Check = Check(
    exercise="distributed.row_parallel_linear",
    properties={
        "value": "gives X @ W + bias, of all shards together",
        "equal": "works for shards of equal height",
        "one": "works for a single device",
        "many": "works for many devices",
    },
    cases=draw_rows,
    expect=row_parallel_linear,
    accepts=[by_joining, bias_in_the_first, bias_shared_out],
    misconceptions=[
        Misconception(
            "bias of every device",
            bias_everywhere,
            "The bias is added once for each device. Add it once, after the sum.",
        ),
        Misconception(
            "no bias",
            no_bias,
            "The bias is missing. Add it once, after the sum over devices.",
        ),
        Misconception(
            "mean for the sum",
            mean_of_summands,
            "The devices' summands are averaged. They are parts of one sum: add them up.",
        ),
        Misconception(
            "everything averaged",
            everything_averaged,
            "Summands and bias are divided by the number of devices. Add the summands up, then the bias.",
        ),
        Misconception(
            "first device only",
            first_summand,
            "Only the first device's summand comes back. The others belong to the same outputs.",
        ),
        Misconception(
            "side by side",
            side_by_side,
            "The summands are set side by side, as columns are. Cut by rows, each device has a part of "
            "*every* output: add them up.",
        ),
        Misconception(
            "not added up",
            not_added_up,
            "A list of summands comes back. Add them up to one array.",
        ),
        Misconception(
            "bias taken away",
            bias_taken_away,
            "The bias is subtracted. It is added, once, after the sum.",
        ),
        Misconception(
            "multiplied",
            multiplied,
            "The summands are multiplied with each other. They are parts of a sum: add them up.",
        ),
    ],
)
