"""PPO with a value function, advantages and the price of leaving the reference.

One round: write replies, score them, spread the reward over the tokens (each token pays β for every
nat that it is likelier than under the reference; the last one also earns the reward), compute
advantages, then take a few steps on the same replies.

Source: L. Ouyang and others 2022 (InstructGPT), section 3.5; D. Ziegler and others, "Fine-Tuning
Language Models from Human Preferences", 2019.
Leaves out: a β that adapts itself, and mixing in the pre-training texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_utils.gpt.model import GPT
from course_utils.rlhf.advantages import generalized_advantages
from course_utils.rlhf.ppo import ppo_loss
from course_utils.rlhf.replies import Replies, reply_log_probs, write_replies
from course_utils.rlhf.scorer import Scorer

PROVIDED = ("*",)  # whole in the student's copy

Reward = Callable[[Replies], Tensor]  # (B,)


@dataclass(frozen=True)
class PPOPlan:
    """How to tune."""

    num_rounds: int
    beta: float  # the price of a nat
    batch_size: int = 64  # replies in a round
    length: int = 24  # T, tokens of the longest reply
    num_epochs: int = 4  # steps on the same replies
    learning_rate: float = 3e-4
    clip: float = 0.2
    lambda_: float = 0.95  # of the advantages
    seed: int = 0


@dataclass(frozen=True)
class Round:
    """What one round was like, before its steps."""

    number: int
    reward: float  # mean, of the reward model
    kl: float  # mean Σ_t log π − log π_ref, nats a reply
    length: float  # mean, tokens a reply


def tune(
    policy: GPT,
    reference: GPT,
    value: Scorer,
    reward: Reward,
    prompts: Tensor,
    end: int | None,
    plan: PPOPlan,
) -> Iterator[Round]:
    """Tune the policy in place, and yield each round.

    Args:
        policy: is changed.
        reference: what it should stay near to; is not changed.
        value: what is expected from each position; is changed.
        reward: (B,) rewards of replies.
        prompts: (N, P), all of one length.
        end: the token that ends a reply; None: there is none.
        plan: see `PPOPlan`.

    Raises:
        ValueError: beta is negative.
    """
    if plan.beta < 0:
        raise ValueError(f"beta is {plan.beta}: a price of 0 or more is asked")
    generator = torch.Generator().manual_seed(plan.seed)
    optimizer = torch.optim.AdamW(
        [*policy.parameters(), *value.parameters()], lr=plan.learning_rate, weight_decay=0.0
    )
    for number in range(plan.num_rounds):
        chosen = torch.randint(len(prompts), (plan.batch_size,), generator=generator)
        replies = write_replies(policy, prompts[chosen], plan.length, end, generator)
        with torch.no_grad():
            old = reply_log_probs(policy, replies)
            apart = old - reply_log_probs(reference, replies)  # (B, T)
            earned = reward(replies)
            before = _values(value, replies)
        rewards = -plan.beta * apart
        rewards[torch.arange(len(rewards)), replies.counted.sum(dim=1) - 1] += earned
        advantages = generalized_advantages(rewards, before, replies.counted, lambda_=plan.lambda_)
        returns = advantages + before
        yield Round(
            number,
            float(earned.mean()),
            float(apart.sum(dim=1).mean()),
            float(replies.counted.sum(dim=1).float().mean()),
        )
        _learn(
            policy, value, optimizer, replies, old, _whitened(advantages, replies), returns, plan
        )


def _learn(
    policy: GPT, value: Scorer, optimizer: torch.optim.Optimizer, replies: Replies, old: Tensor,
    advantages: Tensor, returns: Tensor, plan: PPOPlan,
) -> None:  # fmt: skip
    counted = replies.counted
    for _ in range(plan.num_epochs):
        new = reply_log_probs(policy, replies)
        loss = ppo_loss(new[counted], old[counted], advantages[counted], plan.clip)
        loss = loss + ((_values(value, replies) - returns)[counted] ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
        nn.utils.clip_grad_norm_(value.parameters(), 1.0)
        optimizer.step()


def _values(value: Scorer, replies: Replies) -> Tensor:
    """What is expected before each token of the replies, (B, T); 0 after the end."""
    found = value(replies.tokens[:, :-1])[:, replies.prompt_length - 1 :]
    return torch.where(replies.counted, found, 0.0)


def _whitened(advantages: Tensor, replies: Replies) -> Tensor:
    """Mean 0 and deviation 1 over all tokens that count."""
    counted = advantages[replies.counted]
    return (advantages - counted.mean()) / (counted.std() + 1e-6)
