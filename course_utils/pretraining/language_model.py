"""From one long text to batches: what is read, and what comes next.

Source: A. Radford and others, "Improving Language Understanding by Generative Pre-Training", 2018;
CMU 10-301/601, lecture 28, "generative pre-training for a deep language model".
Leaves out: boundaries between documents.
"""

from __future__ import annotations

import torch
from torch import Tensor


def sample_batch(tokens: Tensor, starts: Tensor, length: int) -> tuple[Tensor, Tensor]:
    """Cut passages out of a text, and the same passages one step later.

    inputs[i, t] = tokens[starts[i] + t], targets[i, t] = tokens[starts[i] + t + 1]

    Args:
        tokens: (N,), integers.
        starts: (B,), where each passage begins, from 0 to N − length − 1.
        length: T, of a passage, at least 1.

    Returns:
        inputs and targets, (B, T) each, int64.

    Raises:
        ValueError: a start that is negative, or too late for a whole passage and its targets.

    >>> sample_batch(torch.arange(10, 20), torch.tensor([0, 7]), 2)
    (tensor([[10, 11],
            [17, 18]]), tensor([[11, 12],
            [18, 19]]))
    """
    tokens, starts = torch.as_tensor(tokens), torch.as_tensor(starts)
    last = len(tokens) - length - 1
    if ((starts < 0) | (starts > last)).any():
        raise ValueError(f"starts {starts.tolist()}: passages begin at 0 to {last}")
    places = starts.long()[:, None] + torch.arange(length, device=starts.device)  # (B, T)
    text = tokens.long()
    return text[places], text[places + 1]
