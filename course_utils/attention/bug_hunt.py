"""A test that tells right implementations of `scaled_dot_product_attention` from wrong ones.

It computes attention again from the definition, one number at a time, and looks at inputs on which
known mistakes show: T, J, d_k and d_v all differ; masks are not symmetric; scores are large.

Leaves out: speed, and what a candidate does with shapes that do not fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp, sqrt
from typing import Any

import numpy as np

from course_utils.agreement import deviation

Inputs = tuple[Any, Any, Any, Any]


def find_the_bug_attention(candidate: Callable[..., Any]) -> bool:
    """Return True when the candidate is a wrong implementation of scaled_dot_product_attention.

    Wrong is: outputs or weights off by more than 1e-5 (1 + |right|), or of another shape; nan; an
    exception on legal input; changed arguments.

    Args:
        candidate: called as candidate(queries, keys, values) and with a mask as fourth argument.

    >>> find_the_bug_attention(lambda q, k, v, mask=None: (v, k))
    True
    """
    seeds = (28, 29)  # twice, for versions that remember
    return any(_is_wrong_on(candidate, inputs) for s in seeds for inputs in _telling_inputs(s))


def _is_wrong_on(candidate: Callable[..., Any], inputs: Inputs) -> bool:
    handed_over = [None if array is None else array.copy() for array in inputs]
    if handed_over[3] is None:
        del handed_over[3]
    try:
        answers = candidate(*handed_over)
        outputs, weights = (np.asarray(array, dtype=np.float64) for array in answers)
    except Exception:  # whatever it is, a right candidate does not raise it
        return True
    pairs = zip(handed_over, inputs, strict=False)
    changed = not all(np.array_equal(a, b) for a, b in pairs if a is not None and b is not None)
    right_outputs, right_weights = _by_definition(*inputs)
    far = deviation(right_outputs, outputs), deviation(right_weights, weights)
    return changed or max(far) > 1


def _by_definition(q: Any, k: Any, v: Any, mask: Any) -> tuple[np.ndarray, np.ndarray]:
    mask = np.broadcast_to(True if mask is None else mask, (*q.shape[:-1], k.shape[-2]))
    if q.ndim > 2:
        pairs = [_by_definition(*parts) for parts in zip(q, k, v, mask, strict=True)]
        return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
    weights = np.zeros((len(q), len(k)))
    for t, query in enumerate(q):
        allowed = [j for j in range(len(k)) if mask[t, j]]
        scores = {
            j: sum(query[i] * k[j, i] for i in range(len(query))) / sqrt(len(query))
            for j in allowed
        }
        largest = max(scores.values(), default=0.0)
        total = sum(exp(score - largest) for score in scores.values())
        for j in allowed:
            weights[t, j] = exp(scores[j] - largest) / total
    outputs = np.array(
        [
            [sum(weights[t, j] * v[j, i] for j in range(len(k))) for i in range(v.shape[1])]
            for t in range(len(q))
        ]
    )
    return outputs, weights


def _telling_inputs(seed: int) -> Iterator[Inputs]:
    rng = np.random.default_rng(seed)

    def draw(*shapes: tuple[int, ...], scale: float = 1.0) -> list[np.ndarray]:
        return [scale * rng.normal(size=shape) for shape in shapes]

    q, k, v = draw((5, 3), (7, 3), (7, 2), scale=2.0)
    mask = rng.random((5, 7)) < 0.6
    mask[2] = False  # a token that may look at nothing
    mask[3] = np.arange(7) == 4  # one that may look at a single other
    yield q, k, v, None
    yield q, k, v, mask
    yield 40 * q, 40 * k, v, mask  # exp overflows without the maximum
    shift = np.zeros(5)
    shift[0] = 900.0
    yield q + shift[:, None], np.abs(k), v, None  # one row far above the others
    q, k, v = draw((4, 6), (4, 6), (4, 3))
    yield q, k, v, np.tril(np.ones((4, 4), dtype=bool))
    yield q, k, v, np.array([[True, True, False, True]])  # one mask for every row
    q, k, v = draw((2, 3, 5), (2, 4, 5), (2, 4, 2))
    yield q, k, v, None  # a leading dimension
    yield q, k, v, rng.random((2, 3, 4)) < 0.7
