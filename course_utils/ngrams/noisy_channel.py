"""Guess what was meant: the language model says what people say, the channel how it gets distorted.

    ŷ = argmax over y of  p(x | y) p(y)

Speech recognition and machine translation were built like this until 2017 or so; every spelling
corrector still is, more or less.

Source: CMU 10-301/601, lecture 28, "Noisy Channel Models"; A. Viterbi, "Error bounds for
convolutional codes", IEEE Trans. Information Theory 13 (1967).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from course_utils.ngrams.counting import END, START


def noisy_channel_decode(
    observed: str,
    candidates: Sequence[str],
    channel_log_prob: Callable[[str, str], float],
    language_log_prob: Callable[[str], float],
) -> str:
    """Return the candidate y with the largest log p(observed | y) + log p(y).

    Args:
        observed: what arrived.
        candidates: what may have been meant, at least one.
        channel_log_prob: (observed, intended) -> natural log, −inf allowed.
        language_log_prob: (word) -> natural log, −inf allowed.

    Returns:
        The best candidate; the first one wins a tie, also when all are −inf.

    Raises:
        ValueError: no candidates.

    >>> prior = {"the": -3.0, "thee": -9.0}
    >>> noisy_channel_decode("teh", ["thee", "the"], lambda x, y: -5.0, prior.get)
    'the'
    """
    if not candidates:
        raise ValueError(f"there are no candidates for {observed!r}")
    return max(
        candidates, key=lambda word: channel_log_prob(observed, word) + language_log_prob(word)
    )


def viterbi_decode(
    observed: Sequence[str],
    candidates: Sequence[Sequence[str]],
    channel_log_prob: Callable[[str, str], float],
    bigram_log_prob: Callable[[str, str], float],
) -> list[str]:
    """Return the best sentence: one candidate for each observed word, judged all together.

    The score of w₁ … w_T is Σ channel(xₜ, wₜ) + Σ bigram(wₜ₋₁, wₜ), with w₀ = `<s>` and one more
    bigram for `</s>`. There are C^T sentences, but the best way to reach a candidate does not
    depend on what comes after: keep one way for each candidate and go on. O(T C²).

    Args:
        observed: T words that arrived.
        candidates: T lists, what each may have been.
        channel_log_prob: (observed, intended) -> natural log, −inf allowed.
        bigram_log_prob: (previous, word) -> natural log, −inf allowed.

    Returns:
        T words; any of the best when several are; [] for no observed words.

    Raises:
        ValueError: a position without candidates, or another number of lists than of words.

    >>> bigrams = {("<s>", "a"): -1, ("<s>", "b"): -2, ("b", "c"): -1, ("c", "</s>"): 0}
    >>> score = lambda previous, word: bigrams.get((previous, word), -10)
    >>> viterbi_decode(["x", "y"], [["a", "b"], ["c"]], lambda x, w: 0.0, score)
    ['b', 'c']
    """
    if len(candidates) != len(observed):
        raise ValueError(
            f"{len(observed)} observed words and {len(candidates)} lists of candidates"
        )
    if any(len(options) == 0 for options in candidates):
        empty = next(x for x, options in zip(observed, candidates, strict=True) if not len(options))
        raise ValueError(f"there are no candidates for {empty!r}")
    reached = {START: 0.0}  # the best score of a way that ends in this word
    came_from: list[dict[str, str]] = []
    for word, options in zip(observed, candidates, strict=True):
        before = {w: _best_before(w, reached, bigram_log_prob) for w in options}
        reached = {
            w: reached[v] + bigram_log_prob(v, w) + channel_log_prob(word, w)
            for w, v in before.items()
        }
        came_from.append(before)
    sentence = [_best_before(END, reached, bigram_log_prob)]
    for before in reversed(came_from):
        sentence.append(before[sentence[-1]])
    return sentence[-2::-1]  # it was written from its end, and begins with `<s>`


def _best_before(
    word: str, reached: dict[str, float], bigram_log_prob: Callable[[str, str], float]
) -> str:
    return max(reached, key=lambda v: reached[v] + bigram_log_prob(v, word))
