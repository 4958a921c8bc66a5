"""Debian's chromium, driven by Playwright: a real browser, and a page with everything that it did."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
HERE = ("file:", "data:", "blob:")


@contextmanager
def chromium() -> Iterator[Any]:
    """A real browser."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium: Debian and Ubuntu: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watched:
    """A page, the addresses that it asked for, and what went wrong in it or was asked of the reader."""

    page: Any
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """What lies elsewhere than on this machine."""
        return [url for url in self.asked if not url.startswith(HERE)]


def opened(browser: Any, file: Path, query: str = "", **options: Any) -> Watched:
    """Open a file, once its formulas are set; `options` are the page's."""
    watched = Watched(browser.new_page(**options))
    page = watched.page

    def say(message: Any) -> None:
        if message.type == "error":
            watched.errors.append(message.text)

    def ask(dialog: Any) -> None:
        watched.errors.append(dialog.message)
        dialog.dismiss()

    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("requestfailed", lambda request: watched.errors.append(request.url[:200]))
    page.on("console", say)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    page.on("dialog", ask)
    page.goto(file.as_uri() + query)
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => null)")
    return watched
