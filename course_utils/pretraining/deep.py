"""Deep networks of sigmoids, trained in three ways: the comparison of 2006.

    idea 1  supervised: fresh weights, labels, backpropagation
    idea 2  greedy supervised: one layer at a time with labels, then idea 1 from there
    idea 3  greedy unsupervised: one layer at a time without labels, then idea 1 from there

Source: Y. Bengio, P. Lamblin, D. Popovici and H. Larochelle, "Greedy layer-wise training of deep
networks", NIPS 2006; CMU 10-301/601, lecture 28, "Comparison on MNIST".
Leaves out: all that made this unnecessary later: rectifiers, normalisation, better first weights,
Adam. Plain stochastic gradient descent, as in 2006.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from course_utils.device import device
from course_utils.pretraining.autoencoder import autoencoder_loss
from course_utils.pretraining.greedy import Layer, greedy_pretrain

PROVIDED = ("*",)  # whole in the student's copy: it is given their own functions

IDEAS = ("supervised only", "greedy supervised", "greedy unsupervised")
NUM_CLASSES = 10


@dataclass(frozen=True)
class DeepPlan:
    """How large, and how long."""

    sizes: tuple[int, ...] = (150, 150, 150, 150)  # hidden layers, from the bottom
    pretrain_passes: int = 10  # over the examples, for each layer
    tune_passes: int = 30
    pretrain_rate: float = 0.1  # learning rate of a layer
    tune_rate: float = 0.1
    batch_size: int = 20


def fresh_layer(width: int, size: int, generator: torch.Generator) -> Layer:
    """Draw weights from ±1/√width, as in the paper; intercepts are 0."""
    weight = (2 * torch.rand(size, width, generator=generator) - 1) / sqrt(width)
    return weight.to(device()), torch.zeros(size, device=device())


def layer_by_autoencoder(
    codes: Tensor, size: int, plan: DeepPlan, generator: torch.Generator,
    *, loss: Callable[..., Tensor] = autoencoder_loss,
) -> Layer:  # fmt: skip
    """Train one layer to rebuild its input; the decoder is thrown away."""
    layer, decoder = (
        fresh_layer(*shape, generator) for shape in ((codes.shape[1], size), (size, codes.shape[1]))
    )
    batches = shuffled(len(codes), plan.pretrain_passes, plan.batch_size, generator)
    moved = [*layer, *decoder]
    _descend(moved, plan.pretrain_rate, batches, lambda i: loss(codes[i], *layer, *decoder))
    return layer


def layer_by_labels(
    codes: Tensor, labels: Tensor, size: int, plan: DeepPlan, generator: torch.Generator
) -> Layer:
    """Train one layer to help a linear classifier above it; the classifier is thrown away."""
    layer, top = fresh_layer(codes.shape[1], size, generator), fresh_layer(size, 10, generator)
    batches = shuffled(len(codes), plan.pretrain_passes, plan.batch_size, generator)

    def surprise(i: Tensor) -> Tensor:
        return cross_entropy(logits([layer], top, codes[i]), labels[i])

    _descend([*layer, *top], plan.pretrain_rate, batches, surprise)
    return layer


def logits(layers: Sequence[Layer], top: Layer, X: Tensor) -> Tensor:
    """Go up through all layers, (n, d) -> (n, 10)."""
    return through(layers, X) @ top[0].T + top[1]


def through(layers: Sequence[Layer], X: Tensor) -> Tensor:
    """Go through layers of sigmoids, (n, d) -> (n, size of the last one)."""
    for W, b in layers:
        X = (X @ W.T + b).sigmoid()
    return X


def train_deep(
    idea: str, X: Tensor, labels: Tensor, plan: DeepPlan, *, seed: int = 0,
    unlabelled: Tensor | None = None,
    loss: Callable[..., Tensor] = autoencoder_loss,
    pretrain: Callable[..., list[Layer]] = greedy_pretrain,
) -> tuple[list[Layer], Layer]:  # fmt: skip
    """Train a deep network by one of the three ideas; return its layers and the classifier on top.

    Args:
        idea: one of `IDEAS`.
        X, labels: (n, d), (n,), the examples that have labels.
        plan: see `DeepPlan`.
        seed: of the first weights and the order of the examples.
        unlabelled: (N, d), what idea 3 learns its layers from; None: X.
        loss: see `autoencoder_loss`.
        pretrain: see `greedy_pretrain`.

    Raises:
        ValueError: another idea.
    """
    generator = torch.Generator().manual_seed(seed)
    X, labels = X.float().to(device()), labels.long().to(device())
    if idea == IDEAS[0]:
        widths = [X.shape[1], *plan.sizes]
        shapes = zip(widths, plan.sizes, strict=False)
        layers = [fresh_layer(width, size, generator) for width, size in shapes]
    elif idea == IDEAS[1]:
        layers = pretrain(
            X, plan.sizes, lambda codes, size: layer_by_labels(codes, labels, size, plan, generator)
        )
    elif idea == IDEAS[2]:
        seen = X if unlabelled is None else unlabelled.float().to(device())
        layers = pretrain(
            seen, plan.sizes,
            lambda codes, size: layer_by_autoencoder(codes, size, plan, generator, loss=loss),
        )  # fmt: skip
    else:
        raise ValueError(f"no idea {idea!r}: one of {', '.join(IDEAS)}")
    top = fresh_layer(plan.sizes[-1], NUM_CLASSES, generator)
    batches = shuffled(len(X), plan.tune_passes, plan.batch_size, generator)
    moved = [part for layer in [*layers, top] for part in layer]
    _descend(
        moved,
        plan.tune_rate,
        batches,
        lambda i: cross_entropy(logits(layers, top, X[i]), labels[i]),
    )
    return layers, top


def shuffled(n: int, passes: int, size: int, generator: torch.Generator) -> Iterable[Tensor]:
    """Yield the numbers of n examples in batches, in a new order for each pass."""
    for _ in range(passes):
        yield from torch.randperm(n, generator=generator).to(device()).split(size)


def _descend(
    parameters: list[Tensor],
    rate: float,
    batches: Iterable[Tensor],
    loss: Callable[[Tensor], Tensor],
) -> None:
    """Plain stochastic gradient descent, in place; `loss` takes the places of a batch's examples."""
    for parameter in parameters:
        parameter.requires_grad_()
    for batch in batches:
        gradients = torch.autograd.grad(loss(batch), parameters)
        with torch.no_grad():
            torch._foreach_add_(parameters, list(gradients), alpha=-rate)
    for parameter in parameters:
        parameter.requires_grad_(False)
