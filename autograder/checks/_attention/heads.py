"""attention.multi_head_attention: several attentions side by side."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._attention.attention import IN_TORCH
from autograder.checks._attention.attention_versions import stable
from course_utils.attention import causal_mask, multi_head_attention


def consecutive(x: np.ndarray, heads: int) -> np.ndarray:
    return np.moveaxis(x.reshape(*x.shape[:-1], heads, -1), -2, -3)


def interleaved(x: np.ndarray, heads: int) -> np.ndarray:
    return np.moveaxis(x.reshape(*x.shape[:-1], -1, heads), -1, -3)


def reshaped(x: np.ndarray, heads: int) -> np.ndarray:
    *leading, T, columns = x.shape
    return x.reshape(*leading, heads, T, columns // heads)


def side_by_side(x: np.ndarray) -> np.ndarray:
    moved = np.moveaxis(x, -3, -2)
    return moved.reshape(*moved.shape[:-2], -1)


def reshaped_back(x: np.ndarray) -> np.ndarray:
    *leading, heads, T, size = x.shape
    return x.reshape(*leading, T, heads * size)


def dealt_out(x: np.ndarray) -> np.ndarray:
    moved = np.moveaxis(x, -3, -1)
    return moved.reshape(*moved.shape[:-2], -1)


def made(
    *,
    split: Callable[..., Any] = consecutive,
    join: Callable[..., Any] = side_by_side,
    scale: Callable[..., float] = lambda X, q: sqrt(q.shape[-1]),
    shares: Callable[..., Any] = stable,
    use_mask: bool = True,
    turn: bool = False,
    out: Callable[..., Any] = lambda joined, W_o: joined @ W_o,
    roles: tuple[int, int, int] = (0, 1, 2),
    refuse: bool = True,
    use_heads: bool = True,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
        X = np.asarray(X, dtype=np.float64)
        projected = [X @ np.asarray(W) for W in (W_q, W_k, W_v)]
        bad = [p.shape[-1] for p in projected if p.shape[-1] % num_heads]
        if bad and refuse:
            raise ValueError(f"{bad[0]} columns and {num_heads} heads")
        if bad:
            projected = [p[..., : p.shape[-1] // num_heads * num_heads] for p in projected]
            W_o = np.asarray(W_o)[: projected[2].shape[-1]]
        q, k, v = (split(projected[role], num_heads if use_heads else 1) for role in roles)
        scores = q @ np.swapaxes(k, -1, -2) / scale(X, q)
        if mask is not None and use_mask:
            scores = np.where(np.transpose(mask) if turn else mask, scores, -np.inf)
        return out(join(shares(scores) @ v), np.asarray(W_o))

    return version


def one_scale_for_all(X, q):
    return sqrt(q.shape[-1] * q.shape[-3])


def mean_of_heads(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
    def join(x):
        return np.repeat(x.mean(axis=-3), num_heads, axis=-1)

    return made(join=join)(X, W_q, W_k, W_v, W_o, num_heads, mask)


def head_by_head(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
    X = np.asarray(X, dtype=np.float64)
    if any(np.shape(W)[1] % num_heads for W in (W_q, W_k, W_v)):
        raise ValueError("columns do not divide by heads")
    blocks = [np.hsplit(np.asarray(W), num_heads) for W in (W_q, W_k, W_v)]
    rows = np.vsplit(np.asarray(W_o), num_heads)
    total = 0.0
    for q, k, v, o in zip(*blocks, rows, strict=True):
        scores = (X @ q) @ np.swapaxes(X @ k, -1, -2) / sqrt(q.shape[1])
        if mask is not None:
            scores = np.where(mask, scores, -np.inf)
        total = total + stable(scores) @ (X @ v) @ o
    return total


def by_einsum(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
    X = np.asarray(X, dtype=np.float64)
    parts = []
    for W in map(np.asarray, (W_q, W_k, W_v)):
        if W.shape[1] % num_heads:
            raise ValueError(W.shape)
        parts.append(np.einsum("...td,dhe->...the", X, W.reshape(len(W), num_heads, -1)))
    q, k, v = parts
    scores = np.einsum("...the,...jhe->...htj", q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores + np.where(mask, 0.0, -np.inf)
    mixed = np.einsum("...htj,...jhe->...the", stable(scores), v)
    return np.einsum("...the,heo->...to", mixed, np.asarray(W_o).reshape(*v.shape[-2:], -1))


def in_float32(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
    arrays = (np.asarray(a, dtype=np.float32) for a in (X, W_q, W_k, W_v, W_o))
    return made()(*arrays, num_heads, mask)


def draw(rng: np.random.Generator) -> list[Case]:
    def arrays(T, d, H, d_k, d_v, d_out, *leading):
        shapes = ((*leading, T, d), (d, H * d_k), (d, H * d_k), (d, H * d_v), (H * d_v, d_out))
        return [rng.normal(size=shape) for shape in shapes]

    def some_mask(T: int) -> np.ndarray:
        return causal_mask(T) & ((rng.random((T, T)) < 0.7) | np.eye(T, dtype=bool))

    def wrong(which: int) -> Case:
        X, *W = arrays(3, 4, 2, 3, 2, 5)
        W[which] = rng.normal(size=(4, 7))
        if which == 2:
            W[3] = rng.normal(size=(7, 5))
        return Case((X, *W, 2), "refusal")

    X, W_q, W_k, W_v, _ = arrays(3, 6, 3, 2, 2, 6)
    blocks = np.kron(np.eye(3), np.ones((2, 2)))
    independent = (X, W_q * blocks, W_k * blocks, W_v * blocks, np.eye(6), 3)
    return [
        Case((*arrays(5, 3, 2, 3, 4, 7), 2), "value"),
        Case((*arrays(4, 5, 3, 2, 3, 2), 3), "value"),
        Case((*arrays(5, 2, 2, 3, 2, 3), 2, causal_mask(5)), "mask"),
        Case((*arrays(4, 3, 3, 2, 5, 2), 3, some_mask(4)), "mask"),
        Case((*arrays(3, 5, 1, 4, 2, 3), 1), "single"),
        Case(independent, "independent"),
        Case((*arrays(3, 4, 2, 3, 2, 5, 2), 2, causal_mask(3)), "leading"),
        Case((*arrays(2, 3, 3, 2, 3, 4, 2, 3), 3), "leading"),
        *(wrong(which) for which in range(3)),
    ]


HEADS: Check = Check(
    exercise="attention.multi_head_attention",
    properties={
        "value": "attends with each head's consecutive columns, and mixes all heads by W_o",
        "mask": "uses the mask in every head",
        "single": "works with one head",
        "independent": "with block-diagonal projections, treats each block by itself",
        "leading": "works with leading dimensions",
        "refusal": "raises ValueError when columns do not divide by the heads",
    },
    cases=draw,
    expect=multi_head_attention,
    not_allowed=IN_TORCH,
    accepts=[made(), head_by_head, by_einsum, in_float32],
    misconceptions=[
        Misconception(
            "no refusal",
            made(refuse=False),
            "Columns that do not divide by the heads are cut off in silence. Raise ValueError.",
        ),
        Misconception(
            "reshape without transpose",
            made(split=reshaped),
            "A reshape to (H, T, d_k) mixes up tokens and heads. Reshape to (T, H, d_k) and exchange the "
            "two axes.",
        ),
        Misconception(
            "reshape back without transpose",
            made(join=reshaped_back),
            "Going back, tokens and heads are mixed up: exchange the axes before you reshape.",
        ),
        Misconception(
            "both reshapes without transpose",
            made(split=reshaped, join=reshaped_back),
            "Both reshapes mix up tokens and heads. Exchange the axes after the first and before the "
            "second.",
        ),
        Misconception(
            "columns dealt out",
            made(split=interleaved),
            "The columns are dealt out to the heads in turn. Each head has consecutive columns.",
        ),
        Misconception(
            "columns dealt out, and back",
            made(split=interleaved, join=dealt_out),
            "The columns are dealt out to the heads in turn, and the outputs likewise. Each head has "
            "consecutive columns.",
        ),
        Misconception(
            "outputs interleaved",
            made(join=dealt_out),
            "The heads' outputs are interleaved. Write them side by side, head after head.",
        ),
        Misconception(
            "one head",
            made(use_heads=False),
            "There is one head with all columns. Cut them into num_heads blocks first.",
        ),
        Misconception(
            "mean of the heads",
            mean_of_heads,
            "The heads' outputs are averaged. Write them side by side; W_o mixes them.",
        ),
        Misconception(
            "scale of all heads together",
            made(scale=one_scale_for_all),
            "The scores are divided by the root of all columns. √d_k is that of one head.",
        ),
        Misconception(
            "scale of the model",
            made(scale=lambda X, q: sqrt(X.shape[-1])),
            "The scores are divided by √d, the length of a token's vector. √d_k is that of one head.",
        ),
        Misconception(
            "no scale",
            made(scale=lambda X, q: 1.0),
            "The scores are not divided by √d_k of one head.",
        ),
        Misconception(
            "d_k for √d_k",
            made(scale=lambda X, q: q.shape[-1]),
            "This is what you get when you divide by d_k instead of √d_k.",
        ),
        Misconception(
            "W_o forgotten",
            made(out=lambda joined, W_o: joined),
            "What the heads found is not multiplied by W_o.",
        ),
        Misconception(
            "mask ignored", made(use_mask=False), "The mask is not used. Hand it to every head."
        ),
        Misconception(
            "mask on its side",
            made(turn=True),
            "The mask is used with rows and columns exchanged: row t is for the token that looks.",
        ),
        Misconception(
            "queries and keys exchanged",
            made(roles=(1, 0, 2)),
            "W_q makes the queries and W_k the keys. Here it is the other way round.",
        ),
        Misconception(
            "softmax over the queries",
            made(shares=lambda scores: stable(scores, axis=-2)),
            "Softmax runs over the queries. The shares of one query, over all keys, sum to 1.",
        ),
    ],
)
