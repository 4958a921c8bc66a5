"""Versions of `sample_next_token`, right and wrong, made from parts that can be exchanged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


def before_softmax(scores: Tensor, temperature: float) -> Tensor:
    return (scores / temperature).softmax(0)


def after_softmax(scores: Tensor, temperature: float) -> Tensor:
    p = scores.softmax(0) / temperature
    return p / p.sum()


def crossing_kept(p: Tensor, top_p: float) -> Tensor:
    return p.cumsum(0) - p < top_p


def below_only(p: Tensor, top_p: float) -> Tensor:
    return p.cumsum(0) <= top_p


def reached_is_not_enough(p: Tensor, top_p: float) -> Tensor:
    return p.cumsum(0) - p <= top_p


def threshold(p: Tensor, top_p: float) -> Tensor:
    return p >= top_p


def made(
    *,
    heat: Callable[..., Tensor] = before_softmax,
    nucleus: Callable[..., Tensor] = crossing_kept,
    ordered: bool = True,
    descending: bool = True,
    names: bool = True,
    renormalise: bool = True,
    use_k: bool = True,
    use_p: bool = True,
    p_first: bool = False,
    step: int = 0,
    last_tie: bool = False,
    keep_ties: bool = False,
    at_edge: bool = False,
    zero: bool = True,
) -> Callable[..., int]:
    """A version; each keyword is a place where people go wrong."""

    def version(logits: Any, temperature: Any, top_k: Any, top_p: Any, u: float) -> int:
        scores = torch.as_tensor(logits).double()
        if temperature == 0:
            if zero:
                best = (scores == scores.max()).nonzero()[:, 0]
                return int(best[-1 if last_tie else 0])
            temperature = 1e-6
        p = heat(scores, temperature)
        if last_tie:
            ids = len(p) - 1 - p.flip(0).argsort(descending=True, stable=True)
        else:
            ids = p.argsort(descending=True, stable=True)
        p = p[ids]

        def by_k(p: Tensor) -> Tensor:
            if top_k is None or not use_k or top_k >= len(p):
                return p
            if keep_ties:
                return p * (p >= p[top_k - 1] - 1e-12)
            return p * (torch.arange(len(p)) < top_k)

        def by_p(p: Tensor) -> Tensor:
            if top_p is None or not use_p or top_p >= 1:
                return p
            keep = nucleus(p / p.sum(), top_p)
            keep[0] = True
            return p * keep

        p = by_k(by_p(p)) if p_first else by_p(by_k(p))
        if renormalise:
            p = p / p.sum()
        kept = torch.arange(len(p))[p > 0]
        if not ordered:
            kept = kept[ids[kept].argsort()]
        elif not descending:
            kept = kept.flip(0)
        total = p[kept].cumsum(0)
        place = int(((total < u) if at_edge else (total <= u)).sum())
        place = min(place + step, len(kept) - 1)
        return int(ids[kept[place]]) if names else place

    return version


def greedy(logits, temperature, top_k, top_p, u):
    return int(torch.as_tensor(logits).argmax())


def by_numpy(logits, temperature, top_k, top_p, u):
    scores = np.asarray(logits, dtype=np.float64)
    if temperature == 0:
        return int(np.argmax(scores))
    order = np.lexsort((np.arange(len(scores)), -scores))[:top_k]
    p = np.exp((scores[order] - scores.max()) / temperature)
    p /= p.sum()
    if top_p is not None and top_p < 1:
        count = min(int(np.searchsorted(np.cumsum(p), top_p)) + 1, len(p))
        p = p[:count] / p[:count].sum()
    p = p[p > 0]
    place = int(np.searchsorted(np.cumsum(p), u, side="right"))
    return np.int64(order[min(place, len(p) - 1)])


def by_loop(logits, temperature, top_k, top_p, u):
    scores = [float(score) for score in logits]
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    if temperature == 0:
        return order[0]
    weights = [np.exp((scores[i] - scores[order[0]]) / temperature) for i in order]
    if top_k is not None:
        weights = weights[:top_k]
    if top_p is not None:
        target, kept, mass = top_p * sum(weights), [], 0.0
        for weight in weights:
            kept.append(weight)
            mass += weight
            if mass >= target:
                break
        weights = kept
    total, chosen = 0.0, order[0]
    for i, weight in zip(order, weights, strict=False):
        if weight > 0:
            total, chosen = total + weight / sum(weights), i
            if total > u:
                break
    return chosen


def by_masking(logits, temperature, top_k, top_p, u):
    scores = torch.as_tensor(logits).double()
    if temperature == 0:
        return torch.argmax(scores)
    scores = scores / temperature
    values, ids = scores.sort(descending=True, stable=True)
    if top_k is not None:
        values[top_k:] = -torch.inf
    if top_p is not None and top_p < 1:
        reached = values.softmax(0).cumsum(0)
        values[1:][reached[:-1] >= top_p] = -torch.inf
    p = values.softmax(0)
    above = p.cumsum(0) > u
    return ids[above.int().argmax()] if above.any() else ids[(p > 0).sum() - 1]
