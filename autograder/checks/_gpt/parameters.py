"""gpt.parameter_count: how many numbers a GPT learns, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt.parameters_versions import (
    as_floats,
    biases_always,
    biases_forgotten,
    by_formula,
    by_listing,
    counting,
    in_one_number,
    inner_width_ignored,
    norms,
    one_layer,
    output_counted_again,
    tied_always,
    total_too_large,
    with_numpy,
    without_total,
)
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import parameter_count

CLASS = "course_utils.gpt.weights.Config"


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
    expect=value_and_gradients(parameter_count),
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
            counting(attention=lambda c: c.num_layers * 4 * c.width**2),
            "Attention has four linear layers, and each has C biases, which are missing.",
        ),
        Misconception(
            "biases of feed-forward forgotten",
            counting(feed_forward=lambda c: c.num_layers * 2 * c.width * c.inner_width),
            "The two layers of feed-forward have biases too: F inside and C behind.",
        ),
        Misconception(
            "one width of biases in feed-forward",
            counting(
                feed_forward=lambda c: (
                    c.num_layers * 2 * (c.width * c.inner_width + c.bias * c.width)
                )
            ),
            "Both layers of feed-forward get C biases here. The first one has F outputs, so F biases.",
        ),
        Misconception(
            "biases of norms forgotten",
            counting(norms=lambda c: (2 * c.num_layers + c.final_norm) * c.width),
            "Each norm has a gain and a bias, C numbers each. Only one of them is counted.",
        ),
        Misconception(
            "biases of norms kept",
            counting(norms=lambda c: (2 * c.num_layers + c.final_norm) * c.width * 2),
            "bias=False drops the biases of the norms, too: only their gains are left.",
        ),
        Misconception(
            "three matrices in attention",
            counting(attention=lambda c: c.num_layers * 3 * c.width * (c.width + c.bias)),
            "Queries, keys and values are counted, but not the output projection W_o: four matrices.",
        ),
        Misconception(
            "heads counted",
            counting(attention=lambda c: c.num_heads * parameter_count(c)["attention"]),
            "The count grows with the number of heads. Heads share the width: each works on C/H "
            "numbers, so that together they need as much as one of width C.",
        ),
        Misconception(
            "one norm a block",
            counting(norms=lambda c: norms(c, each=1)),
            "A block has two norms, one before attention and one before feed-forward, each with numbers "
            "of its own.",
        ),
        Misconception(
            "no final norm",
            counting(norms=lambda c: norms(c, final=False)),
            "The norm after the last block is missing. Count it unless final_norm is False.",
        ),
        Misconception(
            "final norm always",
            counting(norms=lambda c: norms(c, final=True)),
            "A final norm is counted although final_norm is False; GPT of 2018 has none.",
        ),
        Misconception(
            "one matrix in feed-forward",
            counting(feed_forward=lambda c: c.num_layers * c.inner_width * (c.width + c.bias)),
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
            counting(position_embedding=lambda c: 0),
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
