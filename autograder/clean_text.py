"""Text from strangers, made fit to be written anywhere: into UTF-8 files, onto pages, on a terminal."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def writable(text: str) -> str:
    r"""Half of a surrogate pair cannot be written as UTF-8, and would stop who tries.

    >>> writable("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def harmless_line(text: str) -> str:
    r"""A message that is safe to print: a terminal obeys what follows an escape character.

    >>> harmless_line("red: \x1b[31m \ud800")
    'red: �[31m ?'
    """
    return _CONTROLS.sub("\ufffd", writable(text))
