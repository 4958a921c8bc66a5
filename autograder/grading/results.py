"""The store of results: one file each, named by the hash of everything that the result depends on.

A result is looked up by unit, student, submitted bytes, instructor's notebook, the code that judges this
unit, the course secret, the sandbox level and the budgets. When one of them changes, the key changes, and the submission is judged
again; when nothing changed, it never is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

import nbformat

from autograder.check import Verdict
from autograder.course import Course, Unit
from autograder.intake.submissions import Submission
from autograder.integrity.flags import Flag
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.judging.judge import Result
from autograder.judging.provenance import hash_of_file, hash_of_grader
from autograder.whole_file import sweep, write_whole


class ResultStore:
    """Results of one unit on disk. Writing is atomic: a reader sees a whole result or none."""

    def __init__(self, course: Course, unit: Unit) -> None:
        self._secret = seeds.course_secret(course)
        self._folder = course.state / "results" / unit.name
        self._folder.mkdir(parents=True, exist_ok=True)

    def key_of(self, submission: Submission, desk: Desk, level: str) -> str:
        """The name under which the result of a submission is kept."""
        digest = hashlib.sha256()
        for part in (
            desk.unit.name.encode(),
            submission.student.encode(),
            submission.path.name.encode(),
            submission.hash.encode(),
            hash_of_file(desk.unit.notebook(submission.path.stem)).encode(),
            hash_of_grader(desk.unit, desk.library).encode(),
            self._secret,
            level.encode(),
            repr(desk.budgets).encode(),
        ):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def get(self, key: str) -> Result | None:
        """The result of this key, or None if there is none yet."""
        try:
            stored = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return from_json(stored)

    def put(self, key: str, result: Result) -> None:
        """Keep a result under its key."""
        write_whole(self._folder / f"{key}.json", json.dumps(to_json(result)).encode())

    def sweep(self) -> None:
        """Clear up after a run that was killed."""
        sweep([self._folder])


def to_json(result: Result) -> dict[str, Any]:
    """A whole result, executed notebook included, as JSON-able data."""
    return {
        "unit": result.unit,
        "verdicts": [asdict(verdict) for verdict in result.verdicts],
        "repairs": result.repairs,
        "sandbox": result.sandbox,
        "content_hash": result.content_hash,
        "made_with": result.made_with,
        "evidence": [asdict(flag) for flag in result.evidence],
        "executed": result.executed,
    }


def from_json(stored: dict[str, Any]) -> Result:
    """The result that `to_json` wrote down."""
    verdicts = [Verdict(**verdict) for verdict in stored["verdicts"]]
    executed = nbformat.from_dict(stored["executed"])
    evidence = [Flag(**flag) for flag in stored["evidence"]]
    told = {"verdicts": verdicts, "executed": executed, "evidence": evidence}
    return Result(**{**stored, **told})
