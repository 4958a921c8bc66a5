"""Write a file whole or not at all: a reader sees the old content or the new, never half of it.

The content is on the disk before it gets its name, and the name before anybody is told: so it outlives
a power failure too. A process that is killed while it writes leaves a draft, which nobody reads and
`sweep` removes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

DRAFT = ".draft"  # the end of a name: no search for notebooks finds it


def write_whole(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file, and its folder if need be; `mode` (less the umask) says who may read it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}{DRAFT}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(draft, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _keep_names(path.parent)
    except OSError as error:
        error.filename = str(path)  # writing tells no name
        raise
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _keep_names(folder: Path) -> None:
    """Put the list of a folder's names on the disk, where the system lets one."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(folders: Iterable[Path]) -> None:
    """Remove the drafts that a process which was killed has left. Nobody may be writing there now."""
    for folder in folders:
        for draft in folder.glob(f"*{DRAFT}"):
            draft.unlink(missing_ok=True)
