"""Search everything that leaves a course for canaries and secrets, whatever they are wrapped in."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Iterator
from pathlib import Path

from autograder.bundles.leaks import find_leaks
from autograder.bundles.secret_text import secret_lines, squeeze
from autograder.course import Unit

PYTHONS_OWN = ("another exception",)  # Python says so between two tracebacks


def spellings(secret: bytes) -> Iterator[bytes]:
    """A secret as somebody would write it who wants it unnoticed."""
    yield secret
    yield secret[::-1]
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    yield codecs.encode(secret.decode("latin-1"), "rot13").encode("latin-1")
    yield secret.decode("latin-1").encode("utf-16-le")
    for shift in range(3):  # base64 of a text in which the secret stands anywhere
        encoded = base64.b64encode(bytes(shift) + secret)
        yield encoded[4 if shift else 0 : len(encoded) - 4]
    yield b", ".join(str(byte).encode() for byte in secret)  # a list of numbers


def found(folder: Path, canaries: dict[str, bytes]) -> list[str]:
    """Where canaries stand, in any spelling, in the files below a folder."""
    wanted = [(kind, text) for kind, secret in canaries.items() for text in spellings(secret)]
    return [
        f"{path.relative_to(folder)} holds {kind}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes()]
        for kind, text in wanted
        if text in content
    ]


def lines_found(unit: Unit, folder: Path, public: bytes) -> list[str]:
    """Lines of solutions, checks and hidden programs, but for those that the students wrote."""
    known = squeeze(public)
    secrets = {
        squeezed: line
        for squeezed, line in secret_lines(unit).items()
        if squeezed not in known and line not in PYTHONS_OWN
    }
    return [str(leak) for leak in find_leaks(folder, secrets)]
