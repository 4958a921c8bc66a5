"""Split the matrices: by columns, or by rows.

Source: M. Shoeybi and others, "Megatron-LM", 2019, section 3; CMU 10-301/601, lecture 28,
"Operation partitioning (Megatron-LM)".
Leaves out: dropout; splitting the norms' activations, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import erf


def column_parallel_linear(X: ArrayLike, W_shards: Sequence[ArrayLike]) -> list[np.ndarray]:
    """Return each device's part of X @ W, where W is cut into groups of columns.

    Every device has all of X. Its part has the outputs of its columns; nothing is sent.

    Args:
        X: (B, in).
        W_shards: (in, outᵢ) each.

    Returns:
        A list of (B, outᵢ), not put together.

    Raises:
        ValueError: no shard.

    >>> column_parallel_linear([[1.0, 2.0]], [[[1.0], [0.0]], [[0.0], [1.0]]])
    [array([[1.]]), array([[2.]])]
    """
    _some(W_shards)
    return [np.asarray(X) @ np.asarray(W) for W in W_shards]


def row_parallel_linear(
    X_shards: Sequence[ArrayLike], W_shards: Sequence[ArrayLike], bias: ArrayLike
) -> np.ndarray:
    """Return X @ W + bias, where W is cut into groups of rows, and X into the columns that meet them.

        Σᵢ Xᵢ @ Wᵢ + bias

    Each device has a summand of the whole output; they are added up, and the bias comes once.

    Args:
        X_shards: (B, inᵢ) each.
        W_shards: (inᵢ, out) each.
        bias: (out,).

    Returns:
        (B, out).

    Raises:
        ValueError: no shard, or another number of one than of the other.

    >>> row_parallel_linear([[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]], [100.0])
    array([[111.]])
    """
    _some(W_shards)
    if len(X_shards) != len(W_shards):
        raise ValueError(f"{len(X_shards)} shards of X, but {len(W_shards)} of W: one for each")
    pairs = zip(X_shards, W_shards, strict=True)
    return np.sum([np.asarray(X) @ np.asarray(W) for X, W in pairs], axis=0) + np.asarray(bias)


def megatron_mlp(
    X: ArrayLike,
    A_shards: Sequence[ArrayLike],
    B_shards: Sequence[ArrayLike],
    bias_in_shards: Sequence[ArrayLike],
    bias_out: ArrayLike,
    all_reduce: Callable[[list[np.ndarray]], np.ndarray],
) -> np.ndarray:
    """Return the feed-forward layer GELU(X @ A + bias_in) @ B + bias_out, with one sum over devices.

    A is cut by columns: each device gets whole inner units, and GELU of them needs nobody else. B is
    cut by the rows that meet them: each device gets a summand of the output.

    Args:
        X: (B, in).
        A_shards: (in, innerᵢ) each.
        B_shards: (innerᵢ, out) each.
        bias_in_shards: (innerᵢ,) each.
        bias_out: (out,).
        all_reduce: takes the list of all devices' summands and returns their sum; called once.

    Returns:
        (B, out).

    Raises:
        ValueError: no shard, or different numbers of shards.

    >>> one = np.ones((1, 1))
    >>> two = megatron_mlp(one, [one, one], [one, one], [[0.0], [0.0]], [1.0], sum)
    >>> round(float(two[0, 0]), 4)  # twice GELU(1) = 0.8413, and the bias
    2.6827
    """
    _some(A_shards)
    if not len(A_shards) == len(B_shards) == len(bias_in_shards):
        counts = f"{len(A_shards)}, {len(B_shards)} and {len(bias_in_shards)}"
        raise ValueError(f"shards of A, B and the inner bias: {counts}; as many of each are needed")
    inner = column_parallel_linear(X, A_shards)
    summands = [
        _gelu(hidden + np.asarray(bias)) @ np.asarray(B)
        for hidden, bias, B in zip(inner, bias_in_shards, B_shards, strict=True)
    ]
    return all_reduce(summands) + np.asarray(bias_out)


def _gelu(x: np.ndarray) -> np.ndarray:
    return x * (1 + erf(x / sqrt(2))) / 2


def _some(shards: Sequence[ArrayLike]) -> None:
    if not len(shards):
        raise ValueError("no shards: at least one device is needed")
