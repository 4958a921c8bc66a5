"""Misspellings, counts of words on the web, and a list of English words.

All three are files inside ordinary dependencies; they are read as data, the packages' code is not
imported, nothing is fetched. The checksums tie them to one version of each package.

Misspellings: the dictionary of codespell 2.4.3, grown out of Wikipedia's list of common
misspellings. Licence: CC BY-SA 3.0. Left out: words with more than one possible correction.
Counts: the parts of Google's web n-grams that P. Norvig, "Natural Language Corpus Data", 2009, and
G. Jenks chose, in wordsegment 1.3.1. Licence: Apache-2.0. Truncated: rare words are not there.
Words: SymSpell's English list in symspellpy 6.10.1. Licence: MIT. Left out: its counts, which are
wordsegment's, and its table of word pairs, which does not agree with them.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import numpy as np

from course_utils.data import DataError, verify

Pair = tuple[str, str]  # what was written, what was meant


@dataclass(frozen=True)
class _Installed:
    """A file of an installed package."""

    requirement: str  # what to hand to pip
    package: str  # the folder in site-packages
    path: str  # inside the package
    sha256: str

    def read(self) -> str:
        fix = f"run `pip install {self.requirement}`"
        spec = importlib.util.find_spec(self.package)  # does not import it
        folders = (spec and spec.submodule_search_locations) or []
        files = [Path(folder, self.path) for folder in folders]
        found = next((file for file in files if file.is_file()), None)
        if found is None:
            raise DataError(f"{self.package}/{self.path} is not installed: {fix}")
        return verify(found.read_bytes(), self.sha256, found, fix=fix).decode("utf-8")


_MISSPELLINGS = _Installed(
    requirement="codespell==2.4.3",
    package="codespell_lib",
    path="data/dictionary.txt",
    sha256="a457564a466120c728361e9c759b6a6ef05c2acc05c7e12d1ba0eb251036f42d",
)
_UNIGRAMS = _Installed(
    requirement="wordsegment==1.3.1",
    package="wordsegment",
    path="unigrams.txt",
    sha256="fd27e15b83ee7a55d8e17731a397eb4d389cbe2afd1c26afcba8ee2634c0a6d5",
)
_BIGRAMS = _Installed(
    requirement="wordsegment==1.3.1",
    package="wordsegment",
    path="bigrams.txt",
    sha256="3bd156ba9477842930c5609fc7113864e3c093a97880736fba522c7edb4ba799",
)
_WORDS = _Installed(
    requirement="symspellpy==6.10.1",
    package="symspellpy",
    path="frequency_dictionary_en_82_765.txt",
    sha256="68e9dc81c7e73bd7310b57e516ecaea0d8b6387ff71344a57c04174650a407a7",
)


@dataclass(frozen=True)
class WebCounts:
    """How often words and pairs of words occur in Google's web corpus."""

    unigrams: dict[str, int]  # 333 213 words, the most frequent first, "the" 23 135 851 162 times
    bigrams: dict[tuple[str, str], int]  # 258 437 pairs; "<s>" begins a sentence
    total: int  # words of the whole corpus, rare ones too: the counts do not add up to it


def load_misspellings() -> list[Pair]:
    """Load 58 916 pairs (wrong, right): every misspelling that has exactly one correction.

    Of the 64 980 entries of codespell's dictionary; a correction may hold a blank ("about it").
    Source and licence: see the module. Raises `DataError` naming the version of codespell to
    install when its file is missing or another one; the other loaders do the same.
    """
    entries = [line.split("->") for line in _MISSPELLINGS.read().splitlines()]
    return [(wrong, right) for wrong, right in entries if "," not in right]


def load_web_counts() -> WebCounts:
    """Load the counts of 333 213 words and of 258 437 pairs of neighbours, in small letters.

    P(the | of) = bigrams["of", "the"] / unigrams["of"] = 0.210. Where the file has a pair more than
    once (it was counted with and without capitals) the last line holds, as in wordsegment itself.
    Probabilities from these counts do not sum to 1: the words given are 57 % of `total`, and less
    frequent pairs are missing. Source and licence: see the module.
    """
    bigrams: dict[tuple[str, str], int] = {}
    for pair, count in _counts(_BIGRAMS.read()):
        first, second = pair.split(" ")
        bigrams[first, second] = count
    return WebCounts(dict(_counts(_UNIGRAMS.read())), bigrams, total=1_024_908_267_229)


def load_word_list() -> list[str]:
    """Load 82 834 English words in small letters, some with an apostrophe; the frequent ones first.

    Source and licence: see the module.
    """
    return [line.split(" ")[0] for line in _WORDS.read().splitlines()]


def split_misspellings(
    pairs: list[Pair], *, test: int = 2000, seed: int = 0
) -> tuple[list[Pair], list[Pair]]:
    """Return (training pairs, `test` pairs drawn at random), with no correction in both.

    Test pairs are one edit apart, of the letters a to z, and the correction is in the word list.
    Every other pair with the correction of a test pair is dropped: someone who has seen
    (recieve, receive) in training need not be told about (receve, receive). `seed` decides which.
    """
    words, letters = set(load_word_list()), re.compile("[a-z]+")
    eligible = [
        (wrong, right)
        for wrong, right in pairs
        if letters.fullmatch(wrong) and right in words and letters.fullmatch(right)
        if is_single_edit(wrong, right)
    ]
    if test > len(eligible):
        raise ValueError(f"test={test}, but only {len(eligible)} of the pairs can be test pairs")
    chosen = np.random.default_rng(seed).choice(len(eligible), size=test, replace=False)
    held_out = [eligible[i] for i in chosen]
    corrections = {right for _, right in held_out}
    return [pair for pair in pairs if pair[1] not in corrections], held_out


def is_single_edit(wrong: str, right: str) -> bool:
    """Is it one deletion, insertion, substitution or swap of neighbours from `right` to `wrong`?

    >>> [is_single_edit(wrong, "then") for wrong in ("the", "theen", "thin", "tehn", "hn")]
    [True, True, True, True, False]
    """
    same = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(wrong, right, strict=False)))
    a, b = wrong[same:], right[same:]
    edited = a[1:] == b or a == b[1:] or a[1:] == b[1:]
    swapped = a[:2] == b[:2][::-1] and a[2:] == b[2:]
    return a != b and (edited or swapped)


def _counts(table: str) -> Iterator[tuple[str, int]]:
    for line in table.splitlines():
        key, count = line.split("\t")
        yield key, int(count)
