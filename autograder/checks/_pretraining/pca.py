"""pretraining.pca: signs are free, and so is the direction of a component without variance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.pretraining import pca


def ask_pca(function, args):
    """Say everything about the answer that does not depend on signs."""
    import torch

    X, k = args
    before = X.clone()
    told = []
    for _ in range(2):
        mean, components, variances = (torch.as_tensor(part) for part in function(X, k))
        rows = components.detach().double()
        large = (variances.detach().double() > 1e-6).double()  # the others point anywhere
        told.append(
            {
                "mean": mean.detach().double(),
                "variances": variances.detach().double(),
                "shape": list(rows.shape),
                "products": rows @ rows.T,  # the identity, if the rows are orthonormal
                "directions": [r[:, None] * r * size for r, size in zip(rows, large, strict=False)],
            }
        )
    return {"first": told[0], "second": told[1], "unchanged": bool(torch.equal(X, before))}


def agree_pca(args, expected, answer):
    """A distance; in words, what is changed or different at the second call."""
    from course_utils.agreement import deviation

    far = deviation(expected["first"], answer["first"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    if far <= 1 and deviation(expected["first"], answer["second"]) > 1:
        return "called a second time with the same arguments, it gives another answer"
    return far


def right_pca(X, k):
    return ask_pca(pca, (X, k))


def made(
    *,
    centre: Callable[[Any], Any] = lambda X: X.mean(dim=0),
    rows: Callable[[Any], Any] = lambda X: X,
    divide: Callable[[int], float] = lambda n: n - 1,
    order: Callable[[Any, int], Any] = lambda parts, k: parts[:k],
    measure: Callable[[Any], Any] = lambda lengths: lengths**2,
    shape: Callable[[Any], Any] = lambda components: components,
    mean_of: Callable[[Any], Any] = lambda mean: mean,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(X, k):
        mean = centre(X)
        _, lengths, V = torch.linalg.svd(rows(X - mean), full_matrices=True)
        lengths = torch.cat([lengths, torch.zeros(len(V) - len(lengths), dtype=X.dtype)])
        variances = measure(lengths) / divide(len(X))
        return mean_of(mean), shape(order(V, k)), order(variances, k)

    return version


def by_covariance(X, k):
    values, columns = torch.linalg.eigh(torch.cov(X.T).reshape(X.shape[1], X.shape[1]))
    chosen = values.argsort(descending=True)[:k]
    return X.mean(dim=0), columns[:, chosen].T, values[chosen]


def by_numpy(X, k):
    X = X.numpy()
    _, lengths, V = np.linalg.svd(X - X.mean(axis=0), full_matrices=False)
    return X.mean(axis=0), -V[:k], lengths[:k] ** 2 / (len(X) - 1)


def by_deflation(X, k):
    """Finds one direction after the other by repeated multiplication; signs as they come."""
    mean = X.mean(dim=0)
    covariance = (X - mean).T @ (X - mean) / (len(X) - 1)
    values, columns = torch.linalg.eigh(covariance)
    found, variances = [], []
    for i in range(1, k + 1):
        found.append(columns[:, -i] * (-1) ** i)
        variances.append(values[-i].clamp(min=0))
    return mean, torch.stack(found), torch.stack(variances)


def without_mean(X):
    return torch.zeros_like(X[0])


def draw(rng: np.random.Generator) -> list[Case]:
    def data(n: int, d: int) -> torch.Tensor:
        """Variances 1, 4, 9, … in directions that mix all columns; the mean is far from 0."""
        turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
        z = np.linalg.qr(rng.normal(size=(n, n)) + 0.1)[0][:, : min(n - 1, d)]
        z -= z.mean(axis=0)
        scale = np.sqrt(n - 1) * np.arange(z.shape[1], 0, -1.0) * rng.uniform(0.95, 1.05)
        return torch.from_numpy((z * scale) @ turned[: z.shape[1]] + rng.uniform(2, 4, size=d))

    return [
        Case((data(11, 4), 2), "value"),
        Case((data(13, 5), 3), "value"),
        Case((data(9, 5), 5), "all"),
        Case((data(4, 7), 2), "few"),
        Case((data(5, 6), 3), "few"),
        Case((data(3, 5), 3), "flat"),
        Case((torch.from_numpy(np.outer(rng.normal(size=6), [1.0, 2.0, 0.0, -1.0])), 3), "flat"),
    ]


PCA: Check = Check(
    exercise="pretraining.pca",
    properties={
        "value": "gives the mean, the directions of largest variance, and these variances",
        "all": "gives all d directions when asked for them",
        "few": "works for fewer examples than columns",
        "flat": "keeps the rows orthonormal where there is no variance left",
    },
    cases=draw,
    ask=ask_pca,
    agree=agree_pca,
    expect=right_pca,
    not_allowed=[
        "sklearn.decomposition.PCA",
        "torch.pca_lowrank",
    ],
    accepts=[made(), by_covariance, by_numpy, by_deflation],
    misconceptions=[
        Misconception(
            "not centred",
            made(centre=without_mean),
            "The data are not centred: the first direction then points at the mean. Subtract the mean "
            "of each column, and return it.",
        ),
        Misconception(
            "mean forgotten",
            made(mean_of=torch.zeros_like),
            "The data are centred, but the mean that is returned is 0. It is needed to go back.",
        ),
        Misconception(
            "one mean for all",
            made(centre=lambda X: X.mean().expand(X.shape[1])),
            "One number, the mean of the whole table, is subtracted. Each column has its own mean.",
        ),
        Misconception(
            "scaled columns",
            made(rows=lambda X: X / X.std(dim=0)),
            "The columns are scaled to variance 1 first. That is another analysis: leave them as they "
            "are.",
        ),
        Misconception(
            "divided by n",
            made(divide=lambda n: n),
            "The variances are divided by n. Divide by n − 1.",
        ),
        Misconception(
            "sums for variances",
            made(divide=lambda n: 1),
            "These are sums of squares. Divide by n − 1 to get variances.",
        ),
        Misconception(
            "deviations for variances",
            made(measure=lambda lengths: lengths, divide=lambda n: (n - 1) ** 0.5),
            "These are standard deviations. Variances are their squares.",
        ),
        Misconception(
            "singular values for variances",
            made(measure=lambda lengths: lengths, divide=lambda n: 1),
            "These are the singular values. A variance is the square of one, divided by n − 1.",
        ),
        Misconception(
            "singular values over n − 1",
            made(measure=lambda lengths: lengths),
            "The singular values are divided by n − 1, but not squared. A variance is the square of one, "
            "divided by n − 1.",
        ),
        Misconception(
            "smallest first",
            made(order=lambda parts, k: parts.flip(0)[:k]),
            "These are the directions of *smallest* variance. eigh sorts upwards: take the last ones, "
            "and turn their order round.",
        ),
        Misconception(
            "ascending",
            made(order=lambda parts, k: parts[:k].flip(0)),
            "The right directions, but the smallest variance comes first. Sort downwards.",
        ),
        Misconception(
            "components as columns",
            made(shape=lambda components: components.T),
            "The components are the columns of your answer. They are asked as rows: shape (k, d).",
        ),
        Misconception(
            "components scaled",
            made(shape=lambda components: components * 2),
            "The rows do not have length 1. Keep the spread in the variances, not in the directions.",
        ),
    ],
)
