"""Unit 06, first part, against scikit-learn, closed forms, finite differences and the papers' numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from torch import Tensor

from course_utils.pretraining import (
    GPT3_MIXTURE,
    GPT3_TOTAL_TOKENS,
    autoencoder_loss,
    greedy_pretrain,
    mixture_epochs,
    pca,
    sample_batch,
)


def normal(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(
    ("n", "d", "k"), [(40, 7, 3), (7, 7, 6), (9, 30, 5), (200, 3, 3), (2, 4, 1)]
)
def test_pca_agrees_with_scikit_learn(n: int, d: int, k: int) -> None:
    X = normal(n, d) @ normal(d, d, seed=1) + 3
    mean, components, variances = pca(X, k)
    right = PCA(k, svd_solver="full").fit(X.numpy())
    np.testing.assert_allclose(mean, right.mean_, rtol=1e-9)
    np.testing.assert_allclose(variances, right.explained_variance_, rtol=1e-9)
    turned = torch.from_numpy(right.components_)
    signs = (components * turned).sum(dim=1, keepdim=True).sign()
    np.testing.assert_allclose(components * signs, turned, atol=1e-7)


@pytest.mark.parametrize(("n", "d", "k"), [(6, 4, 4), (3, 8, 3)])
def test_pca_gives_orthonormal_rows_where_there_is_no_variance(n: int, d: int, k: int) -> None:
    X = torch.outer(torch.arange(n, dtype=torch.float64), normal(d))
    _, components, variances = pca(X, k)
    torch.testing.assert_close(components @ components.T, torch.eye(k, dtype=torch.float64))
    assert (variances >= 0).all() and variances[1:].max() < 1e-12


def test_pca_rebuilds_a_plane_without_loss() -> None:
    X = normal(20, 2) @ normal(2, 6, seed=1) + 1
    mean, components, _ = pca(X, 2)
    torch.testing.assert_close(mean + (X - mean) @ components.T @ components, X)


@pytest.mark.parametrize(("n", "k"), [(5, 0), (5, 4), (1, 1)])
def test_pca_refuses_a_number_of_components_that_there_are_not(n: int, k: int) -> None:
    with pytest.raises(ValueError, match=r"components|at least 2"):
        pca(normal(n, 3), k)


def test_autoencoder_loss_by_hand() -> None:
    """Zero weights rebuild everything as 1/2: 3 numbers of 1 lose 3/4, 3 of 0.5 nothing."""
    X = torch.tensor([[1.0, 1.0, 1.0], [0.5, 0.5, 0.5]])
    loss = autoencoder_loss(X, *(torch.zeros(size) for size in ((2, 3), (2,), (3, 2), (3,))))
    assert loss.item() == pytest.approx(0.375)


def test_autoencoder_loss_has_the_gradients_of_finite_differences() -> None:
    X = normal(4, 5).sigmoid()
    weights = [
        normal(*size, seed=i).requires_grad_()
        for i, size in enumerate(((3, 5), (3,), (5, 3), (5,)))
    ]
    assert torch.autograd.gradcheck(lambda *w: autoencoder_loss(X, *w), weights)


def test_greedy_pretraining_works_from_the_bottom_on_codes_of_frozen_layers() -> None:
    seen: list[Tensor] = []

    def train_layer(codes: Tensor, size: int) -> tuple[Tensor, Tensor]:
        seen.append(codes)
        weight = torch.full((size, codes.shape[1]), 0.1, dtype=codes.dtype, requires_grad=True)
        return weight, torch.ones(size, dtype=codes.dtype)

    X = normal(4, 5)
    layers = greedy_pretrain(X, [3, 2, 4], train_layer)
    assert [tuple(W.shape) for W, _ in layers] == [(3, 5), (2, 3), (4, 2)]
    assert torch.equal(seen[0], X)
    second = 1 / (1 + torch.exp(-(0.1 * X.sum(dim=1, keepdim=True) + 1)))
    torch.testing.assert_close(seen[1], second.expand(4, 3))
    assert not any(codes.requires_grad for codes in seen)


def test_nothing_to_pretrain_gives_no_layers() -> None:
    assert greedy_pretrain(normal(2, 2), [], lambda codes, size: pytest.fail("called")) == []


def test_gpt3s_mixture_as_printed_and_recomputed() -> None:
    """The weights as printed sum to 101 %; divided by their sum they give these epochs."""
    tokens = [source.tokens for source in GPT3_MIXTURE]
    weights = [source.weight for source in GPT3_MIXTURE]
    assert sum(weights) == pytest.approx(1.01)
    epochs = mixture_epochs(tokens, weights, GPT3_TOTAL_TOKENS)
    np.testing.assert_allclose(epochs, [0.4347, 3.4393, 1.9802, 0.4320, 2.9703], atol=5e-5)


def test_epochs_times_tokens_is_what_is_read() -> None:
    tokens = np.array([3.0, 70.0, 11.0])
    epochs = mixture_epochs(tokens, torch.tensor([1, 5, 3]), 500.0)
    np.testing.assert_allclose(epochs * tokens, [500 / 9, 2500 / 9, 1500 / 9])


@pytest.mark.parametrize(
    ("tokens", "weights", "told"),
    [
        ([5, 0], [1, 1], "0 tokens"),
        ([5, 2], [0, 0], "at least one positive"),
        ([5, 2], [2, -1], "-1"),
    ],
)
def test_a_mixture_that_cannot_be_read_is_refused(
    tokens: list[float], weights: list[float], told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        mixture_epochs(tokens, weights, 10)


def test_a_batch_holds_passages_and_what_comes_next() -> None:
    inputs, targets = sample_batch(
        torch.arange(100, 112, dtype=torch.int32), torch.tensor([7, 0]), 4
    )
    assert inputs.tolist() == [[107, 108, 109, 110], [100, 101, 102, 103]]
    assert targets.tolist() == [[108, 109, 110, 111], [101, 102, 103, 104]]
    assert inputs.dtype == targets.dtype == torch.int64


@pytest.mark.parametrize("start", [-1, 8])
def test_a_passage_beyond_the_text_is_refused(start: int) -> None:
    with pytest.raises(ValueError, match="begin at 0 to 7"):
        sample_batch(torch.arange(12), torch.tensor([0, start]), 4)
