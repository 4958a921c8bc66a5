"""What a model has learned by heart, and what a test has seen before.

Source: N. Carlini and others, "Quantifying Memorization Across Neural Language Models", 2023; T. Brown
and others, "Language Models are Few-Shot Learners", 2020, appendix C, for contamination by n-grams.
Leaves out: what is nearly verbatim.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import numpy as np

Tokens = Sequence[Hashable]


def memorization_rate(samples: Sequence[Tokens], corpus: Sequence[Tokens], k: int) -> float:
    """Return the share of what was written that stands in the corpus, word for word.

    Counted are the distinct runs of k tokens in the samples; a run never crosses the end of a text.

    Args:
        samples: what a model wrote, a list of tokens each.
        corpus: what it has read, likewise.
        k: length of a run, 1 or more.

    Returns:
        In [0, 1]; 0.0 when no sample has k tokens.

    Raises:
        ValueError: k is less than 1.

    Of the runs (a, b), (b, a) and (a, c) one stands in the corpus:

    >>> memorization_rate([["a", "b", "a", "c"]], [["c", "a", "b"]], k=2)
    0.3333333333333333
    """
    written = set(_runs(samples, k))
    if not written:
        return 0.0
    return len(written & set(_runs(corpus, k))) / len(written)


def contamination(test_items: Sequence[Tokens], corpus: Sequence[Tokens], n: int) -> np.ndarray:
    """Return which test items share a run of n tokens with the training text.

    Args:
        test_items: a list of tokens each.
        corpus: the training text, likewise.
        n: length of a run, 1 or more.

    Returns:
        (items,), bool; False for an item shorter than n.

    Raises:
        ValueError: n is less than 1.

    >>> contamination([["b", "c"], ["c", "b"], ["b"]], [["a", "b", "c"]], n=2)
    array([ True, False, False])
    """
    read = set(_runs(corpus, n))
    return np.array(
        [any(run in read for run in _runs([item], n)) for item in test_items], dtype=bool
    )


def _runs(texts: Iterable[Tokens], length: int) -> Iterable[tuple[Hashable, ...]]:
    if length < 1:
        raise ValueError(f"runs of {length} tokens: at least 1 is needed")
    for text in texts:
        tokens = tuple(text)
        for start in range(len(tokens) - length + 1):
            yield tokens[start : start + length]
