"""Roll the die, word after word.

The random numbers are handed in, so that the same numbers give the same text.

Source: CMU 10-301/601, lecture 28, "Sampling from a Language Model".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from course_utils.ngrams.counting import END, START, Counts, Word


def sample_word(distribution: Mapping[Word, float], u: float) -> Word:
    """Return the first word, in insertion order, whose cumulative probability is more than u.

    Args:
        distribution: {word: probability}, summing to 1 up to rounding.
        u: uniform in [0, 1).

    Returns:
        The word; the last one if rounding leaves u above the sum. The sum itself is not checked.

    Raises:
        ValueError: an empty distribution, or u outside [0, 1).

    >>> die = {"corn": 0.5, "grass": 0.25, "hay": 0.25}
    >>> sample_word(die, 0.49), sample_word(die, 0.5), sample_word(die, 0.999)
    ('corn', 'grass', 'hay')
    """
    if not distribution:
        raise ValueError("the distribution has no words")
    if not 0 <= u < 1:
        raise ValueError(f"u = {u}: it lies in [0, 1)")
    for word, total in zip(distribution, accumulate(distribution.values()), strict=True):
        if u < total:
            return word
    return word


def generate(counts: Counts, n: int, uniforms: Sequence[float]) -> list[Word]:
    """Return words drawn one after the other, from `<s>` until `</s>` or the numbers run out.

    Args:
        counts: from `count_ngrams` with the same n.
        n: 1 for unigrams, …
        uniforms: one number in [0, 1) for each draw, the draw of `</s>` included.

    Returns:
        The words, without `<s>` and `</s>`.

    Raises:
        ValueError: the counts lack a context: they are of another n, or of no sentence.

    >>> counts = {("<s>",): {"cows": 1}, ("cows",): {"moo": 1, "eat": 1}, ("moo",): {"</s>": 2}}
    >>> generate(counts, 2, [0.3, 0.4, 0.5])
    ['cows', 'moo']
    """
    words: list[Word] = []
    context: tuple[Word, ...] = (START,) * (n - 1)
    for u in uniforms:
        if context not in counts:
            raise ValueError(f"the context {context} was never seen: are the counts for n = {n}?")
        row = counts[context]
        total = sum(row.values())
        word = sample_word({word: count / total for word, count in row.items()}, u)
        if word == END:
            break
        words.append(word)
        context = (*context, word)[1:]
    return words
