"""Attention by the length of the text: everybody looks at everybody, so twice the text is four times the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

from course_utils.gpt.blocks import causal_attention
from tests.benchmarks.curves.growth import Curve, Line

LENGTHS = (64, 128, 256, 512, 1024, 2048)


def there_and_back(attention: Callable[..., Tensor]) -> Callable[[int], Callable[[], Any]]:
    """Values and gradients: 1 text, 8 heads of 64 numbers."""

    def make(length: int) -> Callable[[], Any]:
        torch.set_num_threads(1)
        generator = torch.Generator().manual_seed(0)
        shape = (1, 8, length, 64)
        inputs = [torch.randn(shape, generator=generator).requires_grad_() for _ in range(3)]
        towards = torch.randn(shape, generator=generator)
        return lambda: torch.autograd.grad(attention(*inputs), inputs, towards)

    return make


def torchs(backend: SDPBackend) -> Callable[..., Tensor]:
    def attention(*qkv: Tensor) -> Tensor:
        with sdpa_kernel(backend):
            return F.scaled_dot_product_attention(*qkv, is_causal=True)

    return attention


CURVE = Curve(
    name="attention",
    title="Causal attention and its gradients",
    size="tokens",
    cost="seconds",
    lines=(
        Line("ours", LENGTHS, there_and_back(causal_attention), 2.0, fit_from=256),
        Line("torch, math", LENGTHS, there_and_back(torchs(SDPBackend.MATH)), 2.0, fit_from=256),
        Line(
            "torch, flash",
            LENGTHS,
            there_and_back(torchs(SDPBackend.FLASH_ATTENTION)),
            2.0,
            fit_from=256,
        ),
    ),
    packages=("torch",),
)
