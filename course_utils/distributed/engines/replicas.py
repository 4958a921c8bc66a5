"""Data parallel: each worker has the whole model and some examples of each batch.

Gradients are added up in buckets, the last layers' first, while the backward pass goes on with the
layers before: `finish` has little left to wait for.

Source: S. Li and others, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training",
VLDB 2020.
Leaves out: sharing out the optimizer's state (ZeRO).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

import torch
from torch import Tensor, nn

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job, make_model
from course_utils.gpt.loss import language_model_loss

PROVIDED = ("*",)  # whole in the student's copy


class Replicas:
    """The engine of one worker."""

    def __init__(self, job: Job, group: Group) -> None:
        self.model = make_model(job).to(group.device)
        self._ledger = group.ledger
        ends = list(accumulate(job.shares))
        self._rows = slice(ends[group.worker] - job.shares[group.worker], ends[group.worker])
        self._share = job.shares[group.worker] / job.plan.batch_size
        self._buckets = Buckets(self.model.parameters(), job.bucket_bytes, group.begin_all_reduce)

    def compute(self, batch: Tensor) -> float:
        """Set all gradients to those of the whole batch; return this worker's part of the loss."""
        mine, part = batch[self._rows], 0.0
        self._buckets.clear()
        if len(mine):
            with self._ledger.during("forward"):
                loss = language_model_loss(self.model(mine), mine) * self._share
            with self._ledger.during("backward"):
                loss.backward()
            part = float(loss.detach())
        self._buckets.finish()
        return part

    @staticmethod
    def joined(parts: Sequence[Mapping[str, Tensor]], job: Job) -> dict[str, Tensor]:
        """All workers hold the same."""
        return dict(parts[0])

    @staticmethod
    def loss_of(parts: Sequence[float]) -> float:
        """The parts add up."""
        return sum(parts)


class Buckets:
    """Gradients side by side in few long arrays, that are added up over workers when they are full."""

    def __init__(
        self,
        parameters: Iterable[nn.Parameter],
        bucket_bytes: int,
        begin_all_reduce: Callable[[Tensor, str], Callable[[], None]],
    ) -> None:
        self._begin = begin_all_reduce
        self._flat: list[Tensor] = []
        self._views: list[tuple[nn.Parameter, Tensor]] = []
        self._sizes: list[int] = []
        for number, bucket in enumerate(_grouped(list(parameters)[::-1], bucket_bytes)):
            flat = torch.zeros(
                sum(p.numel() for p in bucket), dtype=bucket[0].dtype, device=bucket[0].device
            )
            for parameter, piece in zip(
                bucket, flat.split([p.numel() for p in bucket]), strict=True
            ):
                self._views.append((parameter, piece.view_as(parameter)))
                parameter.register_post_accumulate_grad_hook(self._arrived(number))
            self._flat.append(flat)
            self._sizes.append(len(bucket))
        self.clear()

    def clear(self) -> None:
        """Before a backward pass: all gradients are 0."""
        for flat in self._flat:
            flat.zero_()
        for parameter, view in self._views:
            parameter.grad = view
        self._missing = list(self._sizes)
        self._waits: list[Callable[[], None]] = []

    def finish(self) -> None:
        """After it: send what has not been sent, and wait until everything is added up."""
        self._missing = [0] * len(self._missing)
        self._send_what_is_full()
        for wait in self._waits:
            wait()

    def _arrived(self, number: int) -> Callable[[Tensor], None]:
        def hook(parameter: Tensor) -> None:
            self._missing[number] -= 1
            self._send_what_is_full()

        return hook

    def _send_what_is_full(self) -> None:
        """In the same order in every worker, or sums would be mixed up."""
        while len(self._waits) < len(self._flat) and self._missing[len(self._waits)] == 0:
            number = len(self._waits)
            self._waits.append(self._begin(self._flat[number], f"bucket {number}"))


def _grouped(parameters: Sequence[nn.Parameter], bucket_bytes: int) -> list[list[nn.Parameter]]:
    groups: list[list[nn.Parameter]] = [[]]
    for parameter in parameters:
        filled = sum(p.numel() * p.element_size() for p in groups[-1])
        if groups[-1] and filled + parameter.numel() * parameter.element_size() > bucket_bytes:
            groups.append([])
        groups[-1].append(parameter)
    return groups
