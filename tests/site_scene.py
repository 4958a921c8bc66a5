"""What the tests of the website share: the secrets, found by hand, and all that a file says."""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup

from autograder.course import Unit

REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", flags=re.S)


def secret_lines_of(unit: Unit) -> set[str]:
    """Lines between the borders of solutions and hidden tests, which stand nowhere else in the unit."""
    text = unit.source.read_text(encoding="utf-8")
    inside = [line.strip() for found in REGION.finditer(text) for line in found[2].splitlines()]
    outside = squeezed(REGION.sub("", text))
    long = [line for line in inside if len(squeezed(line)) >= 20 and not line.startswith("#")]
    return {line for line in long if squeezed(line) not in outside}


def squeezed(text: str) -> str:
    """Text without its spaces and quotes."""
    return re.sub(r"[\s\"'`]", "", text)


def told(file: Path) -> str:
    """All that a file says, squeezed: of a page what it shows and what its attributes hold."""
    text = file.read_text(encoding="utf-8", errors="replace")
    if file.suffix == ".html":
        soup = BeautifulSoup(text, "html.parser")
        held = [str(value) for tag in soup.find_all(True) for value in tag.attrs.values()]
        text = soup.get_text() + "".join(held)
    return squeezed(text)
