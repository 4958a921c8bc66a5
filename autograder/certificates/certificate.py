"""Grade certificates: what was judged, with what, and what came of it, signed with the course's key.

Each recorded result has one, and keeps it when it is regraded. In the course's private state:

    certificates/<unit>/<student>/<notebook>.0001.json, .0002.json, …    the last one is in force

A certificate holds hashes, versions and points; no secret, no flag, and nothing that a person decided.
Its file is exactly what `Certificate.text` writes: a file that differs in one byte is not accepted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from nbformat import NotebookNode

from autograder.certificates.signing import fingerprint, signed_by, signing_key
from autograder.course import Course, Unit
from autograder.intake.arrivals import write
from autograder.intake.submissions import Submission
from autograder.judging.judge import Result
from autograder.whole_file import sweep

PURPOSE = b"grade certificate, form 1\n"  # a signature made for another purpose is none of this
LONGEST = 1 << 20  # characters


class BrokenCertificate(ValueError):
    """The file is not a certificate, or not whole, or not as it was signed."""


@dataclass(frozen=True)
class Certificate:
    """Claims about one result, the fingerprint of the key, and the signature."""

    claims: dict[str, Any]
    key: str
    signature: bytes

    @classmethod
    def sign(cls, claims: dict[str, Any], key: Ed25519PrivateKey) -> Certificate:
        return cls(claims, fingerprint(key.public_key()), key.sign(PURPOSE + _canonical(claims)))

    @classmethod
    def read(cls, path: Path) -> Certificate:
        """Read a file that is exactly what `text` writes; its signature is not checked yet."""
        try:
            text = path.read_bytes().decode("utf-8")
            told: Any = json.loads(text) if len(text) < LONGEST else None
            found = cls(told["certificate"], told["key"], bytes.fromhex(told["signature"]))
            whole = found.text() == text and isinstance(found.claims["serial"], int)
            whole = whole and all(isinstance(found.claims[name], str) for name in ABOUT)
        except (ValueError, TypeError, KeyError, RecursionError):
            whole = False
        if not whole:
            raise BrokenCertificate("it is not whole, or was changed")
        return found

    def text(self) -> str:
        """The file: readable, and the same for the same certificate."""
        told = {"certificate": self.claims, "key": self.key, "signature": self.signature.hex()}
        return json.dumps(told, indent=2, sort_keys=True) + "\n"

    def holds(self, key: Ed25519PublicKey) -> bool:
        """Whether the private half of this key signed these claims."""
        named = self.key == fingerprint(key)
        return named and signed_by(key, self.signature, PURPOSE + _canonical(self.claims))


ABOUT = ("unit", "student", "notebook")


def issue(course: Course, unit: Unit, submission: Submission, result: Result) -> Certificate:
    """Certify a result. One that is certified already keeps its certificate."""
    key = signing_key(course)
    files = issued(course, unit, submission.student, submission.path.name)
    judged = hash_of_result(result)
    if files:
        try:
            last = Certificate.read(files[-1])
        except BrokenCertificate:
            pass  # it stays where it is, as evidence; a new one replaces it
        else:
            same = last.claims.get("result") == judged
            if (
                same
                and _serial(files[-1]) == last.claims["serial"]
                and last.holds(key.public_key())
            ):
                return last
    serial = _serial(files[-1]) + 1 if files else 1
    claims = {
        "unit": unit.name,
        "student": submission.student,
        "notebook": submission.path.name,
        "serial": serial,
        "replaces": hash_of(files[-1].read_bytes()) if files else "",
        "submission": submission.hash,
        "content": result.content_hash,
        "sandbox": result.sandbox,
        "verdicts": points_of(result),
        "result": judged,
        "executed": hash_of_cells(result.executed),
        **result.made_with,
    }
    certificate = Certificate.sign(claims, key)
    name = f"{submission.path.stem}.{serial:04}.json"
    write(folder_of(course, unit) / submission.student / name, certificate.text().encode())
    return certificate


def sweep_drafts(course: Course, unit: Unit) -> None:
    """Clear up after a run that was killed."""
    sweep(folder_of(course, unit).glob("*"))


def folder_of(course: Course, unit: Unit) -> Path:
    return course.state / "certificates" / unit.name


def issued(course: Course, unit: Unit, student: str, notebook: str) -> list[Path]:
    """The files of a student's certificates for a notebook, or for any; the last one is in force."""
    found = (folder_of(course, unit) / student).glob("*.json")
    stem = Path(notebook).stem
    mine = [path for path in found if stem in ("", path.stem.rpartition(".")[0])]
    return sorted(filter(_serial, mine), key=_serial)


def _serial(path: Path) -> int:
    number = path.stem.rpartition(".")[2]
    return int(number) if number.isdecimal() else 0


def points_of(result: Result) -> list[dict[str, Any]]:
    """The verdicts as they are certified: the exercise, the points, and of how many."""
    return [
        {"exercise": v.exercise, "points": float(v.points), "max_points": float(v.max_points)}
        for v in result.verdicts
    ]


def hash_of_result(result: Result) -> str:
    """A hash of the executed notebook and of all that the student is told; flags do not count."""
    told = [[v.exercise, v.points, v.misconception, v.messages, v.seconds] for v in result.verdicts]
    return hash_of(_canonical({"verdicts": told, "executed": result.executed}))


def hash_of_cells(notebook: NotebookNode | None) -> str:
    """A hash of the cells of an executed notebook: their kind, text and outputs."""
    cells = notebook.cells if notebook else []
    told = [[cell.cell_type, cell.source, cell.get("outputs", [])] for cell in cells]
    return hash_of(_canonical(told))


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
