"""Other people's versions of a function, right and wrong: what a `find_the_bug` exercise is graded on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
    pool: Iterable[Candidate], heart: Mapping[str, int], others: Mapping[str, int]
) -> Callable[[np.random.Generator], list[Case]]:
    """Return what draws so many candidates of each kind; those of the heart show the property "rule"."""

    def draw(rng: np.random.Generator) -> list[Case]:
        def some(shows: str, count: int) -> list[Candidate]:
            found = [candidate for candidate in pool if candidate.shows == shows]
            return [found[i] for i in rng.permutation(len(found))[:count]]

        cases = [Case((c.code,), "rule") for shows, n in heart.items() for c in some(shows, n)]
        return cases + [
            Case((c.code,), shows) for shows, n in others.items() for c in some(shows, n)
        ]

    return draw


def labels_of(*pools: Iterable[Candidate]) -> Callable[[Code], bool]:
    """Return what says of a candidate whether it is wrong, from the table; tests hold the table to account."""
    wrong = {candidate.code: candidate.wrong for pool in pools for candidate in pool}
    return lambda candidate: wrong[candidate]
