"""Two works beside each other, exercise by exercise, with the passages that both have marked. Bounded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from copydetect import CodeFingerprint, compare_files

from autograder.report.similarity import LONGEST_CELL, K, Pair

LONGEST_SHOWN = 2_500  # characters of one cell
MOST_CELLS = 6  # of one pair

Text = list[tuple[str, bool]]  # pieces of a cell, and whether both works have them


@dataclass(frozen=True)
class Beside:
    """One exercise of two students."""

    cell: str
    one: Text
    other: Text


def beside(pair: Pair, ignored: frozenset[int]) -> list[Beside]:
    """The cells in which two works overlap, those with most in common first."""
    found = []
    for cell in pair.one.code.keys() & pair.other.code.keys():
        one, other = (_fingerprint(work.code[cell], ignored) for work in (pair.one, pair.other))
        overlap, _, (of_one, of_other) = compare_files(one, other)
        if overlap:
            texts = _pieces(one.raw_code, of_one), _pieces(other.raw_code, of_other)
            found.append((-float(overlap), cell, texts))
    return [Beside(cell, *texts) for _, cell, texts in sorted(found)[:MOST_CELLS]]


def _fingerprint(source: str, ignored: frozenset[int]) -> CodeFingerprint:
    made = CodeFingerprint("", K, 1, language="python", fp=io.StringIO(source[:LONGEST_CELL]))
    made.hashes = {int(value) for value in made.hashes} - ignored
    return made


def _pieces(code: str, slices: np.ndarray) -> Text:
    """A cell cut where marked passages begin and end."""
    return [piece for piece in _cut(code[:LONGEST_SHOWN], slices) if piece[0]] + [
        ("\n…", False)
    ] * (len(code) > LONGEST_SHOWN)


def _cut(code: str, slices: np.ndarray) -> Iterator[tuple[str, bool]]:
    end = 0
    for begin, stop in slices.T.astype(int).tolist():
        yield code[end:begin], False
        yield code[max(begin, end) : stop], True
        end = max(end, stop)
    yield code[end:], False
