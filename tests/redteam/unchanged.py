"""What must be the same afterwards: files by their hash, points by the gradebook; and nothing runs on."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Grade

from autograder.course import Course
from autograder.grading.gradebook import open_gradebook
from autograder.sandboxes.users import FIRST_USER_ID, USER_IDS

STATE = ("results", "certificates", "libraries", "signing-key", "grading.lock")
WRITTEN = ("autograded", "feedback", "report", *(f".course/{name}" for name in STATE))
MARK = "redteam-left"


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder and the hash of what is in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@dataclass(frozen=True)
class Everything:
    """The state of a course at one moment."""

    kept: dict[str, str]  # what grading does not write
    results: dict[str, str]
    certificates: dict[str, str]
    autograded: dict[str, str]
    points: dict[tuple[str, str], float | None]  # (student, cell) in the gradebook

    @classmethod
    def of(cls, course: Course) -> Everything:
        """Look at a course now."""
        with open_gradebook(course) as gradebook:
            grades = gradebook.db.query(Grade).all()
            points = {(g.notebook.student.id, g.name): g.auto_score for g in grades}
        kept = {
            name: digest
            for name, digest in hashes(course.root).items()
            if not name.startswith(WRITTEN) and name not in ("gradebook.db", "grades.csv")
        }
        return cls(
            kept,
            hashes(course.state / "results"),
            hashes(course.state / "certificates"),
            hashes(course.root / "autograded"),
            points,
        )


def running(course: Course) -> list[str]:
    """Processes that live in a sandbox of this course: they see its library among their mounts."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            mounts = (process / "mountinfo").read_text()
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(course.state) in mounts or str(course.root).encode() in command:
            found.append(f"{process.name}: {command!r}")
    return found


def left_behind() -> list[str]:
    """Files outside of the course that carry the attackers' mark, or belong to a sandbox's user."""
    found = []
    for place in (
        "/tmp",
        "/var/tmp",
        "/dev/shm",
        "/",
        "/dev",
        "/run",
        str(Path.home()),
        os.getcwd(),
    ):
        for path in Path(place).iterdir():
            try:
                owner = path.lstat().st_uid
            except OSError:
                continue
            if path.name.startswith(MARK) or FIRST_USER_ID <= owner < FIRST_USER_ID + USER_IDS:
                found.append(str(path))
    return found
