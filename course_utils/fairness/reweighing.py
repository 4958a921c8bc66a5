"""Fairness before training: weight the examples until group and outcome are independent.

Source: F. Kamiran and T. Calders, "Data Preprocessing Techniques for Classification without
Discrimination", Knowledge and Information Systems 33 (2012), section 5.3.
Leaves out: changing labels ("massaging") and resampling, from the same paper.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def reweighing(counts: ArrayLike) -> NDArray[np.float64]:
    """Return the weight of the examples in each cell of a table of groups and outcomes.

        w(a, y) = P(a) P(y) / P(a, y)

    Weighted so, the table has the margins it had, and group and outcome are independent in it.

    Args:
        counts: shape (groups, labels), how many examples have this group and this true outcome.

    Returns:
        Shape (groups, labels). An empty cell gets 0: there is no example to weight.

    Raises:
        ValueError: not a table, a negative or non-finite count, or an empty group or label.

    >>> reweighing([[4, 0], [2, 2]])
    array([[0.75, 0.  ],
           [1.5 , 0.5 ]])
    """
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"counts has shape {table.shape}: expected (groups, labels)")
    if not np.all(np.isfinite(table) & (table >= 0)):
        raise ValueError("counts holds a number that is negative or not finite")
    groups, labels = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    if not (groups.all() and labels.all() and table.size):
        raise ValueError("a group or a label has no examples: leave it out of the table")
    expected = groups * labels / table.sum()  # the counts if group and label were independent
    return np.divide(expected, table, out=np.zeros_like(table), where=table > 0)
