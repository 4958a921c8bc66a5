"""A trigram model of a million tokens: sorted numbers, against nltk's dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_utils.data import DataError
from course_utils.data.shakespeare import load_shakespeare, sentences
from course_utils.ngrams import FastNgramModel
from tests.benchmarks.contest import CannotRun, Contest, Sides

N = 3


def million_tokens() -> list[list[str]]:
    """All of Shakespeare; where it was not fetched, words as frequent as in a language."""
    try:
        return [sentence for text in load_shakespeare().values() for sentence in sentences(text)]
    except DataError:
        words = np.minimum(np.random.default_rng(1).zipf(1.3, 1_000_000), 30_000)
        return np.array([f"w{word}" for word in words]).reshape(-1, 20).tolist()


def prepare() -> Sides:
    """Fit on all sentences, then judge all of them."""
    from nltk.lm import MLE
    from nltk.util import everygrams, ngrams

    text = million_tokens()

    def padded() -> Iterator[list[str]]:
        return (["<s>", "<s>", *sentence, "</s>"] for sentence in text)

    def ours() -> tuple[FastNgramModel, float]:
        model = FastNgramModel(text, N)
        return model, model.perplexity(text, [0, 0, 1])

    def nltks() -> tuple[MLE, float]:
        model = MLE(N)
        model.fit(
            (everygrams(words, max_len=N) for words in padded()),
            vocabulary_text=(word for words in padded() for word in words),
        )
        return model, model.perplexity(w for words in padded() for w in ngrams(words, N))

    def same(ours: tuple[FastNgramModel, float], theirs: tuple[Any, float]) -> bool:
        """The same perplexity, and the same probabilities of 1 000 sentences and of these backwards."""
        some = [sentence for s in text[::50][:1000] for sentence in (s, s[::-1])]
        windows = [w for s in some for w in ngrams(["<s>", "<s>", *s, "</s>"], N)]
        expected = [theirs[0].score(w[-1], w[:-1]) for w in windows]
        found = ours[0].probabilities(some)[N - 1]
        return (
            bool(np.abs(found - expected).max() <= 1e-12) and abs(ours[1] / theirs[1] - 1) <= 1e-9
        )

    return Sides(ours, nltks, same)


def kenlm() -> Sides:
    """Never runs: see the message."""
    raise CannotRun(
        "kenlm estimates modified Kneser-Ney probabilities only, so the answers cannot be the same; "
        "and its package on PyPI reads models but does not fit them"
    )


_WORK = "fit on 1 010 059 tokens of Shakespeare (without the data: generated ones) and their perplexity, n = 3"
CONTESTS = [
    Contest("n-gram fit + perplexity", "nltk.lm.MLE", 1 / 10, _WORK, ("nltk",), prepare),
    Contest("n-gram fit + perplexity", "kenlm", 3, _WORK, (), kenlm),
]
