"""How to train: how many steps, how large, and which passages; all of it follows from a seed.

Source: A. Radford and others 2019 and T. Brown and others 2020 for AdamW, warm-up and cosine decay;
learning rates are larger here, because the models are smaller.
Leaves out: a search for the best settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi

import torch
from torch import Tensor, nn

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Plan:
    """How to train."""

    num_steps: int
    batch_size: int = 12  # passages in a step
    num_tokens: int = 64  # T, tokens in a passage
    learning_rate: float = 1e-3  # the largest
    num_warmup_steps: int = 100  # over which it rises from 0
    weight_decay: float = 0.1  # of matrices, not of biases and norms
    max_norm: float = 1.0  # of the gradient
    report_every: int = 100  # steps between two entries of the history
    seed: int = 0


def make_optimizer(model: nn.Module, plan: Plan) -> torch.optim.AdamW:
    """AdamW; only matrices decay."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": matrices, "weight_decay": plan.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=plan.learning_rate, betas=(0.9, 0.95))


def learning_rate_at(step: int, plan: Plan) -> float:
    """Rise in a straight line, then fall along a cosine to a tenth.

    >>> [round(learning_rate_at(s, Plan(300, learning_rate=1.0)), 2) for s in (0, 99, 200, 300)]
    [0.01, 1.0, 0.55, 0.1]
    """
    if step < plan.num_warmup_steps:
        return plan.learning_rate * (step + 1) / plan.num_warmup_steps
    share = (step - plan.num_warmup_steps) / max(plan.num_steps - plan.num_warmup_steps, 1)
    return plan.learning_rate * (0.1 + 0.45 * (1 + cos(pi * share)))


def passages(tokens: Tensor, plan: Plan, step: int) -> Tensor:
    """The batch of one step: (batch_size, num_tokens), depending on seed and step alone."""
    generator = torch.Generator().manual_seed(1_000_003 * plan.seed + step)
    starts = torch.randint(
        len(tokens) - plan.num_tokens + 1, (plan.batch_size,), generator=generator
    )
    return tokens[starts[:, None] + torch.arange(plan.num_tokens)]
