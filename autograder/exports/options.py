"""What can be said about an export, and what comes of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Unit
from autograder.errors import CourseError
from autograder.whole_file import write_whole


@dataclass(frozen=True)
class Options:
    """How to export. The LMS's own file is only read: what comes out is another file."""

    template: Path | None = None  # what the LMS exported: its columns, its people
    column: str = ""  # which of its columns is the unit's
    scale: bool = False  # the LMS counts out of another number: convert
    include_pending: bool = False  # also those for whom a person still has to give points
    feedback: bool = False  # also a zip of the feedback pages
    output: Path | None = None

    def not_for(self, kind: str) -> str:
        """The first option given that this kind of export does not know."""
        known = {"csv": (), "gradescope": (), "canvas": LMS, "moodle": (*LMS, "feedback")}[kind]
        given = [name for name in (*LMS, "feedback") if getattr(self, name) and name not in known]
        return f"--{given[0].replace('_', '-')}" if given else ""

    def place(self, unit: Unit, folder: Path, lms: str) -> Path:
        """Where the new file goes: beside the LMS's own by default, and never in its place."""
        beside = self.template and self.template.with_name(f"{self.template.stem}-{unit.name}.csv")
        place = self.output or beside or folder / f"{unit.name}-{lms}.csv"
        if self.template and place.exists() and place.samefile(self.template):
            raise CourseError(f"{place} is the template: name another file with --output")
        return place


LMS = ("template", "column", "scale", "include_pending")


@dataclass
class Exported:
    """The files that were written, and a line for each thing that a person should know."""

    paths: list[Path]
    notes: list[str] = field(default_factory=list)


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a file whole, or say in one line why not. Its folder is there, or its name was mistyped."""
    try:
        if not path.parent.is_dir() or path.is_dir():
            path.open("ab").close()  # the system says what is wrong
        write_whole(path, content, mode=mode)
    except OSError as error:
        raise CourseError(f"cannot write {path}: {error.strerror}") from None
