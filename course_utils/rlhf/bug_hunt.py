"""A test that tells right implementations of `ppo_loss` from wrong ones.

The oracle takes the four cases one by one: a good action counts at most 1 + ε times, a bad one at
least 1 − ε times. What makes the test sharp are ratios on both sides of both limits, for good and
bad actions, and the gradients.

Leaves out: what a candidate does with shapes that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from course_utils.agreement import deviation

Inputs = tuple[Tensor, Tensor, Tensor, float]


def find_the_bug_rlhf(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `ppo_loss`.

    Wrong is: a value or a gradient off by more than 1e-5 (1 + |right|), another shape, a changed
    argument, an exception.

    Args:
        candidate: called as candidate(log_prob, log_prob_old, advantages, clip).

    >>> find_the_bug_rlhf(lambda log_prob, log_prob_old, advantages, clip: log_prob.mean())
    True
    """
    return any(_is_wrong_on(candidate, *inputs) for inputs in _telling_inputs())


def _is_wrong_on(candidate: Callable[..., Any], *inputs: Any) -> bool:
    *tensors, clip = inputs
    mine = [tensor.clone().requires_grad_() for tensor in tensors]
    theirs = [tensor.clone().requires_grad_() for tensor in tensors]
    right = _by_cases(mine[0], mine[1], mine[2], clip)
    (slope,) = torch.autograd.grad(right, mine[:1])
    try:
        answer = candidate(*theirs, clip)
        if answer.shape != right.shape:
            return True
        given = torch.autograd.grad(answer, theirs, allow_unused=True)
    except Exception:  # whatever it is, a right candidate does not raise it
        return True
    if not all(torch.equal(a, b) for a, b in zip(tensors, theirs, strict=True)):
        return True
    found = [torch.zeros_like(slope) if gradient is None else gradient for gradient in given]
    wanted = [slope, torch.zeros_like(slope), torch.zeros_like(slope)]
    pairs = zip((right, *wanted), (answer, *found), strict=True)
    return any(deviation(expected, got) > 1 for expected, got in pairs)


def _by_cases(log_prob: Tensor, old: Tensor, advantages: Tensor, clip: float) -> Tensor:
    ratio = (log_prob - old.detach()).exp()
    good, bad = ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip)
    gains = advantages.detach()
    return -(torch.where(gains > 0, good, bad) * gains).mean()


def _telling_inputs() -> Iterator[Inputs]:
    generator = torch.Generator().manual_seed(28)
    for shape in ((12,), (3, 4), (1,), (2, 3, 2), ()):
        for clip in (0.2, 0.35):
            for _ in range(3):
                old = -2 * torch.rand(shape, generator=generator, dtype=torch.float64) - 0.2
                moved = 0.7 * torch.randn(shape, generator=generator, dtype=torch.float64)
                gains = torch.randn(shape, generator=generator, dtype=torch.float64) + 0.1
                yield old + moved, old, gains, clip
