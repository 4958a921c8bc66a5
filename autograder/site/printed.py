"""`course pdf UNIT`: the unit's page of the site, printed by Chromium: without solutions, with outputs, offline.

The page is the one that was proved for the site. Chromium tags the PDF for screen readers and puts the
headings into its outline.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.bundles.release import staging
from autograder.course import Course, Unit
from autograder.doctor import BROWSERS
from autograder.errors import CourseError
from autograder.site.builder import make_pages

# Chromium's own sandbox wants what containers refuse; it opens nothing here but the page that we made.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TYPESET = "() => window.MathJax?.startup?.promise"
SMALL = "font: 8px sans-serif; width: 100%; margin: 0 15mm; color: #666;"
HEADER = f'<div style="{SMALL}"><span class="title"></span></div>'
FOOTER = f"""<div style="{SMALL} text-align: right">
<span class="pageNumber"></span> / <span class="totalPages"></span></div>"""


def write_pdf(course: Course, unit: Unit, *, with_outputs: bool = True) -> Path:
    """Write `dist/UNIT.pdf` and return it. Raises CourseError without Chromium."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise CourseError("no chromium, which prints: Debian, Ubuntu: apt-get install chromium")
    with staging(course) as stage:
        html = make_pages(course, [unit], stage, with_outputs=with_outputs)
        draft = stage / f"{unit.name}.pdf"
        headings = print_page(program, html / "units" / f"{unit.name}.html", draft)
        mend_outline(draft, headings)
        target = course.root / "dist" / draft.name
        target.parent.mkdir(exist_ok=True)
        draft.replace(target)
    return target


def print_page(program: str, page: Path, target: Path) -> list[str]:
    """Print one HTML file as PDF, once its formulas are set; return its headings."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            tab = browser.new_page(color_scheme="light")
            tab.emulate_media(media="print")
            tab.goto(page.as_uri())
            tab.evaluate(TYPESET)
            tab.pdf(
                path=str(target),
                format="A4",
                scale=0.8,
                margin={"top": "18mm", "bottom": "18mm", "left": "15mm", "right": "15mm"},
                display_header_footer=True,
                header_template=HEADER,
                footer_template=FOOTER,
                print_background=True,
                tagged=True,
                outline=True,
            )
            headings: list[str] = tab.locator("h1, h2, h3, h4").all_text_contents()
            return [heading.removesuffix("#").strip() for heading in headings]
        finally:
            browser.close()


logging.getLogger("pypdf").setLevel(logging.ERROR)  # Chromium counts its objects otherwise


def mend_outline(pdf: Path, headings: list[str]) -> None:
    """Name the entries of the outline like the headings.

    Chromium takes them from the lines as they are set: it loses the space where a heading is broken, and
    writes one twice that moved to the next page.
    """
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, TextStringObject

    right = {squeezed(words) * times: words for words in headings for times in (1, 2)}
    writer = PdfWriter(clone_from=pdf)
    for entry in _entries(writer.get_outline_root()):
        title = squeezed(str(entry["/Title"]))
        entry[NameObject("/Title")] = TextStringObject(right.get(title, entry["/Title"]))
    writer.write(pdf)


def squeezed(text: str) -> str:
    """Text without its spaces.

    >>> squeezed("looking back at every\\nword")
    'lookingbackateveryword'
    """
    return "".join(text.split())


def _entries(parent: Any) -> Iterator[Any]:
    """The entries of a PDF's outline, each before those below it."""
    reference = parent.get("/First")
    while reference is not None:
        entry = reference.get_object()
        yield entry
        yield from _entries(entry)
        reference = entry.get("/Next")
