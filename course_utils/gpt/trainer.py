"""Train a GPT on one long text: on a CPU or a GPU, from a seed, and again from where it stopped.

Batches are passages drawn at random. Which passages step s sees depends on the seed and s alone, so a
run that was interrupted and taken up again gives the same numbers as one that was not.

Source: P. Micikevicius and others, "Mixed Precision Training", ICLR 2018.
Leaves out: several devices (unit 07), gradient accumulation, early stopping.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn
from tqdm.auto import tqdm

from course_utils.device import device as best_device
from course_utils.gpt.checkpoint import load_checkpoint, save_checkpoint
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan, learning_rate_at, make_optimizer, passages
from course_utils.gpt.training import training_step

PROVIDED = ("*",)  # whole in the student's copy: it is given their own step and loss
Step = Callable[[nn.Module, torch.optim.Optimizer, Tensor, float], float]
Loss = Callable[[Tensor, Tensor], Tensor]


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
