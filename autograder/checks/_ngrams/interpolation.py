"""ngrams.interpolated_probability: long contexts and short ones, mixed."""

from __future__ import annotations

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_sentences, some_words, telling_cases
from autograder.checks._ngrams.interpolation_versions import (
    backs_off,
    by_numpy,
    by_recursion,
    by_shortening,
    context_reversed,
    first_of_equal_weights,
    first_words,
    full_context,
    geometric,
    key_error,
    keyed_by_weight,
    largest,
    longest_only,
    minus_zero,
    normalised,
    not_refused,
    only_less_refused,
    only_more_refused,
    product,
    refused_by_assert,
    rounding_refused,
    seen_only,
    unigram_left_out,
    weights_ignored,
    weights_reversed,
)
from course_utils.ngrams import count_ngrams, interpolated_probability


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 4)

    def tables(num: int) -> tuple[list[dict], list[list[str]]]:
        sentences = some_sentences(rng, (9, 14, 11, 6), words)
        return [count_ngrams(sentences, n) for n in range(1, num + 1)], sentences

    def some_weights(num: int) -> list[float]:
        """Sixty-fourths, whose sum is exactly 1, and which are not the same from behind."""
        parts = rng.permutation([3, 8, 14, 39] if num == 4 else [5, 16, 43][:num])
        parts[0] += 64 - parts.sum()
        return (parts / 64).tolist()

    def known(shows: str, num: int, weights: list[float] | None = None) -> Case:
        """A context and a word from the corpus, so that every model has something to say."""
        models, sentences = tables(num)
        padded = ["<s>"] * (num - 1) + sentences[0] + ["</s>"]
        end = int(rng.integers(num - 1, len(padded) - 1))
        context = tuple(padded[end - num + 1 : end])
        return Case((models, weights or some_weights(num), context, padded[end]), shows)

    def unknown(num: int, *strange: str) -> Case:
        models, sentences = tables(num)
        word = sentences[0][1]
        context = (*strange, *sentences[0][: num - 1 - len(strange)])
        return Case((models, some_weights(num), context, word), "unseen")

    odd = [[0.1, 0.2, 0.7], [0.7, 0.1, 0.2], [0.2, 0.7, 0.1]]  # these sum to 1 but for rounding
    rounded = [weights for weights in odd if sum(weights) != 1]
    return [
        known("value", 3),
        known("value", 2),
        known("value", 4),
        known("value", 3, [0.375, 0.25, 0.375]),
        unknown(3, "tractor"),
        unknown(2, "tractor"),
        Case(([tables(1)[0][0]], [1.0], (), words[0]), "one"),
        known("sum", 3, [0.25, 0.5, 0.375]),
        known("sum", 2, [0.5, 0.46875]),
        known("rounding", 3, rounded[int(rng.integers(len(rounded)))]),
    ]


INTERPOLATED: Check = Check(
    exercise="ngrams.interpolated_probability",
    properties={
        "value": "gives Σ weight · p, where each model looks at its own context",
        "unseen": "counts 0 for a model that never saw its context",
        "one": "is the model itself when there is only one",
        "sum": "raises ValueError for weights that do not sum to 1",
        "rounding": "takes weights that sum to 1 but for rounding",
    },
    cases=telling_cases(lambda: INTERPOLATED, draw),
    expect=interpolated_probability,
    accepts=[by_numpy, by_shortening, by_recursion],
    misconceptions=[
        Misconception(
            "weights reversed",
            weights_reversed,
            "The weights are taken in reverse. weights[0] belongs to models[0], the unigrams.",
        ),
        Misconception(
            "first model of equal weights",
            first_of_equal_weights,
            "Two models of the same weight are taken for one: weights.index finds the first. Go through "
            "models and weights side by side.",
        ),
        Misconception(
            "one model for each weight",
            keyed_by_weight,
            "Of models with the same weight only the last counts: a dict whose keys are weights keeps one "
            "for each. Go through models and weights side by side.",
        ),
        Misconception(
            "weights ignored",
            weights_ignored,
            "This is the plain mean of the models. Multiply each probability by its own weight.",
        ),
        Misconception(
            "full context for every model",
            full_context,
            "Every model is asked with the whole context, and the shorter ones do not know it. The "
            "model of order n looks at the last n − 1 words only.",
        ),
        Misconception(
            "first words for last",
            first_words,
            "The shorter models get the first words of the context. The nearest words tell most: give "
            "them the last ones.",
        ),
        Misconception(
            "slice of −0",
            minus_zero,
            "context[-0:] is the whole context, not an empty one, so the unigrams are never found. Try "
            "context[len(context) - (n - 1):].",
        ),
        Misconception(
            "context reversed",
            context_reversed,
            "The context is back to front. Keep its words in the order in which they were said.",
        ),
        Misconception(
            "unseen context's weight given away",
            seen_only,
            "When a model never saw its context, its weight is shared among the others. By our "
            "convention it counts 0 and keeps its weight.",
        ),
        Misconception(
            "back-off",
            backs_off,
            "This takes one model, the longest that has seen such a thing, and no other: back-off. "
            "Interpolation always mixes all of them.",
        ),
        Misconception(
            "longest model only",
            longest_only,
            "This is the probability under the last model alone. Mix in the shorter ones.",
        ),
        Misconception(
            "unigrams left out",
            unigram_left_out,
            "The unigram model is left out. It has the empty context (), and knows every word seen.",
        ),
        Misconception(
            "geometric mean",
            geometric,
            "This multiplies powers of the probabilities. One 0 among them gives 0, which is what "
            "interpolation is to avoid: add, do not multiply.",
        ),
        Misconception(
            "product",
            product,
            "The weighted probabilities are multiplied. Add them up.",
        ),
        Misconception(
            "largest only",
            largest,
            "This is the largest of the weighted probabilities. Add them all up.",
        ),
        Misconception(
            "KeyError for an unseen context",
            key_error,
            "model[context] raises KeyError for a context that was never seen. Such a model counts 0: "
            "ngram_probability already does that.",
        ),
        Misconception(
            "weights never refused",
            not_refused,
            "Weights that do not sum to 1 give no probability. Raise ValueError for them.",
        ),
        Misconception(
            "weights normalised",
            normalised,
            "Weights that do not sum to 1 are divided by their sum here. That hides somebody's mistake: "
            "raise ValueError.",
        ),
        Misconception(
            "only too large a sum refused",
            only_more_refused,
            "Weights that sum to less than 1 pass here. Take the absolute difference from 1.",
        ),
        Misconception(
            "only too small a sum refused",
            only_less_refused,
            "Weights that sum to more than 1 pass here. Take the absolute difference from 1.",
        ),
        Misconception(
            "rounding refused",
            rounding_refused,
            "0.7 + 0.1 + 0.2 is 0.9999999999999999 for a computer. Refuse only sums that are off by "
            "more than 1e-6, not all that differ from 1.",
        ),
        Misconception(
            "another exception",
            refused_by_assert,
            "Wrong weights raise another exception than ValueError here (an assert raises "
            "AssertionError). Whoever calls this waits for ValueError.",
        ),
    ],
)
