"""Who is who: the students of the gradebook, and the rows of an LMS's file.

A student of ours and a row are one person if

  - the row's own number is the one that the LMS wrote into the name of the download that `course collect`
    took in (Canvas's user, Moodle's participant), or one of its identities (login, SIS id, address) is our id;
  - else, if one of its identities or its name leads to our id by the rule of `course collect` (`whose`):
    names and addresses in `students.csv`, or the part of an address before the @.

Two people are never taken for one: where there is a second candidate, nobody is matched, and both are named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from autograder.course import Course, Unit
from autograder.intake.arrivals import Arrivals, read_json
from autograder.intake.whose import Roster


@dataclass(frozen=True)
class Person:
    """A row of an LMS's file."""

    row: int
    number: str = ""  # the LMS's own
    identities: tuple[str, ...] = ()  # login, SIS id, address
    name: str = ""

    def __str__(self) -> str:
        known = [f"{text[:80]!r}" for text in (self.name, *self.identities) if text]
        return f"{known[0] if known else 'number ' + self.number} (row {self.row + 1})"


def match(
    people: Sequence[Person], students: Collection[str], numbers: dict[str, str], roster: Roster
) -> tuple[dict[str, Person], list[str]]:
    """By student, their row; and a line for each student and row that has no partner."""
    by_id: dict[str, set[str]] = {}
    for student in students:
        by_id.setdefault(student.casefold(), set()).add(student)
    claims: dict[str, list[Person]] = {}
    lost: list[Person] = []
    notes: list[str] = []
    for person in people:
        found = _surely(person, by_id, numbers) & set(students)
        found = found or _by_name(person, by_id, roster) & set(students)
        if len(found) > 1:
            several = " or ".join(repr(student) for student in sorted(found))
            notes.append(f"{person} may be {several}: left as it is")
        for student in found if len(found) == 1 else ():
            claims.setdefault(student, []).append(person)
        if not found:
            lost.append(person)
    matched = {}
    for student in sorted(students):
        rows = claims.get(student, [])
        if len(rows) == 1:
            matched[student] = rows[0]
        elif rows:
            both = " and ".join(map(str, rows))
            notes.append(f"{student!r} may be {both}: these rows are left as they are")
        else:
            notes.append(f"{student!r} has points, but no row in the file")
    return matched, [*notes, *(f"{person} has no points here: left as it is" for person in lost)]


def _surely(person: Person, by_id: dict[str, set[str]], numbers: dict[str, str]) -> set[str]:
    found = {numbers[person.number]} if person.number in numbers else set()
    return found.union(*(by_id.get(name.casefold(), set()) for name in person.identities if name))


def _by_name(person: Person, by_id: dict[str, set[str]], roster: Roster) -> set[str]:
    names = [name for name in (*person.identities, person.name) if name]
    found = {student for name in names if (student := roster.find(name))}
    local = (name.partition("@")[0].casefold() for name in person.identities if "@" in name)
    return found.union(*(by_id.get(name, set()) for name in local if name))


def numbers_of(course: Course, unit: Unit, download: re.Pattern[str]) -> dict[str, str]:
    """By the LMS's own number, the student, as the names of its downloads told `course collect`.

    `download` is how this LMS names them: another LMS's numbers mean other people.
    """
    arrivals = Arrivals(course, unit)
    found: dict[str, set[str]] = {}
    for student in arrivals.students():
        for arrival in arrivals.of(student):
            came = str(read_json(arrival.place / "received.json").get("from", ""))
            names = [download.fullmatch(part) for part in PurePosixPath(came).parts]
            if any(name and name["number"] == arrival.number for name in names):
                found.setdefault(arrival.number, set()).add(student)
    return {number: who.pop() for number, who in found.items() if len(who) == 1}
