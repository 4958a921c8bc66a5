"""What was measured, put into the page of the docs between two comments: the words around it stay as they are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.benchmarks import report
from tests.benchmarks.curves import page as curves_page

PAGE = Path(__file__).parent.parent.parent / "autograder" / "docs" / "benchmarks.md"


def filled(text: str, results: dict[str, Any], curves: dict[str, Any] | None) -> str:
    """Return the page with the tables of these results.

    Raises:
        ValueError: the page has no place for one of them.
    """
    rows = [f"Machine: {results['machine']}.", "", *report.table(results["rows"])]
    parts = {"table": rows, "peers that win": winners(results)}
    if curves:
        parts["exponents"] = curves_page.table(curves["curves"])
    for name, lines in parts.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        place = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not place.search(text):
            raise ValueError(f"{PAGE} has no line {begin} with a line {end} after it")
        inside = "\n".join([begin, "", *lines, "", end])
        text = place.sub(lambda _, inside=inside: inside, text)  # type: ignore[misc]
    return text


def winners(results: dict[str, Any]) -> list[str]:
    """The rows in which the peer is quicker."""
    rows = [row for row in results["rows"] if row["ratio"] is not None and row["ratio"] > 1]
    if not rows:
        return ["In none of these rows is the peer quicker."]
    return [f"- {row['row']}: {row['peer']} by a factor of {row['ratio']:.2f}" for row in rows]


def update() -> None:
    """Write the page anew from what stands in results.json and curves.json."""
    results = report.read()
    if results is None:
        return
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(filled(text, results, curves_page.read()), encoding="utf-8")
