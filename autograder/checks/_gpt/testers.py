"""Testers of layer_norm: right ones, and ones with a blind spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F

from autograder.check_parts.testers import hunting
from course_utils.gpt import find_the_bug_gpt, layer_norm

SHAPES = ((5,), (3, 4), (2, 3, 5), (4, 4))
EPS = (1e-5, 0.1, 1.0)


def _inputs(shapes: Sequence[tuple[int, ...]], eps: Sequence[float], plain: bool) -> Any:
    generator = torch.Generator().manual_seed(5)
    for some_eps in eps:
        for shape in shapes:
            x, gain, bias = (
                torch.randn(*size, generator=generator, dtype=torch.float64)
                for size in (shape, shape[-1:], shape[-1:])
            )
            gain, bias = (gain * 0 + 1, bias * 0) if plain else (gain + 3, bias - 1)
            yield x * 0.7 + 2, gain, bias, some_eps


def tester(
    *,
    shapes: Sequence[tuple[int, ...]] = SHAPES,
    eps: Sequence[float] = EPS,
    plain: bool = False,
    tolerance: float = 1e-4,
    sees_gradients: bool = True,
    sees_changes: bool = True,
    sees_shape: bool = True,
    raising_is_wrong: bool = True,
) -> Callable[[Callable], bool]:
    """A tester that compares with torch's layer norm, with chosen blind spots."""

    def far(one: Any, other: Any) -> bool:
        return bool((one.reshape(-1) - other.reshape(-1)).abs().max() > tolerance)

    def is_wrong(candidate: Callable, x: Any, gain: Any, bias: Any, some_eps: float) -> bool:
        given = [tensor.clone().requires_grad_() for tensor in (x, gain, bias)]
        mine = [tensor.clone().requires_grad_() for tensor in (x, gain, bias)]
        right = F.layer_norm(mine[0], x.shape[-1:], mine[1], mine[2], some_eps)
        answer = candidate(*given, some_eps)
        if (sees_shape and answer.shape != right.shape) or far(answer, right):
            return True
        if sees_changes and any(map(far, given, (x, gain, bias))):
            return True
        if not sees_gradients or not sees_changes:  # torch checks tensors that changed
            return False
        (right**2).sum().backward()
        (answer**2).sum().backward()
        return any(far(a.grad, b.grad) for a, b in zip(given, mine, strict=True))

    return hunting(is_wrong, lambda: _inputs(shapes, eps, plain), raising_is_wrong=raising_is_wrong)


def lets_it_escape(candidate):
    for x in (torch.ones(3), torch.ones(2, 3), torch.ones(2, 2, 3)):
        candidate(x, torch.ones(3), torch.ones(3), 0.1)
    return find_the_bug_gpt(candidate)


def by_formula(candidate):
    """Compares with one's own version, by torch.testing."""
    for inputs in _inputs(((2,), (7,), (5, 3), (3, 3), (2, 5, 3)), (0.3, 1e-5, 0.02), False):
        answers = []
        try:
            for function in (layer_norm, candidate):
                handed = [tensor.clone().requires_grad_() for tensor in inputs[:3]]
                value = function(*handed, inputs[3])
                assert value.shape == inputs[0].shape
                gradients = torch.autograd.grad(value.pow(3).sum(), handed)
                answers.append([value, *gradients, *handed])
            torch.testing.assert_close(*answers, rtol=1e-4, atol=1e-4)
        except Exception:
            return True
    return False
