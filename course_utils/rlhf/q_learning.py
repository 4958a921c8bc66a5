"""Deep Q-learning: what an action is worth, learned from what came of it.

Source: V. Mnih and others, "Human-level control through deep reinforcement learning", Nature 518
(2015); CMU 10-301/601, lecture 28, "Deep Q-learning".
Leaves out: two networks that check each other (double Q-learning), and replay by priority.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def epsilon_greedy(q_values: Tensor | Sequence[float], epsilon: float, u: float, v: float) -> int:
    """Choose an action: with probability epsilon any, otherwise the first best.

    Args:
        q_values: (A,), what each action is worth.
        epsilon: from 0 (never explores) to 1 (always does).
        u: from [0, 1); explore if it is less than epsilon.
        v: from [0, 1); says which action then: ⌊v · A⌋.

    >>> epsilon_greedy([1.0, 3.0, 2.0], 0.1, 0.5, 0.9), epsilon_greedy([1.0, 3.0, 2.0], 0.1, 0.05, 0.9)
    (1, 2)
    """
    values = torch.as_tensor(q_values)
    if u < epsilon:
        return int(v * len(values))
    return int((values == values.max()).nonzero()[0])


def q_learning_loss(
    q_network: Callable[[Tensor], Tensor],
    target_network: Callable[[Tensor], Tensor],
    states: Tensor,
    actions: Tensor,
    rewards: Tensor,
    next_states: Tensor,
    dones: Tensor,
    gamma: float,
) -> Tensor:
    """Return the mean of (r + γ max_a' Q(s', a'; Θ_const) − Q(s, a; Θ))².

    After the end nothing more is earned: there the target is r alone. No gradient flows into the
    frozen copy.

    Args:
        q_network: states (B, d) -> (B, A), with the parameters Θ that are trained.
        target_network: the same, with the frozen parameters Θ_const.
        states: (B, d).
        actions: (B,), integers.
        rewards: (B,).
        next_states: (B, d).
        dones: (B,), bool; True where the game was over after this action.
        gamma: discount, from 0 to 1.

    Returns:
        A scalar.

    >>> def worth(states): return states * torch.tensor([[1.0, 2.0]])
    >>> one, over = torch.ones(2, 1), torch.tensor([False, True])
    >>> q_learning_loss(worth, worth, one, torch.tensor([0, 1]), one[:, 0], one, over, 0.5).item()
    1.0
    """
    with torch.no_grad():
        future = target_network(next_states).max(dim=1).values  # (B,)
        targets = rewards + gamma * torch.where(dones, 0.0, future)
    predicted = q_network(states).gather(1, actions.long()[:, None])[:, 0]
    return ((targets - predicted) ** 2).mean()
