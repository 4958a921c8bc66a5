"""Train a small GPT with any optimizer's step: the same weights at first, the same batches.

Source: unit 05's model and text.
Leaves out: warm-up, decay and clipping, which would blur what the optimizers do themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan, passages
from course_utils.gpt.trainer import passage_losses
from course_utils.gpt.weights import Config
from course_utils.optimization.descent import Step
from course_utils.progress import track

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Trial:
    """What came of one training."""

    losses: list[float]  # nats per character, before each step
    held_out: np.ndarray  # nats per character, of each held-out passage
    gradients: np.ndarray  # all gradients of the last step, in one row


def try_out(
    step: Step, text: Tensor, held_out: Tensor, *, name: str, num_steps: int = 150, seed: int = 0
) -> Trial:
    """Train with `step`, parameter by parameter, each with a state of its own.

    Args:
        step: (theta, grad, state) -> (theta, state), on numpy arrays.
        text, held_out: (N,), character ids.
        name: for the progress bar.
        num_steps: how many.
        seed: of weights and batches.
    """
    size = int(max(text.max(), held_out.max())) + 1
    model = GPT(Config(2, 2, 48, size, num_positions=48), seed=seed)
    plan = Plan(num_steps, batch_size=12, num_tokens=48, seed=seed)
    states: dict[str, Any] = {}
    losses = []
    for number in track(range(num_steps), name):
        batch = passages(text, plan, number)
        model.zero_grad()
        loss = language_model_loss(model(batch), batch)
        loss.backward()
        losses.append(float(loss.detach()))
        for key, parameter in model.named_parameters():
            assert parameter.grad is not None
            theta, grad = parameter.detach().numpy(), parameter.grad.numpy()
            moved, states[key] = step(theta.astype(float), grad.astype(float), states.get(key))
            with torch.no_grad():
                parameter.copy_(torch.as_tensor(moved))
    gradients = [p.grad.flatten() for p in model.parameters() if p.grad is not None]
    return Trial(losses, passage_losses(model, held_out, 48).numpy(), torch.cat(gradients).numpy())
