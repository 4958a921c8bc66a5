"""Testers of ppo_loss: right ones, and ones with a blind spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from autograder.check_parts.testers import hunting
from course_utils.rlhf import find_the_bug_rlhf, ppo_loss

SHAPES = ((9,), (3, 5), (1,), (2, 2, 3))
CLIPS = (0.2, 0.3)


def _inputs(
    shapes: Sequence[tuple[int, ...]], clips: Sequence[float], far: float, gains: Sequence[float]
) -> Iterator[tuple[Any, Any, Any, float]]:
    generator = torch.Generator().manual_seed(6)

    def uniform(shape: tuple[int, ...]) -> Any:
        return torch.rand(shape, generator=generator, dtype=torch.float64)

    for clip in clips:
        for shape in shapes:
            for sign in gains:
                old = -1 - uniform(shape)
                moved = far * clip * (2 * uniform(shape) - 1)
                advantages = (0.3 + uniform(shape)) * (sign or torch.sign(uniform(shape) - 0.5))
                yield old + torch.log1p(moved), old, advantages, clip


def tester(
    *,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    clips: Sequence[float] = CLIPS,
    far: float = 2.4,
    gains: Sequence[float] = (1.0, -1.0, 0.0),
    tolerance: float = 1e-4,
    sees_gradients: bool = True,
    sees_changes: bool = True,
    sees_shape: bool = True,
    raising_is_wrong: bool = True,
) -> Callable[[Callable], bool]:
    """A tester that compares with the definition, with chosen blind spots."""

    def differ(one: Any, other: Any) -> bool:
        return bool((one.reshape(-1) - other.reshape(-1)).abs().max() > tolerance)

    def is_wrong(candidate: Callable, *inputs: Any) -> bool:
        *tensors, clip = inputs
        given, mine = ([t.clone().requires_grad_() for t in tensors] for _ in range(2))
        right = ppo_loss(mine[0], mine[1], mine[2], clip)
        answer = candidate(*given, clip)
        if (sees_shape and answer.shape != right.shape) or differ(answer, right):
            return True
        if sees_changes and any(map(differ, given, tensors)):
            return True
        if not sees_gradients or not sees_changes:
            return False
        right.backward()
        answer.sum().backward()
        return any(
            differ(*(torch.zeros_like(t) if t.grad is None else t.grad for t in pair))
            for pair in zip(given, mine, strict=True)
        )

    return hunting(
        is_wrong, lambda: _inputs(shapes, clips, far, gains), raising_is_wrong=raising_is_wrong
    )


def lets_it_escape(candidate):
    for shape in ((3,), (2, 3), (2, 2, 2)):
        candidate(torch.zeros(shape), torch.zeros(shape), torch.ones(shape), 0.2)
    return find_the_bug_rlhf(candidate)


def by_table(candidate):
    """Compares number by number with the four cases worked out in Python."""
    for inputs in _inputs(((7,), (2, 4), (2, 1, 3), (1,)), (0.15, 0.4), 2.4, (0.0, 1.0, -1.0)):
        new, old, gains, clip = inputs
        value, slope = 0.0, []
        rows = (tensor.flatten().tolist() for tensor in (new, old, gains))
        for n, o, A in zip(*rows, strict=True):
            r = float(np.exp(n - o))
            flat = r > 1 + clip if A > 0 else r < 1 - clip
            value -= (1 + clip if A > 0 else 1 - clip) * A if flat else r * A
            slope.append(0.0 if flat else -r * A)
        handed = [tensor.clone().requires_grad_() for tensor in (new, old, gains)]
        try:
            answer = candidate(*handed, clip)
            answer.backward()
            assert answer.shape == ()
            assert abs(answer.item() - value / new.numel()) < 1e-4
            wanted = torch.tensor(slope).reshape(new.shape) / new.numel()
            assert torch.allclose(handed[0].grad.double(), wanted.double(), atol=1e-4)
            for still, before in zip(handed, (new, old, gains), strict=True):
                assert torch.equal(still, before)
            for constant in handed[1:]:
                assert constant.grad is None or not constant.grad.abs().max() > 1e-6
        except Exception:
            return True
    return False
