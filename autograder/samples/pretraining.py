"""The learner's functions of unit 06, first part. Each makes one mistake that its check names."""

import numpy as np
import torch


def pca(X, num_components):
    mean = X.mean(dim=0)
    _, lengths, directions = torch.linalg.svd(X - mean, full_matrices=False)
    return mean, directions[:num_components], lengths[:num_components] ** 2 / len(X)


def greedy_pretrain(X, sizes, train_layer):
    return [train_layer(X, size) for size in sizes]


def mixture_epochs(tokens, weights, total_tokens):
    tokens, weights = np.asarray(tokens, dtype=float), np.asarray(weights, dtype=float)
    if (tokens <= 0).any():
        raise ValueError("a source without tokens")
    return weights * total_tokens / tokens
