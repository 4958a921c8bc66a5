"""Seeds that nobody outside can guess: fresh for each submission, the same when it is graded again."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path

import numpy as np
from filelock import FileLock

from autograder.course import Course
from autograder.whole_file import write_whole

SECRET_BYTES = 32


def course_secret(course: Course) -> bytes:
    """The 32 secret bytes of a course, made at first use and readable by its owner only."""
    path = course.state / "secret"
    if not _whole(path):
        course.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(course.state / "secret.lock"):  # of several processes, one makes it
            if not _whole(path):
                write_whole(path, secrets.token_bytes(SECRET_BYTES), mode=0o600)
    return path.read_bytes()


def _whole(path: Path) -> bool:
    """Whether the secret is there: one that was cut off could be guessed."""
    return path.is_file() and path.stat().st_size == SECRET_BYTES


def student_key(course: Course, unit_name: str, student: str) -> bytes:
    """The key of one student in one unit: with it inputs can be drawn for their work, and nobody else's."""
    return derive(course_secret(course), unit_name, student)


def submission_key(key: bytes, content_hash: str) -> bytes:
    """The key from which the inputs for one text of this student are drawn."""
    return derive(key, content_hash)


def derive(key: bytes, *words: str) -> bytes:
    """HMAC-SHA256 of the words, which cannot run into each other."""
    return hmac.new(key, json.dumps(words).encode(), hashlib.sha256).digest()


def generator(seed: bytes) -> np.random.Generator:
    """A numpy generator from all bits of a seed."""
    return np.random.default_rng(int.from_bytes(seed, "big"))
