"""The sublayers of a transformer block, from tokens to the feed-forward network.

Source: CMU 10-301/601, lecture 28, "Transformer Language Model"; J.L. Ba, J.R. Kiros and G. Hinton,
"Layer Normalization", 2016; D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units", 2016.
Leaves out: dropout; the tanh approximation of GELU, which GPT-2's own code uses.
"""

from __future__ import annotations

from math import sqrt

import torch
from torch import Tensor


def embed(tokens: Tensor, token_table: Tensor, position_table: Tensor) -> Tensor:
    """Return one vector for each token: what it is, plus where it stands.

    Args:
        tokens: (B, T), integers below V.
        token_table: (V, C).
        position_table: (num_positions, C), row t for position t.

    Returns:
        (B, T, C).

    Raises:
        ValueError: T is longer than the position table.

    >>> embed(torch.tensor([[1, 0]]), torch.tensor([[1.0], [2.0]]), torch.tensor([[10.0], [20.0]]))
    tensor([[[12.],
             [21.]]])
    """
    num_tokens = tokens.shape[-1]
    if num_tokens > len(position_table):
        raise ValueError(f"{num_tokens} tokens, but only {len(position_table)} positions")
    return token_table[tokens] + position_table[:num_tokens]


def layer_norm(x: Tensor, gain: Tensor, bias: Tensor, eps: float) -> Tensor:
    """Bring each vector to mean 0 and variance 1, then scale and shift it.

        (x − mean) / √(variance + eps) · gain + bias

    Mean and variance over the last axis; the variance divides by C, not by C − 1.

    Args:
        x: (..., C). gain, bias: (C,). eps: inside the root.

    >>> layer_norm(torch.tensor([1.0, 3.0]), torch.ones(2), torch.zeros(2), 0.0)
    tensor([-1.,  1.])
    """
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = centred.square().mean(dim=-1, keepdim=True)
    return centred * torch.rsqrt(variance + eps) * gain + bias


def gelu(x: Tensor) -> Tensor:
    """Return x · Φ(x), Φ the distribution function of the normal distribution, exactly.

        Φ(x) = (1 + erf(x/√2)) / 2

    >>> gelu(torch.tensor([0.0, 50.0, -50.0]))
    tensor([ 0., 50., -0.])
    """
    return x * 0.5 * (1 + torch.erf(x / sqrt(2)))


def feed_forward(x: Tensor, W_in: Tensor, b_in: Tensor, W_out: Tensor, b_out: Tensor) -> Tensor:
    """Return gelu(x W_in + b_in) W_out + b_out, for each token alone.

    Args:
        x: (..., C). W_in: (C, F). b_in: (F,). W_out: (F, C). b_out: (C,).

    >>> one, zero = torch.ones(1, 1), torch.zeros(1)
    >>> feed_forward(torch.tensor([[50.0]]), one, zero, 2 * one, zero)
    tensor([[100.]])
    """
    return gelu(x @ W_in + b_in) @ W_out + b_out
