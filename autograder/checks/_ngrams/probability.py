"""ngrams.ngram_probability: how probable is a word after its context?"""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_sentences, some_words, telling_cases
from course_utils.ngrams import count_ngrams, ngram_probability


def _count(counts, context, word):
    return counts.get(context, {}).get(word, 0)


def _all(counts):
    return sum(sum(row.values()) for row in counts.values())


def joint(counts, context, word):
    return _count(counts, context, word) / _all(counts)


def context_probability(counts, context, word):
    return sum(counts.get(context, {}).values()) / _all(counts)


def word_alone(counts, context, word):
    """Forgets the context: how frequent the word is anywhere."""
    return sum(row.get(word, 0) for row in counts.values()) / _all(counts)


def turned_round(counts, context, word):
    total = sum(row.get(word, 0) for row in counts.values())
    return _count(counts, context, word) / total if total else 0.0


def types(counts, context, word):
    row = counts.get(context, {})
    return _count(counts, context, word) / len(row) if row else 0.0


def uniform(counts, context, word):
    row = counts.get(context, {})
    return 1 / len(row) if word in row else 0.0


def number(counts, context, word):
    return _count(counts, context, word)


def contexts_seen(counts, context, word):
    return _count(counts, context, word) / len(counts)


def add_one(counts, context, word):
    row = counts.get(context, {})
    return (row.get(word, 0) + 1) / (sum(row.values()) + len(row)) if row else 0.0


def last_word_only(counts, context, word):
    rows = [row for known, row in counts.items() if known[-1:] == context[-1:]]
    total = sum(sum(row.values()) for row in rows)
    return sum(row.get(word, 0) for row in rows) / total if total else 0.0


def key_error(counts, context, word):
    return counts[context].get(word, 0) / sum(counts[context].values())


def key_error_for_words(counts, context, word):
    return counts[context][word] / sum(counts[context].values()) if context in counts else 0.0


def divides_by_zero(counts, context, word):
    row = counts.get(context, {})
    return row.get(word, 0) / sum(row.values())


def unseen_nan(counts, context, word):
    return ngram_probability(counts, context, word) if context in counts else math.nan


def unseen_uniform(counts, context, word):
    known = {w for row in counts.values() for w in row}
    return ngram_probability(counts, context, word) if context in counts else 1 / len(known)


def logarithm(counts, context, word):
    p = ngram_probability(counts, context, word)
    return math.log(p) if p else -math.inf


def by_counter(counts, context, word):
    row = Counter(counts.get(context))
    return np.float64(row[word]) / row.total() if row else 0.0


def by_fraction(counts, context, word):
    try:
        return float(Fraction(counts[context][word], sum(counts[context].values())))
    except KeyError:
        return 0


def by_normalising(counts, context, word):
    words = list(counts.get(context, ()))
    if word not in words:
        return np.float32(0)
    row = np.array([counts[context][w] for w in words], np.float32)
    return (row / row.sum())[words.index(word)]


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 5)

    def table(n: int) -> dict:
        return count_ngrams(some_sentences(rng, (9, 13, 16, 5), words), n)

    def a_context(counts: dict) -> tuple:
        several = [c for c, row in counts.items() if len(row) > 1 and sum(row.values()) > 3]
        return several[rng.integers(len(several))]

    cases = []
    for n in (2, 3, 2):
        counts = table(n)
        context = a_context(counts)
        row = list(counts[context])
        cases.append(Case((counts, context, row[rng.integers(len(row))]), "value"))
    unigrams = table(1)
    cases.append(Case((unigrams, (), words[int(rng.integers(4))]), "unigrams"))
    for n in (2, 3):
        counts = table(n)
        cases.append(Case((counts, a_context(counts), "tractor"), "word"))
        cases.append(Case((counts, ("tractor", words[0])[: n - 1], words[0]), "context"))
    counts = table(2)
    return [*cases, Case((counts, ("</s>",), words[1]), "context")]


PROBABILITY: Check = Check(
    exercise="ngrams.ngram_probability",
    properties={
        "value": "gives count(context, word) / count(context)",
        "unigrams": "works with the empty context of unigrams",
        "word": "gives 0 for a word that was never seen after this context",
        "context": "gives 0 for a context that was never seen",
    },
    cases=telling_cases(lambda: PROBABILITY, draw),
    expect=ngram_probability,
    accepts=[by_counter, by_fraction, by_normalising],
    misconceptions=[
        Misconception(
            "divided by all tokens",
            joint,
            "This is divided by the number of all n-grams, which gives the joint probability of context "
            "and word. Given the context, divide by how often that context was seen.",
        ),
        Misconception(
            "probability of the context",
            context_probability,
            "This is how frequent the context is. Asked is how often the word follows it.",
        ),
        Misconception(
            "context ignored",
            word_alone,
            "This is how frequent the word is anywhere. Look only at the row of this context.",
        ),
        Misconception(
            "condition turned round",
            turned_round,
            "This is p(context | word): it is divided by how often the word was seen. Divide by how "
            "often the context was seen.",
        ),
        Misconception(
            "divided by different words",
            types,
            "This is divided by the number of different words in the row. Divide by the sum of their "
            "counts: sum(row.values()), not len(row).",
        ),
        Misconception(
            "all words alike",
            uniform,
            "Every word seen after the context gets the same probability here. A word that followed "
            "three times is three times as probable as one that followed once.",
        ),
        Misconception(
            "count for probability",
            number,
            "This is the count. Divide it by the sum of all counts in its row.",
        ),
        Misconception(
            "divided by contexts",
            contexts_seen,
            "This is divided by the number of contexts. Divide by the sum of the row of this context.",
        ),
        Misconception(
            "add one",
            add_one,
            "Each count has 1 added to it. That is smoothing, and comes later; maximum likelihood takes "
            "the counts as they are.",
        ),
        Misconception(
            "only the last word of the context",
            last_word_only,
            "Only the last word of the context is looked at. A trigram's context is two words, and "
            "both count.",
        ),
        Misconception(
            "KeyError for an unseen context",
            key_error,
            "counts[context] raises KeyError for a context that was never seen, and a defaultdict would "
            "silently grow. Look with counts.get(context), and return 0.0 when there is nothing.",
        ),
        Misconception(
            "KeyError for an unseen word",
            key_error_for_words,
            "row[word] raises KeyError for a word that never followed this context. row.get(word, 0) "
            "gives 0 instead, and adds nothing to the table.",
        ),
        Misconception(
            "0/0",
            divides_by_zero,
            "For a context that was never seen the sum of counts is 0, and dividing by it fails. Look "
            "first, and return 0.0.",
        ),
        Misconception(
            "nan for an unseen context",
            unseen_nan,
            "A context that was never seen gives nan here, and nan spoils every sum it enters. By our "
            "convention it gives 0.0.",
        ),
        Misconception(
            "uniform for an unseen context",
            unseen_uniform,
            "A context that was never seen gives every word the same probability here. That is a kind "
            "of smoothing; by our convention it gives 0.0.",
        ),
        Misconception(
            "logarithm",
            logarithm,
            "This is the logarithm of the probability. Return the probability itself here.",
        ),
    ],
)
