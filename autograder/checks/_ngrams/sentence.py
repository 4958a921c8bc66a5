"""ngrams.sentence_log_probability: a chain of conditional probabilities, in logarithms."""

from __future__ import annotations

import math

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import (
    draw_until,
    some_sentences,
    some_words,
    telling_cases,
)
from course_utils.ngrams import count_ngrams, ngram_probability, sentence_log_probability


def probabilities(counts, n, sentence, *, starts=None, end=True):
    """Of each word given the n − 1 before it."""
    padded = ["<s>"] * (n - 1 if starts is None else starts) + [*sentence] + ["</s>"] * end
    first = len(padded) - len(sentence) - end
    return [
        ngram_probability(counts, tuple(padded[max(0, i - n + 1) : i]), padded[i])
        for i in range(first, len(padded))
    ]


def _sum_of_logs(values, log=math.log):
    return sum(log(p) if p else -math.inf for p in values)


def no_end(counts, n, sentence):
    return _sum_of_logs(probabilities(counts, n, sentence, end=False))


def binary(counts, n, sentence):
    return _sum_of_logs(probabilities(counts, n, sentence), math.log2)


def decimal(counts, n, sentence):
    return _sum_of_logs(probabilities(counts, n, sentence), math.log10)


def probability(counts, n, sentence):
    return math.prod(probabilities(counts, n, sentence))


def surprise(counts, n, sentence):
    return -sentence_log_probability(counts, n, sentence)


def mean(counts, n, sentence):
    return sentence_log_probability(counts, n, sentence) / (len(sentence) + 1)


def underflows(counts, n, sentence):
    product = math.prod(probabilities(counts, n, sentence))
    return math.log(product) if product else -math.inf


def underflow_raises(counts, n, sentence):
    values = probabilities(counts, n, sentence)
    return math.log(math.prod(values)) if all(values) else -math.inf


def unseen_skipped(counts, n, sentence):
    return _sum_of_logs(p for p in probabilities(counts, n, sentence) if p)


def unseen_raises(counts, n, sentence):
    return sum(math.log(p) for p in probabilities(counts, n, sentence))


def floor(counts, n, sentence):
    return sum(math.log(p or 1e-10) for p in probabilities(counts, n, sentence))


def unseen_zero(counts, n, sentence):
    total = sentence_log_probability(counts, n, sentence)
    return 0.0 if total == -math.inf else total


def first_words_free(counts, n, sentence):
    return _sum_of_logs(probabilities(counts, n, sentence)[n - 1 :])


def one_start(counts, n, sentence):
    return _sum_of_logs(probabilities(counts, n, sentence, starts=min(1, n - 1)))


def joint(counts, n, sentence):
    total = sum(sum(row.values()) for row in counts.values())
    padded = ["<s>"] * (n - 1) + [*sentence, "</s>"]
    windows = [tuple(padded[i : i + n]) for i in range(len(padded) - n + 1)]
    return _sum_of_logs(counts.get(w[:-1], {}).get(w[-1], 0) / total for w in windows)


def log_of_sum(counts, n, sentence):
    return math.log(sum(probabilities(counts, n, sentence)) or 1)


def empty_is_certain(counts, n, sentence):
    return sentence_log_probability(counts, n, sentence) if sentence else 0.0


def by_numpy(counts, n, sentence):
    with np.errstate(divide="ignore"):
        return np.log(probabilities(counts, n, sentence)).sum()


def by_differences(counts, n, sentence):
    """log counts − log totals, from the last word to the first."""
    words = ["</s>", *reversed(sentence)] + ["<s>"] * (n - 1)
    total = 0.0
    try:
        for i in range(len(sentence) + 1):
            row = counts[tuple(words[i + n - 1 : i : -1])]
            total += math.log(row[words[i]]) - math.log(sum(row.values()))
    except KeyError:
        return float("-inf")
    return total


