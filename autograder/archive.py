"""Read a zip that a stranger made: nothing is written, nothing is trusted, everything is bounded.

A zip that is not plain is refused whole, naming its first offending entry.
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from autograder.errors import CourseError

MOST_ENTRIES = 20_000
LARGEST_ENTRY = 200 << 20  # bytes
LARGEST_TOTAL = 4 << 30
STEEPEST = 200  # times that an entry may unfold
LONGEST_NAME = 200
MOST_NESTING = 2


@dataclass(frozen=True)
class Member:
    """One file found in a folder or zip of submissions."""

    path: PurePosixPath  # inside the folder or zip; a nested zip counts as a folder
    content: bytes
    received: datetime


def read_zip(content: bytes, name: str, depth: int = 1) -> Iterator[Member]:
    """Yield the files of a zip, nested zips unfolded. Raises CourseError naming the first bad entry."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise CourseError(f"{name} is not a readable zip ({error}): pack it again") from None
    if len(entries) > MOST_ENTRIES:
        raise CourseError(f"{name} has {len(entries)} entries, over {MOST_ENTRIES}: split it")
    _refuse_bad_entries(entries, name)
    for entry in entries:
        if entry.is_dir() or _is_rubbish(entry.filename):
            continue
        data = _unpack(archive, entry, name)
        path = PurePosixPath(entry.filename)
        received = datetime(*entry.date_time, tzinfo=UTC) if _has_date(entry) else datetime.now(UTC)
        if path.suffix.lower() != ".zip":
            yield Member(path, data, received)
        elif depth >= MOST_NESTING:
            raise CourseError(f"{name}: {entry.filename} is a zip in a zip in a zip: unpack it first")
        else:
            for inner in read_zip(data, f"{name}/{entry.filename}", depth + 1):
                yield Member(path.with_suffix("") / inner.path, inner.content, inner.received)


def _refuse_bad_entries(entries: list[zipfile.ZipInfo], name: str) -> None:
    seen: set[str] = set()
    total = 0
    for entry in entries:
        reason = _defect(entry)
        plain = unicodedata.normalize("NFC", entry.filename).casefold().rstrip("/")
        if not reason and plain in seen and not entry.is_dir():
            reason = "stands there twice"
        seen.add(plain)
        total += entry.file_size
        if not reason and total > LARGEST_TOTAL:
            reason = f"brings the whole over {LARGEST_TOTAL >> 30} GiB"
        if reason:
            raise CourseError(f"{name} is refused: {entry.filename!r} {reason}")


def _defect(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not a plain file with a plain name; empty when it is."""
    raw = entry.orig_filename
    parts = PurePosixPath(entry.filename).parts
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in raw):
        return "has control characters in its name"
    if raw.startswith(("/", "\\")) or ":" in raw.split("/")[0][:2] or "\\" in raw:
        return "is not a relative path with forward slashes"
    if ".." in parts:
        return "leads out of its folder"
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        return f"has a name of over {LONGEST_NAME} bytes"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a symbolic link or a device"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.file_size > LARGEST_ENTRY:
        return f"unfolds to over {LARGEST_ENTRY >> 20} MiB"
    if entry.file_size > STEEPEST * max(entry.compress_size, 4096):
        return f"unfolds to over {STEEPEST} times its size"
    return ""


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    try:
        with archive.open(entry) as file:
            data = file.read(LARGEST_ENTRY + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise CourseError(f"{name} is refused: {entry.filename!r} is damaged ({error})") from None
    except Exception as error:  # zlib, lzma and bz2 each have an error of their own
        raise CourseError(f"{name} is refused: {entry.filename!r} is damaged ({error})") from None
    if len(data) > LARGEST_ENTRY:
        raise CourseError(f"{name} is refused: {entry.filename!r} is larger than it says")
    return data


def _has_date(entry: zipfile.ZipInfo) -> bool:
    try:
        datetime(*entry.date_time)
    except ValueError:
        return False
    return entry.date_time[0] > 1980


def _is_rubbish(filename: str) -> bool:
    """What operating systems leave in zips."""
    parts = PurePosixPath(filename).parts
    return "__MACOSX" in parts or parts[-1] in (".DS_Store", "Thumbs.db")
