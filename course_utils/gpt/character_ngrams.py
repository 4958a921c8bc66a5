"""n-gram models of characters, to compare a GPT with: interpolated Witten-Bell smoothing.

    p(c | h) = (count(h c) + types(h) · p(c | shorter h)) / (count(h) + types(h))

where types(h) is how many different characters were seen after h; below the unigram, all characters
of the training text are equally likely, and any other gets the share of one more.

Source: I. Witten and T. Bell, "The Zero-Frequency Problem", IEEE Transactions on Information Theory 37
(1991); S. Chen and J. Goodman 1999, section 2.5.
Leaves out: sentence ends (a text is one long line), and models of more than some million contexts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PROVIDED = ("*",)  # whole in the student's copy


def character_losses(train_text: str, held_out_text: str, n: int) -> NDArray[np.float64]:
    """Return −log p of each held-out character after the n − 1 before it, in nats.

    The first characters of the text have fewer before them.

    Args:
        train_text: what is counted, not empty.
        held_out_text: what is measured.
        n: 1 … 8.

    Returns:
        Shape (len(held_out_text),).

    Raises:
        ValueError: an empty training text, or n out of range.

    >>> losses = character_losses("abababab", "ab", 2)
    >>> bool(losses[1] < losses[0])
    True
    """
    if not train_text or not 1 <= n <= 8:
        raise ValueError(f"n = {n} and {len(train_text)} characters: n from 1 to 8, and a text")
    characters = sorted(set(train_text))
    number = {character: i + 1 for i, character in enumerate(characters)}  # 0: never seen
    base = len(characters) + 1
    train = np.array([number[c] for c in train_text], dtype=np.int64)
    held_out = np.array([number.get(c, 0) for c in held_out_text], dtype=np.int64)
    p = np.full(len(held_out), 1 / base)
    for order in range(1, n + 1):
        p = _refined(p, train, held_out, order, base)
    return -np.log(p)


def _refined(
    shorter: NDArray[np.float64], train: NDArray[np.int64], held_out: NDArray[np.int64],
    order: int, base: int,
) -> NDArray[np.float64]:  # fmt: skip
    """One order more; a place with too few characters before it keeps what it had."""
    if len(held_out) < order or len(train) < order:
        return shorter
    grams, counts = np.unique(_windows(train, order, base), return_counts=True)
    contexts, first, types = np.unique(grams // base, return_index=True, return_counts=True)
    totals = np.add.reduceat(counts, first)
    asked = _windows(held_out, order, base)
    seen = _looked_up(grams, counts, asked)
    total = _looked_up(contexts, totals, asked // base)
    kinds = _looked_up(contexts, types, asked // base)
    before = shorter[order - 1 :]
    better = (seen + kinds * before) / np.maximum(total + kinds, 1)
    return np.concatenate([shorter[: order - 1], np.where(total > 0, better, before)])


def _windows(ids: NDArray[np.int64], order: int, base: int) -> NDArray[np.int64]:
    """Each run of `order` characters as one number."""
    codes = np.zeros(len(ids) - order + 1, dtype=np.int64)
    for i in range(order):
        codes = codes * base + ids[i : len(ids) - order + 1 + i]
    return codes


def _looked_up(
    keys: NDArray[np.int64], values: NDArray[np.int64], asked: NDArray[np.int64]
) -> NDArray[np.int64]:
    places = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[places] == asked, values[places], 0)
