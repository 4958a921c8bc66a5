"""Reports of nbgrader's weaknesses: one `NN_name.md` each, and the mark that ties a test to it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FIELDS = ("Severity", "Where", "Threads", "Worked around in")  # lines under the title
SECTIONS = (
    "What happens",
    "What should happen",
    "Reproduction",
    "Cause",
    "Suggested fix",
    "How we work around it",
)
INDEX = """# What we work around in nbgrader

{count} reports, each ready to be sent upstream. The code in a report is that of its test, which passes as long
as the weakness is there; when it fails, it says which workaround can go. `python -m tests.upstream` weaves
code and this table anew; `python -m tests.upstream 15` prints report 15 so that it needs no other file.
The course that all of them use is [classroom.py](classroom.py).

| | weakness | severity | our workaround | where |
|---|---|---|---|---|
{rows}
"""


@dataclass(frozen=True)
class Report:
    """One weakness, as it is told to the people who can mend it."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        return self.text.splitlines()[0].removeprefix("# ")

    def field(self, name: str) -> str:
        """One of the lines under the title, such as `- **Severity**: high`."""
        return self._found(rf"^- \*\*{name}\*\*: (.+)$", name)

    def section(self, title: str) -> str:
        """What stands under a heading."""
        return self._found(rf"^## {title}\n+(.*?)\s*(?=^## |\Z)", title)

    def _found(self, pattern: str, what: str) -> str:
        found = re.search(pattern, self.text, re.M | re.S if "(.*?)" in pattern else re.M)
        assert found, f"{self.path.name} has no {what!r}"
        return found[1]


def reports() -> list[Report]:
    """All reports, by their numbers."""
    return [Report(path) for path in sorted(HERE.glob("[0-9][0-9]_*.md"))]


def index() -> str:
    """The table of all reports."""
    rows = []
    for report in reports():
        workaround = re.split(r"(?<=\.)\s", report.section("How we work around it"), maxsplit=1)[0]
        cells = (
            f"[{report.name[:2]}]({report.path.name})",
            report.title,
            report.field("Severity"),
            " ".join(workaround.split()),
            report.field("Worked around in"),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return INDEX.format(count=len(rows), rows="\n".join(rows))


def weakness(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Mark the reproduction of a report. When it fails, nbgrader was mended: say what can go."""
    report = Report(HERE / f"{name}.md")

    def mark(reproduction: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(reproduction)
        def told(*arguments: Any, **named: Any) -> None:
            try:
                reproduction(*arguments, **named)
            except (AssertionError, pytest.fail.Exception) as error:
                places = report.field("Worked around in")
                raise AssertionError(
                    f"nbgrader no longer does this: drop the workaround in {places}; "
                    f"the report is {report.path.name}"
                ) from error

        return told

    return mark
