"""Something for what was never seen.

A trigram model gives probability 0 to most sentences of the very next book. Two cures: pretend to
have seen everything k times more often (add k), or mix long contexts, which know much about little,
with short ones, which know little about much (interpolation).

Source: F. Jelinek and R. Mercer, "Interpolated estimation of Markov source parameters from sparse
data", 1980; S. Chen and J. Goodman, "An Empirical Study of Smoothing Techniques for Language
Modeling", Computer Speech and Language 13 (1999).
Leaves out: Kneser-Ney, which is better than both.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from course_utils.ngrams.counting import Counts, Word
from course_utils.ngrams.probability import ngram_probability


def add_k_probability(
    counts: Counts, context: Sequence[Word], word: Word, k: float, vocabulary: Collection[Word]
) -> float:
    """Return (count(context, word) + k) / (count(context) + k V).

    Args:
        counts: from `count_ngrams`.
        context: n − 1 words; one that was never seen gives 1/V.
        word: the next word, one of the vocabulary; any other gets what an unseen word gets.
        k: pseudo-count, more than 0.
        vocabulary: the V words that can come next; `</s>` is one of them, `<s>` is not.

    Raises:
        ValueError: k is not positive, or the vocabulary is empty.

    >>> add_k_probability({("a",): {"a": 1}}, ("a",), "</s>", 0.5, {"a", "</s>"})  # 0.5 / (1 + 1)
    0.25
    """
    if not k > 0:
        raise ValueError(f"k = {k}: a pseudo-count is positive")
    if not vocabulary:
        raise ValueError("the vocabulary is empty")
    row = counts.get(tuple(context), {})
    return (row.get(word, 0) + k) / (sum(row.values()) + k * len(vocabulary))


def interpolated_probability(
    models: Sequence[Counts], weights: Sequence[float], context: Sequence[Word], word: Word
) -> float:
    """Return Σₙ weightₙ · pₙ(word | the last n − 1 words of the context).

    Args:
        models: counts for n = 1 … N, so models[0] is the unigram table.
        weights: N numbers, at least 0, that sum to 1.
        context: at least N − 1 words, the nearest last.
        word: the next word.

    Returns:
        The probability. A model that never saw its context contributes 0.

    Raises:
        ValueError: weights that do not sum to 1 (within 1e-6) or are negative, another number of
            weights than of models, or a context that is too short.

    >>> unigram, bigram = {(): {"a": 3, "b": 1}}, {("b",): {"a": 1}}
    >>> interpolated_probability([unigram, bigram], [0.5, 0.5], ("b",), "a")  # (0.75 + 1) / 2
    0.875
    """
    if len(weights) != len(models) or not models:
        raise ValueError(f"{len(models)} models and {len(weights)} weights: one for each")
    if not abs(sum(weights) - 1) <= 1e-6 or min(weights) < 0:  # nan too
        raise ValueError(f"weights {list(weights)} sum to {sum(weights)}: they must sum to 1")
    if len(context) < len(models) - 1:
        raise ValueError(f"{len(models)} models need {len(models) - 1} words of context")
    return sum(
        weight * ngram_probability(counts, tuple(context)[len(context) - order :], word)
        for order, (weight, counts) in enumerate(zip(weights, models, strict=True))
    )
