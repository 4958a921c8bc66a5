"""Choose the next token: hotter, colder, from the best k, from the best p.

Source: A. Holtzman and others, "The Curious Case of Neural Text Degeneration", ICLR 2020 (top-p); A.
Fan, M. Lewis and Y. Dauphin, "Hierarchical Neural Story Generation", ACL 2018 (top-k).
Leaves out: beam search, penalties for repetition.
"""

from __future__ import annotations

from math import isnan

import torch
from torch import Tensor


def sample_next_token(
    logits: Tensor, temperature: float, top_k: int | None, top_p: float | None, u: float
) -> int:
    """Return the token that u falls on, after temperature, top-k and top-p, in this order.

    Args:
        logits: (V,), −inf allowed.
        temperature: divides the logits; 0 takes the largest, whatever u (the smallest id on a tie).
        top_k: keep the k most probable tokens; None, or k ≥ V: all.
        top_p: of those, renormalised, keep the shortest prefix with mass ≥ p, at least one token;
            None, or p ≥ 1: all.
        u: uniform in [0, 1).

    Returns:
        The first token, in the order of falling probability (equal ones: smaller id first), whose
        cumulative renormalised mass is more than u; the last one that has any mass if rounding
        leaves u above.

    Raises:
        ValueError: a nan or +inf, no finite logit, a negative temperature, top_k < 1, a top_p or
            u that is out of range.

    >>> logits = torch.tensor([0.0, 1.0, 2.0])
    >>> [sample_next_token(logits, 1.0, 2, None, u) for u in (0.0, 0.73, 0.74)]  # masses 0.731, 0.269
    [2, 2, 1]
    """
    _check(logits, temperature, top_k, top_p, u)
    logits = logits.detach().double()
    if temperature == 0:
        return int(torch.argmax(logits))  # the first of the largest
    ranked, ids = torch.sort(logits / temperature, descending=True, stable=True)
    masses = torch.softmax(ranked, dim=0)
    if top_k is not None:
        masses = masses[:top_k] / masses[:top_k].sum()
    if top_p is not None and top_p < 1:
        kept = int((masses.cumsum(0) < top_p).sum()) + 1  # the token that crosses stays
        masses = masses[:kept] / masses[:kept].sum()
    place = int((masses.cumsum(0) <= u).sum())
    return int(ids[min(place, int((masses > 0).sum()) - 1)])


def _check(
    logits: Tensor, temperature: float, top_k: int | None, top_p: float | None, u: float
) -> None:
    if logits.ndim != 1 or torch.isnan(logits).any() or (logits == float("inf")).any():
        raise ValueError(f"logits of shape {tuple(logits.shape)}: expected (V,), no nan, no +inf")
    if not torch.isfinite(logits).any():
        raise ValueError("no token is left: all logits are -inf")
    if isnan(temperature) or temperature < 0:
        raise ValueError(f"temperature = {temperature}: at least 0")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k = {top_k}: keep at least one token")
    if top_p is not None and not top_p >= 0:
        raise ValueError(f"top_p = {top_p}: a probability")
    if not 0 <= u < 1:
        raise ValueError(f"u = {u}: it lies in [0, 1)")
