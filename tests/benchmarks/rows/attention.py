"""Causal attention, forwards and backwards: the course's formula against torch's own.

Ours is `course_utils.gpt.blocks.causal_attention`, one line for scores, mask, softmax and mix. Torch has
a path that does the same ("math") and one that never writes the scores down ("flash").
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from course_utils.gpt.blocks import causal_attention
from tests.benchmarks.contest import Contest, Sides

SHAPE = (8, 8, 256, 64)  # batch, heads, tokens, numbers in a head


def prepare(backend: SDPBackend) -> Sides:
    """Draw queries, keys, values, and the direction that is sent back."""
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    inputs = [torch.randn(SHAPE, generator=generator).requires_grad_() for _ in range(3)]
    towards = torch.randn(SHAPE, generator=generator)

    def there_and_back(attention: Callable[..., Tensor]) -> list[Tensor]:
        output = attention(*inputs)
        return [output.detach(), *torch.autograd.grad(output, inputs, towards)]

    def torchs() -> list[Tensor]:
        with sdpa_kernel(backend):
            return there_and_back(lambda *qkv: F.scaled_dot_product_attention(*qkv, is_causal=True))

    def same(ours: list[Tensor], theirs: list[Tensor]) -> bool:
        pairs = zip(ours, theirs, strict=True)
        return all(torch.allclose(one, other, rtol=1e-4, atol=1e-5) for one, other in pairs)

    return Sides(lambda: there_and_back(causal_attention), torchs, same)


_WORK = "B 8, H 8, T 256, D 64, float32: values and gradients"
_TORCH = "F.scaled_dot_product_attention"
CONTESTS = [
    Contest("attention", f"{_TORCH}, math", 1.2, _WORK, ("torch",), lambda: prepare(SDPBackend.MATH)),
    Contest(
        "attention", f"{_TORCH}, flash", None, _WORK, ("torch",),
        lambda: prepare(SDPBackend.FLASH_ATTENTION),
    ),
]  # fmt: skip
