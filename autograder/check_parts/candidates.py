"""Other people's versions of a function, right and wrong: what a `find_the_bug` exercise is graded on."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from autograder.check import Case
from course_utils.plain import Code


@dataclass(frozen=True)
class Candidate:
    """One version: what it tests in a tester, whether it is wrong, and the body of the function.

    A topic's own class gives `head`: imports, and the `def` line.
    """

    head: ClassVar[str]

    shows: str
    wrong: bool
    body: str

    @property
    def code(self) -> Code:
        """The version as source text, to cross the wire."""
        lines = "\n".join("    " + line for line in self.body.strip().splitlines())
        name = self.head.rpartition("def ")[2].partition("(")[0]
        return Code(f"{self.head}{lines}\n", name)


def drawn_from(
    pool: Sequence[Candidate], heart: Container[str]
) -> Callable[[np.random.Generator], list[Case]]:
    """Return what draws the whole pool; candidates of the kinds in `heart` show the property "rule".

    They come in any order, so that a tester gains nothing by counting how often it was called.
    """

    def draw(rng: np.random.Generator) -> list[Case]:
        shuffled = [pool[i] for i in rng.permutation(len(pool))]
        return [Case((c.code,), "rule" if c.shows in heart else c.shows) for c in shuffled]

    return draw


def labels_of(*pools: Iterable[Candidate]) -> Callable[[Code], bool]:
    """Return what says of a candidate whether it is wrong, from the table; tests hold the table to account."""
    wrong = {candidate.code: candidate.wrong for pool in pools for candidate in pool}
    return lambda candidate: wrong[candidate]
