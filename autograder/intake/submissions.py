"""What has been handed in: one notebook for each student, in the folders where nbgrader looks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.intake.reading import read_notebook


@dataclass(frozen=True)
class Submission:
    """One student's notebook as it was handed in. Its bytes stay on the disk until they are needed."""

    student: str
    path: Path
    hash: str = ""  # SHA-256 of the bytes

    @classmethod
    def of(cls, student: str, path: Path) -> Submission:
        """The submission that a file holds now."""
        return cls(student, path, hashlib.sha256(path.read_bytes()).hexdigest())

    @property
    def content(self) -> bytes:
        """The bytes. Raises CourseError when they are not those that were hashed."""
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise CourseError(f"cannot read {self.path.name}: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != self.hash:
            raise CourseError(f"{self.path.name} was changed while it was graded: grade again")
        return content


def submissions(
    course: Course, unit: Unit, only: Collection[str] | None = None
) -> Iterator[tuple[Submission, str]]:
    """Every submission of a unit, or only those of some students; why there is no file to judge, if so."""
    stems = [path.stem for path in unit.notebooks()]
    for folder in sorted((course.root / "submitted").glob(f"*/{unit.name}")):
        student = folder.parent.name
        if only is not None and student not in only:
            continue
        found = sorted(folder.glob("*.ipynb"))
        chosen = [path for path in found if path.stem in stems] or found
        if not chosen:
            yield Submission(student, folder), "there is no notebook in it"
        elif chosen[0].is_symlink() or not chosen[0].is_file():
            yield Submission(student, chosen[0]), f"{chosen[0].name} is not a plain file"
        else:
            yield Submission.of(student, chosen[0]), _unknown(unit, chosen[0].stem)


def _unknown(unit: Unit, stem: str) -> str:
    """Why no notebook of the unit is answered by one of this name, or nothing."""
    try:
        unit.notebook(stem)
    except CourseError as error:
        return str(error)
    return ""


def unreadable(submission: Submission) -> str:
    """Why a submission cannot be read, or nothing."""
    try:
        read_notebook(submission.content, submission.path.name)
    except CourseError as error:
        return str(error)
    return ""
