"""Train a GPT on one long text: on a CPU or a GPU, from a seed, and again from where it stopped.

Batches are passages drawn at random. Which passages step s sees depends on the seed and s alone, so a
run that was interrupted and taken up again gives the same numbers as one that was not.

Source: A. Radford and others 2019 and T. Brown and others 2020 for AdamW, warm-up, cosine decay and
clipping; learning rates are larger here, because the models are smaller.
Leaves out: several devices (unit 07), gradient accumulation, early stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import cos, isfinite, pi
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from course_utils.device import device as best_device
from course_utils.gpt.checkpoint import load_checkpoint, save_checkpoint
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.training import training_step

PROVIDED = ("*",)  # whole in the student's copy: it is given their own step and loss
Step = Callable[[nn.Module, torch.optim.Optimizer, Tensor, float], float]
Loss = Callable[[Tensor, Tensor], Tensor]


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
    step: Step = training_step,
    loss: Loss = language_model_loss,
    held_out: Tensor | None = None,
    checkpoint: Path | None = None,
    progress: bool = True,
) -> Iterator[Report]:
    """Train the model in place, and yield a report every `report_every` steps and at the end.

    Args:
        model: is moved to the GPU if there is one.
        tokens: (N,), the text; N is more than plan.num_tokens.
        plan: see `Plan`.
        step: takes one step of training; see `training_step`.
        loss: see `language_model_loss`; the held-out text is measured with it.
        held_out: (M,), another text, for the loss that counts.
        checkpoint: file to go on from if it is there, and to write at each report.
        progress: show a bar with loss and tokens per second.

    Raises:
        ValueError: a text or a model too short for the passages, or a checkpoint of another shape.
        FloatingPointError: the loss is nan or infinite.
    """
    for text in (tokens, held_out) if held_out is not None else (tokens,):
        if not plan.num_tokens <= min(len(text), model.config.num_positions):
            raise ValueError(
                f"passages of {plan.num_tokens} tokens from a text of {len(text)}, with "
                f"{model.config.num_positions} positions: take shorter passages"
            )
    model.to(best_device()).train()
    optimizer = make_optimizer(model, plan)
    resumed = checkpoint is not None and checkpoint.exists()
    done = load_checkpoint(checkpoint, model, optimizer) if checkpoint and resumed else 0
    reported = done
    with tqdm(total=plan.num_steps, initial=done, desc="training", disable=not progress) as bar:
        for losses, seconds in _stretches(model, optimizer, tokens, plan, step, done, bar):
            reported += len(losses)
            speed = len(losses) * plan.batch_size * plan.num_tokens / seconds
            mean = sum(losses) / len(losses)
            bar.set_postfix(loss=f"{mean:.3f}", tokens_per_second=f"{speed:.0f}")
            new = None
            if held_out is not None:
                new = float(passage_losses(model, held_out, plan.num_tokens, loss=loss).mean())
            if checkpoint:
                save_checkpoint(checkpoint, model, optimizer, reported)
            yield Report(reported, mean, new, speed)


def _stretches(
    model: GPT, optimizer: torch.optim.Optimizer, tokens: Tensor, plan: Plan, step: Step,
    done: int, bar: tqdm,
) -> Iterator[tuple[list[float], float]]:  # fmt: skip
    """Yield the losses of the steps up to each report, and the seconds that they took."""
    mixed = _MixedPrecision(model)
    place = model.token_embedding.weight.device
    losses: list[float] = []
    begun = perf_counter()
    for number in range(done, plan.num_steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate_at(number, plan)
        batch = passages(tokens, plan, number).to(place)
        losses.append(step(mixed, optimizer, batch, plan.max_norm))
        if not isfinite(losses[-1]):
            raise FloatingPointError(
                f"the loss of step {number + 1} is {losses[-1]}: try a smaller learning_rate than "
                f"{plan.learning_rate}, or more than {plan.num_warmup_steps} num_warmup_steps"
            )
        bar.update()
        if (number + 1) % plan.report_every == 0 or number + 1 == plan.num_steps:
            yield losses, perf_counter() - begun
            losses, begun = [], perf_counter()


class _MixedPrecision(nn.Module):
    """bfloat16 where it is fast, on GPUs that have it; plain float32 elsewhere."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        on = tokens.is_cuda and torch.cuda.is_bf16_supported()
        with torch.autocast(tokens.device.type, dtype=torch.bfloat16, enabled=on):
            logits = self.model(tokens)
        return logits.float() if on else logits


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
def passage_losses(
    model: GPT, tokens: Tensor, num_tokens: int, *, loss: Loss = language_model_loss
) -> Tensor:
    """Cut a text into passages, one after the other, and return the loss of each.

    The first token of a passage is given, the others are predicted; what is left over at the end
    is not read.

    Args:
        model: in any mode, on any device.
        tokens: (N,), at least one passage.
        num_tokens: of a passage, at least 2.
        loss: see `language_model_loss`.

    Returns:
        (N // num_tokens,), nats per token, on the CPU.

    Raises:
        ValueError: a text shorter than a passage.
    """
    if not 2 <= num_tokens <= len(tokens):
        raise ValueError(
            f"passages of {num_tokens} tokens from a text of {len(tokens)}: at least 2, at most all"
        )
    place = model.token_embedding.weight.device
    rows = tokens[: len(tokens) // num_tokens * num_tokens].view(-1, num_tokens).to(place)
    losses = [
        loss(logits[None], row[None])
        for batch in rows.split(64)
        for logits, row in zip(model(batch), batch, strict=True)
    ]
    return torch.stack(losses).float().cpu()
