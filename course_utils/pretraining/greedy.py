"""Greedy layer-wise pre-training: one layer at a time, from the bottom, without labels.

Source: Y. Bengio, P. Lamblin, D. Popovici and H. Larochelle, "Greedy layer-wise training of deep
networks", NIPS 2006; CMU 10-301/601, lecture 28, "Idea #3".
Leaves out: what one layer learns from; see `layers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Layer = tuple[Tensor, Tensor]  # W (size, width), b (size,)


def greedy_pretrain(
    X: Tensor, sizes: Sequence[int], train_layer: Callable[[Tensor, int], Layer]
) -> list[Layer]:
    """Train the layers bottom-up; each sees the codes of the frozen layers below it.

    Layer 1 is trained on X, layer 2 on sigmoid(X W₁ᵀ + b₁), and so on. `train_layer` is called once for
    each layer, and what it returned is not changed later.

    Args:
        X: (n, d).
        sizes: of the hidden layers, from the bottom.
        train_layer: (codes (n, width), size) -> W (size, width), b (size,).

    Returns:
        A list of (W, b), from the bottom.

    >>> layers = greedy_pretrain(
    ...     torch.ones(5, 4), [3, 2], lambda codes, size: (torch.zeros(size, codes.shape[1]), torch.zeros(size))
    ... )
    >>> [tuple(W.shape) for W, b in layers]
    [(3, 4), (2, 3)]
    """
    layers: list[Layer] = []
    codes = X
    for size in sizes:
        W, b = train_layer(codes, size)
        layers.append((W, b))
        with torch.no_grad():
            codes = (codes @ W.T + b).sigmoid()
    return layers
