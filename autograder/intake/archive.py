"""Read folders and zips that strangers made: nothing is written or trusted, everything is bounded.

A zip that is not plain is refused whole, naming its first offending entry. A zip inside a folder or
zip is some student's own: when that one is refused, the others are still read.
"""

from __future__ import annotations

import io
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError

MOST_ENTRIES = 50_000
LARGEST_ENTRY = 200 << 20  # bytes
LARGEST_TOTAL = 4 << 30  # bytes of a whole class, zips inside its zip included
LARGEST_INNER = 200 << 20  # bytes of a student's own zip
STEEPEST = 200  # times that an entry may unfold
SMALL = 50 << 20  # bytes that any entry may unfold to: one line printed a million times is no bomb
LONGEST_NAME = 200  # bytes
LATEST = datetime(2200, 1, 1, tzinfo=UTC).timestamp()  # no file's date is believed to be later
REFUSED = "{!r} is refused: {!r} {}: take it out, or ask for it again"


@dataclass(frozen=True)
class Member:
    """One file found in a folder or zip of submissions."""

    path: PurePosixPath  # inside the folder or zip; a nested zip counts as a folder
    content: bytes
    received: datetime  # by the server's or the LMS's clock
    refused: str = ""  # why this is not taken in; `content` is then what there is of it
    box: PurePosixPath | None = None  # the folder that stands for the student's own zip it lay in


def members(path: Path) -> Iterator[Member]:
    """Every file of a folder or zip; what cannot be taken in comes with the reason.

    Raises CourseError when there is no such thing, or `path` itself is a zip that is refused.
    """
    if path.is_dir():
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            for file in (Path(folder) / name for name in sorted([*names, *links])):
                relative = PurePosixPath(file.relative_to(path).as_posix())
                if not is_rubbish(relative):
                    yield from _members_of_file(file, relative)
        for error in closed:
            relative = PurePosixPath(Path(error.filename).relative_to(path).as_posix())
            date = date_of_file(os.lstat(error.filename).st_mtime)
            yield Member(relative, b"", date, refused=_unreadable(error))
    elif path.is_file():
        date = date_of_file(path.stat().st_mtime)
        if path.suffix.lower() == ".zip":
            yield from read_zip(path, path.name, date)
        else:
            yield Member(PurePosixPath(path.name), path.read_bytes(), date)
    else:
        raise CourseError(f"there is no {path}: name a folder or zip of submissions")


def _members_of_file(file: Path, relative: PurePosixPath) -> Iterator[Member]:
    about = file.lstat()
    date = date_of_file(about.st_mtime)
    if file.is_symlink() or not file.is_file():
        kind = "symbolic link" if file.is_symlink() else "device"
        yield Member(relative, b"", date, refused=f"it is a {kind}, not a file")
        return
    if about.st_size > LARGEST_ENTRY:
        reason = f"it has over {LARGEST_ENTRY >> 20} MiB"
        yield Member(relative, b"", date, refused=reason)
        return
    try:
        if file.suffix.lower() != ".zip":
            yield Member(relative, file.read_bytes(), date)
            return
        inner = list(read_zip(file, file.name, date, dated=False))
    except OSError as error:
        yield Member(relative, b"", date, refused=_unreadable(error))
    except CourseError as error:
        yield Member(relative, file.read_bytes(), date, refused=str(error))
    else:
        for member in inner:
            box = relative.with_suffix("")
            yield replace(member, path=box / member.path, box=box)


def date_of_file(seconds: float) -> datetime:
    """The date of a file, which its owner may have set to any number at all."""
    return datetime.fromtimestamp(min(max(seconds, 0), LATEST), UTC)


def _unreadable(error: OSError) -> str:
    return f"it cannot be read ({error.strerror})"


def read_zip(
    source: Path | bytes, name: str, received: datetime, *, dated: bool = True
) -> Iterator[Member]:
    """Yield the files of a zip, zips inside it unfolded. Raises CourseError naming the first bad entry.

    With `dated`, the entries' own dates are believed, and `received` is for those that have none;
    a zip that a student made is read with `dated=False`. Nested zips have the date of their entry.
    """
    left = most = LARGEST_TOTAL if dated else LARGEST_INNER
    if (
        not dated
    ):  # zipfile reads all that is listed, at 20 times its size, before it can be counted
        content = source if isinstance(source, bytes) else source.read_bytes()
        _refuse_too_many(content.count(b"PK\x01\x02"), name)
    for entry, content in _entries(source, name, most):
        path = PurePosixPath(entry.filename)
        when = (_date(entry) or received) if dated else received
        if path.suffix.lower() != ".zip":
            yield Member(path, content, when)
            continue
        if isinstance(source, bytes):
            raise CourseError(REFUSED.format(name, entry.filename, "is nested too deep"))
        try:  # all of it or nothing of it
            inner = list(read_zip(content, path.name, when, dated=False))
        except CourseError as error:
            yield Member(path, content, when, refused=str(error))
            continue
        left -= sum(len(member.content) for member in inner)
        if left < 0:
            raise CourseError(REFUSED.format(name, entry.filename, _too_much(most)))
        for member in inner:
            box = path.with_suffix("")
            yield Member(box / member.path, member.content, when, box=box)


