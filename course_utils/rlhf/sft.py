"""Supervised fine-tuning: learn the replies, not the prompts.

Source: L. Ouyang and others, "Training language models to follow instructions with human feedback",
2022 (InstructGPT), step 1.
Leaves out: packing several conversations into one passage.
"""

from __future__ import annotations

from torch import Tensor


def supervised_loss(logits: Tensor, tokens: Tensor, response_mask: Tensor) -> Tensor:
    """Return the mean surprise at the tokens of the replies, in nats.

    The logits of position t − 1 predict token t. Only tokens of a reply count; the mean is over all of
    them in the batch, so that a long reply weighs more than a short one.

    Args:
        logits: (B, T, V).
        tokens: (B, T).
        response_mask: (B, T), bool: tokens[b, t] belongs to the reply. Position 0 never counts, as
            nothing predicts it.

    Returns:
        A scalar.

    Raises:
        ValueError: no token of the batch belongs to a reply.

    >>> import torch
    >>> mask = torch.tensor([[False, False, True, True]])
    >>> round(supervised_loss(torch.zeros(1, 4, 5), torch.tensor([[0, 1, 2, 3]]), mask).item(), 4)
    1.6094
    """
    counted = response_mask[:, 1:].bool()
    if not counted.any():
        raise ValueError("no token of the batch belongs to a reply: there is nothing to learn from")
    log_p = logits[:, :-1][counted].log_softmax(dim=-1)  # (replies' tokens, V)
    return -log_p.gather(1, tokens[:, 1:][counted].long()[:, None]).mean()
