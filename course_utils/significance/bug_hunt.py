"""A test that tells right implementations of `paired_bootstrap` from wrong ones.

It judges behaviour only: it calls the candidate on inputs whose answer it knows from the
definition, and believes nothing else. What makes it sharp is the choice of these inputs.

Leaves out: speed, memory, and what a candidate does with illegal input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Inputs = tuple[NDArray[Any], NDArray[Any], NDArray[np.int64]]

_SIZES = ((1, 1), (2, 9), (3, 7), (7, 7), (10, 101), (31, 203), (100, 53), (301, 47))  # n and B
_ACCURACIES = (  # of A and of B: near ties, clear leads either way, and everything or nothing right
    *((0.70, 0.66), (0.60, 0.58), (0.80, 0.80), (0.45, 0.47)),
    *((0.80, 0.50), (0.40, 0.70), (1.00, 0.00), (0.00, 0.00)),
)
_TOLERANCE = 1e-5


def find_the_bug_significance(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of `paired_bootstrap`.

    Wrong is: an answer off by more than 1e-5 (1 + p), or that is not one number; an exception on
    legal input; a changed argument.

    Args:
        candidate: called as candidate(correct_a, correct_b, resamples).

    Returns:
        True if some input shows a bug, False if none does.

    >>> find_the_bug_significance(lambda a, b, resamples: 0.5)
    True
    """
    return any(_is_wrong_on(candidate, inputs) for inputs in _telling_inputs())


def _is_wrong_on(candidate: Callable[..., Any], inputs: Inputs) -> bool:
    handed_over = tuple(array.copy() for array in inputs)
    expected = _p_value_by_definition(*inputs)
    try:
        answer = candidate(*handed_over)
        agrees = np.shape(answer) == () and abs(answer - expected) <= _TOLERANCE * (1 + expected)
    except Exception:  # whatever it is, a right candidate does not raise it
        return True
    unchanged = all(map(np.array_equal, inputs, handed_over))
    return not (agrees and unchanged)


def _p_value_by_definition(a: NDArray[Any], b: NDArray[Any], resamples: NDArray[np.int64]) -> float:
    """Follow the definition word by word, in fractions, which are slow and never round."""
    differences = [int(x) - int(y) for x, y in zip(a, b, strict=True)]
    n = len(differences)
    delta_of_data = Fraction(sum(differences), n)
    deltas = [Fraction(sum(differences[i] for i in row), n) for row in resamples.tolist()]
    return sum(delta > 2 * delta_of_data for delta in deltas) / len(deltas)


def _telling_inputs() -> Iterator[Inputs]:
    """Yield inputs on which known mistakes show.

    Sizes differ and B is rarely n (a transposed axis shows); gaps are positive, zero and negative
    (a lost sign shows); small gaps on small test sets make many ties (`>=` and rounded floats
    show); every index occurs; B is odd (a wrong denominator or a rounded p shows); 301 examples
    overflow a byte; and every second input is of booleans.
    """
    rng = np.random.default_rng(28)
    for n, num_samples in _SIZES:
        for accuracy_a, accuracy_b in _ACCURACIES:
            a = rng.random(n) < accuracy_a
            b = rng.random(n) < accuracy_b
            resamples = rng.integers(n, size=(num_samples, n))
            yield a, b, resamples
            yield a.astype(np.float64), b.astype(np.float64), resamples
