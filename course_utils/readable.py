"""Text by strangers, made fit to be written to a file and shown on a terminal or a page."""

from __future__ import annotations


def writable(text: str) -> str:
    """Join halves of characters, and replace those that have no other half: no file can hold them.

    >>> writable("a\\ud83d\\ude00\\ud800") == "a\\U0001f600\\ufffd"
    True
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def one_line(text: str) -> str:
    """Write a text in one line, with nothing in it that moves a cursor or turns the writing round.

    >>> one_line("two\\n  lines\\x1b[2J")
    'two lines\\\\x1b[2J'
    """
    words = " ".join(text.split())
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in words)
