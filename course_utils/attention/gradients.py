"""How strongly an output feels each of the vectors it was computed from: derivatives by nudging.

Source: Y. Bengio, P. Simard and P. Frasconi, "Learning Long-Term Dependencies with Gradient Descent
is Difficult", IEEE Transactions on Neural Networks 5 (1994), for what such norms tell.
Leaves out: speed. It takes two evaluations for each number; backpropagation takes one for all.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

PROVIDED = ("*",)  # whole in the student's copy


def gradient_norms(
    last_output: Callable[[NDArray[np.float64]], ArrayLike],
    vectors: ArrayLike,
    *,
    step: float = 1e-5,
) -> NDArray[np.float64]:
    """Return ‖∂ output / ∂ x_j‖ (Frobenius) for every vector x_j, by central differences.

    Args:
        last_output: takes (T, d), returns a one-dimensional array; any function of numpy arrays.
        vectors: shape (T, d).
        step: how far each number is moved, both ways.

    Returns:
        Shape (T,).

    >>> gradient_norms(lambda x: 3 * x[0] + 0 * x[1], [[1.0, 2.0], [5.0, 6.0]]).round(6)
    array([4.242641, 0.      ])
    """
    x = np.array(vectors, dtype=np.float64)
    norms = np.zeros(len(x))
    for j, i in np.ndindex(x.shape):
        here = x[j, i]
        x[j, i] = here + step
        above = np.array(last_output(x), dtype=np.float64)
        x[j, i] = here - step
        slope = (above - np.asarray(last_output(x), dtype=np.float64)) / (2 * step)
        x[j, i] = here
        norms[j] += float(slope @ slope)
    return np.sqrt(norms)
