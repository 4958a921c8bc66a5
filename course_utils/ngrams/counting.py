"""How often does which word follow which? All that an n-gram model learns.

Source: CMU 10-301/601, lecture 28, "Learning an n-Gram Model"; D. Jurafsky and J.H. Martin, "Speech
and Language Processing", 3rd edition draft, chapter 3.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

START, END = "<s>", "</s>"
Word = Hashable
Counts = Mapping[tuple[Word, ...], Mapping[Word, int]]


def count_ngrams(
    sentences: Iterable[Sequence[Word]], n: int
) -> dict[tuple[Word, ...], dict[Word, int]]:
    """Count, for every context of n − 1 words, the words that follow it.

    Each sentence stands alone: n − 1 times `<s>` before it, one `</s>` after it.

    Args:
        sentences: lists of words; an empty one still counts its `</s>`.
        n: 1 for unigrams (the only context is the empty tuple), 2 for bigrams, …

    Returns:
        {context: {word: count}}, in the order of first appearance.

    Raises:
        ValueError: n < 1.

    >>> count_ngrams([["cows", "eat"], ["cows", "moo"]], 2)[("cows",)]
    {'eat': 1, 'moo': 1}
    """
    if n < 1:
        raise ValueError(f"n = {n}: an n-gram has at least one word")
    counts: dict[tuple[Word, ...], dict[Word, int]] = {}
    for sentence in sentences:
        context: tuple[Word, ...] = (START,) * (n - 1)
        for word in (*sentence, END):
            row = counts.setdefault(context, {})
            row[word] = row.get(word, 0) + 1
            context = (*context, word)[1:]
    return counts
