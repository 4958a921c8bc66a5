"""How much better was each token than expected?

Source: J. Schulman and others, "High-Dimensional Continuous Control Using Generalized Advantage
Estimation", ICLR 2016.
Leaves out: episodes that are cut off before their end.
"""

from __future__ import annotations

import torch
from torch import Tensor

PROVIDED = ("*",)  # whole in the student's copy


def generalized_advantages(
    rewards: Tensor, values: Tensor, counted: Tensor, *, gamma: float = 1.0, lambda_: float = 0.95
) -> Tensor:
    """Return A_t = Σ_k (γλ)^k δ_{t+k} with δ_t = r_t + γ V_{t+1} − V_t; V is 0 after the end.

    Args:
        rewards: (B, T), of each token.
        values: (B, T), what was expected before each token.
        counted: (B, T), bool: False after the end of a reply.
        gamma: discount.
        lambda_: 1 trusts what was earned in the end; 0 trusts the next value.

    Returns:
        (B, T), 0 after the end.

    >>> generalized_advantages(
    ...     torch.tensor([[0.0, 1.0]]), torch.tensor([[0.5, 0.5]]), torch.tensor([[True, True]]), lambda_=1.0
    ... )
    tensor([[0.5000, 0.5000]])
    """
    rewards, values = rewards * counted, values * counted
    advantages = torch.zeros_like(rewards)
    later = torch.zeros_like(rewards[:, 0])
    following = torch.zeros_like(later)
    for t in reversed(range(rewards.shape[1])):
        surprise = rewards[:, t] + gamma * following - values[:, t]
        later = surprise + gamma * lambda_ * later
        advantages[:, t], following = later, values[:, t]
    return advantages * counted
