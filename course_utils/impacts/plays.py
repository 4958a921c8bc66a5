"""Adjectives and people: what a model of Shakespeare expects, and what vectors of today's news hold.

Source: A. Caliskan, J. Bryson and A. Narayanan, "Semantics derived automatically from language corpora
contain human-like biases", Science 2017, for associations of words.
Leaves out: who speaks, and whether the play agrees with them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_utils.data import DataError
from course_utils.data.shakespeare import load_shakespeare, sentences
from course_utils.data.word_vectors import load_word_vectors
from course_utils.ngrams.fast_model import FastNgramModel

PROVIDED = ("*",)  # whole in the student's copy

MEN = ("lord", "king", "man", "father", "son", "brother", "husband", "boy", "prince", "uncle")
WOMEN = (
    "lady",
    "queen",
    "woman",
    "mother",
    "daughter",
    "sister",
    "wife",
    "girl",
    "princess",
    "aunt",
)
ADJECTIVES = [
    "brave",
    "valiant",
    "worthy",
    "royal",
    "noble",
    "great",
    "honest",
    "good",
    "proud",
    "old",
    "young",
    "poor",
    "dear",
    "sweet",
    "gentle",
    "fair",
]
WEIGHTS = (0.2, 0.8)  # of single words and of pairs


def model_of_plays() -> Callable[[str], np.ndarray]:
    """Return log_prob(text) of unit 03's model of pairs of words: one number a word, and one for the end.

    Where the plays are not on this machine, every adjective stands once before everybody.
    """
    try:
        texts = [s for play in load_shakespeare().values() for s in sentences(play)]
    except DataError as missing:
        print(f"Shakespeare is not on this machine; an even-handed text will have to do. {missing}")
        texts = [[word, one] for word in ("the", *ADJECTIVES) for one in MEN + WOMEN]
    model = FastNgramModel(texts, 2)
    return lambda text: model.log_probabilities([text.split()], WEIGHTS)


def published_gaps(
    words: Sequence[str], group_a: Sequence[str] = MEN, group_b: Sequence[str] = WOMEN
) -> np.ndarray:
    """Return how much nearer each word is to group a than to its partners of b, in published vectors.

    Returns:
        (words,), mean differences of cosines; zeros where the vectors are not on this machine.
    """
    try:
        known = load_word_vectors()
    except DataError as missing:
        print(f"The word vectors are not on this machine; zeros will have to do. {missing}")
        return np.zeros(len(words))
    row = {word: number for number, word in enumerate(known.words)}
    pairs = [
        known.vectors[row[a]] - known.vectors[row[b]]
        for a, b in zip(group_a, group_b, strict=True)
        if a in row and b in row
    ]
    return np.array([known.vectors[row[word]] @ np.mean(pairs, axis=0) for word in words])
