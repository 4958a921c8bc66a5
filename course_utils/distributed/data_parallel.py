"""Split the examples: each device has the whole model and some of the batch.

Source: CMU 10-301/601, lecture 28, "Data Parallel".
Leaves out: updates that do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


def data_parallel_gradient(
    gradients: Sequence[ArrayLike], num_examples: Sequence[int]
) -> np.ndarray:
    """Return the gradient of the whole batch from those of its shards.

        Σ nᵢ · gᵢ / Σ nᵢ

    Args:
        gradients: gᵢ, the *mean* gradient over the examples of device i; zeros where it has none.
        num_examples: nᵢ.

    Returns:
        The mean over all examples: what one device would have computed.

    Raises:
        ValueError: another number of counts than of gradients, a negative count, or no example at all.

    Three examples pull by 1 on average, one pulls by 5:

    >>> data_parallel_gradient([[1.0], [5.0]], [3, 1])
    array([2.])
    """
    counts = np.asarray(num_examples)
    if len(gradients) != len(counts):
        raise ValueError(f"{len(gradients)} gradients, but {len(counts)} counts: one for each")
    if (counts < 0).any() or not counts.sum():
        raise ValueError(f"num_examples {counts.tolist()}: 0 or more each, and not all 0")
    return np.tensordot(counts / counts.sum(), np.asarray(gradients, dtype=np.float64), axes=1)
