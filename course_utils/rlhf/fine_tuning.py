"""Supervised fine-tuning on replies that people liked.

Source: L. Ouyang and others 2022 (InstructGPT), step 1.
Leaves out: early stopping; one or two passes over the texts are taken, and that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from course_utils.device import device
from course_utils.gpt.model import GPT
from course_utils.progress import track
from course_utils.rlhf.scorer import padded
from course_utils.rlhf.sft import supervised_loss

PROVIDED = ("*",)  # whole in the student's copy


def fine_tune(
    model: GPT,
    texts: Sequence[Sequence[int]],
    prompt_length: int,
    *,
    num_passes: int = 2,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    seed: int = 0,
    loss: Callable[[Tensor, Tensor, Tensor], Tensor] = supervised_loss,
    progress: bool = True,
) -> list[float]:
    """Train the model in place on what follows the prompts; return the loss of each step.

    Args:
        model: is moved to the GPU if there is one.
        texts: tokens of prompt and reply.
        prompt_length: tokens that are given, at least 1, in each text.
        num_passes: over the texts.
        batch_size: texts in a step.
        learning_rate: the largest; it falls to 0.
        seed: of the order of the texts.
        loss: see `supervised_loss`.
        progress: show a bar.

    Raises:
        ValueError: no text is longer than its prompt.
    """
    longer = [text for text in texts if len(text) > prompt_length]
    if not longer:
        raise ValueError(f"no text goes on after a prompt of {prompt_length} tokens")
    generator = torch.Generator().manual_seed(seed)
    order = torch.cat([torch.randperm(len(longer), generator=generator) for _ in range(num_passes)])
    batches = order.split(batch_size)
    model.to(device()).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.1)
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, len(batches))
    losses = []
    for batch in track(batches, "fine-tuning") if progress else batches:
        tokens, last = padded([longer[i] for i in batch.tolist()], model.config.num_positions)
        places = torch.arange(tokens.shape[1])
        replies = (places >= prompt_length) & (places <= last[:, None])  # (B, T)
        tokens = tokens.to(device())
        value = loss(model(tokens), tokens, replies.to(device()))
        optimizer.zero_grad()
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay.step()
        losses.append(float(value.detach()))
    return losses
