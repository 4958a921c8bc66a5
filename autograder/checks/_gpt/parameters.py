"""gpt.parameter_count: how many numbers a GPT learns, part by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import parameter_count

CLASS = "course_utils.gpt.weights.Config"


def _with(**changes: Any) -> Callable[..., dict[str, int]]:
    """The count, with some parts counted in another way: functions of the config."""

    def count(config):
        parts = {**parameter_count(config), **{k: part(config) for k, part in changes.items()}}
        del parts["total"]
        return {**parts, "total": sum(parts.values())}

    return count


def _norms(config, *, each=2, width=None, final=None):
    number = each * config.num_layers + int(config.final_norm if final is None else final)
    return number * (width or config.width) * (1 + config.bias)


def output_counted_again(config):
    return parameter_count(replace(config, tied=False))


def tied_always(config):
    return parameter_count(replace(config, tied=True))


def biases_forgotten(config):
    return parameter_count(replace(config, bias=False))


def biases_always(config):
    return parameter_count(replace(config, bias=True))


def inner_width_ignored(config):
    return parameter_count(replace(config, feed_forward_width=None))


def one_layer(config):
    return parameter_count(replace(config, num_layers=1))


def total_too_large(config):
    parts = parameter_count(config)
    return {**parts, "total": 2 * parts["total"]}


def as_floats(config):
    return {name: float(count) for name, count in parameter_count(config).items()}


def in_one_number(config):
    return parameter_count(config)["total"]


def without_total(config):
    parts = parameter_count(config)
    return {name: count for name, count in parts.items() if name != "total"}


def _tensors(config):
    """The shape of every weight, by part, written down one after the other."""
    width, inner = config.width, config.inner_width
    yield "token_embedding", (config.vocabulary_size, width)
    if not config.tied:
        yield "token_embedding", (width, config.vocabulary_size)
    yield "position_embedding", (config.num_positions, width)
    for _ in range(config.num_layers):
        for rows, columns, part in (
            *[(width, width, "attention")] * 4,
            (width, inner, "feed_forward"),
            (inner, width, "feed_forward"),
        ):
            yield part, (rows, columns)
            if config.bias:
                yield part, (columns,)
        for _ in range(2 * (1 + config.bias)):
            yield "norms", (width,)
    if config.final_norm:
        for _ in range(1 + config.bias):
            yield "norms", (width,)


def by_listing(config):
    counts = Counter(dict.fromkeys(list(parameter_count(config))[:-1], 0))
    for part, shape in _tensors(config):
        counts[part] += int(np.prod(shape))
    counts["total"] = counts.total()
    return counts


def by_formula(config):
    """N = L (12 C² + 13 C) + (V + T) C + 2 C, with what flags take away."""
    L, C, F = config.num_layers, config.width, config.inner_width
    parts = dict.fromkeys(("position_embedding", "token_embedding"), C)
    parts["token_embedding"] *= config.vocabulary_size * (2 - config.tied)
    parts["position_embedding"] *= config.num_positions
    parts["attention"] = L * 4 * C * (C + config.bias)
    parts["feed_forward"] = L * ((C + config.bias) * F + (F + config.bias) * C)
    parts["norms"] = C * (2 if config.bias else 1) * (2 * L + config.final_norm)
    return SimpleNamespace(**parts, total=sum(parts.values())).__dict__


def with_numpy(config):
    return {name: np.int64(count) for name, count in parameter_count(config).items()}


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, **flags: Any) -> Case:
        layers, heads = int(rng.integers(2, 6)), int(rng.choice([3, 5, 7]))
        config = {
            "class": CLASS,
            "num_layers": layers,
            "num_heads": heads,
            "width": heads * int(rng.integers(5, 12)),
            "vocabulary_size": int(rng.integers(300, 900)),
            "num_positions": int(rng.integers(31, 99)),
            **flags,
        }
        return Case((config,), shows)

    inner = int(rng.integers(41, 59))
    return [
        case("value"),
        case("value", num_layers=int(rng.integers(7, 12))),
        case("value", num_layers=1, num_heads=1),
        case("value", num_layers=48, num_heads=25, width=1600, vocabulary_size=50_257),
        case("inner", feed_forward_width=inner),
        case("inner", feed_forward_width=inner + 60),
        case("bias", bias=False),
        case("tied", tied=False),
        case("final", final_norm=False),
        case("together", bias=False, tied=False, feed_forward_width=inner),
        case("together", bias=False, final_norm=False),
    ]


def _expected(config: dict[str, Any]) -> Any:
    return value_and_gradients(parameter_count)(config)


PARAMETERS: Check = Check(
    exercise="gpt.parameter_count",
    properties={
        "value": "counts each part of a GPT, and the total, as exact integers",
        "inner": "takes the width of the feed-forward layers from the config where it is given",
        "bias": "counts no biases, of norms neither, where bias is False",
        "tied": "counts the output's own table where tied is False",
        "final": "leaves out the final norm where there is none",
        "together": "obeys several flags at once",
    },
    cases=draw,
    expect=_expected,
    ask=call_twice_with_gradients,
    accepts=[by_listing, by_formula, with_numpy],
    misconceptions=[
        Misconception(
            "tied weights counted twice",
            output_counted_again,
            "The token table is counted twice although the output is tied to it: it is the same table, "
            "so it counts once, unless tied is False.",
        ),
        Misconception(
            "tied not looked at",
            tied_always,
            "With tied=False the output has a table of its own, V · C more. Count it with the token "
            "embedding.",
        ),
        Misconception(
            "all biases forgotten",
            biases_forgotten,
            "No biases are counted. Unless bias is False, each linear layer has one number more for "
            "each output, and each norm has as many biases as gains.",
        ),
        Misconception(
            "bias not looked at",
            biases_always,
            "Biases are counted although bias is False. Then neither linear layers nor norms have any.",
        ),
        Misconception(
            "biases of attention forgotten",
            _with(attention=lambda c: c.num_layers * 4 * c.width**2),
            "Attention has four linear layers, and each has C biases, which are missing.",
        ),
        Misconception(
            "biases of feed-forward forgotten",
            _with(feed_forward=lambda c: c.num_layers * 2 * c.width * c.inner_width),
            "The two layers of feed-forward have biases too: F inside and C behind.",
        ),
        Misconception(
            "one width of biases in feed-forward",
            _with(
                feed_forward=lambda c: (
                    c.num_layers * 2 * (c.width * c.inner_width + c.bias * c.width)
                )
            ),
            "Both layers of feed-forward get C biases here. The first one has F outputs, so F biases.",
        ),
        Misconception(
            "biases of norms forgotten",
            _with(norms=lambda c: (2 * c.num_layers + c.final_norm) * c.width),
            "Each norm has a gain and a bias, C numbers each. Only one of them is counted.",
        ),
        Misconception(
            "biases of norms kept",
            _with(norms=lambda c: (2 * c.num_layers + c.final_norm) * c.width * 2),
            "bias=False drops the biases of the norms, too: only their gains are left.",
        ),
        Misconception(
            "three matrices in attention",
            _with(attention=lambda c: c.num_layers * 3 * c.width * (c.width + c.bias)),
            "Queries, keys and values are counted, but not the output projection W_o: four matrices.",
        ),
        Misconception(
            "heads counted",
            _with(attention=lambda c: c.num_heads * parameter_count(c)["attention"]),
            "The count grows with the number of heads. Heads share the width: each works on C/H "
            "numbers, so that together they need as much as one of width C.",
        ),
        Misconception(
            "one norm a block",
            _with(norms=lambda c: _norms(c, each=1)),
            "A block has two norms, one before attention and one before feed-forward, each with numbers "
            "of its own.",
        ),
        Misconception(
            "no final norm",
            _with(norms=lambda c: _norms(c, final=False)),
            "The norm after the last block is missing. Count it unless final_norm is False.",
        ),
        Misconception(
            "final norm always",
            _with(norms=lambda c: _norms(c, final=True)),
            "A final norm is counted although final_norm is False; GPT of 2018 has none.",
        ),
        Misconception(
            "one matrix in feed-forward",
            _with(feed_forward=lambda c: c.num_layers * c.inner_width * (c.width + c.bias)),
            "Feed-forward has two layers: one to the inner width, and one back.",
        ),
        Misconception(
            "inner width is always 4 C",
            inner_width_ignored,
            "The inner width is taken to be 4 C. That is only the default: where feed_forward_width is "
            "given, it counts (config.inner_width knows).",
        ),
        Misconception(
            "no positions",
            _with(position_embedding=lambda c: 0),
            "The position table is learned as well: one row of C numbers for each position.",
        ),
        Misconception(
            "a single layer",
            one_layer,
            "Only one block is counted. There are num_layers of them, each with its own weights.",
        ),
        Misconception(
            "total counts itself",
            total_too_large,
            "The total is twice the sum of the parts: it was added to itself, or everything twice.",
        ),
        Misconception(
            "total missing",
            without_total,
            "The entry 'total' is missing: the sum of the five parts, in the same dict.",
        ),
        Misconception(
            "floats",
            as_floats,
            "The counts are floats, which are no longer exact for large models. Use int, and // where "
            "you divide.",
        ),
        Misconception(
            "total only",
            in_one_number,
            "One number comes back. Return a dict with the five parts and their total.",
        ),
    ],
)
