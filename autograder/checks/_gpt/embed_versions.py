"""Versions of embed, wrong and right."""

from __future__ import annotations

import torch
from torch.nn import functional as F

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


def first_place_of_token(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    rows = torch.tensor([[text.index(token) for token in text] for text in tokens.tolist()])
    return token_table[tokens] + position_table[rows]


def last_place_of_token(tokens, token_table, position_table):
    _refuse(tokens, position_table)
    places = [{token: t for t, token in enumerate(text)} for text in tokens.tolist()]
    rows = [[at[token] for token in text] for at, text in zip(places, tokens.tolist(), strict=True)]
    return token_table[tokens] + position_table[torch.tensor(rows)]


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
    rows = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
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
