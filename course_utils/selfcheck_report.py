"""What a self-check found: plain text where there is nothing else, HTML in a notebook, light or dark."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape

WIDTH = 100
BAND = "border-left:4px solid {colour}; padding:.2em 0 .2em 1em; max-width:62em; line-height:1.5"
GRID = (
    "display:grid; grid-template-columns:max-content 1fr; gap:.1em .9em; margin:.2em 0 .5em 1.5em"
)
CODE = "background:none; color:inherit; padding:0; white-space:pre-wrap; overflow-wrap:anywhere"
# of Okabe and Ito; both can be seen on white and on black, and ✓ and ✗ say the same
GREEN, VERMILION = "#009e73", "#d55e00"


@dataclass(frozen=True)
class Example:
    """A call whose answer is not right."""

    complaint: str  # in half a sentence, without a full stop
    called: str  # what was called: "holm(p_values, alpha)"; or how it was asked
    inputs: list[str]  # one argument each; may have several lines
    expected: str | None  # None where there is no one right answer
    got: str | None  # None where no answer came back

    def rows(self) -> list[tuple[str, str]]:
        """What there is to say, each with the word before it."""
        rows = [("called", self.called)]
        rows += [("" if number else "with", text) for number, text in enumerate(self.inputs)]
        rows += [("expected", self.expected)] if self.expected is not None else []
        return rows + ([("got", self.got)] if self.got is not None else [])


@dataclass(frozen=True)
class Property:
    """One thing that a right function does, and the first example where this one does not."""

    sentence: str
    wrong: Example | None = None


@dataclass(frozen=True)
class Report:
    """All properties of one function; shown by a notebook as HTML, elsewhere as text."""

    title: str
    properties: list[Property]
    hints: list[str] = field(default_factory=list)
    reread: str = ""  # a heading of the notebook

    @property
    def failed(self) -> int:
        """How many properties do not hold."""
        return sum(bool(one.wrong) for one in self.properties)

    @property
    def summary(self) -> str:
        """In a few words, whether all is well."""
        count, failed = len(self.properties), self.failed
        if failed:
            return f"{failed} of {count} properties {'do' if failed > 1 else 'does'} not hold yet"
        return f"all {count} properties hold" if count > 1 else "its property holds"

    def __repr__(self) -> str:
        """As text, in lines of at most 100 characters, a little more where values stand."""
        lines = []
        for one in self.properties:
            lines.append(_wrapped(f"{'✗' if one.wrong else '✓'} {self.title} {one.sentence}"))
            if one.wrong:
                lines += _example(one.wrong)
        lines += ["\n" + _wrapped(f"Hint: {hint}") for hint in self.hints]
        if self.failed and self.reread:
            lines.append("\n" + _wrapped(f"Read again: “{self.reread}”, above in this notebook"))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        lines = [
            f'<div style="{BAND.format(colour=VERMILION if self.failed else GREEN)}">',
            f"<p><strong><code>{escape(self.title)}</code></strong>: {self.summary}</p>",
        ]
        for one in self.properties:
            mark, word, colour = (
                ("✗", "does not hold", VERMILION) if one.wrong else ("✓", "holds", GREEN)
            )
            seen = f'<span role="img" aria-label="{word}:" style="color:{colour}">{mark}</span>'
            lines.append(f"<div>{seen} {escape(one.sentence)}</div>")
            if one.wrong:
                lines += _example_html(one.wrong)
        lines += [f"<p><strong>Hint:</strong> {escape(hint)}</p>" for hint in self.hints]
        if self.failed and self.reread:
            place = escape("#" + self.reread.replace(" ", "-"), quote=True)
            lines.append(f'<p>Read again: <a href="{place}">{escape(self.reread)}</a></p>')
        return "\n".join([*lines, "</div>"])


def _example(example: Example) -> list[str]:
    lines = [_wrapped(example.complaint, "    ")]
    for word, told in example.rows():
        first, *rest = told.splitlines() or [""]
        lines.append(f"    {word + ':' if word else '':<10}{first}")
        lines += [" " * 14 + line for line in rest]
    return lines


def _example_html(example: Example) -> list[str]:
    lines = [
        f'<div style="margin-left:1.5em">{escape(example.complaint)}</div>',
        f'<div style="{GRID}">',
    ]
    for word, told in example.rows():
        lines.append(f'<div>{word}</div><code style="{CODE}">{escape(told)}</code>')
    return [*lines, "</div>"]


def _wrapped(text: str, indent: str = "") -> str:
    """The text in lines of at most WIDTH characters."""
    return textwrap.fill(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
