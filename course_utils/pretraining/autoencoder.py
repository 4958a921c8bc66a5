"""An autoencoder: squeeze an example into a few numbers, and rebuild it from them.

Source: CMU 10-301/601, lecture 28, "Auto-Encoders"; G. Hinton and R. Salakhutdinov, "Reducing the
dimensionality of data with neural networks", Science 313 (2006).
Leaves out: noise on the input, sparsity, and weights shared between the two halves.
"""

from __future__ import annotations

from torch import Tensor


def autoencoder_loss(X: Tensor, W: Tensor, b: Tensor, W_out: Tensor, b_out: Tensor) -> Tensor:
    """Return how badly the examples are rebuilt: the mean of ‖x − x'‖².

    z = sigmoid(x Wᵀ + b) is the code, x' = sigmoid(z W_outᵀ + b_out) what is rebuilt from it. The squares
    of one example are summed; the mean is over examples.

    Args:
        X: (n, d), numbers from 0 to 1.
        W, b: (H, d), (H,), the encoder.
        W_out, b_out: (d, H), (d,), the decoder.

    Returns:
        A scalar.

    >>> import torch
    >>> zero = torch.zeros
    >>> autoencoder_loss(torch.ones(3, 2), zero(4, 2), zero(4), zero(2, 4), zero(2)).item()
    0.5
    """
    codes = (X @ W.T + b).sigmoid()  # (n, H)
    rebuilt = (codes @ W_out.T + b_out).sigmoid()  # (n, d)
    return ((X - rebuilt) ** 2).sum(dim=1).mean()