def _entries(
    source: Path | bytes, name: str, total: int
) -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    try:
        archive = zipfile.ZipFile(source if isinstance(source, Path) else io.BytesIO(source))
    except Exception as error:  # zipfile lets out errors of a dozen kinds for damaged zips
        raise CourseError(f"{name!r} is not a readable zip ({error}): pack it again") from None
    with archive:
        _refuse_bad_entries(archive.infolist(), name, total)
        for entry in archive.infolist():
            if not entry.is_dir() and not is_rubbish(PurePosixPath(entry.filename)):
                yield entry, _unpack(archive, entry, name)


def _refuse_bad_entries(entries: list[zipfile.ZipInfo], name: str, most_bytes: int) -> None:
    _refuse_too_many(len(entries), name)
    seen: set[str] = set()
    total = 0
    for entry in entries:
        reason = _defect(entry)
        plain = unicodedata.normalize("NFC", entry.filename).casefold().rstrip("/")
        if not reason and plain in seen:
            reason = "stands there twice"
        seen.add(plain)
        total += entry.file_size
        if not reason and total > most_bytes:
            reason = _too_much(most_bytes)
        if reason:
            raise CourseError(REFUSED.format(name, entry.filename, reason))


def _refuse_too_many(count: int, name: str) -> None:
    if count > MOST_ENTRIES:
        raise CourseError(
            f"{name!r} is refused: it has {count} entries, over {MOST_ENTRIES}: split it"
        )


def _too_much(most_bytes: int) -> str:
    return f"brings the whole over {most_bytes >> 20} MiB"


def _defect(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not a plain file with a plain name; empty when it is."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    # `filename` ends at the first NUL; newer Pythons take it from a second place in the entry
    for name in (entry.orig_filename, entry.filename):
        if reason := _defect_of_name(name):
            return reason
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a symbolic link or a device"
    if entry.is_dir() and entry.file_size:
        return "is a folder that has content"
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return (
            "is packed in an unusual way"  # zipfile unfolds bzip2 and LZMA past their stated size
        )
    if entry.flag_bits & 0x2041:  # encrypted, strongly encrypted, masked directory
        return "is encrypted"
    if entry.file_size > LARGEST_ENTRY:
        return f"unfolds to over {LARGEST_ENTRY >> 20} MiB"
    if entry.file_size > max(SMALL, STEEPEST * entry.compress_size):
        return f"unfolds to over {STEEPEST} times its size"
    return ""


def _defect_of_name(name: str) -> str:
    parts = name.rstrip("/").split("/")
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return "has control characters in its name"
    if name.startswith("/") or "\\" in name or name[1:2] == ":":
        return "is not a relative path with forward slashes"
    if not name or ".." in parts or "." in parts or "" in parts:
        return "does not lead straight to a file in its folder"
    if any(len(part.encode()) > LONGEST_NAME for part in parts):
        return f"has a name of over {LONGEST_NAME} bytes"
    return ""


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """The content of an entry: zipfile reads no more than its stated size, and checks its sum."""
    try:
        return archive.read(entry)
    except Exception as error:  # zlib, lzma and bz2 each have an error of their own
        reason = f"is damaged ({error})"
        raise CourseError(REFUSED.format(name, entry.filename, reason)) from None


def _date(entry: zipfile.ZipInfo) -> datetime | None:
    """The date of an entry. A zip knows no time zones: it means the time where it was packed."""
    try:
        date = datetime(*entry.date_time)
        return date.astimezone(UTC) if date.year > 1980 else None  # 1980 means: no date
    except (ValueError, OverflowError, OSError):
        return None


def is_rubbish(path: PurePosixPath) -> bool:
    """Whether a path is hidden, or what systems leave behind: nobody's work.

    >>> is_rubbish(PurePosixPath("__MACOSX/ada/._significance.ipynb"))
    True
    """
    left = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"}
    hidden = path.name.startswith(".") and path.suffix.lower() != ".ipynb"
    folders = any(part.startswith(".") for part in path.parts[:-1])
    return hidden or folders or path.name.startswith("._") or not left.isdisjoint(path.parts)
