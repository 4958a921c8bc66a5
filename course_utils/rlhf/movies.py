"""Texts and human judgements for RLHF: who reads what.

The snippets of film reviews are dealt out once and for all. The models that learn see one part of the
texts and one half of each text's scores. The judge learns from other texts and the other half of
the scores. Prompts come from texts that nobody learned from.

Source: see `course_utils.data.movies`.
Leaves out: texts with words that are meant to hurt, by the list of the package better-profanity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from course_utils.data.movies import load_movie_texts
from course_utils.gpt.byte_pairs import END_OF_TEXT, load_gpt2_encoding

if TYPE_CHECKING:
    import tiktoken

PROVIDED = ("*",)  # whole in the student's copy

NUM_MERGES = 1744  # with 256 bytes 2 000 pieces
SHARES = {"learn": 0.6, "judge": 0.3, "prompt": 0.1}


@dataclass(frozen=True)
class Part:
    """Some of the texts, with some of the scores of each."""

    texts: list[str]
    scores: list[NDArray[np.int64]]  # −4 … +4, one for each rater of this part

    @property
    def means(self) -> NDArray[np.float64]:
        """The mean score of each text."""
        return np.array([scores.mean() for scores in self.scores])

    def pairs(self, num_pairs: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return human choices, (num_pairs, 2): numbers of a better and a worse text.

        Two texts are drawn, and one rater's score of each; equal scores say nothing and are drawn anew.
        """
        chosen = np.empty((0, 2), dtype=np.int64)
        while len(chosen) < num_pairs:
            pair = rng.integers(len(self.texts), size=(2 * num_pairs, 2))
            score = np.array([[rng.choice(self.scores[i]) for i in row] for row in pair])
            ordered = np.where((score[:, :1] > score[:, 1:]), pair, pair[:, ::-1])
            chosen = np.vstack([chosen, ordered[score[:, 0] != score[:, 1]]])
        return chosen[:num_pairs]


def movie_parts(*, seed: int = 0) -> dict[str, Part]:
    """Deal out the texts: "learn", "judge" and "prompt".

    Of the scores of each text "learn" holds every second one and "judge" the others. "prompt" holds
    all: there the models and the judge are compared with people.

    Raises:
        DataError: the texts are not on this machine.
    """
    movies = load_movie_texts()
    first: dict[str, int] = {}  # where each text stands first: two stand there twice
    for i, text in enumerate(movies.texts):
        first.setdefault(text, i)
    clean = [i for text, i in first.items() if not hurts(text)]
    order = np.random.default_rng(seed).permutation(clean)
    stops = np.cumsum([round(share * len(order)) for share in SHARES.values()])[:-1]
    taken = {"learn": slice(0, None, 2), "judge": slice(1, None, 2), "prompt": slice(None)}
    return {
        name: Part(
            [movies.texts[i] for i in numbers], [movies.ratings[i][taken[name]] for i in numbers]
        )
        for name, numbers in zip(SHARES, np.split(order, stops), strict=True)
    }


def hurts(text: str) -> bool:
    """Whether a text holds a word or phrase of better-profanity's list.

    >>> hurts("What a Warm, Funny film"), hurts("Damn, what a mess")
    (False, True)
    """
    words, phrases = _hurtful()
    lower = text.lower()
    return not words.isdisjoint(re.findall(r"[a-z0-9']+", lower)) or any(
        p in lower for p in phrases
    )


@cache
def _hurtful() -> tuple[frozenset[str], frozenset[str]]:
    """Single words, and phrases; the list is read as data, for its own search takes minutes."""
    path = files("better_profanity") / "profanity_wordlist.txt"
    listed = {line.strip().lower() for line in path.read_text(encoding="utf-8").splitlines()} - {""}
    single = frozenset(entry for entry in listed if re.fullmatch(r"[a-z0-9']+", entry))
    return single, frozenset(listed) - single


def movie_encoding() -> tiktoken.Encoding:
    """Return the first 1 744 of GPT-2's merges: 2 000 pieces, and the end of a text."""
    return load_gpt2_encoding(NUM_MERGES)


def encode_texts(texts: list[str], encoding: tiktoken.Encoding) -> list[list[int]]:
    """Return the pieces of each text, between two marks of the end."""
    end = encoding.encode_single_token(END_OF_TEXT)
    return [[end, *pieces, end] for pieces in encoding.encode_ordinary_batch(texts)]