def by_float32(counts, n, sentence):
    values = np.array(probabilities(counts, n, sentence))
    return np.log(values).sum(dtype=np.float64).astype(np.float32) if values.all() else -np.inf


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 5)

    def corpus(*lengths: int) -> list[list[str]]:
        return some_sentences(rng, lengths, words)

    def seen(shows: str, n: int, *lengths: int) -> Case:
        """The first sentence of the corpus, which the model of course knows."""
        sentences = corpus(*lengths)
        return Case((count_ngrams(sentences, n), n, sentences[0]), shows)

    def stopped_short() -> tuple:
        """A sentence that was seen, but not to end there."""
        sentences = corpus(9, 7, 8)
        return count_ngrams(sentences, 2), 2, sentences[0][:6]

    never_ends = draw_until(stopped_short, lambda args: no_end(*args) > -math.inf == _right(args))
    sentences = corpus(8, 6, 9)
    bigrams = count_ngrams(sentences, 2)
    return [
        seen("value", 2, 5, 8, 9, 7),
        seen("value", 3, 7, 11, 12, 10, 9),
        seen("value", 2, 9, 4, 13, 6),
        seen("unigrams", 1, 6, 3, 8),
        seen("long", 2, 861, 40, 60),
        Case(never_ends, "unseen"),
        Case((bigrams, 2, [*sentences[1][:3], "tractor", *sentences[1][3:]]), "unseen"),
        seen("empty", 2, 0, 5, 0, 7, 6),
    ]


def _right(args: tuple) -> float:
    return sentence_log_probability(*args)


SENTENCE: Check = Check(
    exercise="ngrams.sentence_log_probability",
    properties={
        "value": "adds up log p(word | the n − 1 words before) in nats, with that of </s>",
        "unigrams": "works for n = 1",
        "long": "survives sentences whose probability is too small for a float",
        "unseen": "gives −inf when an n-gram was never seen, be it the last",
        "empty": "gives the empty sentence the log probability of its </s>",
    },
    cases=telling_cases(lambda: SENTENCE, draw),
    expect=sentence_log_probability,
    accepts=[by_numpy, by_differences, by_float32],
    misconceptions=[
        Misconception(
            "no end",
            no_end,
            "The </s> is left out. A sentence is also the decision to stop there; without it the "
            "probabilities of all sentences add up to more than 1.",
        ),
        Misconception(
            "log2",
            binary,
            "This is in bits: the logarithm has base 2. Use the natural one, math.log, for nats.",
        ),
        Misconception(
            "log10",
            decimal,
            "The logarithm has base 10. Use the natural one: math.log or np.log.",
        ),
        Misconception(
            "probability for its logarithm",
            probability,
            "This is the probability. Add up the logarithms of the factors instead of multiplying.",
        ),
        Misconception(
            "sign turned round",
            surprise,
            "This is minus the log probability. Probabilities are at most 1, so their logarithms are at "
            "most 0.",
        ),
        Misconception(
            "mean for sum",
            mean,
            "This is divided by the number of words. That comes later, in perplexity; here it is the sum.",
        ),
        Misconception(
            "product underflows",
            underflows,
            "The probabilities are multiplied first. After some hundred words the product is too small "
            "for a float and becomes 0. Add up logarithms.",
        ),
        Misconception(
            "logarithm of an underflown product",
            underflow_raises,
            "The probabilities are multiplied first; after some hundred words the product is 0, and "
            "its logarithm fails. Add up logarithms.",
        ),
        Misconception(
            "unseen n-grams skipped",
            unseen_skipped,
            "N-grams that were never seen are left out of the sum. A factor of 0 makes the whole "
            "product 0, so the answer is −inf.",
        ),
        Misconception(
            "log(0) raises",
            unseen_raises,
            "math.log(0) raises ValueError. When a probability is 0, return −inf: -math.inf.",
        ),
        Misconception(
            "floor for 0",
            floor,
            "A probability of 0 is replaced by a tiny number. Then the impossible gets a finite answer "
            "that depends on the number chosen. Return −inf.",
        ),
        Misconception(
            "0 for the impossible",
            unseen_zero,
            "A sentence with an n-gram never seen gives 0 here. log p = 0 means p = 1: certain. Its "
            "probability is 0, so the answer is −inf.",
        ),
        Misconception(
            "first words free",
            first_words_free,
            "The first n − 1 words cost nothing here. They are predicted too, from <s>.",
        ),
        Misconception(
            "one start for any n",
            one_start,
            "There is one <s> whatever n is, so the first context is never found. Begin with n − 1.",
        ),
        Misconception(
            "joint for conditional",
            joint,
            "Each count is divided by the number of all n-grams. Divide by the count of its context.",
        ),
        Misconception(
            "logarithm of a sum",
            log_of_sum,
            "The probabilities are added and then the logarithm is taken. It is the other way round: "
            "the logarithm of a product is the sum of the logarithms.",
        ),
        Misconception(
            "empty sentence certain",
            empty_is_certain,
            "The empty sentence gets 0, that is probability 1. It still has to end: add log p(</s>).",
        ),
    ],
)
