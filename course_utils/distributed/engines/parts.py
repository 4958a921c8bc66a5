"""Some layers of a GPT: the first part reads tokens, the last one tells the loss.

Leaves out: parts that are not of neighbouring layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job, make_model
from course_utils.gpt.loss import PADDING

PROVIDED = ("*",)  # whole in the student's copy


class Part(nn.Module):
    """The layers of one worker. Parameters have the names that they have in the whole model."""

    def __init__(self, job: Job, worker: int) -> None:
        super().__init__()
        whole, ends = make_model(job), list(accumulate(job.shares))
        self.first, self.last = worker == 0, worker == job.num_workers - 1
        layers = range(ends[worker] - job.shares[worker], ends[worker])
        self.blocks = nn.ModuleDict({str(layer): whole.blocks[layer] for layer in layers})
        if self.first:
            self.token_embedding = whole.token_embedding
            self.position_embedding = whole.position_embedding
        if self.last:
            self.final_norm, self.output = whole.final_norm, whole.output

    def forward(self, x: Tensor, start: int = 0, cache: Any = None) -> Tensor:
        """Turn tokens (B, T), or hidden vectors (B, T, C), into hidden vectors or logits."""
        if self.first:
            positions = self.position_embedding.weight[start : start + x.shape[1]]
            x = self.token_embedding(x) + positions
        for layer, block in self.blocks.items():
            x = block(x, cache, int(layer))
        return self.output(self.final_norm(x)) if self.last else x


class TiedTable:
    """A token table that the first part reads with and the last one writes with: both need its sum."""

    def __init__(self, job: Job, group: Group, part: Part) -> None:
        ends = [0, job.num_workers - 1]
        self._group, self._weight = group, None
        if job.config.tied and job.num_workers > 1:
            self._among = group.subgroup(ends)
            if part.first or part.last:
                self._weight = part.token_embedding.weight if part.first else part.output.weight

    def add_up(self) -> None:
        """Give both the sum of both gradients."""
        if self._weight is not None:
            gradient = self._weight.grad
            assert gradient is not None
            self._group.all_reduce_among(gradient, self._among, "token table")


def next_tokens(batch: Tensor) -> Tensor:
    """Return what each position has to predict; nothing for the last one."""
    return torch.cat([batch[:, 1:], torch.full_like(batch[:, :1], PADDING)], dim=1)


def share_of_loss(logits: Tensor, targets: Tensor, num_predicted: int) -> Tensor:
    """Return a part's share of the mean over all predicted tokens of the batch."""
    total = cross_entropy(
        logits.flatten(0, 1), targets.flatten(), ignore_index=PADDING, reduction="sum"
    )
    return total / num_predicted


def joined(parts: Sequence[Mapping[str, Tensor]], job: Job) -> dict[str, Tensor]:
    """All parameters of all parts, under their names in the whole model."""
    together = {name: tensor for part in parts for name, tensor in part.items()}
    if job.config.tied:  # the first part has it, under its first name
        together.pop("output.weight", None)
    return together


class Outbox:
    """What has been sent and may not be changed yet."""

    def __init__(self) -> None:
        self._waits: list[Callable[[], None]] = []

    def add(self, wait: Callable[[], None]) -> None:
        self._waits.append(wait)

    def empty(self) -> None:
        """Wait until everything has gone."""
        for wait in self._waits:
            wait()
        self._waits.clear()
