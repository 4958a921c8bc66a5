"""Principal component analysis: the few directions along which the data vary most.

Source: K. Pearson, "On lines and planes of closest fit to systems of points in space", 1901; CMU
10-301/601, lecture 28, where it is the first way to represent an image by fewer numbers.
Leaves out: whitening, and a randomised solver for data with many thousands of columns.
"""

from __future__ import annotations

import torch
from scipy.linalg import eigh
from torch import Tensor


def pca(X: Tensor, num_components: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the mean, the directions of largest variance, and their variances.

    An example x is represented by (x − mean) @ components.T, and rebuilt from these numbers z as
    mean + z @ components.

    Args:
        X: (n, d), one example a row; n is at least 2.
        num_components: k, from 1 to min(n, d).

    Returns:
        mean (d,); components (k, d), rows orthonormal, each up to its sign; variances (k,),
        descending, divided by n − 1.

    Raises:
        ValueError: k is not from 1 to min(n, d), or there is only one example.

    >>> mean, components, variances = pca(torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), 1)
    >>> mean.tolist(), components.abs().tolist(), variances.tolist()
    ([2.0, 1.0], [[1.0, 0.0]], [4.0])
    """
    n, d = X.shape
    if n < 2:
        raise ValueError(f"{n} example(s) have no variance: give at least 2")
    if not 1 <= num_components <= min(n, d):
        raise ValueError(
            f"{num_components} components of {n} examples with {d} numbers: ask for 1 to {min(n, d)}"
        )
    mean = X.mean(dim=0)
    centred = X - mean
    if n > d:  # a (d, d) problem is smaller
        variances, rows = _leading(centred.T @ centred / (n - 1), num_components)
        return mean, rows, variances.clamp(min=0)
    _, lengths, rows = torch.linalg.svd(centred, full_matrices=False)
    return mean, rows[:num_components], lengths[:num_components] ** 2 / (n - 1)


def _leading(symmetric: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest eigenvalues, descending, and their eigenvectors as rows.

    Without a GPU LAPACK is asked for these only: scipy passes that wish on, torch does not.
    """
    if symmetric.is_cuda:
        values, columns = torch.linalg.eigh(symmetric)
    else:
        d = len(symmetric)
        found = eigh(symmetric.detach().numpy(), subset_by_index=(d - k, d - 1))
        values, columns = map(torch.from_numpy, found)
    return values[-k:].flip(0), columns[:, -k:].T.flip(0)
