"""One token at a time, without computing anything twice.

When a model writes, the keys and values of all earlier tokens stay what they were. Keep them, and
each new token costs one row of attention and not the whole table.

Source: R. Pope and others, "Efficiently Scaling Transformer Inference", MLSys 2023, for what it
costs.
Leaves out: a buffer that is filled in place, which is faster, and which unit 05 uses.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.attention.dot_product import scaled_dot_product_attention

Cache = Mapping[str, NDArray[np.float64]]


def attention_step(
    query: ArrayLike, new_key: ArrayLike, new_value: ArrayLike, cache: Cache
) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
    """Append one key and value, then let the newest token look at all of them.

    Args:
        query, new_key: shape (d_k,). new_value: shape (d_v,).
        cache: {"keys": (t, d_k), "values": (t, d_v)} of the t tokens before, oldest first; t may
            be 0. It and its arrays are not changed, neither now nor by later steps.

    Returns:
        output (d_v,), equal to row t of causal attention over all t + 1 tokens; the new cache.

    >>> empty = {"keys": np.zeros((0, 1)), "values": np.zeros((0, 1))}
    >>> output, cache = attention_step([0.0], [1.0], [2.0], empty)
    >>> output, cache["keys"].shape
    (array([2.]), (1, 1))
    """
    rows = (np.asarray(row, dtype=np.float64)[None] for row in (query, new_key, new_value))
    q, key, value = rows
    keys = np.concatenate([np.asarray(cache["keys"], dtype=np.float64), key])
    values = np.concatenate([np.asarray(cache["values"], dtype=np.float64), value])
    outputs, _ = scaled_dot_product_attention(q, keys, values)
    return outputs[0], {"keys": keys, "values": values}
