"""Other people's versions of a function, right and wrong: what a `find_the_bug` exercise is graded on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

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
