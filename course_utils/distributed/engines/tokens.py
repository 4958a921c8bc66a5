"""Token pipeline (TeraPipe): each worker has some layers, and reads a text slice by slice.

A slice looks back at the keys and values of the slices before. Going backward, the last slice comes
first; what it finds about the keys and values of earlier slices is added when those have their turn.

Source: Z. Li and others, "TeraPipe", ICML 2021.
Leaves out: microbatches at the same time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

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

PROVIDED = ("*",)  # whole in the student's copy


class Tokens:
    """The engine of one worker."""

    joined = staticmethod(joined)

    def __init__(self, job: Job, group: Group) -> None:
        self._job, self._group, self._stage = job, group, group.worker
        self.model = Part(job, group.worker).to(group.device)
        self._tied = TiedTable(job, group, self.model)
        self._starts = [0, *accumulate(job.slices)][:-1]
        self._dtype = getattr(torch, job.dtype)

    def compute(self, batch: Tensor) -> float:
        """Set the gradients of this worker's layers; return the loss in the last worker, else 0."""
        self.model.zero_grad()
        slices = list(self._job.slices)
        self._pieces, self._targets = batch.split(slices, 1), next_tokens(batch).split(slices, 1)
        self._num_predicted = batch[:, 1:].numel()
        self._outbox, loss, done = Outbox(), 0.0, []
        past: dict[int, list[tuple[Tensor, Tensor]]] = {}  # by layer: leaves, a pair for each slice
        for number in range(len(slices)):
            x, output, memory = self._forward(number, past)
            done.append((x, output, memory))
            loss += float(output.detach()) if self.model.last else 0.0
        for number in reversed(range(len(slices))):
            self._backward(number, *done[number], past)
        self._outbox.empty()
        self._tied.add_up()
        return loss

    def _forward(
        self, number: int, past: dict[int, list[tuple[Tensor, Tensor]]]
    ) -> tuple[Tensor, Tensor, _Memory]:
        label, x = f"slice {number}", self._pieces[number]
        if not self.model.first:
            x = self._group.receive(self._hidden(number), self._stage - 1, label).requires_grad_()
        memory = _Memory(past)
        with self._group.ledger.during("forward", label):
            output = self.model(x, self._starts[number], memory)
            if self.model.last:
                output = share_of_loss(output, self._targets[number], self._num_predicted)
        if not self.model.last:
            self._outbox.add(self._group.send(output, self._stage + 1, label))
        memory.keep()
        return x, output, memory

    def _backward(
        self,
        number: int,
        x: Tensor,
        output: Tensor,
        memory: _Memory,
        past: dict[int, list[tuple[Tensor, Tensor]]],
    ) -> None:
        label, gradient = f"slice {number}", None
        if not self.model.last:
            gradient = self._group.receive(self._hidden(number), self._stage + 1, label)
        with self._group.ledger.during("backward", label):
            roots, slopes = [output], [gradient]
            for layer, made in memory.made.items():
                for root, leaf in zip(made, past[layer][number], strict=True):
                    if leaf.grad is not None:  # later slices looked at it
                        roots.append(root)
                        slopes.append(leaf.grad)
            torch.autograd.backward(roots, slopes)  # type: ignore[arg-type]
        if not self.model.first:
            assert x.grad is not None
            self._outbox.add(self._group.send(x.grad, self._stage - 1, label))

    def _hidden(self, number: int) -> Tensor:
        shape = (*self._pieces[number].shape, self._job.config.width)
        return torch.empty(shape, dtype=self._dtype)

    @staticmethod
    def loss_of(parts: Sequence[float]) -> float:
        """Only the last worker knows it."""
        return parts[-1]


class _Memory:
    """Keys and values of earlier slices, where a block expects its key–value cache."""

    def __init__(self, past: dict[int, list[tuple[Tensor, Tensor]]]) -> None:
        self._past = past
        self.made: dict[int, tuple[Tensor, Tensor]] = {}
        self._length = 0

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Return all keys and values so far; note those of this slice."""
        self.made[layer] = (keys, values)
        earlier = self._past.get(layer, [])
        self._length = sum(k.shape[-2] for k, _ in earlier)
        all_keys = torch.cat([*(k for k, _ in earlier), keys], dim=-2)
        all_values = torch.cat([*(v for _, v in earlier), values], dim=-2)
        return all_keys, all_values

    def mask(self, num_new: int) -> Tensor:
        """Where the new tokens may look: at all earlier ones, and not ahead."""
        some = next(iter(self.made.values()))[0]
        shape = (num_new, self._length + num_new)
        return torch.ones(shape, dtype=torch.bool, device=some.device).tril(self._length)

    def keep(self) -> None:
        """Cut the graph here: later slices collect their gradients in leaves."""
        for layer, pair in self.made.items():
            k, v = (tensor.detach().requires_grad_() for tensor in pair)
            self._past.setdefault(layer, []).append((k, v))
