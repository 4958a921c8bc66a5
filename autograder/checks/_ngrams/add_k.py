"""ngrams.add_k_probability: as if every word had been seen k times more often."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_sentences, some_words, telling_cases
from course_utils.ngrams import add_k_probability, count_ngrams, ngram_probability


def _smoothed(counts, context, word, k, size):
    row = counts.get(context, {})
    return (row.get(word, 0) + k) / (sum(row.values()) + k * size)


def only_above(counts, context, word, k, vocabulary):
    row = counts.get(context, {})
    return (row.get(word, 0) + k) / max(1, sum(row.values()))


def only_below(counts, context, word, k, vocabulary):
    row = counts.get(context, {})
    return row.get(word, 0) / (sum(row.values()) + k * len(vocabulary))


def k_once_below(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, 1)


def size_without_k(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(vocabulary) / k)


def without_end(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(set(vocabulary) - {"</s>"}))


def with_start(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(vocabulary) + 1)


def size_of_row(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(counts.get(context, {})) or 1)


def contexts_for_words(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(counts))


def seen_words(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len({w for row in counts.values() for w in row}))


def always_one(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, 1, len(vocabulary))


def not_smoothed(counts, context, word, k, vocabulary):
    return ngram_probability(counts, context, word)


def joint(counts, context, word, k, vocabulary):
    total = sum(sum(row.values()) for row in counts.values())
    return (counts.get(context, {}).get(word, 0) + k) / (total + k * len(vocabulary))


def unseen_context_zero(counts, context, word, k, vocabulary):
    return _smoothed(counts, context, word, k, len(vocabulary)) if context in counts else 0.0


def unseen_word_zero(counts, context, word, k, vocabulary):
    known = word in counts.get(context, {word: 0})
    return _smoothed(counts, context, word, k, len(vocabulary)) if known else 0.0


def only_unseen(counts, context, word, k, vocabulary):
    row = counts.get(context, {})
    return (row.get(word) or k) / (sum(row.values()) + k * len(vocabulary))


def key_error(counts, context, word, k, vocabulary):
    row = counts[context]
    return (row.get(word, 0) + k) / (sum(row.values()) + k * len(vocabulary))


def key_error_for_words(counts, context, word, k, vocabulary):
    row = counts.get(context, dict.fromkeys(vocabulary, 0))
    return (row[word] + k) / (sum(row.values()) + k * len(vocabulary))


def by_adding_everywhere(counts, context, word, k, vocabulary):
    row = Counter(counts.get(context, {}))
    added = {w: row[w] + k for w in vocabulary}
    return np.float64(added[word] / sum(added.values()))


def by_mixing(counts, context, word, k, vocabulary):
    """λ · maximum likelihood + (1 − λ)/V."""
    total = sum(counts.get(context, {}).values())
    size = len(set(vocabulary))
    weight = total / (total + k * size)
    return weight * ngram_probability(counts, context, word) + (1 - weight) / size


def by_fractions(counts, context, word, k, vocabulary):
    row = counts.get(context, {})
    share = Fraction(k) + row.get(word, 0)
    return float(share / (sum(map(Fraction, row.values())) + Fraction(k) * len(vocabulary)))


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 9)
    said, never_said = words[:5], words[5:7]
    vocabulary = [[*said, *never_said, "</s>"][i] for i in rng.permutation(8)]

    def table(n: int) -> dict:
        return count_ngrams(some_sentences(rng, (9, 13, 16, 5), said), n)

    def a_context(counts: dict) -> tuple:
        several = [c for c, row in counts.items() if len(row) > 1 and sum(row.values()) > 3]
        return several[rng.integers(len(several))]

    def some_k() -> float:
        return round(float(rng.uniform(0.05, 0.7)), 3)

    cases = []
    for n in (2, 3, 2):
        counts = table(n)
        context = a_context(counts)
        row = list(counts[context])
        word = row[rng.integers(len(row))]
        cases.append(Case((counts, context, word, some_k(), vocabulary), "value"))
    counts = table(2)
    cases.append(Case((counts, a_context(counts), "</s>", 2.5, vocabulary), "value"))
    cases.append(Case((table(1), (), said[1], some_k(), vocabulary), "unigrams"))
    for n in (2, 3):
        counts = table(n)
        context, strange = a_context(counts), (never_said[0], said[0])[: n - 1]
        cases.append(Case((counts, context, never_said[1], some_k(), vocabulary), "word"))
        cases.append(Case((counts, strange, said[2], some_k(), vocabulary), "context"))
    return cases


ADD_K: Check = Check(
    exercise="ngrams.add_k_probability",
    properties={
        "value": "gives (count(context, word) + k) / (count(context) + k V)",
        "unigrams": "works with the empty context of unigrams",
        "word": "gives a word that never followed the context its share",
        "context": "gives 1/V to each word after a context that was never seen",
    },
    cases=telling_cases(lambda: ADD_K, draw),
    expect=add_k_probability,
    accepts=[by_adding_everywhere, by_mixing, by_fractions],
    misconceptions=[
        Misconception(
            "k only in the numerator",
            only_above,
            "k is added above but not below, so the probabilities add up to more than 1. Each of the V "
            "words got k more, so all together got k V more.",
        ),
        Misconception(
            "k only in the denominator",
            only_below,
            "k V is added below, but k is missing above: the unseen word still gets 0.",
        ),
        Misconception(
            "k once in the denominator",
            k_once_below,
            "The denominator grows by k only. Every one of the V words got k more: add k V.",
        ),
        Misconception(
            "V without k in the denominator",
            size_without_k,
            "The denominator grows by V. That is right for k = 1 only: add k V.",
        ),
        Misconception(
            "V without the end",
            without_end,
            "V leaves out </s>. It can come next like any word, and is in the vocabulary already: V is "
            "len(vocabulary).",
        ),
        Misconception(
            "V one too large",
            with_start,
            "V is one too large. The vocabulary holds </s> already, and <s> is never predicted: V is "
            "len(vocabulary).",
        ),
        Misconception(
            "V from the row",
            size_of_row,
            "V is the number of words seen after this context. Smoothing is for those that were not: "
            "V is len(vocabulary).",
        ),
        Misconception(
            "V from the contexts",
            contexts_for_words,
            "V is the number of contexts, len(counts). It should be the number of words that can come "
            "next: len(vocabulary).",
        ),
        Misconception(
            "V from the counts",
            seen_words,
            "V is the number of words seen in training. The vocabulary holds words never seen, too: V is "
            "len(vocabulary).",
        ),
        Misconception(
            "k is always 1",
            always_one,
            "This adds 1, whatever k is. Add-one smoothing takes far too much from what was seen; k is "
            "often 0.1 or less.",
        ),
        Misconception(
            "not smoothed",
            not_smoothed,
            "This is the maximum likelihood estimate. Add k to the count, and k V to the total.",
        ),
        Misconception(
            "divided by all tokens",
            joint,
            "The denominator holds the number of all n-grams. It should be the count of this context.",
        ),
        Misconception(
            "0 for an unseen context",
            unseen_context_zero,
            "A context that was never seen gives 0. With k it gives k/(k V) = 1/V: knowing nothing, all "
            "words are alike.",
        ),
        Misconception(
            "0 for an unseen word",
            unseen_word_zero,
            "A word that never followed the context gives 0. It was to be spared just that: it gets k.",
        ),
        Misconception(
            "k only for the unseen",
            only_unseen,
            "Only unseen words get k. Add it to every count; otherwise the sum is not 1.",
        ),
        Misconception(
            "KeyError for an unseen context",
            key_error,
            "counts[context] raises KeyError for a context that was never seen, or lets a defaultdict "
            "grow. Look with counts.get(context, {}).",
        ),
        Misconception(
            "KeyError for an unseen word",
            key_error_for_words,
            "row[word] raises KeyError for a word that never followed the context. Look with "
            "row.get(word, 0).",
        ),
    ],
)
