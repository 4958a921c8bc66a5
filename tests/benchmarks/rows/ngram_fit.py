"""A trigram model of a million tokens: sorted numbers, against nltk's dictionaries."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from math import log10
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data import DataError
from course_utils.data.shakespeare import load_shakespeare, sentences
from course_utils.ngrams import FastNgramModel
from tests.benchmarks.contest import Contest, Sides

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
    """The perplexity alone: kenlm reads a model that was counted here, and judges the same sentences.

    Its package cannot fit one, and its program fits by Kneser–Ney smoothing only.
    """
    import kenlm as peer

    text = million_tokens()
    model = FastNgramModel(text, N)
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        path = Path(place, "model.arpa")
        path.write_text(arpa(text), encoding="utf-8")
        quiet = peer.Config()
        quiet.show_progress = False
        theirs = peer.LanguageModel(str(path), quiet)
    lines = [" ".join(sentence) for sentence in text]
    num_tokens = sum(len(sentence) + 1 for sentence in text)

    def ours() -> float:
        return model.perplexity(text, [0, 0, 1])

    def kenlms() -> float:
        return 10 ** (-sum(map(theirs.score, lines)) / num_tokens)

    return Sides(ours, kenlms, lambda one, other: abs(one / other - 1) < 1e-4)


def arpa(text: list[list[str]]) -> str:
    """Maximum likelihood trigrams as an ARPA file, counted word by word."""
    padded = [["<s>", *sentence, "</s>"] for sentence in text]
    counts = [
        Counter(tuple(words[i : i + n]) for words in padded for i in range(len(words) - n + 1))
        for n in range(1, N + 1)
    ]
    before = [Counter[tuple[str, ...]]() for _ in counts]  # how often each context is gone on from
    for context, order in zip(before, counts, strict=True):
        for gram, number in order.items():
            context[gram[:-1]] += number
    before[0][()] -= counts[0][("<s>",)]  # which is never predicted
    lines = ["\\data\\", *(f"ngram {n}={len(order)}" for n, order in enumerate(counts, start=1))]
    for n, (order, context) in enumerate(zip(counts, before, strict=True), start=1):
        lines += ["", f"\\{n}-grams:"]
        for gram, number in order.items():
            share = -99.0 if gram == ("<s>",) else log10(number / context[gram[:-1]])
            lines.append(f"{share:.7f}\t{' '.join(gram)}" + "\t0" * (n < N))
    return "\n".join([*lines, "", "\\end\\", ""])


_TEXT = "1 010 059 tokens of Shakespeare (without the data: generated ones)"
CONTESTS = [
    Contest(
        "n-gram fit + perplexity", "nltk.lm.MLE", 1 / 10,
        f"fit on {_TEXT} and their perplexity, n = 3", ("nltk",), prepare,
    ),
    Contest(
        "n-gram fit + perplexity", "kenlm, perplexity alone", 3,
        f"perplexity of {_TEXT}, n = 3, the model read before: kenlm's package does not fit one", ("kenlm",), kenlm,
    ),
]  # fmt: skip
