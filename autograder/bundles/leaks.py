"""The leak proof: look for secrets in every file of a bundle, however they are wrapped.

Looked into, one inside the other: archives (zip, gzip, bz2, xz), JSON and notebooks (sources,
outputs, metadata, attachments), base64, UTF-16, HTML, the colours of a traceback. Not undone:
encryption, other spellings of the same program, pixels.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.bundles.secret_text import machine_paths, secret_lines, squeeze
from autograder.bundles.sieve import Sieve

__all__ = ["Leak", "find_leaks", "machine_paths", "secret_lines"]

MAX_DEPTH = 6
SHORT = 200  # bytes
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}(?:\r?\n[A-Za-z0-9+/_-]{4,}={0,2})*")
_PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
    b"\x78\x01": zlib.decompress,
    b"\x78\x9c": zlib.decompress,
    b"\x78\xda": zlib.decompress,
}


@dataclass(frozen=True)
class Leak:
    """One secret in one file. `place` says where in it, as far as that can be said."""

    file: str  # inside the bundle, / between folders, ! before what is inside an archive
    line: str  # the secret line, as it stands in the source
    place: str = ""  # "line 41", "cell 7, outputs"

    def __str__(self) -> str:
        return f"{self.file}{', ' + self.place if self.place else ''}: {self.line}"


def find_leaks(
    folder_or_zip: Path, secrets: dict[bytes, str], *, but: tuple[str, ...] = ()
) -> list[Leak]:
    """Return every secret that a folder or a zip file holds, the clearest place of each first.

    Files of a folder whose names begin with one of `but` are not looked into.
    """
    if folder_or_zip.is_dir():
        paths = sorted(path for path in folder_or_zip.rglob("*") if path.is_file())
        names = {path: path.relative_to(folder_or_zip).as_posix() for path in paths}
        files = [
            (name, path.read_bytes()) for path, name in names.items() if not name.startswith(but)
        ]
    else:
        files = list(_members(folder_or_zip.read_bytes()))
    sieve = Sieve(secrets)
    found: dict[tuple[str, bytes], Leak] = {}
    for file, content in files:
        for name, place, data in _layers(file, "", content):
            for key, offset in sieve.hits(squeeze(data)):
                if (name, key) not in found:
                    where = place or _row(data, offset)
                    found[name, key] = Leak(name, secrets[key], where)
        for key, _ in sieve.hits(squeeze(file)):
            found.setdefault((file, key), Leak(file, secrets[key], "in its name"))
    return list(found.values())


def _layers(file: str, place: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, str, bytes]]:
    """Yield a piece of data and everything that is wrapped in it, as (file, place, data)."""
    structured = list(_leaves(data))
    for inner, text in structured:
        yield from _layers(file, inner or place, text, depth + 1)
    if not structured or depth == 0:
        yield file, place, data
    if depth >= MAX_DEPTH:
        return
    for name, member in _members(data):
        yield from _layers(f"{file}!{name}", "", member, depth + 1)
    for unwrapped in (*_unpacked(data), *_texts(data)):
        yield from _layers(file, place, unwrapped, depth + 1)
    for _, blob in () if structured else _together((place, blob) for blob in _base64(data)):
        yield from _layers(file, place, blob, depth + 1)


def _leaves(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The strings of a JSON document, with the place of each; of a notebook, cell by cell."""
    if data.lstrip()[:1] not in (b"{", b"["):
        return
    try:
        document = json.loads(data)
    except ValueError:
        return
    if not isinstance(document, dict | list):
        return
    yield from _together(_strings(document, ""))


def _together(pieces: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Join the short pieces of each place, because millions of them take long one by one."""
    short: dict[str, list[bytes]] = {}
    for place, piece in pieces:
        if len(piece) > SHORT or piece.startswith((b"{", b"[", *_PACKED)):
            yield place, piece
        else:
            short.setdefault(place, []).append(piece)
    for place, several in short.items():
        yield place, b"\n\n".join(several)  # an empty line, at which wrapped base64 ends


def _strings(value: Any, place: str) -> Iterator[tuple[str, bytes]]:
    if isinstance(value, str):
        yield place, value.encode("utf-8", "surrogatepass")
    elif isinstance(value, list) and all(isinstance(part, str) for part in value):
        yield from _strings("\n".join(value), place)  # a secret may be cut in pieces, or in lines
        yield from _strings("".join(value), place)
    elif isinstance(value, list):
        for number, part in enumerate(value, start=1):
            cell = isinstance(part, dict) and "cell_type" in part
            yield from _strings(part, f"cell {number}" if cell else place)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield place, key.encode("utf-8", "surrogatepass")
            yield from _strings(part, f"{place}, {key}".removeprefix(", ") if place else key)


def _members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of a zip archive, and its comments."""
    if b"PK\x05\x06" not in data:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            contents = [(info.filename, archive.read(info)) for info in entries]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
        return  # not an archive after all, or one that nobody can open
    yield from contents


def _unpacked(data: bytes) -> Iterator[bytes]:
    for magic, unpack in _PACKED.items():
        if data.startswith(magic):
            try:
                yield unpack(data)
            except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error):
                continue


def _texts(data: bytes) -> Iterator[bytes]:
    """The same text in UTF-8, without a terminal's colours, or without HTML's tags and entities."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield data.decode("utf-16", "replace").encode()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    without_colours = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    plain = html.unescape(re.sub(r"<[^<>]*>", "", without_colours))
    if plain != text:
        yield plain.encode("utf-8", "replace")


def _base64(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.findall(data):
        letters = re.sub(rb"[\s=]", b"", run).translate(bytes.maketrans(b"-_", b"+/"))
        for start in range(4):  # ordinary letters may stand right before the code
            part = letters[start:]
            part = part[:-1] if len(part) % 4 == 1 else part
            yield base64.b64decode(part + b"=" * (-len(part) % 4))


def _row(data: bytes, offset: int) -> str:
    """Say in which line of a text a squeezed offset lies; nothing for binary data."""
    if b"\0" in data[:4096]:
        return ""
    seen = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        seen += len(squeeze(line))
        if seen > offset:
            return f"line {number}"
    return ""
