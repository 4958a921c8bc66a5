"""Pipeline parallel (GPipe): each worker has some layers; microbatches keep them all busy.

Each worker does what the schedule says for its stage, in the order of ticks: there is no clock, it
waits for what it needs. With `recompute`, only the input of a forward pass is kept, and the pass is made
again before going backward: less memory, about a third more work.

Source: Y. Huang and others, "GPipe", 2019.
Leaves out: weights of several ages, as in PipeDream.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.parts import (
    Outbox,
    Part,
    TiedTable,
    joined,
    next_tokens,
    share_of_loss,
)
from course_utils.distributed.gpipe import gpipe_schedule

PROVIDED = ("*",)  # whole in the student's copy


class Stages:
    """The engine of one worker."""

    joined = staticmethod(joined)

    def __init__(self, job: Job, group: Group) -> None:
        self._job, self._group, self._stage = job, group, group.worker
        self.model = Part(job, group.worker).to(group.device)
        self._tied = TiedTable(job, group, self.model)
        schedule = job.schedule or gpipe_schedule(job.num_workers, job.num_microbatches)
        mine = sorted(entry for entry in schedule if entry[1] == group.worker)
        self._todo = [(number, phase) for _, _, number, phase in mine]
        self._dtype = getattr(torch, job.dtype)

    def compute(self, batch: Tensor) -> float:
        """Set the gradients of this worker's layers; return the loss in the last worker, else 0."""
        self.model.zero_grad()
        self._batches = batch.tensor_split(self._job.num_microbatches)
        self._targets = next_tokens(batch).tensor_split(self._job.num_microbatches)
        self._num_predicted = batch[:, 1:].numel()
        self._inputs: dict[int, Tensor] = {}
        self._outputs: dict[int, Tensor] = {}
        self._outbox, self._loss = Outbox(), 0.0
        for number, phase in self._todo:
            (self._forward if phase == "forward" else self._backward)(number)
        self._outbox.empty()
        self._tied.add_up()
        return self._loss

    def _forward(self, number: int) -> None:
        label = f"microbatch {number}"
        if self.model.first:
            x = self._batches[number]
        else:
            x = self._group.receive(self._hidden(number), self._stage - 1, label).requires_grad_()
        self._inputs[number] = x
        with (
            self._group.ledger.during("forward", label),
            torch.set_grad_enabled(not self._job.recompute),
        ):
            output = self._through(number)
        if not self.model.last:
            self._outbox.add(self._group.send(output, self._stage + 1, label))
        else:
            self._loss += float(output.detach())
        self._outputs[number] = output

    def _backward(self, number: int) -> None:
        label, gradient = f"microbatch {number}", None
        if not self.model.last:
            gradient = self._group.receive(self._hidden(number), self._stage + 1, label)
        with self._group.ledger.during("backward", label):
            output = self._outputs.pop(number)
            if self._job.recompute:
                output = self._through(number)
            output.backward(gradient)
        x = self._inputs.pop(number)
        if not self.model.first:
            assert x.grad is not None
            self._outbox.add(self._group.send(x.grad, self._stage - 1, label))

    def _through(self, number: int) -> Tensor:
        output = self.model(self._inputs[number])
        if self.model.last:
            return share_of_loss(output, self._targets[number], self._num_predicted)
        return output

    def _hidden(self, number: int) -> Tensor:
        shape = (*self._batches[number].shape, self._job.config.width)
        return torch.empty(shape, dtype=self._dtype)

    @staticmethod
    def loss_of(parts: Sequence[float]) -> float:
        """Only the last worker knows it."""
        return parts[-1]
