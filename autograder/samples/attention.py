"""The learner's functions of unit 04. Each makes one mistake that its check names."""

import numpy as np


def attention_scores(queries, keys):
    queries, keys = np.asarray(queries), np.asarray(keys)
    return queries @ np.swapaxes(keys, -1, -2) / keys.shape[-1]


def causal_mask(num_tokens):
    return np.tril(np.ones((num_tokens, num_tokens), dtype=bool), -1)


def multi_head_attention(X, W_q, W_k, W_v, W_o, num_heads, mask=None):
    X = np.asarray(X, dtype=float)
    heads = []
    for W in (W_q, W_k, W_v):
        projected = X @ W
        *leading, T, columns = projected.shape
        if columns % num_heads:
            raise ValueError(f"{columns} columns do not divide by {num_heads}")
        heads.append(projected.reshape(*leading, num_heads, T, columns // num_heads))
    q, k, v = heads
    scores = q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    outputs = powers / powers.sum(axis=-1, keepdims=True) @ v
    joined = np.swapaxes(outputs, -3, -2)
    return joined.reshape(*joined.shape[:-2], -1) @ W_o


def count_connections(num_tokens, num_layers, kind):
    if kind == "rnn":
        return num_layers * num_tokens + num_layers * (num_tokens - 1)
    if kind == "transformer":
        return num_layers * num_tokens * num_tokens
    raise ValueError(kind)
