"""Who reached which limit, read from the sentences in which it is told.

The sentences stand in the verdict, or beside the cell. Somebody who raises an error with the very words
is listed too: it is for an instructor's eyes, and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

OURS = re.compile(  # what a judge, a watcher or a fork's end says when something was too much
    r"(it|the notebook) (took over|used up) .*|its (processes|files) together .*|"
    r"the process (was killed|crashed \(SIG[A-Z]+\))|the answers? .*(larger than|has over) .*"
)
FOUND = re.compile(r"; found: (.*)\.$", re.S)
WHEN_GRADED = re.compile(r"when graded, ([^()]{1,120}?)\)?\.?$", re.I)  # behind an exception
LONGEST = 160  # characters of a sentence that are shown


def limit_in_sentence(sentence: str) -> str:
    """The limit that a sentence of a verdict tells of, or nothing.

    >>> limit_in_sentence("Expected that f adds; found: it took over 2 s.")
    'it took over 2 s'
    >>> limit_in_sentence("Expected that f adds; found: 3 instead of 4.")
    ''
    """
    found = FOUND.search(sentence)
    return _limit(found[1]) if found else ""


def limit_in_output(output: Mapping[str, Any]) -> str:
    """The limit that ended a cell, or nothing."""
    if output.get("output_type") != "error":
        return ""
    if output.get("ename") in ("Stopped", "ProcessEnded"):
        return _limit(str(output.get("evalue", "")))
    lines = output.get("traceback") or [""]
    return _limit(str(lines[-1])) if str(lines[-1]).startswith("When graded, ") else ""


def _limit(words: str) -> str:
    if OURS.fullmatch(words):
        return words[:LONGEST]
    behind = WHEN_GRADED.search(words[-200:])
    return behind[1] if behind else ""
