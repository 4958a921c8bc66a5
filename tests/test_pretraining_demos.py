"""What unit 06 shows beside its first exercises: deep networks of 2006, two numbers, streams of text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from course_utils.data import DataError
from course_utils.data.mnist import load_mnist, split_mnist
from course_utils.device import device
from course_utils.pretraining import mixture_epochs
from course_utils.pretraining.deep import IDEAS, DeepPlan, fresh_layer, logits, train_deep
from course_utils.pretraining.stream import MixtureStream
from course_utils.pretraining.two_numbers import NarrowPlan, train_autoencoder
from tests.conftest import missing


@pytest.fixture(scope="module")
def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    try:
        images, test_images, labels, test_labels = map(torch.as_tensor, split_mnist(*load_mnist()))
    except DataError as error:
        missing(str(error))
    return images.float(), test_images.float(), labels, test_labels


def wrong(idea: str, digits: tuple[Tensor, ...], plan: DeepPlan, seed: int = 0) -> float:
    images, test_images, labels, test_labels = digits
    layers, top = train_deep(idea, images, labels, plan, seed=seed)
    guesses = logits(layers, top, test_images.to(device())).argmax(dim=1).cpu()
    return float((guesses != test_labels).float().mean())


def test_four_layers_need_a_start_as_in_the_paper(digits: tuple[Tensor, ...]) -> None:
    plan = DeepPlan(sizes=(60, 60, 60, 60), pretrain_passes=5, tune_passes=12)
    supervised, greedy, unsupervised = (wrong(idea, digits, plan) for idea in IDEAS)
    assert supervised > 0.85 and greedy < 0.2 and unsupervised < 0.2


def test_one_layer_needs_none(digits: tuple[Tensor, ...]) -> None:
    """The network that learned nothing above is not broken: it is deep."""
    assert wrong(IDEAS[0], digits, DeepPlan(sizes=(60,), tune_passes=12)) < 0.15


def test_the_same_seed_gives_the_same_network(digits: tuple[Tensor, ...]) -> None:
    few = tuple(part[:200] for part in digits)
    plan = DeepPlan(sizes=(20, 10), pretrain_passes=1, tune_passes=1)
    for idea in IDEAS:
        one, two, other = (first_weights(idea, few, plan, seed) for seed in (0, 0, 1))
        assert torch.equal(one, two) and not torch.equal(one, other)


def first_weights(idea: str, digits: tuple[Tensor, ...], plan: DeepPlan, seed: int) -> Tensor:
    return train_deep(idea, digits[0], digits[2], plan, seed=seed)[0][0][0]


def test_unlabelled_images_are_what_layers_are_trained_on() -> None:
    seen = []

    def pretrain(X: Tensor, sizes: tuple[int, ...], train_layer: object) -> list:
        seen.append(X.shape)
        generator = torch.Generator().manual_seed(0)
        return [fresh_layer(X.shape[1], sizes[0], generator)]

    X, labels = torch.rand(6, 4), torch.arange(6) % 10
    plan = DeepPlan(sizes=(3,), tune_passes=1)
    train_deep(IDEAS[2], X, labels, plan, unlabelled=torch.rand(50, 4), pretrain=pretrain)
    train_deep(IDEAS[1], X, labels, plan, unlabelled=torch.rand(50, 4), pretrain=pretrain)
    assert seen == [(50, 4), (6, 4)]
    with pytest.raises(ValueError, match="no idea 'more data'"):
        train_deep("more data", X, labels, plan)


def test_two_numbers_that_bend_keep_more_than_two_that_do_not(digits: tuple[Tensor, ...]) -> None:
    images, test_images = digits[:2]
    flat = PCA(2).fit(images.numpy())
    by_pca = flat.inverse_transform(flat.transform(test_images.numpy()))
    pca_error = float(((by_pca - test_images.numpy()) ** 2).mean())
    assert pca_error == pytest.approx(0.056, abs=5e-4)
    errors = []
    for plan in (NarrowPlan(), replace(NarrowPlan(), pretrain_passes=0)):
        network = train_autoencoder(images, plan)
        rebuilt = network.rebuild(test_images)
        assert network.codes(test_images).shape == (1000, 2) and rebuilt.shape == (1000, 784)
        errors.append(float(((rebuilt - test_images) ** 2).mean()))
    assert errors[0] < pca_error - 0.005 and errors[0] < errors[1] - 0.003


def test_a_stream_reads_each_source_as_often_as_its_weight_says() -> None:
    sources = {
        "a": torch.arange(1000),
        "b": torch.arange(2000, 2400),
        "c": torch.arange(9000, 9100),
    }
    weights = [1.0, 2.0, 1.0]
    stream = MixtureStream(sources, weights, length=20, seed=0)
    counts = np.zeros(3)
    for _ in range(2000):
        number, inputs, targets = stream.draw()
        counts[number] += 1
        assert torch.equal(targets, inputs + 1)
        assert set(inputs.tolist()) <= set(list(sources.values())[number].tolist())
    np.testing.assert_allclose(counts / 2000, [0.25, 0.5, 0.25], atol=0.04)
    right = mixture_epochs([1000, 400, 100], weights, 40_000)
    np.testing.assert_allclose(list(stream.epochs().values()), right, rtol=0.1)


def test_a_stream_gives_batches_and_begins_again_with_its_seed() -> None:
    sources = {"a": torch.arange(50), "b": torch.arange(50)}
    first, again = (
        next(MixtureStream(sources, [1, 1], length=8, seed=3).batches(5)) for _ in range(2)
    )
    assert first[0].shape == first[1].shape == (5, 8) and torch.equal(first[0], again[0])
    starts = {int(MixtureStream(sources, [1, 0], length=49, seed=s).draw()[1][0]) for s in range(9)}
    assert starts == {0}  # the only passage that fits


@pytest.mark.parametrize("weights", [[0, 0], [1], [1, -1], [1, float("nan")]])
def test_weights_that_say_nothing_are_refused(weights: list[float]) -> None:
    sources = {"a": torch.arange(50), "b": torch.arange(50)}
    with pytest.raises(ValueError, match="at least one positive"):
        MixtureStream(sources, weights, length=8)


def test_a_source_shorter_than_a_passage_is_named() -> None:
    with pytest.raises(ValueError, match="tiny has 8 tokens: 9 are needed"):
        MixtureStream({"tiny": torch.arange(8)}, [1], length=8)
