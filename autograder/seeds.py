"""Seeds that nobody outside can guess: fresh for each submission, the same when it is graded again."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets

import numpy as np

from autograder.course import Course


def course_secret(course: Course) -> bytes:
    """The 32 secret bytes of a course, made at first use and readable by its owner only."""
    path = course.state / "secret"
    course.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret := secrets.token_bytes(32))
    return secret


def derive(key: bytes, *words: str) -> bytes:
    """HMAC-SHA256 of the words, which cannot run into each other."""
    return hmac.new(key, json.dumps(words).encode(), hashlib.sha256).digest()


def generator(seed: bytes) -> np.random.Generator:
    """A numpy generator from all bits of a seed."""
    return np.random.default_rng(int.from_bytes(seed, "big"))
