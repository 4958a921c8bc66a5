"""A step of AdamW over ten million numbers against torch's, which goes over all tensors at once."""

from __future__ import annotations

import torch
from torch import nn

from course_utils.optimization.fast_adam import FastAdamW
from tests.benchmarks.contest import Contest, Sides

NUM_TENSORS, LENGTH = 100, 100_000


def steps() -> Sides:
    """Both take a step each time, from the same numbers and with the same gradients."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    start = [torch.randn(LENGTH, generator=generator) for _ in range(NUM_TENSORS)]
    sides = [[nn.Parameter(values.clone()) for values in start] for _ in range(2)]
    for values in zip(*sides, strict=True):
        gradient = torch.randn(LENGTH, generator=generator)
        for parameter in values:
            parameter.grad = gradient
    mine = FastAdamW(sides[0])
    theirs = torch.optim.AdamW(sides[1], lr=1e-3, weight_decay=0.01, foreach=True)

    def ours() -> list[nn.Parameter]:
        mine.step()
        return sides[0]

    def torch_() -> list[nn.Parameter]:
        theirs.step()
        return sides[1]

    def same(one: list[nn.Parameter], other: list[nn.Parameter]) -> bool:
        moved = not torch.equal(one[0], start[0])
        pairs = list(zip(one, other, strict=True))
        return moved and all(torch.allclose(a, b, rtol=1e-5, atol=1e-6) for a, b in pairs)

    return Sides(ours, torch_, same)


CONTESTS = [
    Contest(
        row="AdamW step",
        peer="torch.optim.AdamW (foreach)",
        target=1.1,
        work="one step over 10 M numbers in 100 tensors, float32",
        packages=("torch",),
        prepare=steps,
    )
]
