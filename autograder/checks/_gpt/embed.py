"""gpt.embed: what each token is, plus where it stands."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import embed


def _refuse(tokens, position_table):
    if tokens.shape[-1] > len(position_table):
        raise ValueError("too long")


def no_positions(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    return token_table[tokens]


def only_positions(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    return position_table[: tokens.shape[-1]].expand(*tokens.shape, -1)


def _with_rows(tokens, token_table, position_table, rows):
    _refuse(tokens, position_table)
    return token_table[tokens] + position_table[rows]


def positions_from_one(tokens, token_table, position_table):
    rows = (torch.arange(tokens.shape[-1]) + 1) % len(position_table)
    return _with_rows(tokens, token_table, position_table, rows)


def first_position_twice(tokens, token_table, position_table):
    rows = (torch.arange(tokens.shape[-1]) - 1).clamp(min=0)
    return _with_rows(tokens, token_table, position_table, rows)


def last_rows(tokens, token_table, position_table):
    rows = torch.arange(tokens.shape[-1]) + len(position_table) - tokens.shape[-1]
    return _with_rows(tokens, token_table, position_table, rows)


def reversed_positions(tokens, token_table, position_table):
    rows = torch.arange(tokens.shape[-1]).flip(0)
    return _with_rows(tokens, token_table, position_table, rows)


def position_by_token(tokens, token_table, position_table):
    return _with_rows(tokens, token_table, position_table, tokens % len(position_table))


def position_by_sentence(tokens, token_table, position_table):
    rows = torch.arange(len(tokens))[:, None] % len(position_table)
    return _with_rows(tokens, token_table, position_table, rows)


def multiplied(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    return token_table[tokens] * position_table[: tokens.shape[-1]]


def concatenated(tokens, token_table, position_table):
    rows = only_positions(tokens, token_table, position_table)
    return torch.cat([token_table[tokens], rows], dim=-1)


def scaled(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    width = token_table.shape[-1]
    return token_table[tokens] * width**0.5 + position_table[: tokens.shape[-1]]


def detached(tokens, token_table, position_table):
    return embed(tokens, token_table.detach(), position_table.detach())


def index_error(tokens, token_table, position_table):
    return token_table[tokens] + position_table[torch.arange(tokens.shape[-1])]


def refuses_a_full_table(tokens, token_table, position_table):
    if tokens.shape[-1] >= len(position_table):
        raise ValueError("too long")
    return embed(tokens, token_table, position_table)


def wraps_around(tokens, token_table, position_table):
    return (
        token_table[tokens] + position_table[torch.arange(tokens.shape[-1]) % len(position_table)]
    )


def stays_at_the_last(tokens, token_table, position_table):
    rows = torch.arange(tokens.shape[-1]).clamp(max=len(position_table) - 1)
    return token_table[tokens] + position_table[rows]


def cuts_off(tokens, token_table, position_table):
    kept = tokens[:, : len(position_table)]
    return embed(kept, token_table, position_table)


def by_one_hot(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    one_hot = F.one_hot(tokens, len(token_table)).to(token_table.dtype)
    return torch.einsum("btv,vc->btc", one_hot, token_table) + position_table[: tokens.shape[1]]


def by_library(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    rows = torch.arange(tokens.shape[1]).expand_as(tokens)
    return F.embedding(tokens, token_table) + F.embedding(rows, position_table)


def by_loops(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    return torch.stack(
        [
            torch.stack([token_table[int(i)] + position_table[t] for t, i in enumerate(sentence)])
            for sentence in tokens
        ]
    )


def in_float32(tokens, token_table, position_table):
    return embed(tokens, token_table.float(), position_table.float())


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, batch: int, length: int, positions: int, width: int) -> Case:
        size = int(rng.integers(11, 14))
        tokens = torch.from_numpy(rng.permutation(size)[np.arange(batch * length) % (size - 4)])
        tables = [torch.from_numpy(rng.normal(size=(rows, width))) for rows in (size, positions)]
        return Case((tokens.reshape(batch, length), *tables), shows)

    return [
        case("value", 2, 3, 7, 5),
        case("value", 3, 5, 7, 2),
        case("one", 2, 1, 5, 3),
        case("full", 2, 5, 5, 3),
        case("long", 2, 4, 3, 5),
        case("long", 3, 7, 5, 2),
    ]


EMBED: Check = Check(
    exercise="gpt.embed",
    properties={
        "value": "adds the row of the token to the row of its position",
        "one": "works for a text of one token",
        "full": "works for as many tokens as there are positions",
        "long": "raises ValueError for more tokens than there are positions",
    },
    cases=draw,
    expect=value_and_gradients(embed),
    ask=call_twice_with_gradients,
    accepts=[by_one_hot, by_library, by_loops, in_float32],
    misconceptions=[
        Misconception(
            "no positions",
            no_positions,
            "Only the tokens are looked up. Attention does not know the order of its inputs, so each "
            "vector must also say where it stands: add the position's row.",
        ),
        Misconception(
            "only positions",
            only_positions,
            "Only the positions are looked up, so that all texts look alike. Add the tokens' rows.",
        ),
        Misconception(
            "positions start at one",
            positions_from_one,
            "The positions are off by one: the first token stands at position 0 and gets row 0.",
        ),
        Misconception(
            "positions one too early",
            first_position_twice,
            "The positions are off by one: the second token gets the row of the first.",
        ),
        Misconception(
            "last rows of the table",
            last_rows,
            "The last rows of the position table are used. A text starts at position 0, however "
            "short it is: take the first T rows.",
        ),
        Misconception(
            "positions reversed",
            reversed_positions,
            "The positions run backwards. The first token gets row 0, the last one row T − 1.",
        ),
        Misconception(
            "position looked up by token",
            position_by_token,
            "The position table is indexed with the tokens' ids. Its rows belong to the places "
            "0, 1, …, T − 1.",
        ),
        Misconception(
            "position along the batch",
            position_by_sentence,
            "The position counts sentences of the batch, not tokens of a sentence. Look which axis of "
            "(B, T, C) is T.",
        ),
        Misconception(
            "multiplied",
            multiplied,
            "The two vectors are multiplied. The embedding is their sum.",
        ),
        Misconception(
            "concatenated",
            concatenated,
            "The two vectors stand side by side, which doubles the width. Add them.",
        ),
        Misconception(
            "scaled by √C",
            scaled,
            "The token's vector is multiplied by √C, as the first transformer did. GPT just adds the "
            "two rows.",
        ),
        Misconception(
            "no gradient",
            detached,
            "The values are right, but no gradient reaches the tables, so they would never learn. "
            "Leave out detach, .data, and detours through numpy or lists.",
        ),
        Misconception(
            "full table refused",
            refuses_a_full_table,
            "A text as long as the position table is refused. It just fits: only longer ones do not.",
        ),
        Misconception(
            "IndexError for a long text",
            index_error,
            "A text longer than the position table ends in torch's own error. Look first, and raise "
            "ValueError that says what is too long.",
        ),
        Misconception(
            "positions wrap around",
            wraps_around,
            "A text longer than the table begins again at position 0, so that two places look "
            "alike. Raise ValueError.",
        ),
        Misconception(
            "last position repeated",
            stays_at_the_last,
            "A text longer than the table gets its last row again and again. Raise ValueError.",
        ),
        Misconception(
            "long text cut",
            cuts_off,
            "A text longer than the table is cut, without a word. Raise ValueError, so that nobody is "
            "surprised.",
        ),
    ],
)
