"""Token pipeline (TeraPipe): each worker has some layers, and reads a text slice by slice.

A slice looks back at the keys and values of the slices before. Going backward, the last slice comes
first; what it finds about the keys and values of earlier slices is added when those have their turn.

Source: Z. Li and others, "TeraPipe", ICML 2021.
Leaves out: microbatches at the same time.
"""

from __future__ import annotations

from itertools import accumulate

import torch
from torch import Tensor

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.pipeline import Pipeline

PROVIDED = ("*",)  # whole in the student's copy
Past = dict[int, list[tuple[Tensor, Tensor]]]  # by layer: leaves of keys and values, a pair a slice


class Tokens(Pipeline):
    """The engine of one worker."""

    word = "slice"

    def __init__(self, job: Job, group: Group) -> None:
        numbers = range(len(job.slices))
        todo = [(n, "forward") for n in numbers] + [(n, "backward") for n in reversed(numbers)]
        super().__init__(job, group, todo)
        self._starts = [0, *accumulate(job.slices)][:-1]

    def compute(self, batch: Tensor) -> float:
        """Set the gradients of this worker's layers; return the loss in the last worker, else 0."""
        lengths = list(self._job.slices)
        self._targets = self._begin(batch).split(lengths, 1)
        self._pieces = batch.split(lengths, 1)
        past: Past = {}
        done = [self._forward(number, past) for number in range(len(lengths))]
        for number in reversed(range(len(lengths))):
            self._backward(number, *done[number], past)
        self._end()
        return sum(float(output.detach()) for _, output, _ in done) if self.model.last else 0.0

    def _forward(self, number: int, past: Past) -> tuple[Tensor, Tensor, _Memory]:
        x, memory = self._input(number), _Memory(past)
        with self._group.ledger.during("forward", self._label(number)):
            hidden = self.model(x, self._starts[number], memory)
            output = self._output(hidden, self._targets[number])
        self._pass_on(output, number)
        memory.keep()
        return x, output, memory

    def _backward(
        self, number: int, x: Tensor, output: Tensor, memory: _Memory, past: Past
    ) -> None:
        roots, slopes = [output], [self._gradient(number)]
        with self._group.ledger.during("backward", self._label(number)):
            for layer, made in memory.made.items():
                for root, leaf in zip(made, past[layer][number], strict=True):
                    if leaf.grad is not None:  # later slices looked at it
                        roots.append(root)
                        slopes.append(leaf.grad)
            torch.autograd.backward(roots, slopes)  # type: ignore[arg-type]
        self._pass_back(x, number)


class _Memory:
    """Keys and values of earlier slices, where a block expects its key–value cache."""

    def __init__(self, past: Past) -> None:
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
