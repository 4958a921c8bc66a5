"""From counts to probabilities: of a word, of a sentence, of a text.

Maximum likelihood: a word is as probable as it was frequent. Products of many probabilities
underflow, so everything longer than a word is computed in natural logarithms.

Source: CMU 10-301/601, lecture 28, "n-Gram Language Model".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, inf, log

from course_utils.ngrams.counting import END, START, Counts, Word


def ngram_probability(counts: Counts, context: Sequence[Word], word: Word) -> float:
    """Return count(context, word) / count(context), the maximum likelihood estimate.

    Args:
        counts: from `count_ngrams`; looking up changes nothing in it.
        context: n − 1 words.
        word: the next word.

    Returns:
        The probability; 0.0 for a context that was never seen.

    >>> ngram_probability({("cows", "eat"): {"corn": 4, "hay": 2}}, ("cows", "eat"), "corn")
    0.6666666666666666
    """
    row = counts.get(tuple(context), {})
    return row.get(word, 0) / sum(row.values()) if row else 0.0


def sentence_log_probability(counts: Counts, n: int, sentence: Sequence[Word]) -> float:
    """Return the natural logarithm of the probability of a sentence, its `</s>` included.

    Args:
        counts: {context: {word: count}}, for n-grams.
        n: their length.
        sentence: its words, without `</s>`.

    Returns:
        Nats, at most 0; −inf when the sentence holds an n-gram that was never seen.

    >>> sentence_log_probability({(): {"a": 1, "</s>": 1}}, 1, ["a"])  # log(1/2 · 1/2)
    -1.3862943611198906
    """
    total = 0.0
    context: tuple[Word, ...] = (START,) * (n - 1)
    for word in (*sentence, END):
        probability = ngram_probability(counts, context, word)
        if probability == 0:
            return -inf
        total += log(probability)
        context = (*context, word)[1:]
    return total


def perplexity(counts: Counts, n: int, sentences: Iterable[Sequence[Word]]) -> float:
    """Return exp(−total log probability / number of predicted tokens).

    As surprised as by a fair die with this many sides. Every word and every `</s>` is predicted.

    Args:
        counts: {context: {word: count}}, for n-grams.
        n: their length.
        sentences: each a list of words.

    Returns:
        At least 1; inf when something was never seen.

    Raises:
        ValueError: no sentences, so nothing was predicted.

    >>> round(perplexity({(): {"a": 1, "</s>": 1}}, 1, [["a"], ["a", "a"]]), 9)
    2.0
    """
    total, num_tokens = 0.0, 0
    for sentence in sentences:
        total += sentence_log_probability(counts, n, sentence)
        num_tokens += len(sentence) + 1
    if num_tokens == 0:
        raise ValueError("there are no sentences: nothing is predicted")
    return exp(-total / num_tokens)
