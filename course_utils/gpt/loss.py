"""How surprised the model is by the next token.

Source: CMU 10-301/601, lecture 28, "Transformer Language Model": the likelihood of the observed
sentence.
Leaves out: label smoothing.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

PADDING = -1  # a token that nobody has to predict


def language_model_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    """Return the mean cross-entropy of each next token, in nats.

    The logits of position t predict the token of position t + 1: the shift is done here. The mean is
    over all predicted tokens of the batch.

    Args:
        logits: (B, T, V).
        tokens: (B, T); −1 is ignored as a target, but its own position still predicts.

    Returns:
        A scalar.

    >>> import torch
    >>> language_model_loss(torch.zeros(1, 3, 4), torch.tensor([[0, 1, -1]])).item()  # log 4
    1.3862943649291992
    """
    return cross_entropy(
        logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=PADDING
    )
