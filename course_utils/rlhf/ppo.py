"""Learn from a reward, but with small steps, and not too far from where one started.

Source: J. Schulman and others, "Proximal Policy Optimization Algorithms", 2017; L. Ouyang and
others 2022 (InstructGPT), step 3, for the penalty.
Leaves out: the value function and the advantages; see `advantages.py`.
"""

from __future__ import annotations

import torch
from torch import Tensor


def penalized_reward(
    reward: Tensor | float, log_prob: Tensor, log_prob_reference: Tensor, beta: float
) -> Tensor:
    """Return r − β Σ_t (log π(token t) − log π_ref(token t)), for each reply.

    The sum estimates how far the policy has gone from the reference, KL(π ‖ π_ref).

    Args:
        reward: (B,), or a scalar for one reply.
        log_prob: (B, T) or (T,): of each token of the reply, by the policy; 0 after its end.
        log_prob_reference: the same, by the reference.
        beta: the price of a nat.

    Returns:
        (B,), or a scalar.

    >>> penalized_reward(torch.tensor(3.0), torch.tensor([-1.0, -1.0]), torch.tensor([-2.0, -3.0]), 0.5).item()
    1.5
    """
    return reward - beta * (log_prob - log_prob_reference).sum(dim=-1)


def ppo_loss(log_prob: Tensor, log_prob_old: Tensor, advantages: Tensor, clip: float) -> Tensor:
    """Return −mean min(ratio · A, clip(ratio, 1 − ε, 1 + ε) · A), ratio = π / π_old.

    No gradient flows through the old probabilities or the advantages.

    Args:
        log_prob: log π of what was done, of any shape.
        log_prob_old: the same when it was done.
        advantages: how much better it was than expected.
        clip: ε, how far the ratio may move before there is nothing more to gain.

    Returns:
        A scalar.

    A good action whose probability has doubled counts 1 + ε times:

    >>> round(ppo_loss(torch.log(torch.tensor(0.4)), torch.log(torch.tensor(0.2)), torch.tensor(1.0), 0.2).item(), 4)
    -1.2
    """
    advantages = advantages.detach()
    ratio = (log_prob - log_prob_old.detach()).exp()
    return -torch.minimum(ratio * advantages, ratio.clamp(1 - clip, 1 + clip) * advantages).mean()


def optimal_policy(reference: Tensor, rewards: Tensor, beta: float) -> Tensor:
    """Return the policy with the highest mean of r − β KL(π ‖ reference): π ∝ reference · exp(r/β).

    Args:
        reference: (..., N), probabilities of the N possible replies.
        rewards: (..., N).
        beta: positive. Small: only the reward counts. Large: the policy stays with the reference.

    Returns:
        (..., N), sums to 1; 0 where the reference is 0.

    Raises:
        ValueError: beta is not positive.

    >>> optimal_policy(torch.tensor([0.5, 0.5, 0.0]), torch.tensor([0.0, 2.0, 9.0]), 2.0)
    tensor([0.2689, 0.7311, 0.0000])
    """
    if not beta > 0:
        raise ValueError(f"beta is {beta}, but has to be positive")
    possible = torch.where(reference > 0, rewards, -torch.inf)
    best = possible.max(dim=-1, keepdim=True).values
    return (reference.log() + (possible - best) / beta).softmax(dim=-1)
