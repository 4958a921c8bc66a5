"""One worker of a pipeline: its layers, and what it sends to its neighbours and receives from them.

`stages.py` and `tokens.py` say in which order pieces of a batch come through.

Leaves out: a worker with several parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.parts import Part
from course_utils.gpt.loss import PADDING

PROVIDED = ("*",)  # whole in the student's copy


class Pipeline:
    """What stages and token slices have in common. A piece is some of a batch: (B, T) token ids."""

    def __init__(self, job: Job, group: Group) -> None:
        self._job, self._group = job, group
        self.model = Part(job, group.worker).to(group.device)
        self._waits: list[Callable[[], None]] = []  # for what has been sent and may not change yet
        self._ends = None
        if job.config.tied and job.num_workers > 1:
            self._ends = group.subgroup([0, job.num_workers - 1])

    def _begin(self, batch: Tensor) -> Tensor:
        """Clear gradients, and return what each position has to predict; nothing for the last one."""
        self.model.zero_grad()
        self._num_predicted = batch[:, 1:].numel()
        return torch.cat([batch[:, 1:], torch.full_like(batch[:, :1], PADDING)], dim=1)

    def _end(self) -> None:
        """Wait until everything has gone, and share the gradient of a tied token table."""
        for wait in self._waits:
            wait()
        self._waits.clear()
        if self._ends is not None and (self.model.first or self.model.last):
            part = self.model
            weight = part.token_embedding.weight if part.first else part.output.weight
            assert weight.grad is not None
            self._group.all_reduce_among(weight.grad, self._ends, "token table")

    def _input(self, piece: Tensor, label: str) -> Tensor:
        """The tokens themselves in the first worker, else hidden vectors of the worker before."""
        if self.model.first:
            return piece
        return self._received(piece, self._group.worker - 1, label).requires_grad_()

    def _gradient(self, piece: Tensor, label: str) -> Tensor | None:
        """What the worker after wants of our output; None in the last one, whose output is the loss."""
        return None if self.model.last else self._received(piece, self._group.worker + 1, label)

    def _output(self, x: Tensor, targets: Tensor) -> Tensor:
        """In the last worker, a piece's share of the mean over all predicted tokens of the batch."""
        if not self.model.last:
            return x
        total = cross_entropy(
            x.flatten(0, 1), targets.flatten(), ignore_index=PADDING, reduction="sum"
        )
        return total / self._num_predicted

    def _pass_on(self, output: Tensor, label: str) -> None:
        if not self.model.last:
            self._waits.append(self._group.send(output, self._group.worker + 1, label))

    def _pass_back(self, x: Tensor, label: str) -> None:
        if not self.model.first:
            assert x.grad is not None
            self._waits.append(self._group.send(x.grad, self._group.worker - 1, label))

    def _received(self, piece: Tensor, source: int, label: str) -> Tensor:
        shape = (*piece.shape, self._job.config.width)
        like = torch.empty(shape, dtype=getattr(torch, self._job.dtype))
        return self._group.receive(like, source, label)

    @staticmethod
    def joined(parts: Sequence[Mapping[str, Tensor]], job: Job) -> dict[str, Tensor]:
        """All parameters of all parts, under their names in the whole model."""
        together = {name: tensor for part in parts for name, tensor in part.items()}
        if job.config.tied:  # the first part has it, under its first name
            together.pop("output.weight", None)
        return together

    @staticmethod
    def loss_of(parts: Sequence[float]) -> float:
        """Only the last worker knows it."""
        return parts[-1]
