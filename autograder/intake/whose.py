"""Whose file is it? From the paths of submissions, as people and LMSs lay them out, to student ids.

    ada.ipynb                                      a file for each student
    ada/significance.ipynb, ada/any/where.ipynb    a folder for each student
    submitted/ada/01_significance/…                nbgrader
    lovelaceada_LATE_12345_678_significance.ipynb  Canvas
    Ada Lovelace_1234_assignsubmission_file/…      Moodle

A folder round all of them is looked through. With a roster (`students.csv`: id, and if wanted
first_name, last_name, email) names and addresses lead to ids too. Two people are never taken for one:
where a name could be both, neither is believed, and a person must rename.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath

from autograder.course import Unit
from autograder.errors import CourseError

DEVICES = r"(?i:con|prn|aux|nul|com\d|lpt\d)(\.|$)"  # what no folder can be called on Windows
STUDENT_ID = re.compile(rf"(?![.-])(?!{DEVICES})[A-Za-z0-9._@-]{{1,64}}(?<!\.)")
MOODLE = re.compile(r"(?P<student>.+)_(?P<number>\d+)_assignsubmission_[a-z]+_?(?P<rest>.*)")
CANVAS = re.compile(r"(?P<student>[^_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<rest>.+)", re.IGNORECASE)
AGAIN = re.compile(r"(-\d+| ?\(\d+\))$")  # what Canvas and browsers append to a name seen before


@dataclass(frozen=True)
class Owner:
    """Who handed in a file, as far as its path tells."""

    student: str  # an id, or what stands where one should be; empty if nothing does
    number: str = ""  # the LMS's own number of that person
    named: bool = True  # False: it is only the name of a file that lies in nobody's folder
    called: str = ""  # what the path says, word for word; empty when the roster told the id


@dataclass
class Roster:
    """The students of a course; `ids` is None when there is no list, and anybody is welcome."""

    ids: set[str] | None = None
    people: dict[str, dict[str, str]] = field(default_factory=dict)  # by id, what the list says
    _known_as: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Roster:
        """Read `students.csv`, if there is one."""
        if not path.is_file():
            return cls()
        roster = cls(set())
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file)
                if "id" not in (reader.fieldnames or []):
                    raise CourseError(
                        f"{path} has no column `id`: its first line names the columns"
                    )
                for row in reader:
                    roster._add({key: (row.get(key) or "").strip() for key in COLUMNS})
        except (UnicodeDecodeError, csv.Error) as error:
            raise CourseError(f"{path} is not CSV in UTF-8 ({error}): save it as such") from None
        return roster

    def _add(self, row: dict[str, str]) -> None:
        if not row["id"]:
            return
        assert self.ids is not None
        self.ids.add(row["id"])
        self.people[row["id"]] = row
        first, last, email = row["first_name"], row["last_name"], row["email"]
        for name in (row["id"], first + last, last + first, email, email.partition("@")[0]):
            if name:
                self._known_as.setdefault(_plain(name), set()).add(row["id"])

    def known_as(self, name: str) -> set[str]:
        """The ids of all who are known by this name."""
        return {name} if name in (self.ids or ()) else self._known_as.get(_plain(name), set())

    def find(self, name: str) -> str:
        """The id of the one student who is known by this name; empty for none and for several."""
        found = self.known_as(name)
        return next(iter(found)) if len(found) == 1 else ""


COLUMNS = ("id", "first_name", "last_name", "email")


def owners(
    boxes: Mapping[PurePosixPath, PurePosixPath | None], unit: Unit, stems: set[str], roster: Roster
) -> dict[PurePosixPath, Owner]:
    """Say of each path whose it is. `stems` are the names of the unit's notebooks.

    A box is the folder that stands for a student's own zip. What lies in it is that student's, whatever
    names they gave to folders and files.
    """
    given = {unit.name, *unit.topics, "submitted", "submissions"}
    short = {
        path: [part for part in (box / "x" if box else path).parts[:-1] if part not in given]
        for path, box in boxes.items()
    }
    notebooks = {p: folders for p, folders in short.items() if p.suffix.lower() == ".ipynb"}
    boxed = {box.name for box in boxes.values() if box}
    while (wrapper := _wrapper(notebooks, stems)) and wrapper not in boxed:
        for folders in short.values():
            if folders[:1] == [wrapper]:
                del folders[0]
    return {path: _owner(path, folders, stems, roster) for path, folders in short.items()}


def _wrapper(notebooks: dict[PurePosixPath, list[str]], stems: set[str]) -> str:
    """The folder round all notebooks, if it is not a student's: inside it, several people appear."""
    first = {folders[0] if folders else "" for folders in notebooks.values()}
    wrapper = first.pop() if len(first) == 1 else ""
    if not wrapper:
        return ""
    inside = {_owner(path, f[1:], stems, Roster()).student for path, f in notebooks.items()}
    return wrapper if len(inside) > 1 and "" not in inside else ""


def _owner(path: PurePosixPath, folders: list[str], stems: set[str], roster: Roster) -> Owner:
    for name in folders[:1] or [path.name]:  # deeper names are the student's own
        if found := MOODLE.fullmatch(name) or CANVAS.fullmatch(name):
            student = found["student"].strip()
            if known := roster.find(student):
                return Owner(known, found["number"])
            return Owner(student.replace(" ", "_"), found["number"], called=student)
    stem = "" if notebook_stem(path) in stems else path.stem
    for name in (*folders, stem):
        if student := roster.find(name):
            return Owner(student)
    if folders:
        return Owner(folders[0].replace(" ", "_"), called="/".join(folders))
    return Owner(stem.replace(" ", "_"), named=False, called=stem)


def is_one_person(called: Iterable[str]) -> bool:
    """Whether these can be one person's names: only when each lies in the folder before it.

    >>> is_one_person({"ada", "ada/old"}), is_one_person({"Ada L", "Ada_L"})
    (True, False)
    >>> is_one_person({"tutorial A/ada", "tutorial A/bob"})
    False
    """
    folders = sorted((PurePosixPath(name) for name in called), key=lambda path: len(path.parts))
    return all(inner.is_relative_to(outer) for outer, inner in pairwise(folders))


def notebook_stem(path: PurePosixPath) -> str:
    """The name of a notebook without what an LMS or a browser put round it.

    >>> notebook_stem(PurePosixPath("lovelaceada_LATE_12345_678_significance-1.ipynb"))
    'significance'
    >>> notebook_stem(PurePosixPath("ada/significance (2).ipynb"))
    'significance'
    """
    found = MOODLE.fullmatch(path.stem) or CANVAS.fullmatch(path.stem)
    return AGAIN.sub("", found["rest"] if found and found["rest"] else path.stem)


def _plain(name: str) -> str:
    """A name as different programs write it: `Lovelace, Ada` and `lovelaceada` are one."""
    decomposed = unicodedata.normalize("NFC", name).casefold()
    return "".join(char for char in decomposed if char.isalnum())
