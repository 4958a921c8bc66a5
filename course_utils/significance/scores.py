"""The paired bootstrap for any score: log probabilities of sentences, rewards, ratings.

Source: as in `bootstrap.py`; here an example says not who was right, but by how much A scored more.
Leaves out: scores of a whole test set that are no mean over its examples (F1, BLEU).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

_NUMBERS_AT_ONCE = 20_000_000  # memory stays bounded, whatever n and B


def paired_bootstrap_of_scores(
    scores_a: ArrayLike, scores_b: ArrayLike, num_samples: int, rng: np.random.Generator
) -> float:
    """Return the fraction of resampled test sets on which A's lead is more than twice the one seen.

        δ(S) = mean over S of (score_a − score_b);   p = share of S with δ(S) > 2 δ(D)

    Args:
        scores_a: shape (n,), A's score on each test example; higher is better.
        scores_b: shape (n,), B's on the same examples.
        num_samples: number of resampled test sets, at least 1.
        rng: the source of randomness.

    Returns:
        The one-sided p-value in [0, 1] of "A is better than B".

    Raises:
        ValueError: unequal lengths, no examples, a score that is not finite, or num_samples < 1.

    >>> rng = np.random.default_rng(0)
    >>> paired_bootstrap_of_scores([2.0, 3.0, 2.5, 4.0], [1.0, 1.0, 1.0, 1.0], 1000, rng)
    0.0
    """
    a, b = np.asarray(scores_a, dtype=np.float64), np.asarray(scores_b, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or len(a) == 0:
        raise ValueError(f"scores have shapes {a.shape} and {b.shape}: both are (n,), n >= 1")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("a score is not finite: a test set that holds it has no mean")
    if num_samples < 1:
        raise ValueError(f"num_samples = {num_samples}: at least one test set must be drawn")
    differences = a - b
    # Decimal scores make ties that floating point breaks: only what is clearly more is counted.
    twice = 2 * differences.sum() + 1e-12 * (np.abs(a).sum() + np.abs(b).sum())
    count, done = 0, 0
    while done < num_samples:
        rows = min(num_samples - done, max(1, _NUMBERS_AT_ONCE // len(differences)))
        chosen = rng.integers(len(differences), size=(rows, len(differences)))
        count += int(np.count_nonzero(differences[chosen].sum(axis=1) > twice))
        done += rows
    return count / num_samples
