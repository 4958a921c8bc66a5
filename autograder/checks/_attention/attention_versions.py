"""Versions of `scaled_dot_product_attention`, right and wrong, made from parts that can be exchanged."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

Version = Callable[..., Any]


def stable(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Softmax in which a row of −inf gives zeros."""
    top = scores.max(axis=axis, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0.0))
    total = powers.sum(axis=axis, keepdims=True)
    return powers / np.where(total > 0, total, 1.0)


def overflowing(scores: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(scores)
        total = powers.sum(axis=-1, keepdims=True)
        return powers / np.where(total > 0, total, 1.0)


def global_maximum(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores[np.isfinite(scores)].max(initial=0.0))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total > 0, total, 1.0)


def nan_where_empty(scores: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return powers / powers.sum(axis=-1, keepdims=True)


def made(
    *,
    scale: Callable[[Any, Any, Any], float] = lambda q, k, v: sqrt(q.shape[-1]),
    hidden: float = -np.inf,
    seen: Callable[[Any], Any] = lambda mask: mask,
    shares: Callable[[np.ndarray], np.ndarray] = stable,
    after: bool = False,
    use_mask: bool = True,
    finish: Callable[[Any, Any, Any], Any] = lambda weights, v, scores: (weights @ v, weights),
) -> Version:
    """A version; each keyword is a place where people go wrong."""

    def version(queries: Any, keys: Any, values: Any, mask: Any = None) -> Any:
        q, k, v = (np.asarray(array, dtype=np.float64) for array in (queries, keys, values))
        scores = q @ np.swapaxes(k, -1, -2) / scale(q, k, v)
        mask = None if mask is None or not use_mask else seen(np.asarray(mask))
        if mask is not None and not after:
            scores = np.where(mask, scores, hidden)
        weights = shares(scores)
        if mask is not None and after:
            weights = weights * mask
        return finish(weights, v, scores)

    return version


def over_queries(scores: np.ndarray) -> np.ndarray:
    return stable(scores, axis=-2)


def strict(mask: np.ndarray) -> np.ndarray:
    rows, columns = mask.shape[-2:]
    return mask & (np.arange(rows)[:, None] != np.arange(columns))


def uniform_where_empty(scores: np.ndarray) -> np.ndarray:
    empty = ~np.isfinite(scores).any(axis=-1, keepdims=True)
    return stable(np.where(empty, 0.0, scores))


def exchanged(queries, keys, values, mask=None):
    """Each key asks, and the queries answer: the table is turned before softmax."""
    q, k, v = (np.asarray(array, dtype=np.float64) for array in (queries, keys, values))
    scores = np.swapaxes(k @ np.swapaxes(q, -1, -2), -1, -2) / sqrt(v.shape[-1])
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = stable(scores)
    return weights @ v, weights


def normalised_again(weights, v, scores):
    outputs = weights @ v
    norms = np.linalg.norm(outputs, axis=-1, keepdims=True)
    return outputs / np.where(norms > 0, norms, 1.0), weights


def largest_only(weights, v, scores):
    chosen = weights == weights.max(axis=-1, keepdims=True)
    return (chosen & (weights > 0)).astype(float) @ v, weights


def by_loop(queries, keys, values, mask=None):
    q, k, v = (np.asarray(array, dtype=np.float64) for array in (queries, keys, values))
    T, J = q.shape[-2], k.shape[-2]
    allowed = np.broadcast_to(True if mask is None else mask, (*q.shape[:-1], J))
    outputs, weights = np.zeros((*q.shape[:-1], v.shape[-1])), np.zeros((*q.shape[:-2], T, J))
    for place in np.ndindex(q.shape[:-1]):
        lead = place[:-1]
        which = np.flatnonzero(allowed[place])
        if which.size:
            scores = k[lead][which] @ q[place] / q.shape[-1] ** 0.5
            powers = np.exp(scores - scores.max())
            weights[place][which] = powers / powers.sum()
            outputs[place] = weights[place] @ v[lead]
    return outputs, weights


def by_torch(queries, keys, values, mask=None):
    import torch

    q, k, v = (torch.as_tensor(np.array(array)) for array in (queries, keys, values))
    scores = torch.einsum("...td,...jd->...tj", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = scores.masked_fill(~torch.as_tensor(np.array(mask)), -torch.inf)
    weights = torch.nan_to_num(scores.softmax(dim=-1), nan=0.0)
    return weights @ v, weights


def in_float32(queries, keys, values, mask=None):
    arrays = (np.asarray(array, dtype=np.float32) for array in (queries, keys, values))
    q, k, v = arrays
    scores = np.einsum("...td,...jd->...tj", q, k) / np.float32(sqrt(q.shape[-1]))
    if mask is not None:
        scores = np.where(mask, scores, np.float32(-np.inf))
    weights = stable(scores)
    return weights @ v, weights


def with_lowest_number(queries, keys, values, mask=None):
    """A very negative number for −inf, and the mask once more for rows that may look at nothing."""
    q, k, v = (np.asarray(array, dtype=np.float64) for array in (queries, keys, values))
    scores = q @ np.swapaxes(k, -1, -2) / sqrt(q.shape[-1])
    allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
    weights = stable(np.where(allowed, scores, -1e300)) * allowed
    return [weights @ v, weights]
