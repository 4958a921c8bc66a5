"""Fitting a trigram model by the number of tokens: counting is linear, sorting a little more.

Up to a million tokens are Shakespeare's; beyond that his text comes again and again, each time with all words
changed into others, so that no trigram has been seen before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from course_utils.ngrams import FastNgramModel
from tests.benchmarks.curves.growth import Curve, Line
from tests.benchmarks.rows.ngram_fit import million_tokens

N = 3
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000)


def without_end() -> Iterator[list[str]]:
    """Yield sentences: the text, then the text in other words, and so on."""
    text = million_tokens()
    words = {word for sentence in text for word in sentence}
    for copy in count():
        others = {word: f"{word}{copy or ''}" for word in words}
        for sentence in text:
            yield [others[word] for word in sentence]


def first(num_tokens: int) -> list[list[str]]:
    """The first sentences, of so many tokens together; the last may be cut short."""
    chosen, left = [], num_tokens
    for sentence in without_end():
        chosen.append(sentence[:left])
        left -= len(sentence)
        if left <= 0:
            return chosen
    raise AssertionError


def ours(num_tokens: int) -> Callable[[], Any]:
    text = first(num_tokens)
    return lambda: FastNgramModel(text, N)


def nltks(num_tokens: int) -> Callable[[], Any]:
    from nltk.lm import MLE
    from nltk.lm.preprocessing import padded_everygram_pipeline

    text = first(num_tokens)

    def fit() -> Any:
        model = MLE(N)
        model.fit(*padded_everygram_pipeline(N, text))
        return model

    return fit


CURVE = Curve(
    name="n-grams",
    title="Fitting a trigram model",
    size="tokens",
    cost="seconds",
    lines=(
        Line("ours", SIZES, ours, 1.0, fit_from=100_000),
        Line("nltk.lm.MLE", SIZES[:5], nltks, 1.0, fit_from=30_000),
    ),
    packages=("nltk",),
)
