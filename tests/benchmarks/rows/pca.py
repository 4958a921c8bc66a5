"""The thirty directions along which 5 000 handwritten digits vary most, against scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from course_utils.data.mnist import load_mnist
from course_utils.pretraining.pca import pca
from tests.benchmarks.contest import Contest, Sides

NUM_COMPONENTS = 30


def prepare(solver: str) -> Sides:
    """Fit both to the same pixels, from 0 to 1, in float32."""
    from sklearn.decomposition import PCA

    torch.set_num_threads(1)
    pixels = np.ascontiguousarray(load_mnist()[0], dtype=np.float32)
    X = torch.from_numpy(pixels)

    def ours() -> tuple[Tensor, Tensor, Tensor]:
        return pca(X, NUM_COMPONENTS)

    def sklearns() -> Any:
        return PCA(NUM_COMPONENTS, svd_solver=solver, random_state=0).fit(pixels)

    def same(ours: tuple[Tensor, Tensor, Tensor], theirs: Any) -> bool:
        """Means, variances, and the plane that the directions span; a random solver is near, not equal."""
        mean, components, variances = (part.numpy() for part in ours)
        near = 0.03 if solver == "auto" else 1e-4
        cosines = np.linalg.svd(components @ theirs.components_.T, compute_uv=False)
        return (
            bool(np.allclose(mean, theirs.mean_, atol=1e-5))
            and bool(np.allclose(variances, theirs.explained_variance_, rtol=near))
            and bool(cosines[:-5].min() > 1 - near)
        )

    return Sides(ours, sklearns, same)


_WORK = "30 components of 5 000 digits of MNIST, 784 pixels each, float32; scikit-learn's {}"
CONTESTS = [
    Contest(
        row="PCA",
        peer=f"sklearn.decomposition.PCA{name}",
        target=1.1,
        work=_WORK.format(what),
        packages=("scikit-learn", "torch", "mlxtend"),
        prepare=lambda solver=solver: prepare(solver),  # type: ignore[misc]
    )
    for solver, name, what in [
        ("auto", "", "own choice of a solver, a randomised one: near the answer, not equal to it"),
        ("covariance_eigh", ", covariance_eigh", "exact solver by the way that ours goes"),
    ]
]
