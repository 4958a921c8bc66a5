"""A test that tells right implementations of `layer_norm` from wrong ones.

The oracle is torch's own layer norm, in float64, and its gradients.

Leaves out: speed, and what a candidate does with shapes that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from course_utils.agreement import deviation

Inputs = tuple[Tensor, Tensor, Tensor, float]


def find_the_bug_gpt(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `layer_norm`.

    Wrong is: a value or a gradient off by more than 1e-5 (1 + |right|), another shape, a changed
    argument, an exception.

    Args:
        candidate: called as candidate(x, gain, bias, eps).

    >>> find_the_bug_gpt(lambda x, gain, bias, eps: x)
    True
    """
    return any(_is_wrong_on(candidate, *inputs) for inputs in _telling_inputs())


def _is_wrong_on(candidate: Callable[..., Any], *inputs: Any) -> bool:
    x, gain, bias, eps = inputs
    mine = [tensor.clone().requires_grad_() for tensor in (x, gain, bias)]
    theirs = [tensor.clone().requires_grad_() for tensor in (x, gain, bias)]
    right = F.layer_norm(mine[0], (x.shape[-1],), mine[1], mine[2], eps)
    try:
        answer = candidate(*theirs, eps)
        if answer.shape != right.shape:
            return True
        towards = torch.linspace(-1, 2, right.numel(), dtype=right.dtype).reshape(right.shape)
        expected = torch.autograd.grad(right, mine, towards)
        given = torch.autograd.grad(answer, theirs, towards.to(answer.dtype))
    except Exception:  # whatever it is, a right candidate does not raise it
        return True
    changed = not all(torch.equal(a, b) for a, b in zip((x, gain, bias), theirs, strict=True))
    pairs = zip((answer, *given), (right, *expected), strict=True)
    return changed or any(deviation(b, a) > 1 for a, b in pairs)


def _telling_inputs() -> Iterator[Inputs]:
    generator = torch.Generator().manual_seed(28)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    for shape in ((5,), (3, 4), (2, 3, 5), (4, 4)):
        width = shape[-1]
        for scale, eps in ((1.0, 1e-5), (0.05, 0.1), (30.0, 1.0)):
            yield scale * draw(*shape) + 2, draw(width) + 2, draw(width), eps
