"""Zips byte by byte, with headers that no program would write: lies about sizes, names, places, kinds."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from tests.fuzz.drawing import Draw

STORED, DEFLATED = 0, 8


@dataclass(frozen=True)
class Entry:
    """One entry: what is in it, and in what its headers differ from the truth."""

    name: bytes
    content: bytes
    method: int = DEFLATED
    flags: int = 0x800  # the name is UTF-8
    mode: int = 0o100644
    date: int = 0x5C616000  # 2026-03-01 12:00
    longer: int = 0  # how much longer the content is said to be, unpacked
    packed_longer: int = 0  # the same, packed
    wrong_sum: bool = False
    place: int | None = None  # where it is said to begin
    local_name: bytes | None = None  # what stands before the content, if not `name`
    extra: bytes = b""


def pack(entries: Sequence[Entry], *, comment: bytes = b"", count: int | None = None) -> bytes:
    """The zip that holds these entries; `count` is how many it says there are."""
    body, directory = b"", b""
    for entry in entries:
        place = len(body) if entry.place is None else entry.place
        body += _local(entry)
        directory += (
            b"PK\x01\x02"
            + struct.pack("<HH", 20, 20)
            + _about(entry, entry.name)
            + struct.pack("<HHHII", len(comment), 0, 0, entry.mode << 16, place & 0xFFFFFFFF)
            + entry.name
            + entry.extra
            + comment
        )
    said = len(entries) if count is None else count
    end = struct.pack("<HHHHIIH", 0, 0, said, said, len(directory), len(body), len(comment))
    return body + directory + b"PK\x05\x06" + end + comment


def _packed(entry: Entry) -> bytes:
    if entry.method != DEFLATED:
        return entry.content
    squeeze = zlib.compressobj(wbits=-15)
    return squeeze.compress(entry.content) + squeeze.flush()


def _about(entry: Entry, name: bytes) -> bytes:
    return struct.pack(
        "<HHIIIIHH",
        entry.flags,
        entry.method,
        entry.date,
        zlib.crc32(entry.content) ^ entry.wrong_sum,
        max(0, len(_packed(entry)) + entry.packed_longer),
        max(0, len(entry.content) + entry.longer),
        len(name),
        len(entry.extra),
    )


def _local(entry: Entry) -> bytes:
    name = entry.name if entry.local_name is None else entry.local_name
    header = b"PK\x03\x04" + struct.pack("<H", 20) + _about(entry, name)
    return header + name + entry.extra + _packed(entry)


def unicode_path(name: bytes, second: str) -> bytes:
    """The extra field that gives an entry a second name, which newer Pythons prefer."""
    body = struct.pack("<BI", 1, zlib.crc32(name)) + second.encode()
    return struct.pack("<HH", 0x7075, len(body)) + body


PARTS = ["ada", "bob", "Ada", "ADA", "ada.", "con", "NUL", "aux.x", "COM1", "..", ".", "~", "-rf", "submitted", "01_significance", "significance", ".hidden",
    "Ada L", "Ada_L", "ada ", "Zo\xeb", "Zoe\u0308", "\u202eada", "a\u200bda", "\u2066x", "ada\n", "a\0b", "🦊",
    "İda", "x" * 64, "x" * 199, "x" * 300, "a\\b", "C:", "lovelace_1_2_significance", "\x1b[2J",
    "Ada L_7_assignsubmission_file", "ada_LATE_1_2_significance-1", "__MACOSX", "timestamp.txt", "",
]  # fmt: skip
ENDS = [
    "/significance.ipynb",
    ".ipynb",
    "/x.ipynb",
    ".zip",
    "/numpy.py",
    "/",
    "",
    "/ .ipynb",
    ".IPYNB",
]
NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def entry(draw: Draw, depth: int = 0) -> Entry:
    """Draw an entry: mostly an honest one, with one or two lies."""
    name = _name(draw)
    content = draw.pick([NOTEBOOK, b"", draw.blob(30), b"x" * 3000])
    if depth < 2 and draw.chance(3):
        name, content = name + b".zip", zip_of(draw, depth + 1)
    lies = dict[str, object]()
    for _ in range(draw.below(3)):
        lies |= draw.pick(
            [
                {},
                {"method": draw.below(100)},
                {"flags": draw.below(1 << 16)},
                {"mode": draw.below(1 << 16)},
                {"date": draw.below(1 << 32)},
                {"longer": draw.below(1 << 33) - (1 << 32)},
                {"packed_longer": draw.below(200) - 100},
                {"wrong_sum": True},
                {"place": draw.below(400)},
                {"local_name": _name(draw)},
                {"extra": unicode_path(name, draw.pick(PARTS))},
                {"extra": draw.blob(40)},
            ]
        )
    return Entry(name[:65535], content, **lies)  # type: ignore[arg-type]


def _name(draw: Draw) -> bytes:
    parts = [draw.pick(PARTS) for _ in range(1 + draw.below(3))]
    if draw.chance(6):
        parts.append(draw.text(12))
    return ("/".join(parts) + draw.pick(ENDS)).encode("utf-8", "surrogateescape")


def zip_of(draw: Draw, depth: int = 0) -> bytes:
    """Draw a zip."""
    entries = [entry(draw, depth) for _ in range(1 + draw.below(4))]
    count = draw.below(1 << 16) if draw.chance(10) else None
    return pack(entries, comment=draw.blob(5) if draw.chance(8) else b"", count=count)
