"""Train a GPT on one long text: on a CPU or a GPU, from a seed, and again from where it stopped.

Batches are passages drawn at random. Which passages step s sees depends on the seed and s alone, so a
run that was interrupted and taken up again gives the same numbers as one that was not.

Source: A. Radford and others 2019 and T. Brown and others 2020 for AdamW, warm-up, cosine decay and
clipping; learning rates are larger here, because the models are smaller.
Leaves out: several devices (unit 07), gradient accumulation, early stopping.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn

from course_utils.device import device as best_device
from course_utils.gpt.checkpoint import load_checkpoint, save_checkpoint
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT


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


@dataclass(frozen=True)
class Report:
    """One entry of a run's history."""

    step: int  # steps done
    train_loss: float  # nats per token, mean since the last report
    held_out_loss: float | None  # nats per token, on the whole held-out text
    tokens_per_second: float


def train(
    model: GPT,
    tokens: Tensor,
    plan: Plan,
    *,
    held_out: Tensor | None = None,
    checkpoint: Path | None = None,
    progress: bool = True,
) -> Iterator[Report]:
    """Train the model in place, and yield a report every `report_every` steps and at the end.

    Args:
        model: is moved to the GPU if there is one.
        tokens: (N,), the text; N is more than plan.num_tokens.
        plan: see `Plan`.
        held_out: (M,), another text, for the loss that counts.
        checkpoint: file to go on from if it is there, and to write at each report.
        progress: show a bar with loss and tokens per second.

    Raises:
        ValueError: a text or a model too short for the passages, or a checkpoint of another shape.
    """
    if not plan.num_tokens < len(tokens) or plan.num_tokens > model.config.num_positions:
        raise ValueError(
            f"passages of {plan.num_tokens} tokens from a text of {len(tokens)}, with "
            f"{model.config.num_positions} positions: take shorter passages"
        )
    device = best_device()
    model.to(device).train()
    optimizer = make_optimizer(model, plan)
    done = (
        load_checkpoint(checkpoint, model, optimizer) if checkpoint and checkpoint.exists() else 0
    )
    yield from _steps(model, optimizer, tokens, plan, held_out, checkpoint, done, progress)


def _steps(
    model: GPT, optimizer: torch.optim.Optimizer, tokens: Tensor, plan: Plan,
    held_out: Tensor | None, checkpoint: Path | None, done: int, progress: bool,
) -> Iterator[Report]:  # fmt: skip
    from tqdm.auto import tqdm

    device = model.token_embedding.weight.device
    losses: list[Tensor] = []
    begun = perf_counter()
    with tqdm(total=plan.num_steps, initial=done, desc="training", disable=not progress) as bar:
        for step in range(done, plan.num_steps):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate_at(step, plan)
            losses.append(_step(model, optimizer, passages(tokens, plan, step).to(device), plan))
            bar.update()
            if (step + 1) % plan.report_every and step + 1 < plan.num_steps:
                continue
            speed = len(losses) * plan.batch_size * plan.num_tokens / (perf_counter() - begun)
            loss = float(torch.stack(losses).mean())
            bar.set_postfix(loss=f"{loss:.3f}", tokens_per_second=f"{speed:.0f}")
            new = mean_loss(model, held_out, plan.num_tokens) if held_out is not None else None
            if checkpoint:
                save_checkpoint(checkpoint, model, optimizer, step + 1)
            yield Report(step + 1, loss, new, speed)
            losses, begun = [], perf_counter()


def _step(model: GPT, optimizer: torch.optim.Optimizer, batch: Tensor, plan: Plan) -> Tensor:
    """As `training_step`, without waiting for the loss: on a GPU that would cost time."""
    optimizer.zero_grad(set_to_none=True)
    with mixed_precision(batch.device):
        loss = language_model_loss(model(batch), batch)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), plan.max_norm)
    optimizer.step()
    return loss.detach()


def mixed_precision(device: torch.device) -> AbstractContextManager:
    """bfloat16 where it is fast, on GPUs that have it; plain float32 elsewhere."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()


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


@torch.inference_mode()
def mean_loss(model: GPT, tokens: Tensor, num_tokens: int, *, batch_size: int = 64) -> float:
    """Return the loss in nats per token on a whole text, cut into passages one after the other."""
    return float(token_losses(model, tokens, num_tokens, batch_size=batch_size).mean())


@torch.inference_mode()
def token_losses(model: GPT, tokens: Tensor, num_tokens: int, *, batch_size: int = 64) -> Tensor:
    """Return the loss of each token but the first of each passage: (passages, num_tokens − 1)."""
    device = model.token_embedding.weight.device
    usable = len(tokens) // num_tokens * num_tokens
    rows = []
    for batch in tokens[:usable].view(-1, num_tokens).split(batch_size):
        batch = batch.to(device)
        logits = model(batch)[:, :-1]
        chosen = logits.log_softmax(dim=-1).gather(-1, batch[:, 1:, None])
        rows.append(-chosen[..., 0].float().cpu())
    return torch.cat(rows)
