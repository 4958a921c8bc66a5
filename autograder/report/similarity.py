"""Which submissions are alike beyond what the task explains: fingerprints of k-grams, as in MOSS.

Tokens and k-grams are copydetect's: names, layout, comments and the order of cells do not count. What stands in
the released notebook or in the reference, and what many of the class share, is nobody's own and is ignored;
MOSS has the same rule (option -m). The score of two works is the share of the smaller one's own fingerprints
that the other has, too. Every k-gram is a fingerprint: works are short, and Python's hash of a text, by which
winnowing would choose, is another one in each process.

Schleimer, Wilkerson, Aiken: "Winnowing: local algorithms for document fingerprinting" (SIGMOD 2003).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import nbformat
import numpy as np
import scipy.sparse
from copydetect.utils import filter_code, hashed_kgrams

from autograder.course import Unit
from autograder.judging.rebuild import released
from autograder.report.work import Work

K = 25  # characters of filtered code (each name is one): copydetect's own choice
LEAST = 100  # own fingerprints: what is shorter is alike by chance
THRESHOLD = 0.4  # independent solutions stay below: tests/test_similarity.py
COMMON, COMMON_SHARE = 10, 0.1  # what more works have than both says is common
MOST_PAIRS = 40  # that are shown with their code
LONGEST_CELL, LONGEST_WORK = (
    10_000,
    60_000,
)  # characters that are read: a lexer takes its time on hostile text
BLOCK = 500  # rows of the table of all pairs that are in memory at a time


@dataclass(frozen=True)
class Pair:
    """Two works that are alike, and the share of each one's own fingerprints that the other has."""

    one: Work
    other: Work
    share_of_one: float
    share_of_other: float

    @property
    def score(self) -> float:
        return max(self.share_of_one, self.share_of_other)


@dataclass(frozen=True)
class Similarity:
    """All pairs of a class. `highest`: the score of each compared work with the one that is most like it."""

    pairs: list[Pair]  # those that are shown
    num_pairs: int  # at or above the threshold
    highest: list[float]
    too_short: list[Work]
    ignored: frozenset[int]  # fingerprints that are nobody's own
    common: int  # a passage that more works have is ignored

    @property
    def counts(self) -> list[int]:
        """Of works, by tenths of their highest score."""
        return np.histogram(self.highest, bins=10, range=(0, 1))[0].tolist()

    def quantile(self, share: float) -> float:
        """The score that this share of the class does not exceed."""
        return float(np.quantile(self.highest, share))


def similar(unit: Unit, works: Sequence[Work]) -> Similarity:
    """Compare every work with every other. It never changes points."""
    given = frozenset(fingerprints(given_text(unit)).tolist())
    prints = [_without(fingerprints(work.code.values()), given) for work in works]
    kinds, column, spread = np.unique(
        np.concatenate([*prints, np.empty(0, np.int64)]), return_inverse=True, return_counts=True
    )
    most = max(COMMON, int(COMMON_SHARE * len(works)))
    row = np.repeat(np.arange(len(works)), [len(own) for own in prints])
    kept = spread[column] <= most
    shape = (len(works), len(kinds))
    ones = np.ones(int(kept.sum()), np.int32)
    table = scipy.sparse.csr_array((ones, (row[kept], column[kept])), shape=shape)
    sizes = np.asarray(table.sum(axis=1)).ravel()
    enough = np.flatnonzero(sizes >= LEAST).tolist()
    pairs, highest = _compare(table[enough], sizes[enough])
    chosen = [works[index] for index in enough]
    pairs.sort(key=lambda pair: (-max(pair[2:]), pair[:2]))
    return Similarity(
        [Pair(chosen[i], chosen[j], *shares) for i, j, *shares in pairs[:MOST_PAIRS]],
        len(pairs),
        highest,
        [work for work, size in zip(works, sizes, strict=True) if size < LEAST],
        given | frozenset(kinds[spread > most].tolist()),
        most,
    )


def _compare(
    table: scipy.sparse.csr_array, sizes: np.ndarray
) -> tuple[list[tuple[int, int, float, float]], list[float]]:
    """Pairs of rows at or above the threshold with both shares, and the highest score of each row."""
    pairs: list[tuple[int, int, float, float]] = []
    highest: list[float] = []
    for start in range(0, len(sizes), BLOCK):
        shared = (table[start : start + BLOCK] @ table.T).toarray()
        np.fill_diagonal(shared[:, start:], 0)
        mine = sizes[start : start + BLOCK, None]
        scores = shared / np.minimum(mine, sizes)
        highest += scores.max(axis=1, initial=0.0).tolist() if len(sizes) > 1 else []
        for i, j in np.argwhere(scores >= THRESHOLD):
            if start + i < j:
                both = shared[i, j] / sizes[start + i], shared[i, j] / sizes[j]
                pairs.append((int(start + i), int(j), float(both[0]), float(both[1])))
    return pairs, highest


def given_text(unit: Unit) -> Iterator[str]:
    """The code that nobody is asked to write alone: the released notebook's, and the reference solutions."""
    for path in unit.notebooks():
        for notebook in (released(path), nbformat.read(path, as_version=4)):
            yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")


def fingerprints(sources: Iterable[str]) -> np.ndarray:
    """The k-grams of some cells, as sorted hashes; cells are read apart, so that their order is nothing."""
    left, found = LONGEST_WORK, [np.empty(0, np.int64)]
    for source in sources:
        left -= len(source[:LONGEST_CELL])
        if left >= 0:
            code, _ = filter_code(source[:LONGEST_CELL], "", "python")
            found.append(hashed_kgrams(code, K).astype(np.int64))
    return np.unique(np.concatenate(found))


def _without(own: np.ndarray, given: frozenset[int]) -> np.ndarray:
    return own[~np.isin(own, np.fromiter(given, np.int64, len(given)), assume_unique=True)]
