"""Where submissions are kept: each under its hash, and the one that counts where nbgrader looks.

In the course's private state:

    arrivals/<unit>/<student>/<hash>/       submitted.ipynb, received.json
    arrivals/<unit>/<student>/beside.json   names and hashes of the student's other files
    beside/<unit>/<hash>                    those files; they are never run
    set_aside/<unit>/<hash>/                what could not be given to a student; received.json says why
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.course import Course, Unit
from autograder.intake.archive import Member, date_of_file
from autograder.intake.lateness import note
from autograder.whole_file import write_whole


@dataclass(frozen=True)
class Arrival:
    """A notebook that came in: where it is kept, and what is known about it."""

    place: Path
    notebook: str  # the name of the unit's notebook that it answers
    number: str  # the LMS's own number of the student, if it came by one
    called: str  # what its path called the student, if that is known
    received: str  # ISO 8601, UTC
    order: int  # of collection

    def content(self) -> bytes:
        return (self.place / "submitted.ipynb").read_bytes()


@dataclass(frozen=True)
class Arrivals:
    """All that came in for one unit."""

    course: Course
    unit: Unit

    @property
    def folder(self) -> Path:
        return self.course.state / "arrivals" / self.unit.name

    def students(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*"))

    def of(self, student: str) -> list[Arrival]:
        """The arrivals of a student; the last one counts."""
        found = []
        for file in sorted((self.folder / student).glob("*/submitted.ipynb")):
            if about := read_json(file.parent / "received.json"):
                known = {key: about.get(key, "") for key in ("notebook", "number", "called")}
                when = {key: about[key] for key in ("received", "order")}
                found.append(Arrival(file.parent, **known, **when))
        return sorted(found, key=lambda arrival: (arrival.received, arrival.order))

    def keep(
        self, student: str, member: Member, *, notebook: str, number: str = "", called: str = ""
    ) -> None:
        """Keep a notebook of a student. The same bytes again have the later date."""
        place = self.folder / student / short_hash(member.content)
        write(place / "submitted.ipynb", member.content)
        known = read_json(place / "received.json")
        received = member.received.isoformat()
        if known.get("received", "") >= received:
            return
        others = [path for path in place.parent.glob("*/received.json") if path.parent != place]
        order = known.get("order", len(others))
        about = {"from": str(member.path), "received": received, "order": order}
        about |= {"notebook": notebook, "number": number, "called": called}
        write_json(place / "received.json", about)

    def keep_beside(self, content: bytes) -> str:
        """Keep a file that is no submission; equal files of a class are kept once. Return its hash."""
        name = short_hash(content)
        write(self.course.state / "beside" / self.unit.name / name, content)
        return name

    def list_beside(self, student: str, hashes: dict[str, str]) -> None:
        """Note what a student handed in with the notebook."""
        listing = self.folder / student / "beside.json"
        write_json(listing, read_json(listing) | hashes)

    def set_aside(self, member: Member, reason: str) -> None:
        """Keep what is nobody's, each with the path that it came by."""
        folder = self.course.state / "set_aside" / self.unit.name
        place = folder / short_hash(os.fsencode(member.path) + b"\0" + member.content)
        write(place / "submitted", member.content)
        about = {"from": str(member.path), "received": member.received.isoformat()}
        write_json(place / "received.json", {**about, "reason": reason})

    def submitted(self, student: str, notebook: str) -> Path:
        """Where nbgrader looks for what counts."""
        return self.course.root / "submitted" / student / self.unit.name / f"{notebook}.ipynb"

    def choose(self, student: str, notebook: str) -> list[Arrival]:
        """Copy the arrival that counts, with its date, to where nbgrader looks; return all of them.

        What lies there by another way is an arrival too, and is kept before it is overwritten.
        """
        file = self.submitted(student, notebook)
        known = {arrival.place.name for arrival in self.of(student)}
        if file.is_file() and not file.is_symlink():
            content, date = file.read_bytes(), date_of_file(file.stat().st_mtime)
            if short_hash(content) not in known:
                there = Member(PurePosixPath(file.relative_to(self.course.root)), content, date)
                self.keep(student, there, notebook=notebook)
        found = [arrival for arrival in self.of(student) if arrival.notebook == notebook]
        if found:
            write(file, found[-1].content())
            handed_in = datetime.fromisoformat(found[-1].received)
            os.utime(file, (handed_in.timestamp(), handed_in.timestamp()))
            note(file.parent, handed_in)
        return found


def short_hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def read_json(path: Path) -> dict[str, Any]:
    """What a JSON file says; nothing if it is not there, or was cut off."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}


def write_json(path: Path, about: dict[str, Any]) -> None:
    write(path, (json.dumps(about, indent=1) + "\n").encode())


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and not when it holds this already."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return
    write_whole(path, content)
