"""A GPT that gives numbers instead of words: the reward model, and the value function of PPO.

Source: L. Ouyang and others 2022 (InstructGPT), section 3.5: the last layer is replaced by one that
gives a single number.
Leaves out: an ensemble of reward models.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_utils.device import device
from course_utils.gpt.model import GPT
from course_utils.progress import track
from course_utils.rlhf.reward_model import reward_model_loss

PROVIDED = ("*",)  # whole in the student's copy


class Scorer(nn.Module):
    """One number for each position of a text."""

    def __init__(self, body: GPT) -> None:
        """Begin with a copy of what a language model knows; the numbers begin at 0."""
        super().__init__()
        self.body = copy.deepcopy(body)
        self.head = nn.Linear(body.config.width, 1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) tokens -> (B, T) numbers."""
        return self.head(self.body.hidden(tokens))[..., 0]

    def at(self, tokens: Tensor, last: Tensor) -> Tensor:
        """The number at the last token of each text, (B,): what comes after it is never looked at."""
        return self(tokens).gather(1, last[:, None])[:, 0]


def padded(texts: Sequence[Sequence[int]], longest: int) -> tuple[Tensor, Tensor]:
    """Return texts as one table (B, T), filled up with 0, and where each ends (B,).

    A text of more than `longest` tokens is cut.
    """
    cut = [list(text[:longest]) for text in texts]
    width = max(map(len, cut))
    rows = torch.tensor([text + [0] * (width - len(text)) for text in cut])
    return rows, torch.tensor([len(text) - 1 for text in cut])


def train_reward_model(
    body: GPT,
    texts: Sequence[Sequence[int]],
    pairs: NDArray[np.int64],
    *,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    loss: Any = reward_model_loss,
    progress: bool = True,
) -> Scorer:
    """Learn a reward from people's choices: one pass over the pairs.

    Args:
        body: a language model to begin with; it is not changed.
        texts: tokens of each text.
        pairs: (N, 2), numbers of a better and a worse text.
        batch_size: pairs in a step.
        learning_rate: the largest; it falls to 0.
        loss: see `reward_model_loss`.
        progress: show a bar.
    """
    model = Scorer(body).to(device())
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=0.1)
    num_steps = len(pairs) // batch_size
    decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, max(num_steps, 1))
    steps = range(num_steps)
    for step in track(steps, "reward model") if progress else steps:
        batch = pairs[step * batch_size : (step + 1) * batch_size].T.reshape(-1)
        tokens, last = padded([texts[i] for i in batch.tolist()], body.config.num_positions)
        chosen, rejected = model.at(tokens.to(device()), last.to(device())).chunk(2)
        optimizer.zero_grad()
        loss(chosen, rejected).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        decay.step()
    return model


@torch.inference_mode()
def rewards_of(model: Scorer, texts: Sequence[Sequence[int]]) -> Tensor:
    """Return the reward of each text, (N,), on the CPU."""
    place = model.head.weight.device
    found = []
    for start in range(0, len(texts), 128):
        tokens, last = padded(texts[start : start + 128], model.body.config.num_positions)
        found.append(model.at(tokens.to(place), last.to(place)).cpu())
    return torch.cat(found)
