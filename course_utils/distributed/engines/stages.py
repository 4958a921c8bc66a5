"""Pipeline parallel (GPipe): each worker has some layers; microbatches keep them all busy.

Each worker does what the schedule says for its stage, in the order of ticks: there is no clock, it
waits for what it needs. With `recompute`, only the input of a forward pass is kept, and the pass is made
again before going backward: less memory, about a third more work.

Source: Y. Huang and others, "GPipe", 2019.
Leaves out: weights of several ages, as in PipeDream.
"""

from __future__ import annotations

import torch
from torch import Tensor

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.pipeline import Pipeline
from course_utils.distributed.gpipe import gpipe_schedule

PROVIDED = ("*",)  # whole in the student's copy


class Stages(Pipeline):
    """The engine of one worker."""

    word = "microbatch"

    def __init__(self, job: Job, group: Group) -> None:
        schedule = job.schedule or gpipe_schedule(job.num_workers, job.num_microbatches)
        mine = sorted(entry for entry in schedule if entry[1] == group.worker)
        super().__init__(job, group, [(number, phase) for _, _, number, phase in mine])

    def compute(self, batch: Tensor) -> float:
        """Set the gradients of this worker's layers; return the loss in the last worker, else 0."""
        self._targets = self._begin(batch).tensor_split(self._job.num_microbatches)
        self._pieces = batch.tensor_split(self._job.num_microbatches)
        self._inputs: dict[int, Tensor] = {}
        self._outputs: dict[int, Tensor] = {}
        self._loss = 0.0
        for number, phase in self._todo:
            (self._forward if phase == "forward" else self._backward)(number)
        self._end()
        return self._loss

    def _forward(self, number: int) -> None:
        self._inputs[number] = self._input(number)
        with (
            self._group.ledger.during("forward", self._label(number)),
            torch.set_grad_enabled(not self._job.recompute),
        ):
            output = self._outputs[number] = self._through(number)
        self._pass_on(output, number)
        if self.model.last:
            self._loss += float(output.detach())

    def _backward(self, number: int) -> None:
        gradient = self._gradient(number)
        with self._group.ledger.during("backward", self._label(number)):
            output = self._outputs.pop(number)
            if self._job.recompute:
                output = self._through(number)
            output.backward(gradient)
        self._pass_back(self._inputs.pop(number), number)

    def _through(self, number: int) -> Tensor:
        return self._output(self.model(self._inputs[number]), self._targets[number])
