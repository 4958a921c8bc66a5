"""One right step of training.

Source: R. Pascanu, T. Mikolov and Y. Bengio, "On the difficulty of training recurrent neural
networks", ICML 2013, for clipping the norm of the gradient.
Leaves out: mixed precision and several devices; see `trainer.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course_utils.gpt.loss import language_model_loss


def training_step(
    model: nn.Module, optimizer: torch.optim.Optimizer, tokens: Tensor, max_norm: float
) -> float:
    """Take one step, and return the loss before it.

    Clear old gradients, go forward, compute the loss, go backward, shrink the gradient if its norm
    (one L2 norm over all parameters) is more than max_norm, step.

    Args:
        model: tokens (B, T) -> logits (B, T, V). Its mode (train or eval) stays as it is.
        optimizer: holds the parameters to train.
        tokens: (B, T).
        max_norm: positive.

    Returns:
        The loss in nats per token.

    A model that says the same whatever it reads, with four tokens to choose from, loses log 4:

    >>> model = nn.Embedding(4, 4, _weight=torch.zeros(4, 4))
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    >>> round(training_step(model, optimizer, torch.tensor([[0, 1, 2]]), max_norm=1.0), 4)
    1.3863
    """
    optimizer.zero_grad(set_to_none=True)
    model.zero_grad(set_to_none=True)
    loss = language_model_loss(model(tokens), tokens)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return float(loss.detach())
