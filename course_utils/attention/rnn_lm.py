"""The RNN language model: one vector of fixed length for everything that was said so far.

Source: CMU 10-301/601, lecture 28, "RNN Language Model"; J. Elman, "Finding Structure in Time",
Cognitive Science 14 (1990).
Leaves out: gates (LSTM, GRU), several layers, training.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def rnn_language_model(
    token_vectors: ArrayLike,
    h0: ArrayLike,
    W_xh: ArrayLike,
    W_hh: ArrayLike,
    b_h: ArrayLike,
    W_hy: ArrayLike,
    b_y: ArrayLike,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the hidden vectors h_1 … h_T and the logits of the token that follows each.

        h_t = tanh(x_t W_xh + h_{t−1} W_hh + b_h),   logits_t = h_t W_hy + b_y

    Args:
        token_vectors: shape (T, d), x_1 … x_T.
        h0: shape (H,), what is known before the first token.
        W_xh, W_hh, b_h: shapes (d, H), (H, H), (H,).
        W_hy, b_y: shapes (H, V), (V,).

    Returns:
        hidden (T, H) and logits (T, V).

    Raises:
        ValueError: shapes that do not fit.

    >>> one = [[1.0]]
    >>> hidden, logits = rnn_language_model([[0.0], [0.0]], [0.5], one, one, [0.0], [[2.0]], [1.0])
    >>> hidden.round(4).ravel(), logits.shape  # tanh(0.5), tanh(tanh(0.5))
    (array([0.4621, 0.4318]), (2, 1))
    """
    X, h, W_xh, W_hh, b_h, W_hy, b_y = (
        np.asarray(a, dtype=np.float64) for a in (token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y)
    )
    size = h.shape[-1]
    if X.ndim != 2 or W_xh.shape != (X.shape[1], size) or W_hh.shape != (size, size):
        raise ValueError(f"shapes do not fit: X {X.shape}, W_xh {W_xh.shape}, W_hh {W_hh.shape}")
    hidden = np.empty((len(X), size))
    for t, from_token in enumerate(X @ W_xh + b_h):
        h = np.tanh(from_token + h @ W_hh)
        hidden[t] = h
    return hidden, hidden @ W_hy + b_y
