"""Take named members out of a .tar.gz or a .zip/.whl, in memory: nothing is unpacked to disk."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterable

from course_utils.data import DataError

MAX_MEMBER_BYTES = 256 * 2**20


def read_members(archive: bytes, wanted: Iterable[str], *, name: str) -> dict[str, bytes]:
    """Return the content of each wanted regular file of `archive`; links and folders never match.

    `name` is what an error calls the archive. Raises `DataError` when a member is missing, larger
    than 256 MiB, or the archive cannot be read.
    """
    wanted = list(wanted)
    try:
        if zipfile.is_zipfile(io.BytesIO(archive)):
            found = _from_zip(archive, wanted)
        else:
            found = _from_tar(archive, wanted)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as error:
        raise DataError(f"{name} is not a readable archive: {error}") from error
    if missing := [member for member in wanted if member not in found]:
        raise DataError(f"{name} does not hold {missing[0]} as a file of at most 256 MiB")
    return found


def _from_tar(archive: bytes, wanted: list[str]) -> dict[str, bytes]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        for member in tar:
            if member.name in wanted and member.isreg() and member.size <= MAX_MEMBER_BYTES:
                content = tar.extractfile(member)
                assert content is not None, "a regular file has content"
                found[member.name] = content.read()
    return found


def _from_zip(archive: bytes, wanted: list[str]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        return {
            member.filename: zipped.read(member)
            for member in zipped.infolist()
            if member.filename in wanted and member.file_size <= MAX_MEMBER_BYTES
        }
