"""The same counts for millions of tokens: let numpy sort.

An n-gram of ids below V is one number in base V. So counting n-grams is counting numbers, and equal
numbers stand together once they are sorted. No dictionary, no loop in Python.

Leaves out: counting more than fits into memory, and V^n beyond 64 bits, where one would hash.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST = 2**63 - 1


def count_ngrams_fast(ids: ArrayLike, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count all n-grams of one long sequence of ids.

    Args:
        ids: shape (T,), integers ≥ 0. V = largest id + 1.
        n: at least 1.

    Returns:
        ngrams: shape (M, n), the distinct n-grams, rows in lexicographic order.
        counts: shape (M,); they sum to T − n + 1, or M = 0 where T < n.

    Raises:
        ValueError: n < 1; ids not of shape (T,), not integers or negative; V^n > 2⁶³ − 1.

    >>> ngrams, counts = count_ngrams_fast([1, 2, 1, 2, 0], 2)
    >>> ngrams.tolist(), counts.tolist()
    ([[1, 2], [2, 0], [2, 1]], [2, 1, 1])
    """
    ids = np.asarray(ids)
    if ids.size == 0:
        ids = ids.astype(np.int64)
    if n < 1:
        raise ValueError(f"n = {n}: an n-gram has at least one id")
    if ids.ndim != 1 or ids.dtype.kind not in "iu":
        raise ValueError(f"ids has shape {ids.shape} and dtype {ids.dtype}: expected (T,) integers")
    if ids.size and ids.min() < 0:
        raise ValueError(f"ids holds {ids.min()}: ids start at 0")
    size = int(ids.max()) + 1 if ids.size else 1
    codes, counts = np.unique(encode(ids, n, size), return_counts=True)
    return decode(codes, n, size), counts


def encode(ids: NDArray[np.integer], n: int, size: int) -> NDArray[np.int64]:
    """Write each n-gram as one number in base `size`; shape (T − n + 1,), or empty where T < n.

    Raises:
        ValueError: size^n > 2⁶³ − 1.

    >>> encode(np.array([1, 2, 0]), 2, 10)
    array([12, 20])
    """
    if size**n > LARGEST:
        raise ValueError(f"{size} ids and n = {n}: {size}^{n} does not fit into 63 bits")
    length = max(len(ids) - n + 1, 0)
    codes = np.zeros(length, dtype=np.int64)
    for i in range(n):  # Horner
        codes *= size
        codes += ids[i : i + length].astype(np.int64, copy=False)
    return codes


def decode(codes: NDArray[np.int64], n: int, size: int) -> NDArray[np.int64]:
    """Undo `encode`: shape (M,) -> (M, n).

    >>> decode(np.array([12, 20]), 2, 10).tolist()
    [[1, 2], [2, 0]]
    """
    ngrams = np.empty((len(codes), n), dtype=np.int64)
    rest = codes.copy()
    for i in reversed(range(n)):
        rest, ngrams[:, i] = np.divmod(rest, size)
    return ngrams
