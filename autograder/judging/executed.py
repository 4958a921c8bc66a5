"""Outputs of an executed notebook: rebuilt here from plain data, so that showing them is harmless."""

from __future__ import annotations

import base64
import binascii
import html
import re
import textwrap
from typing import Any

from nbconvert.filters import markdown2html
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output

from autograder.check import Verdict
from autograder.judging.rebuild import CHECK_PREFIX
from autograder.settings import TEXT_STUB
from course_utils.readable import writable

LONGEST_TEXT = 40_000
LONGEST_PROSE = 20_000  # characters of a cell that are read as Markdown, whose readers are slow
LONGEST_PROSES = 100_000  # of a notebook
HARMLESS_TAGS = [
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
]
# nbgrader's feedback page has no style for tables, and cuts long lines; JupyterLab has its own and drops this
STYLE = """<style>
.rendered_html {overflow-x: auto} .rendered_html table {margin: .5em 0 1em}
.rendered_html th, .rendered_html td {padding: .3em .9em .3em 0; border-bottom: 1px solid #ddd; text-align: left; vertical-align: top}
.rendered_html td code {white-space: nowrap} .rendered_html td a code {text-decoration: underline; text-underline-offset: .3em}
.input_area pre, .output_area pre {overflow-x: auto}
@media (max-width: 60em) {.output_area pre {white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere}}
</style>"""
PNG = b"\x89PNG\r\n\x1a\n"


def trusted_outputs(reply: Any) -> list[NotebookNode]:
    """Take over text and PNG images from what the student process says were a cell's outputs."""
    listed = reply.get("outputs") if isinstance(reply, dict) else None
    if not isinstance(listed, list):
        return []
    return [output for item in listed[:30] if (output := _trusted(item)) is not None]


def _trusted(item: Any) -> NotebookNode | None:
    match item:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return new_output("stream", name=name, text=writable(text[:LONGEST_TEXT]))
        case {
            "output_type": "error",
            "ename": str(name),
            "evalue": str(value),
            "traceback": [*lines],
        }:
            kept = [writable(line[:LONGEST_TEXT]) for line in lines[:50] if isinstance(line, str)]
            name, value = writable(name[:200]), writable(value[:2000])
            return new_output("error", ename=name, evalue=value, traceback=kept)
        case {"output_type": "display_data", "data": dict(data)}:
            shown = {}
            if isinstance(data.get("text/plain"), str):
                shown["text/plain"] = writable(data["text/plain"][:LONGEST_TEXT])
            if _is_png(data.get("image/png")):
                shown["image/png"] = data["image/png"]
            return new_output("display_data", data=shown) if shown else None
    return None


def _is_png(text: Any) -> bool:
    if not isinstance(text, str):
        return False
    try:
        return base64.b64decode(text, validate=True).startswith(PNG)
    except (binascii.Error, ValueError):
        return False


def make_harmless(notebook: NotebookNode) -> None:
    """Turn the prose that a student wrote into HTML that runs nothing, in the copy that we keep."""
    left = LONGEST_PROSES
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        own = grader.get("solution") or "student" in cell.metadata.get("tags", [])
        if own and cell.cell_type == "markdown" and cell.source.strip() != TEXT_STUB:
            left -= len(cell.source)
            short = left >= 0 and len(cell.source) <= LONGEST_PROSE
            cell.source = harmless_html(cell.source) if short else as_it_stands(cell.source)


def as_it_stands(text: str) -> str:
    """Text that is shown letter by letter, in one block of HTML.

    >>> as_it_stands("a <b>\\n\\nc")
    '<pre>a &lt;b&gt;&#10;&#10;c</pre>'
    """
    return f"<pre>{html.escape(text).replace(chr(10), '&#10;')}</pre>"


def harmless_html(markdown: str) -> str:
    """Render Markdown, keep only harmless tags, attributes and links, in one block of HTML.

    >>> harmless_html("*a* [b](javascript:c)<script>d</script>")
    '<div><p><em>a</em> <a>b</a>&lt;script&gt;d&lt;/script&gt;</p></div>'
    """
    safe = SanitizeHTML(tags=HARMLESS_TAGS).sanitize_html_tags(markdown2html(markdown).strip())
    unbroken = re.sub(r"\n\s*\n", "\n", safe)  # a blank line would end the block
    return f"<div>{unbroken}</div>"


def announce(notebook: NotebookNode, verdicts: list[Verdict], repairs: list[str]) -> None:
    """Put a summary behind the title: points, the hint for each known mistake, what was repaired.

    Only our own words stand in it; what a student's exception said is shown as text in its place.
    """
    lines = [STYLE, "", "**Your exercises**", ""]
    lines += ["| | exercise | points | hint |", "|---|---|---|---|"]
    for verdict in verdicts:
        mark, name = "✓" if verdict.full else "✗", verdict.exercise.partition(".")[2]
        hint = verdict.messages[-1] if verdict.misconception else ""
        points = f"{verdict.points:g}&nbsp;of&nbsp;{verdict.max_points:g}"
        place = f"[`{name}`](#{CHECK_PREFIX}{name})"  # where nbgrader's page has an anchor
        lines.append(
            f"| {mark} | {place} | {points} | {html.escape(hint).replace('|', '&#124;')} |"
        )
    lines += [
        "",
        "What each one still lacks stands below its cell. Cells that only draw are not run here.",
    ]
    if repairs:
        lines += ["", "**Repaired before grading**", "", *(f"- {repair}" for repair in repairs)]
    notebook.cells.insert(1, new_markdown_cell("\n".join(lines), id="summary"))


def error_output(name: str, message: str) -> NotebookNode:
    """An error of our own, shown where a cell's output would stand."""
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])


def verdict_outputs(verdict: Verdict) -> list[NotebookNode]:
    """A verdict as outputs of its check cell: sentences to read, and the number nbgrader reads."""
    if verdict.full:
        lines = [f"✓ {verdict.exercise}: {verdict.points:g} of {verdict.max_points:g} points"]
    else:
        lines = [f"✗ {verdict.exercise}: {verdict.points:g} of {verdict.max_points:g} points", ""]
        for message in verdict.messages:
            lines += textwrap.wrap(message, 92, initial_indent="  • ", subsequent_indent="    ")
    text = new_output("stream", name="stdout", text="\n".join(lines) + "\n")
    number = new_output("execute_result", data={"text/plain": repr(float(verdict.points))})
    return [text, number]
