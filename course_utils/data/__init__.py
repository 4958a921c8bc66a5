"""Real data: where it is kept, and what is said when it is not there.

Third-party texts, tables and weights are never part of this project. `course data` fetches them
once (`carriers.py`); a bundle carries what its unit needs. Importing this package loads nothing.
"""

from __future__ import annotations

import hashlib
import os
from importlib import import_module
from pathlib import Path
from typing import Any

_LAZY = {
    "load_mnist": "mnist",
    "split_mnist": "mnist",
    "load_movie_texts": "movies",
    "load_compas": "compas",
    "PUBLISHED_TABLES": "compas",
    "load_word_vectors": "word_vectors",
    "load_analogy_questions": "word_vectors",
    "load_bias_word_lists": "word_vectors",
    "load_shakespeare": "shakespeare",
    "split_shakespeare": "shakespeare",
    "sentences": "shakespeare",
    "load_misspellings": "spelling",
    "split_misspellings": "spelling",
    "load_web_counts": "spelling",
    "load_word_list": "spelling",
    "fetch_all": "carriers",
}


class DataError(RuntimeError):
    """A data file is missing, damaged or cannot be fetched. One line: the thing and the fix."""


def data_dir() -> Path:
    """Return the folder of the fetched files; it need not exist yet.

    $COURSE_DATA if set, else the `files` folder of a bundle if there is one, else the user's cache.
    """
    if chosen := os.environ.get("COURSE_DATA"):
        return Path(chosen).expanduser()
    carried = Path(__file__).parent / "files"
    if carried.is_dir():
        return carried
    import platformdirs

    return Path(platformdirs.user_cache_dir("course_utils"))


def sha256(content: bytes) -> str:
    """Return the checksum of `content` in hexadecimal.

    >>> sha256(b"")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(content).hexdigest()


def verify(content: bytes, expected: str, name: str | Path, *, fix: str) -> bytes:
    """Return `content` if its sha256 is `expected`, else raise `DataError` naming both sums."""
    found = sha256(content)
    if found != expected:
        raise DataError(f"{name}: expected sha256 {expected}, found {found}; {fix}")
    return content


def read_data(name: str, expected: str, *, folder: Path | None = None) -> bytes:
    """Read one fetched file, checked against its sha256; `DataError` names the command to run."""
    path = (folder or data_dir()) / name
    if not path.is_file():
        raise DataError(
            f"{path} is not there: run `course data` once, with a network "
            "(a student: unzip the bundle again)"
        )
    fix = "run `course data` to fetch it again (a student: unzip the bundle again)"
    return verify(path.read_bytes(), expected, path, fix=fix)


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
