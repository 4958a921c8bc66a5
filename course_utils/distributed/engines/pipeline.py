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
    """What stages and token slices have in common. A piece is some of a batch: (B, T) token ids.

    While a worker computes one piece, it already listens for the next: nobody waits for a message that
    could have travelled before.
    """

    word: str  # what a piece is called

    def __init__(self, job: Job, group: Group, todo: Sequence[tuple[int, str]]) -> None:
        """Make this worker's layers. It works in the order of `todo`: (piece, phase)."""
        self._job, self._group, self._todo = job, group, list(todo)
        self.model = Part(job, group.worker).to(group.device)
        self._pieces: Sequence[Tensor] = ()
        self._waits: list[Callable[[], None]] = []  # for what has been sent and may not change yet
        self._coming: dict[tuple[int, str], Callable[[], Tensor]] = {}
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

    def _label(self, number: int) -> str:
        return f"{self.word} {number}"

    def _input(self, number: int) -> Tensor:
        """The tokens themselves in the first worker, else hidden vectors of the worker before."""
        if self.model.first:
            return self._pieces[number]
        return self._received(number, "forward").requires_grad_()

    def _gradient(self, number: int) -> Tensor | None:
        """What the worker after wants of our output; None in the last one, whose output is the loss."""
        return None if self.model.last else self._received(number, "backward")

    def _output(self, x: Tensor, targets: Tensor) -> Tensor:
        """In the last worker, a piece's share of the mean over all predicted tokens of the batch."""
        if not self.model.last:
            return x
        total = cross_entropy(
            x.flatten(0, 1), targets.flatten(), ignore_index=PADDING, reduction="sum"
        )
        return total / self._num_predicted

    def _pass_on(self, output: Tensor, number: int) -> None:
        if not self.model.last:
            to = self._group.worker + 1
            self._waits.append(self._group.send(output, to, self._label(number)))

    def _pass_back(self, x: Tensor, number: int) -> None:
        if not self.model.first:
            assert x.grad is not None
            to = self._group.worker - 1
            self._waits.append(self._group.send(x.grad, to, self._label(number)))

    def _received(self, number: int, phase: str) -> Tensor:
        wait = self._coming.pop((number, phase), None) or self._listen(number, phase)
        received = wait()
        following = self._todo.index((number, phase)) + 1
        for then in self._todo[following : following + 1]:
            if then[1] == phase:  # between phases NCCL would hold back what we have yet to send
                self._coming[then] = self._listen(*then)
        return received

    def _listen(self, number: int, phase: str) -> Callable[[], Tensor]:
        shape = (*self._pieces[number].shape, self._job.config.width)
        dtype = getattr(torch, self._job.dtype)
        like = torch.empty(shape, dtype=dtype, device=self._group.device)
        source = self._group.worker + (1 if phase == "backward" else -1)
        return self._group.begin_receive(like, source, self._label(number))

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
