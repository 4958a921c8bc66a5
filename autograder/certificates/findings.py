"""What `course verify` finds about one submission, as one line, and as one exit code for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from course_utils.readable import one_line


class Outcome(IntEnum):
    """The exit codes."""

    HOLDS, DIFFERS, CANNOT = 0, 1, 2


@dataclass
class Finding:
    """Everything that differs, in a few words each; `claims` once the signature holds."""

    student: str
    claims: dict[str, Any] | None = None
    differs: list[str] = field(default_factory=list)
    cannot: str = ""  # why it cannot be checked
    by_hand: list[str] = field(
        default_factory=list
    )  # points that a person gave: told, not compared
    aside: str = ""  # why there is nothing to check: it was not graded

    @property
    def outcome(self) -> Outcome:
        if self.differs:
            return Outcome.DIFFERS
        return Outcome.CANNOT if self.cannot else Outcome.HOLDS

    def __str__(self) -> str:
        told = [*self.differs, *filter(None, [self.cannot])]
        mark = "–" if self.aside else "✓✗?"[self.outcome]
        what = "; ".join(told) or self.aside or self._holds()
        return f"{mark} {one_line(self.student):<24} {one_line(what)}"

    def _holds(self) -> str:
        assert self.claims is not None
        points = sum(verdict["points"] for verdict in self.claims["verdicts"])
        most = sum(verdict["max_points"] for verdict in self.claims["verdicts"])
        which = f"certificate {self.claims['serial']} of {self.claims['judged']}"
        given = f"; given by hand: {', '.join(self.by_hand)}" if self.by_hand else ""
        return f"{points:g} / {most:g}, {which}{given}"


def overall(findings: list[Finding]) -> Outcome:
    """One exit code for all: what differs counts before what could not be checked."""
    outcomes = {finding.outcome for finding in findings}
    return next((o for o in (Outcome.DIFFERS, Outcome.CANNOT) if o in outcomes), Outcome.HOLDS)
