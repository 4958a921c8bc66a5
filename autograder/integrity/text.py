"""Text that is worth a look: places where hidden things would lie, points, words for a grader.

Prose and comments are read for words that are addressed to whoever grades; strings in code also for
places and points. English and German only; letters that look like others are read as what they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

PLACES = re.compile(
    r"(?:^|[\s'\"=])(/proc(?:/\S*|(?=['\"\s)]|$))|/etc/(?:passwd|shadow)\b|/dev/shm\b\S*|~?/?\.ssh\b\S*)"
    r"|(gradebook\.db|nbgrader_config|(?:^|/)autograder(?:/|$)|(?:^|/)\.course(?:/|$)|site-packages)"
    r"|^(\S{0,200}\.ipynb)$"
)
SECRETS = re.compile(r"secret|passw|token|credential|private|nbgrader|autograder|course", re.I)
POINTS = re.compile(
    r"^\W*(\d{1,4}(?:\.\d{1,4})?)\s*(?:/|out of|of)\s*\1(?:\s*points?)?\W*$"
    r"|\b(?:points|score|grade|marks)\s*[:=]\s*\d{1,4}"
    r"|\bfull (?:marks|points|credit)\b",
    re.I,
)
TO_A_GRADER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}"
    r"(?:previous|prior|above|earlier|preceding|system)\s+(?:\w+\s+)?"
    r"(?:instruction|prompt|rule|rubric|guideline)s?"
    r"|\b(?:give|award|assign|grant)\s+(?:\w+\s+){0,4}"
    r"(?:(?:full|maximum|perfect|all|top|highest)\s+(?:the\s+|possible\s+)?(?:marks?|points?|scores?|credits?|grades?)"
    r"|100\s?%|(\d{1,4})\s*/\s*\1\b)"
    r"|\b(?:dear|note to(?: the)?|attention|hello|hey)\s+(?:\w+\s+){0,2}"
    r"(?:grader|autograder|ai|llm|language model|grading (?:assistant|system|model))\b"
    r"|\bignoriere?\s+(?:\w+\s+){0,3}(?:vorherigen|bisherigen|obigen)\s+(?:anweisung|regel)en"
    r"|\b(?:gib|gebe|vergib)\s+(?:\w+\s+){0,3}(?:volle|alle|maximale)\s+(?:punkt\w*|punktzahl)",
    re.I,
)
TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")  # what is shown is not what is run
LONGEST = 20_000  # characters of a text that is read


def plainly(text: str) -> str:
    """Text as it is read: one form of each letter, without characters that nobody sees.

    >>> plainly("ｉｇｎｏｒｅ pre\u200bvious")
    'ignore previous'
    """
    shown = unicodedata.normalize("NFKC", text[:LONGEST])
    return "".join(letter for letter in shown if unicodedata.category(letter) != "Cf")


def in_string(text: str) -> Iterator[tuple[str, str]]:
    """What is worth a look in a string of a program: (kind, words)."""
    seen = plainly(text)
    if found := PLACES.search(seen):
        yield "place", f"names {next(filter(None, found.groups()))[:80]}"
    if found := POINTS.search(seen):
        yield "points", f"holds the text {found[0].strip()[:80]!r}"
    yield from in_prose(text)


def in_prose(text: str) -> Iterator[tuple[str, str]]:
    """What is worth a look in prose and in comments."""
    if found := TO_A_GRADER.search(plainly(text)):
        yield "to a grader", f"is addressed to whoever grades: {' '.join(found[0].split())[:80]!r}"


def lines_of_prose(source: str) -> Iterator[tuple[int, str, str]]:
    """(line, kind, words) of Markdown. Words that a line's end divides are found too."""
    lines = source[:LONGEST].splitlines()
    for number, line in enumerate(lines, 1):
        both = f"{line} {lines[number]}" if number < len(lines) else line
        here = list(in_prose(line))
        after = list(in_prose(lines[number])) if number < len(lines) else []
        for kind, words in here or ([] if after else in_prose(both)):
            yield number, kind, words
