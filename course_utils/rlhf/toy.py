"""A language so small that all its texts can be listed: PPO beside the exact optimum.

Replies of T tokens over V words: V^T texts, each with a reward. The reference is a tiny GPT, which is
tuned; the best policy at each price is known in closed form.

Source: the closed form is that of J. Peters, K. Mülling and Y. Altun, "Relative Entropy Policy
Search", AAAI 2010.
Leaves out: a value function. The mean reward of the batch is expected of every reply.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config
from course_utils.rlhf.ppo import optimal_policy, penalized_reward, ppo_loss
from course_utils.rlhf.replies import Replies, reply_log_probs, write_replies

PROVIDED = ("*",)  # whole in the student's copy: it is given their own functions


@dataclass(frozen=True)
class Toy:
    """A reference, all replies, and what each earns."""

    reference: GPT
    replies: Replies  # all of them, after a prompt of one token
    rewards: Tensor  # (V^T,)

    def probabilities(self, model: GPT) -> Tensor:
        """Return the probability of every reply, (V^T,)."""
        with torch.no_grad():
            return reply_log_probs(model, self.replies).sum(dim=1).double().exp()

    def rewards_of(self, replies: Replies) -> Tensor:
        """Look up the rewards of some replies, (B,)."""
        V, T = self.reference.config.vocabulary_size, replies.counted.shape[1]
        places = V ** torch.arange(T - 1, -1, -1)
        return self.rewards[(replies.tokens[:, 1:].cpu() * places).sum(dim=1)]


def make_toy(*, num_words: int = 5, length: int = 3, seed: int = 0) -> Toy:
    """Draw a reference and rewards; with 5 words and 3 tokens there are 125 replies."""
    reference = GPT(Config(1, 2, 16, num_words, num_positions=length + 1), seed=seed)
    with torch.no_grad():
        for weight in reference.parameters():  # fresh weights are nearly uniform: not these
            weight.mul_(8 if weight.ndim > 1 else 1)
    every = torch.tensor(list(itertools.product(range(num_words), repeat=length)))
    tokens = torch.cat([torch.zeros(len(every), 1, dtype=torch.long), every], dim=1)
    rewards = torch.randn(len(every), generator=torch.Generator().manual_seed(seed + 1))
    return Toy(reference, Replies(tokens, torch.ones_like(every, dtype=torch.bool)), rewards)


def tune_toy(
    toy: Toy,
    beta: float,
    *,
    num_rounds: int = 150,
    batch_size: int = 256,
    num_epochs: int = 4,
    learning_rate: float = 3e-3,
    clip: float = 0.2,
    seed: int = 0,
    loss: Callable[[Tensor, Tensor, Tensor, float], Tensor] = ppo_loss,
    price: Callable[[Tensor, Tensor, Tensor, float], Tensor] = penalized_reward,
) -> GPT:
    """Return the reference after PPO at this price.

    Args:
        toy: see `make_toy`.
        beta: the price of a nat.
        num_rounds, batch_size, num_epochs: rounds, replies in each, steps on the same replies.
        learning_rate, clip, seed: as in `PPOPlan`.
        loss: see `ppo_loss`.
        price: see `penalized_reward`.
    """
    policy = copy.deepcopy(toy.reference)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(policy.parameters(), lr=learning_rate)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, num_rounds)
    prompts, length = torch.zeros(batch_size, 1, dtype=torch.long), toy.replies.counted.shape[1]
    for _ in range(num_rounds):
        replies = write_replies(policy, prompts, length, None, generator)
        with torch.no_grad():
            old = reply_log_probs(policy, replies)
            earned = price(
                toy.rewards_of(replies), old, reply_log_probs(toy.reference, replies), beta
            )
            advantages = (earned - earned.mean()) / (earned.std() + 1e-6)
        for _ in range(num_epochs):
            new = reply_log_probs(policy, replies)
            value = loss(new.sum(dim=1), old.sum(dim=1), advantages, clip)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
        decay.step()
    return policy


def reward_and_distance(toy: Toy, probabilities: Tensor) -> tuple[float, float]:
    """Return the mean reward of a policy, and KL(policy ‖ reference) in nats, summed exactly."""
    reference = toy.probabilities(toy.reference)
    divergence = torch.special.xlogy(probabilities, probabilities / reference).sum()
    return float((probabilities * toy.rewards).sum()), float(divergence)


def exact_frontier(
    toy: Toy,
    betas: Sequence[float],
    *,
    best: Callable[[Tensor, Tensor, float], Tensor] = optimal_policy,
) -> tuple[list[float], list[float]]:
    """Return (distances, rewards) of the best policies at these prices."""
    reference = toy.probabilities(toy.reference)
    points = [
        reward_and_distance(toy, best(reference, toy.rewards.double(), beta)) for beta in betas
    ]
    rewards, distances = zip(*points, strict=True)
    return list(distances), list(rewards)
