"""One self-contained HTML file: its style and script stand in it, and nothing else may run or be loaded.

The Content-Security-Policy names the one style and the one script by their hashes. What students wrote is
escaped by Jinja; it would not run even if it were not.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from autograder.whole_file import write_whole
from course_utils.readable import one_line, writable

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_LINE = 400  # characters of anything that a student could have written
BAR, HEIGHT = 48, 120  # of a histogram, in units of its drawing


@cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {"line": line, "number": number, "percent": percent, "signed": signed}
    made.filters |= {"breakable": breakable}
    made.globals |= {"histogram": histogram}
    return made


def write_page(path: Path, template: str, **shown: Any) -> Path:
    """Render a template of this package into a file, whole or not at all, and return its path."""
    style, script = (
        (TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = (
        _environment()
        .get_template(template)
        .render(
            **shown,
            policy=policy,
            style=Markup(style),  # ours, not a student's
            script=Markup(script),
            made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        )
    )
    path.parent.mkdir(exist_ok=True)
    write_whole(path, writable(page).encode("utf-8"))
    return path


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def line(text: object, longest: int = LONGEST_LINE) -> str:
    """Anything as one bounded line, with nothing in it that turns the writing round.

    >>> line("two\\n  lines"), line("abcdef", 3)
    ('two lines', 'abc…')
    """
    told = one_line(str(text)[: 4 * longest])
    return told if len(told) <= longest else f"{told[:longest]}…"


def breakable(name: str) -> Markup:
    """A name of ours that may be broken behind each _.

    >>> str(breakable("a_b"))
    'a_<wbr>b'
    """
    return Markup("_<wbr>").join(line(name).split("_"))


def number(value: float) -> str:
    """At most two decimals.

    >>> number(25.333333), number(4.0), number(-0.001)
    ('25.33', '4', '0')
    """
    return f"{round(value, 2) + 0:g}"


def signed(value: float | None) -> str:
    """A correlation, with the minus sign of typographers; – where it is undefined.

    >>> signed(-0.5), signed(None)
    ('−0.50', '–')
    """
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def percent(share: float) -> str:
    """A share in percent; what is not all of them is not rounded up to all.

    >>> percent(0.5), percent(0.999), percent(0.001)
    ('50 %', '99 %', '1 %')
    """
    least, most = int(share > 0), 100 - int(share < 1)
    return f"{min(max(round(100 * share), least), most)} %"


def histogram(counts: Sequence[int], labels: Sequence[str], title: str) -> Markup:
    """Bars as inline SVG: a title and a description say in words what is drawn."""
    return Markup(
        _environment()
        .get_template("histogram.svg")
        .render(counts=counts, labels=labels, title=title, tall=HEIGHT, bar=BAR)
    )
