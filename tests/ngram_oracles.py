"""Shared by the tests of unit 03: sentences to count, and nltk.lm fitted as this unit pads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from nltk.util import ngrams

from course_utils.ngrams.history import COWS

COWS_SENTENCES = [snippet.split() for snippet in COWS]


def zipf_sentences(seed: int, num_sentences: int = 200, num_words: int = 40) -> list[list[str]]:
    """Sentences of 0 to 11 words, the frequent words as frequent as in a language."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 12, num_sentences)
    return [[f"w{min(i, num_words)}" for i in rng.zipf(1.4, length)] for length in lengths]


def padded_ngrams(sentences: list[list[str]], n: int) -> list[list[tuple[str, ...]]]:
    """As this unit pads: nltk's own `pad_both_ends` would put n − 1 ends behind a sentence."""
    starts = ["<s>"] * (n - 1)
    return [list(ngrams([*starts, *sentence, "</s>"], n)) for sentence in sentences]


def fitted(model: Any, sentences: list[list[str]], n: int, *, also: Sequence[str] = ()) -> Any:
    """An nltk model that has counted the n-grams of order n.

    Its vocabulary is all words, `</s>` and nltk's own `<UNK>`; to nltk everything else is `<UNK>`,
    `<s>` too, unless it is in `also`.
    """
    words = [word for sentence in sentences for word in (*sentence, "</s>")]
    model.fit(padded_ngrams(sentences, n), vocabulary_text=[*words, *also])
    return model
