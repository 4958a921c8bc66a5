"""Several attentions side by side, as a convolution has several channels.

Each head has its own columns of the projections, so it can look for something else. What the heads
find is written side by side, and one more matrix mixes it.

Source: CMU 10-301/601, lecture 28, "Multi-headed Attention"; A. Vaswani and others, "Attention Is
All You Need", NeurIPS 2017, section 3.2.2.
Leaves out: biases, and heads that share keys and values.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.attention.dot_product import scaled_dot_product_attention


def multi_head_attention(
    X: ArrayLike,
    W_q: ArrayLike,
    W_k: ArrayLike,
    W_v: ArrayLike,
    W_o: ArrayLike,
    num_heads: int,
    mask: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Return the mixed outputs of all heads.

    Head h uses the h-th block of consecutive columns of W_q, W_k and W_v; outputs are put side by
    side in the same order, then multiplied by W_o.

    Args:
        X: shape (..., T, d), one vector for each token.
        W_q, W_k: shape (d, num_heads · d_k).
        W_v: shape (d, num_heads · d_v).
        W_o: shape (num_heads · d_v, d_out).
        num_heads: H.
        mask: shape (T, T), the same for all heads; True where t may look at j.

    Returns:
        Shape (..., T, d_out).

    Raises:
        ValueError: the columns of W_q, W_k or W_v do not divide by num_heads.

    One head over one token looks at itself:

    >>> multi_head_attention([[2.0]], [[1.0]], [[1.0]], [[3.0]], [[10.0]], 1)
    array([[60.]])
    """
    X = np.asarray(X, dtype=np.float64)
    queries, keys, values = (
        _split_heads(X @ np.asarray(W, dtype=np.float64), num_heads) for W in (W_q, W_k, W_v)
    )  # each (..., H, T, columns / H)
    outputs, _ = scaled_dot_product_attention(queries, keys, values, mask)
    joined = np.swapaxes(outputs, -3, -2)  # (..., T, H, d_v)
    joined = joined.reshape(*joined.shape[:-2], -1)
    return joined @ np.asarray(W_o, dtype=np.float64)


def _split_heads(projected: NDArray[np.float64], num_heads: int) -> NDArray[np.float64]:
    """(..., T, H · d) -> (..., H, T, d)."""
    *leading, columns = projected.shape
    if num_heads < 1 or columns % num_heads:
        raise ValueError(f"{columns} columns do not divide into {num_heads} heads")
    return np.swapaxes(projected.reshape(*leading, num_heads, columns // num_heads), -3, -2)
