"""What the tests of the website share: a browser, a page with everything it asked for, and the secrets, found by hand."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from autograder.course import Unit
from tests.conftest import missing

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HERE = ("file:", "data:", "blob:")
REGION = re.compile(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", flags=re.S)


@dataclass
class Watched:
    """A page, the addresses elsewhere that it asked for, and what went wrong in it."""

    page: Any
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Any]:
    """A real browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium: Debian and Ubuntu: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def opened(browser: Any, file: Path, query: str = "", scheme: str = "light") -> Watched:
    """Open a file of the site, once its formulas are set."""
    watched = Watched(browser.new_page(color_scheme=scheme))
    page = watched.page

    def ask(request: Any) -> None:
        if not request.url.startswith(HERE):
            watched.outside.append(request.url)

    def say(message: Any) -> None:
        if message.type == "error":
            watched.errors.append(message.text)

    page.on("request", ask)
    page.on("requestfailed", lambda request: watched.errors.append(request.url[:200]))
    page.on("console", say)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.goto(file.as_uri() + query)
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => null)")
    return watched


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
