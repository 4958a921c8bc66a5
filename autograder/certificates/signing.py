"""The course's signing key: Ed25519, made at first use; whoever has the public half can check, nobody can forge.

In the course's private state:

    signing-key.pem        the private half, readable by its owner only; it never leaves this folder
    signing-key.pub.pem    the public half: publish it, and others can check certificates with it
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from filelock import FileLock

from autograder.course import Course
from autograder.errors import CourseError
from autograder.whole_file import write_whole


def private_path(course: Course) -> Path:
    return course.state / "signing-key.pem"


def public_path(course: Course) -> Path:
    return course.state / "signing-key.pub.pem"


def signing_key(course: Course) -> Ed25519PrivateKey:
    """The private key of a course, made at first use. Its public half is written beside it."""
    path, public_file = private_path(course), public_path(course)
    course.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with FileLock(course.state / "signing-key.lock"):  # of several processes, one makes it
            if not path.exists():
                made = Ed25519PrivateKey.generate()
                form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                write_whole(path, made.private_bytes(*form), mode=0o600)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise CourseError(f"{path} is no Ed25519 key: restore it, or move it away for a new one")
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not public_file.exists():
        write_whole(public_file, public, mode=0o644)
    elif public_file.read_bytes() != public:
        raise CourseError(
            f"{public_file} is not the public half of {path.name}: move away the wrong one"
        )
    return key


def check_private_half(course: Course) -> None:
    """Raise CourseError where the private key is there, and is not the one that the public key belongs to."""
    if private_path(course).exists():
        signing_key(course)


def read_public_key(path: Path) -> Ed25519PublicKey:
    """A public key from its file. Raises CourseError when there is none."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise CourseError(
            f"cannot read the public key {path}: {error.strerror}; name it with --key"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise CourseError(f"{path} is no public key in PEM format") from None
    if not isinstance(key, Ed25519PublicKey):
        raise CourseError(f"{path} is no Ed25519 key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """The short name of a public key, for people to compare."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:32]


def signed_by(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether this key's private half made the signature of this very message."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
