"""A deep autoencoder through a narrow place: 784 numbers become a few, and 784 again.

Its encoder is trained one layer at a time, as in unit 06's exercise, or begins with fresh weights; then
all layers are trained together.

Source: G. Hinton and R. Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks",
Science 313 (2006).
Leaves out: their first layers were restricted Boltzmann machines; here each is an autoencoder, as in
Bengio and others 2006. Both parts are tuned by Adam, which is from 2014.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from course_utils.device import device
from course_utils.pretraining.autoencoder import autoencoder_loss
from course_utils.pretraining.deep import fresh_layer, shuffled, through
from course_utils.pretraining.greedy import Layer, greedy_pretrain

PROVIDED = ("*",)  # whole in the student's copy: it is given their own functions


@dataclass(frozen=True)
class NarrowPlan:
    """How large, and how long."""

    sizes: tuple[int, ...] = (200, 50, 10, 2)  # of the encoder; the decoder mirrors it
    pretrain_passes: int = 10  # over the examples, for each layer; 0: fresh weights
    tune_passes: int = 20
    pretrain_rate: float = 1e-2
    tune_rate: float = 4e-3
    batch_size: int = 40


@dataclass(frozen=True)
class DeepAutoencoder:
    """Layers of sigmoids up to the code, and down again."""

    encoder: list[Layer]
    decoder: list[Layer]

    def codes(self, X: Tensor) -> Tensor:
        """(n, d) -> (n, k), on the CPU."""
        return through(self.encoder, X.float().to(device())).cpu()

    def rebuild(self, X: Tensor) -> Tensor:
        """(n, d) -> (n, d), on the CPU."""
        return through([*self.encoder, *self.decoder], X.float().to(device())).cpu()


def train_autoencoder(
    X: Tensor, plan: NarrowPlan, *, seed: int = 0,
    loss: Callable[..., Tensor] = autoencoder_loss,
    pretrain: Callable[..., list[Layer]] = greedy_pretrain,
) -> DeepAutoencoder:  # fmt: skip
    """Train a deep autoencoder on the rows of X, (n, d), whose numbers are in [0, 1].

    Args:
        X: the examples; no labels are needed.
        plan: see `NarrowPlan`.
        seed: of the first weights and the order of the examples.
        loss: of one layer, see `autoencoder_loss`.
        pretrain: see `greedy_pretrain`.
    """
    generator = torch.Generator().manual_seed(seed)
    decoder: list[Layer] = []

    def train_layer(codes: Tensor, size: int) -> Layer:
        layer = fresh_layer(codes.shape[1], size, generator)
        back = fresh_layer(size, codes.shape[1], generator)
        decoder.insert(0, back)
        batches = shuffled(len(codes), plan.pretrain_passes, plan.batch_size, generator)
        _adam([*layer, *back], plan.pretrain_rate, batches, lambda i: loss(codes[i], *layer, *back))
        return layer

    X = X.float().to(device())
    encoder = pretrain(X, plan.sizes, train_layer)
    layers = [*encoder, *decoder]
    _adam(
        [part for layer in layers for part in layer],
        plan.tune_rate,
        shuffled(len(X), plan.tune_passes, plan.batch_size, generator),
        lambda i: ((through(layers, X[i]) - X[i]) ** 2).sum(dim=1).mean(),
    )
    return DeepAutoencoder(encoder, decoder)


def _adam(
    parameters: list[Tensor],
    rate: float,
    batches: Iterable[Tensor],
    loss: Callable[[Tensor], Tensor],
) -> None:
    """Adam, in place; `loss` takes the places of a batch's examples."""
    for parameter in parameters:
        parameter.requires_grad_()
    optimizer = torch.optim.Adam(parameters, lr=rate)
    for batch in batches:
        optimizer.zero_grad()
        loss(batch).backward()
        optimizer.step()
    for parameter in parameters:
        parameter.requires_grad_(False)
