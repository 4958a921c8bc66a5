"""The difference in accuracy of two classifiers on one test set.

Each test example says one of three things: +1 (only A was right), −1 (only B was right), 0 (no
difference). Everything in this unit is computed from these whole numbers. That is not only tidy:
ties between sums of whole numbers are exact, and ties between accuracies in floating point are not.

Source: CMU 10-301/601, lecture 28, "Paired Bootstrap Test": δ(D) is the difference in accuracy on
D.
Leaves out: other scores (F1, BLEU) whose value on a test set is not a mean over its examples.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def accuracy_difference(correct_a: ArrayLike, correct_b: ArrayLike) -> float:
    """Return by how much A is more accurate than B on the same test examples.

        δ = mean(correct_a − correct_b)

    Args:
        correct_a: shape (n,), 1 where A is right and 0 where it is wrong; booleans will do.
        correct_b: shape (n,), the same for B on the same examples in the same order.

    Returns:
        δ in [−1, 1], a fraction and not a percentage; positive when A is better.

    Raises:
        ValueError: unequal lengths, no examples, or an entry that is not 0 or 1.

    >>> accuracy_difference([1, 1, 1, 0], [1, 0, 0, 0])
    0.5
    """
    return float(np.mean(example_differences(correct_a, correct_b)))


def example_differences(correct_a: ArrayLike, correct_b: ArrayLike) -> NDArray[np.int8]:
    """Check two vectors of right and wrong, and subtract them example by example.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans.
        correct_b: shape (n,), likewise.

    Returns:
        Shape (n,), the differences −1, 0 and 1. One byte each: gathering them B times over stays
        cheap.

    Raises:
        ValueError: unequal lengths, no examples, or an entry that is not 0 or 1.

    >>> example_differences([True, True, False], [True, False, True])
    array([ 0,  1, -1], dtype=int8)
    """
    a = zeros_and_ones(correct_a, "correct_a")
    b = zeros_and_ones(correct_b, "correct_b")
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(
            f"correct_a has shape {a.shape} and correct_b {b.shape}: "
            "both list the same n examples, so both have shape (n,)"
        )
    return a - b


def zeros_and_ones(correct: ArrayLike, name: str) -> NDArray[np.int8]:
    """Return an array of right (1) and wrong (0) as small integers, or say which entry is neither.

    >>> zeros_and_ones([True, False], "correct_a")
    array([1, 0], dtype=int8)
    >>> zeros_and_ones([1, 0.5], "correct_a")
    Traceback (most recent call last):
    ...
    ValueError: correct_a contains 0.5: 1 means right and 0 means wrong
    """
    values = np.asarray(correct)
    if values.size == 0:
        raise ValueError(f"{name} is empty: there is no accuracy without test examples")
    neither = ~np.isin(values, (0, 1))
    if neither.any():
        raise ValueError(f"{name} contains {values[neither][0]}: 1 means right and 0 means wrong")
    return values.astype(np.int8)
