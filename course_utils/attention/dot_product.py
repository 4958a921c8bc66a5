"""Attention: each token looks at the others, and takes a mean of what it finds.

A token asks with a query; every token answers with a key; how well they match (their dot product)
decides how much of its value is taken.

    s_{t,j} = k_j · q_t / √d_k,   a_t = softmax(s_t),   x'_t = Σ_j a_{t,j} v_j

Why √d_k? The dot product of two vectors with d_k independent entries of variance 1 has variance d_k.
Without the scale, long vectors make the softmax pick one token and the gradient vanish.

Source: CMU 10-301/601, lecture 28, "Scaled Dot-Product Attention"; A. Vaswani and others, "Attention
Is All You Need", NeurIPS 2017, section 3.2.1.
Leaves out: dropout, additive attention, and doing it in blocks that fit the cache (FlashAttention).
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def softmax(x: ArrayLike, axis: int) -> Array:
    """Return exp(x) / Σ exp(x) along an axis.

    The largest entry of each row is subtracted first: that changes nothing in the quotient, and
    exp never overflows, nor does a whole row vanish.

    Args:
        x: any shape; −inf allowed.
        axis: along which the results sum to 1.

    Returns:
        The shape of x; a row of −inf only gives zeros.

    >>> softmax([1000.0, 1000.0, -np.inf], axis=0)
    array([0.5, 0.5, 0. ])
    """
    x = np.asarray(x, dtype=np.float64)
    largest = np.max(x, axis=axis, keepdims=True)
    exponentials = np.exp(x - np.where(np.isfinite(largest), largest, 0.0))
    total = np.sum(exponentials, axis=axis, keepdims=True)
    return exponentials / np.where(total > 0, total, 1.0)


def attention_scores(queries: ArrayLike, keys: ArrayLike) -> Array:
    """Return s[t, j] = k_j · q_t / √d_k.

    Args:
        queries: shape (..., T, d_k).
        keys: shape (..., J, d_k), the same leading dimensions.

    Returns:
        Shape (..., T, J).

    >>> attention_scores([[2.0, 0.0, 0.0, 0.0]], [[1.0, 9.0, 9.0, 9.0], [3.0, 0.0, 0.0, 0.0]])
    array([[1., 3.]])
    """
    q, k = np.asarray(queries, dtype=np.float64), np.asarray(keys, dtype=np.float64)
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"a query has {q.shape[-1]} numbers and a key {k.shape[-1]}: as many")
    return q @ np.swapaxes(k, -1, -2) / sqrt(q.shape[-1])


def causal_mask(num_tokens: int) -> NDArray[np.bool_]:
    """Return where token t may look at token j: at itself and at those before it, j ≤ t.

    Args:
        num_tokens: T.

    Returns:
        Shape (T, T), booleans, row t, column j.

    >>> causal_mask(2)
    array([[ True, False],
           [ True,  True]])
    """
    return np.tril(np.ones((num_tokens, num_tokens), dtype=np.bool_))


def scaled_dot_product_attention(
    queries: ArrayLike, keys: ArrayLike, values: ArrayLike, mask: ArrayLike | None = None
) -> tuple[Array, Array]:
    """Return what each token takes from the others, and how much it looked at each.

    Args:
        queries: shape (..., T, d_k).
        keys: shape (..., J, d_k).
        values: shape (..., J, d_v).
        mask: booleans that broadcast to (..., T, J), True where t may look at j; None for all.

    Returns:
        outputs (..., T, d_v), and weights (..., T, J) whose rows sum to 1. A token that may look at
        nothing gets zeros in both.

    >>> outputs, weights = scaled_dot_product_attention([[0.0]], [[5.0], [7.0]], [[1.0], [3.0]])
    >>> outputs, weights
    (array([[2.]]), array([[0.5, 0.5]]))
    """
    scores = attention_scores(queries, keys)
    if mask is not None:
        scores = np.where(np.asarray(mask, dtype=np.bool_), scores, -np.inf)
    weights = softmax(scores, axis=-1)
    return weights @ np.asarray(values, dtype=np.float64), weights
