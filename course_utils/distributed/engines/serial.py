"""One process alone: what the others must equal.

Leaves out: everything that `course_utils.gpt.trainer` does better. Gradients are not clipped here.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from course_utils.distributed.engines.jobs import Job, make_model
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import learning_rate_at, make_optimizer, passages

PROVIDED = ("*",)  # whole in the student's copy


def train_serially(job: Job, text: Tensor) -> Iterator[tuple[float, GPT]]:
    """Yield the loss of each step, and the model with that step's gradients, after the update."""
    model = make_model(job)
    optimizer = make_optimizer(model, job.plan)
    for step in range(job.plan.num_steps):
        batch = passages(text, job.plan, step)
        loss = language_model_loss(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        set_learning_rate(optimizer, learning_rate_at(step, job.plan))
        optimizer.step()
        yield float(loss.detach()), model


def set_learning_rate(optimizer: torch.optim.Optimizer, learning_rate: float) -> None:
    """Set it for all parameters."""
    for group in optimizer.param_groups:
        group["lr"] = learning_rate
