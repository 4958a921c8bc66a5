"""gpt.gpt_logits: the whole model, from tokens to the scores of the next one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt.block import ATTENTION_IN_TORCH
from autograder.checks._gpt.block_versions import head_by_head, post_norm, with_attention
from autograder.checks._gpt.weights import draw_gpt
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import gpt_logits, transformer_block


def made(
    *,
    place: Any = lambda p, T: p.position_table[:T],
    block: Any = transformer_block,
    choose: Any = lambda blocks: blocks,
    final: Any = lambda x, p, c: F.layer_norm(
        x, x.shape[-1:], p.final_norm_gain, p.final_norm_bias, c.eps
    ),
    heads: Any = lambda c: c.num_heads,
    out: Any = lambda x, p: x @ p.token_table.T,
) -> Any:
    """A version of gpt_logits; each keyword is a place where people go wrong."""

    def version(tokens: Tensor, parameters: Any, config: Any) -> Tensor:
        T = tokens.shape[1]
        if len(parameters.position_table) < T:
            raise ValueError(f"{T} tokens are too many")
        x = parameters.token_table[tokens] + place(parameters, T)
        for weights in choose(parameters.blocks):
            x = block(x, weights, heads(config))
        return out(final(x, parameters, config), parameters)

    return version


def no_refusal(tokens, parameters, config):
    longest = len(parameters.position_table)
    return gpt_logits(tokens[:, :longest], parameters, config)


def off_by_one(p, T):
    return p.position_table.roll(-1, 0)[:T]


def backwards(p, T):
    return p.position_table[:T].flip(0)


def next_scores_only(tokens, parameters, config):
    return gpt_logits(tokens, parameters, config)[:, -1]


def as_probabilities(tokens, parameters, config):
    return gpt_logits(tokens, parameters, config).softmax(dim=-1)


def shifted_inside(tokens, parameters, config):
    return gpt_logits(tokens, parameters, config)[:, :-1]


def one_sentence_at_a_time(tokens, parameters, config):
    return torch.stack([gpt_logits(row[None], parameters, config)[0] for row in tokens])


def by_one_hot(tokens, parameters, config):
    T = tokens.shape[-1]
    if parameters.position_table.shape[0] < T:
        raise ValueError("too long")
    table = parameters.token_table
    x = F.one_hot(tokens, len(table)).to(table.dtype) @ table + parameters.position_table[:T]
    for weights in parameters.blocks:
        x = head_by_head(x, weights, config.num_heads)
    last = replace(
        parameters.blocks[0],
        norm1_gain=parameters.final_norm_gain,
        norm1_bias=parameters.final_norm_bias,
    )
    normed = F.layer_norm(x, x.shape[-1:], last.norm1_gain, last.norm1_bias, config.eps)
    return torch.einsum("btc,vc->btv", normed, table)


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, batch: int, T: int, **sizes: int) -> Case:
        parameters, config = draw_gpt(rng, **sizes)
        tokens = torch.from_numpy(rng.integers(sizes["vocabulary_size"], size=(batch, T)))
        return Case((tokens, parameters, config), shows)

    small = {"num_heads": 2, "width": 4, "vocabulary_size": 7, "num_positions": 5}
    return [
        case("value", 2, 3, num_layers=2, **small),
        case("value", 1, 4, num_layers=3, **small | {"num_heads": 3, "width": 6}),
        case("full", 2, 5, num_layers=2, **small),
        case("short", 3, 1, num_layers=2, **small),
        case("refusal", 1, 6, num_layers=1, **small),
    ]


LOGITS: Check = Check(
    exercise="gpt.gpt_logits",
    properties={
        "value": "embeds, goes through all blocks, norms, and multiplies by the token table",
        "full": "reads a text that is as long as the position table",
        "short": "reads a text of one token",
        "refusal": "raises ValueError for a text longer than the position table",
    },
    cases=draw,
    expect=value_and_gradients(gpt_logits),
    ask=call_twice_with_gradients,
    not_allowed=ATTENTION_IN_TORCH,
    accepts=[made(), one_sentence_at_a_time, by_one_hot],
    misconceptions=[
        Misconception(
            "no refusal",
            no_refusal,
            "A text longer than the position table is cut off in silence. Raise ValueError.",
        ),
        Misconception(
            "no final norm",
            made(final=lambda x, p, c: x),
            "The last layer norm is missing, the one after all blocks.",
        ),
        Misconception(
            "final norm without gain and bias",
            made(final=lambda x, p, c: F.layer_norm(x, x.shape[-1:], eps=c.eps)),
            "The final norm has a gain and a bias of its own: final_norm_gain, final_norm_bias.",
        ),
        Misconception(
            "default eps in the final norm",
            made(
                final=lambda x, p, c: F.layer_norm(
                    x, x.shape[-1:], p.final_norm_gain, p.final_norm_bias
                )
            ),
            "The final norm uses 1e-5 whatever the config says. Use config.eps.",
        ),
        Misconception(
            "no positions",
            made(place=lambda p, T: 0 * p.position_table[:T]),
            "The position table is not used, so the model cannot tell the order of the tokens.",
        ),
        Misconception(
            "positions off by one",
            made(place=off_by_one),
            "The positions are off by one: the first token has position 0.",
        ),
        Misconception(
            "positions backwards",
            made(place=backwards),
            "The positions run backwards: the first token has position 0.",
        ),
        Misconception(
            "first block only",
            made(choose=lambda blocks: blocks[:1]),
            "Only the first block is used. Go through all of parameters.blocks.",
        ),
        Misconception(
            "last block missing",
            made(choose=lambda blocks: blocks[:-1]),
            "The last block is not used. Go through all of parameters.blocks.",
        ),
        Misconception(
            "one block again and again",
            made(choose=lambda blocks: [blocks[0]] * len(blocks)),
            "The first block's weights are used in every layer. Each layer has its own.",
        ),
        Misconception(
            "blocks in reverse",
            made(choose=lambda blocks: blocks[::-1]),
            "The blocks are gone through from the last to the first.",
        ),
        Misconception(
            "one head",
            made(heads=lambda c: 1),
            "There is only one head. Use config.num_heads.",
        ),
        Misconception(
            "not causal",
            made(block=with_attention(look=torch.ones_like)),
            "Tokens see what comes after them, so the model reads the answer instead of guessing it.",
        ),
        Misconception(
            "post-norm",
            made(block=post_norm),
            "The blocks have their norms after the sums. GPT-2 norms before each sublayer.",
        ),
        Misconception(
            "table not tied",
            made(out=lambda x, p: x @ p.token_table.detach().T),
            "The values are right, but the output has a copy of the token table that does not learn. "
            "Leave out detach and .data.",
        ),
        Misconception(
            "probabilities",
            as_probabilities,
            "These are probabilities. Logits are asked: the scores before softmax.",
        ),
        Misconception(
            "last position only",
            next_scores_only,
            "Only the last position's scores come back. Return those of all positions, (B, T, V).",
        ),
        Misconception(
            "shifted",
            shifted_inside,
            "The last position is cut off. The shift belongs to the loss; return all T positions.",
        ),
    ],
)
