"""Correcting words one slip away: all candidates and the best of them, a lexicon of 82 834 words.

All three look up the same words with the same counts; what each prepares once is not timed. Ours
weighs every candidate by channel and prior, the peers by counts alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any

from course_utils.data.spelling import (
    load_misspellings,
    load_web_counts,
    load_word_list,
    split_misspellings,
)
from course_utils.ngrams import CandidateIndex, ChannelModel, noisy_channel_decode
from tests.benchmarks.contest import Contest, Sides


@dataclass(frozen=True)
class Task:
    """Misspellings that are no words themselves, the counts of all words, and our correctors."""

    observed: list[str]
    counts: dict[str, int]
    index: CandidateIndex
    channel: ChannelModel

    def ours(self) -> list[str]:
        """Correct every word by the noisy channel."""
        total = sum(self.counts.values())

        def prior(word: str) -> float:
            return log(self.counts[word] / total)

        return [
            noisy_channel_decode(
                word, sorted(self.index.candidates(word)), self.channel.log_prob, prior
            )
            for word in self.observed
        ]


def _task() -> Task:
    web = load_web_counts().unigrams
    counts = {word: web.get(word, 1) for word in load_word_list()}
    train, test = split_misspellings(load_misspellings(), test=10_000)
    observed = [wrong for wrong, _ in test if wrong not in counts]
    return Task(observed, counts, CandidateIndex(counts), ChannelModel(train))


def _same(task: Task, found: Callable[[str], set[str]]) -> Callable[[Any, Any], bool]:
    def same(ours: list[str], theirs: list[Any]) -> bool:
        candidates = [found(word) for word in task.observed]
        return candidates == [task.index.candidates(word) for word in task.observed] and all(
            word in options for word, options in zip(ours, candidates, strict=True)
        )

    return same


def symspell() -> Sides:
    """SymSpell's lookup of everything at most one edit away."""
    from symspellpy import SymSpell, Verbosity

    task, peer = _task(), SymSpell(max_dictionary_edit_distance=1)
    for word, count in task.counts.items():
        peer.create_dictionary_entry(word, count)

    def look_up(word: str) -> list[Any]:
        return peer.lookup(word, Verbosity.ALL, max_edit_distance=1)

    def found(word: str) -> set[str]:
        return {suggestion.term for suggestion in look_up(word)}

    return Sides(task.ours, lambda: [*map(look_up, task.observed)], _same(task, found))


def pyspellchecker() -> Sides:
    """pyspellchecker's correction, at most one edit away."""
    from spellchecker import SpellChecker

    task, peer = _task(), SpellChecker(language=None, distance=1, case_sensitive=True)
    peer.word_frequency.load_json(task.counts)
    return Sides(
        task.ours, lambda: [*map(peer.correction, task.observed)], _same(task, peer.candidates)
    )


_WORK = "correct about 10 000 misspellings, a lexicon of 82 834 words"
_ROW = "spelling by noisy channel"
CONTESTS = [
    Contest(
        _ROW, "symspellpy lookup", 1, _WORK, ("symspellpy", "codespell", "wordsegment"), symspell
    ),
    Contest(_ROW, "pyspellchecker", 1 / 10, _WORK, ("pyspellchecker",), pyspellchecker),
]
