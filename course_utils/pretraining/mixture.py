"""What a language model reads: several sources, each with a weight.

Source: T. Brown and others, "Language Models are Few-Shot Learners", 2020, table 2.2; CMU
10-301/601, lecture 28, "Training Data for LLMs".
Leaves out: how the weights are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Source:
    """One row of GPT-3's table, as printed."""

    name: str
    tokens: float
    weight: float  # share of the training mix
    epochs: float  # when training for 300 billion tokens


GPT3_MIXTURE = (
    Source("Common Crawl (filtered)", 410e9, 0.60, 0.44),
    Source("WebText2", 19e9, 0.22, 2.9),
    Source("Books1", 12e9, 0.08, 1.9),
    Source("Books2", 55e9, 0.08, 0.43),
    Source("Wikipedia", 3e9, 0.03, 3.4),
)
GPT3_TOTAL_TOKENS = 300e9


def mixture_epochs(
    tokens: Sequence[float] | Any, weights: Sequence[float] | Any, total_tokens: float
) -> NDArray[np.float64]:
    """Return how often each source is read.

    epochs_i = (weight_i / Σ weights) · total_tokens / tokens_i

    Args:
        tokens: how long each source is, in tokens.
        weights: its weight; they need not sum to 1.
        total_tokens: how much is read in all.

    Returns:
        One number for each source.

    Raises:
        ValueError: a source without tokens, a negative weight, or weights that are all zero.

    >>> mixture_epochs([10, 40], [1, 3], 80).tolist()
    [2.0, 1.5]
    """
    lengths, shares = np.asarray(tokens, dtype=float), np.asarray(weights, dtype=float)
    if (lengths <= 0).any():
        raise ValueError(f"a source of {lengths.min():g} tokens cannot be read: leave it out")
    if (shares < 0).any() or not shares.sum() > 0:
        raise ValueError(f"weights {shares.tolist()}: none negative, and at least one positive")
    return shares / shares.sum() * total_tokens / lengths
