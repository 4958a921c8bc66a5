"""ngrams.perplexity: how many sides would a fair die have that surprises as much?"""

from __future__ import annotations

import math

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_sentences, some_words, telling_cases
from autograder.checks._ngrams.sentence import probabilities
from course_utils.ngrams import count_ngrams, perplexity, sentence_log_probability


def _each(counts, n, sentences):
    """Log probability and number of predicted tokens of each sentence."""
    return [(sentence_log_probability(counts, n, s), len(s) + 1) for s in sentences]


def _totals(counts, n, sentences):
    pairs = _each(counts, n, sentences)
    return sum(total for total, _ in pairs), sum(tokens for _, tokens in pairs)


def _exp(x):
    return math.exp(x) if x < 700 else math.inf


def divided_by_sentences(counts, n, sentences):
    return _exp(-_totals(counts, n, sentences)[0] / len(sentences))


def ends_not_counted(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return _exp(-total / max(1, tokens - len(sentences)))


def ends_not_predicted(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s, end=False)]
    return _exp(-sum(math.log(p) if p else -math.inf for p in values) / max(1, len(values)))


def starts_counted(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return _exp(-total / (tokens + (n - 1) * len(sentences)))


def base_2(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return 2 ** (-total / tokens)


def bits_in_exp(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return _exp(-total / math.log(2) / tokens)


def below_one(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return math.exp(total / tokens)


def not_divided(counts, n, sentences):
    return _exp(-_totals(counts, n, sentences)[0])


def mean_of_perplexities(counts, n, sentences):
    return float(np.mean([_exp(-total / m) for total, m in _each(counts, n, sentences)]))


def sentences_alike(counts, n, sentences):
    return _exp(-float(np.mean([total / m for total, m in _each(counts, n, sentences)])))


def cross_entropy(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return -total / tokens


def inverse_mean(counts, n, sentences):
    return 1 / float(np.mean([p for s in sentences for p in probabilities(counts, n, s)]))


def product_inf(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    product = math.prod(values)
    return product ** (-1 / len(values)) if product else math.inf


def product_raises(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    return math.prod(values) ** (-1 / len(values))


def unseen_skipped(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    return _exp(-sum(math.log(p) for p in values if p) / len(values))


def unseen_raises(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    return _exp(-sum(math.log(p) for p in values) / len(values))


def last_sentence_only(counts, n, sentences):
    return perplexity(counts, n, sentences[-1:])


def equal_once(counts, n, sentences):
    return perplexity(counts, n, dict.fromkeys(map(tuple, sentences)))


def by_length(counts, n, sentences):
    totals = {tokens: total for total, tokens in _each(counts, n, sentences)}
    return _exp(-sum(totals.values()) / sum(totals))


def by_numpy(counts, n, sentences):
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    with np.errstate(divide="ignore"):
        return np.exp(-np.log(values).mean())


def by_geometric_mean(counts, n, sentences):
    """The root first, then the product, so that nothing underflows."""
    values = [p for s in sentences for p in probabilities(counts, n, s)]
    if not all(values):
        return float("inf")
    return np.float64(1 / math.prod(p ** (1 / len(values)) for p in values))


def by_bits(counts, n, sentences):
    total, tokens = _totals(counts, n, sentences)
    return 2 ** -(total / math.log(2) / tokens)


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 5)

    def corpus(*lengths: int) -> list[list[str]]:
        return some_sentences(rng, lengths, words)

    def seen(shows: str, n: int, lengths: tuple[int, ...], tested: int) -> Case:
        """The first sentences of the corpus, which the model of course knows."""
        sentences = corpus(*lengths)
        return Case((count_ngrams(sentences, n), n, sentences[:tested]), shows)

    def said_again(shows: str, n: int, *lengths: int) -> Case:
        """Two sentences of one length, and the first once more."""
        sentences = corpus(*lengths)
        tested = [sentences[0], sentences[1], sentences[0]]
        return Case((count_ngrams(sentences, n), n, tested), shows)

    sentences = corpus(7, 5, 9)
    strange = [sentences[0], [*sentences[1][:2], "tractor"], sentences[2]]
    return [
        seen("value", 2, (3, 8, 5, 11, 6), 3),
        seen("value", 3, (9, 2, 6, 14, 12, 10), 3),
        seen("value", 2, (1, 17, 4, 9), 4),
        said_again("value", 2, 6, 6, 3, 10),
        seen("unigrams", 1, (5, 2, 9, 7), 3),
        seen("long", 2, (813, 60, 40), 2),
        Case((count_ngrams(sentences, 2), 2, strange), "unseen"),
        seen("empty", 2, (0, 4, 7, 0, 6), 2),
    ]


PERPLEXITY: Check = Check(
    exercise="ngrams.perplexity",
    properties={
        "value": "gives exp(−total log p / predicted tokens) over all sentences",
        "unigrams": "works for n = 1",
        "long": "survives texts whose probability is too small for a float",
        "unseen": "gives inf when an n-gram was never seen",
        "empty": "counts the </s> of an empty sentence",
    },
    cases=telling_cases(lambda: PERPLEXITY, draw),
    expect=perplexity,
    accepts=[by_numpy, by_geometric_mean, by_bits],
    misconceptions=[
        Misconception(
            "divided by sentences",
            divided_by_sentences,
            "This is divided by the number of sentences. Perplexity is per token: divide by the number "
            "of words, plus one </s> for each sentence.",
        ),
        Misconception(
            "ends not counted",
            ends_not_counted,
            "The </s> are in the sum but not in the number of tokens. What is predicted is counted: "
            "len(sentence) + 1.",
        ),
        Misconception(
            "ends not predicted",
            ends_not_predicted,
            "The </s> are left out altogether. The model also predicts where a sentence ends; it is "
            "part of the sum and of the number of tokens.",
        ),
        Misconception(
            "starts counted",
            starts_counted,
            "The <s> are counted as tokens. They are given, never predicted, so they do not count.",
        ),
        Misconception(
            "base 2 for e",
            base_2,
            "The logarithm is natural, but the power has base 2. Use the same base for both: math.exp.",
        ),
        Misconception(
            "bits in exp",
            bits_in_exp,
            "The logarithm has base 2, but the power is exp. Use the same base for both.",
        ),
        Misconception(
            "minus forgotten",
            below_one,
            "This is below 1: the minus is missing. A perplexity is a number of choices, at least 1.",
        ),
        Misconception(
            "not divided",
            not_divided,
            "The total is not divided by the number of tokens. Without that, longer texts are always "
            "worse.",
        ),
        Misconception(
            "mean of perplexities",
            mean_of_perplexities,
            "This is the mean of the sentences' perplexities. Add up all logarithms, count all tokens, "
            "and take one exp at the end.",
        ),
        Misconception(
            "sentences weighed alike",
            sentences_alike,
            "Each sentence was divided by its own length, so that a short one weighs as much as a long "
            "one. Divide the total by all tokens together.",
        ),
        Misconception(
            "exp forgotten",
            cross_entropy,
            "This is the cross-entropy in nats. Perplexity is exp of it.",
        ),
        Misconception(
            "one over the mean",
            inverse_mean,
            "This is one over the arithmetic mean of the probabilities. The mean is geometric: average "
            "the logarithms.",
        ),
        Misconception(
            "product underflows to inf",
            product_inf,
            "The probabilities are multiplied first; for long texts the product is 0 and the answer "
            "inf. Add up logarithms, and divide before you take exp.",
        ),
        Misconception(
            "0 to a negative power",
            product_raises,
            "The product of the probabilities becomes 0, for long texts and for unseen n-grams, and 0 "
            "has no negative power. Add up logarithms; return inf when something is unseen.",
        ),
        Misconception(
            "unseen n-grams skipped",
            unseen_skipped,
            "N-grams that were never seen are left out of the sum. A model that calls impossible what "
            "then happens is infinitely surprised: inf.",
        ),
        Misconception(
            "log(0) raises",
            unseen_raises,
            "math.log(0) raises ValueError. When something has probability 0, return inf: math.inf.",
        ),
        Misconception(
            "equal sentences counted once",
            equal_once,
            "A sentence that comes again is not counted again (a set or a dict keeps it once). Every "
            "sentence of the text is predicted.",
        ),
        Misconception(
            "one sentence for each length",
            by_length,
            "Of sentences of the same length only the last counts: a dict whose keys are lengths keeps "
            "one value for each. Add up as you go.",
        ),
        Misconception(
            "last sentence only",
            last_sentence_only,
            "Only the last sentence counts. Set the sums to 0 once, before the loop.",
        ),
    ],
)
