"""What 24 layers do to numbers and gradients, with the norm before or after the sum.

Source: R. Xiong and others, "On Layer Normalization in the Transformer Architecture", ICML 2020.
Leaves out: training. Everything here is at the beginning, with fresh random weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Norms:
    """Root mean squares layer by layer, from the first to the last."""

    pre_norm: bool
    activations: NDArray[np.float64]  # of each layer's output
    gradients: NDArray[np.float64]  # of each layer's first feed-forward matrix


class _Layer(nn.Module):
    def __init__(self, width: int, *, pre_norm: bool) -> None:
        super().__init__()
        self.pre_norm = pre_norm
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.mix = nn.ModuleList(nn.Linear(width, width) for _ in range(4))
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        for matrix in (*self.mix, self.inner, self.outer):
            nn.init.xavier_normal_(matrix.weight)
            nn.init.zeros_(matrix.bias)

    def forward(self, x: Tensor) -> Tensor:
        for norm, sublayer in zip(self.norms, (self._attention, self._feed_forward), strict=True):
            x = x + sublayer(norm(x)) if self.pre_norm else norm(x + sublayer(x))
        return x

    def _attention(self, x: Tensor) -> Tensor:
        q, k, v = (matrix(x) for matrix in list(self.mix)[:3])
        mixed = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.mix[3](mixed)

    def _feed_forward(self, x: Tensor) -> Tensor:
        return self.outer(nn.functional.gelu(self.inner(x)))


def norms_through_layers(
    *, pre_norm: bool, num_layers: int = 24, width: int = 64, seed: int = 0
) -> Norms:
    """Send random vectors through a stack of fresh layers, and a loss's gradient back.

    Args:
        pre_norm: x + f(norm(x)), as in GPT-2; else norm(x + f(x)), as in the first transformer.
        num_layers, width: of the stack.
        seed: of weights and input.

    >>> len(norms_through_layers(pre_norm=True, num_layers=3, width=8).gradients)
    3
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [_Layer(width, pre_norm=pre_norm) for _ in range(num_layers)]
        x, targets = torch.randn(4, 16, width), torch.randint(width, (4, 16))
    activations = []
    for layer in layers:
        x = layer(x)
        activations.append(float(x.detach().square().mean().sqrt()))
    final = nn.functional.layer_norm(x, (width,)) if pre_norm else x
    nn.functional.cross_entropy(final.flatten(0, 1), targets.flatten()).backward()
    gradients = []
    for layer in layers:
        assert layer.inner.weight.grad is not None
        gradients.append(float(layer.inner.weight.grad.square().mean().sqrt()))
    return Norms(pre_norm, np.array(activations), np.array(gradients))
