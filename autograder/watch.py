"""`course watch INBOX`: grade what arrives, once, and put the feedback into an outbox.

    INBOX/01_significance/ada.ipynb        a notebook, a folder (ada/significance.ipynb) or a zip
    INBOX/.taken/<watcher>/…               what a watcher is busy with; left by a dead one, it is taken again
    INBOX/.done/<unit>/<time>-ada.ipynb    what was graded or refused; nothing is thrown away
    OUTBOX/01_significance/ada/…           page, certificate, and reply.txt, which says what came of it

A watcher takes an entry by renaming it, which only one can do: several may watch the same inbox.
"""

from __future__ import annotations

import os
import platform
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.grade import Graded, grade
from autograder.intake.collect import collect
from autograder.pages.feedback import write_feedback
from autograder.whole_file import write_whole

TAKEN, DONE, REPLY = ".taken", ".done", "reply.txt"
QUIET_SECONDS = 2.0  # an entry that has not changed for so long is whole
TOGETHER = 20  # entries that are graded in one go: as many as come in a rush, and nobody waits long
BUSY_SECONDS = 600.0  # how long another `course grade` is waited for


class Watcher:
    """One watcher of an inbox."""

    def __init__(
        self,
        course: Course,
        inbox: Path,
        outbox: Path,
        *,
        sandbox: str = "auto",
        workers: int | None = None,
    ) -> None:
        if not inbox.is_dir():
            raise CourseError(f"{inbox} is not a folder: make it, with one folder for each unit")
        self.course, self.inbox, self.outbox = course, inbox.resolve(), outbox.resolve()
        if self.outbox.is_relative_to(self.inbox):
            raise CourseError(f"{outbox} lies in the inbox: name another folder with --outbox")
        self.sandbox, self.workers = sandbox, workers
        self._mine = self.inbox / TAKEN / f"{platform.node() or 'here'}-{os.getpid()}"
        self._stopped = False
        self._named: set[str] = set()  # what lies in no unit's folder
        self._usual: Any = None  # what Ctrl-C did before
        self._seen: dict[Path, tuple[tuple[float, int], float]] = {}  # entry -> (state, since when)

    def __enter__(self) -> Watcher:
        self._mine.mkdir(parents=True)
        self._lock = FileLock(self._mine.with_suffix(".lock"))
        self._lock.acquire()
        if threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self.stop)
        return self

    def __exit__(self, *_: object) -> None:
        if self._usual is not None:
            signal.signal(signal.SIGINT, self._usual)
        _give_back(self._mine, self.inbox)
        self._lock.release()
        Path(self._lock.lock_file).unlink(missing_ok=True)

    def watch(self, *, once: bool = False, pause_seconds: float = 1.0) -> Iterator[str]:
        """Take and grade what is there, for ever or once; yield a line for each entry.

        What cannot be collected is refused, and told. What stops grading as a whole (a full disk, no
        sandbox) is raised, and leaves what was taken in the inbox again.
        """
        while True:
            if self._stopped:
                raise KeyboardInterrupt
            self._take_from_the_dead()
            yield from self._strangers()
            idle = True
            for unit in self._units():
                if mine := self._take_some(unit, at_once=once):
                    idle = False
                    yield from self._serve(unit, mine)
            if idle and once:
                return
            if idle:
                time.sleep(pause_seconds)

    def stop(self, *_: object) -> None:
        """Ctrl-C: now, or before the next entry, when Python was where it ignores exceptions (a `__del__`)."""
        self._stopped = True
        raise KeyboardInterrupt

    def _units(self) -> list[Unit]:
        return [unit for unit in self.course.units() if (self.inbox / unit.name).is_dir()]

    def _strangers(self) -> Iterator[str]:
        """What lies in the inbox and in no unit's folder: it stays there, and is named once."""
        known = {unit.name for unit in self.course.units()}
        for path in sorted(self.inbox.iterdir()):
            if path.name not in known | self._named and not path.name.startswith("."):
                self._named.add(path.name)
                yield f"{path.name} is no unit's folder: put it into one of {', '.join(sorted(known))}"

    def _take_some(self, unit: Unit, *, at_once: bool) -> list[Path]:
        """Make some entries ours; another watcher may be faster."""
        whole = list(self._whole_entries(unit, at_once=at_once))[:TOGETHER]
        return [mine for entry in whole if (mine := self._take(entry))]

    def _whole_entries(self, unit: Unit, *, at_once: bool) -> Iterator[Path]:
        """Entries that nobody is writing any more."""
        now = time.monotonic()
        for entry in sorted((self.inbox / unit.name).iterdir()):
            if entry.name.startswith("."):
                continue
            state = _state(entry)
            known, since = self._seen.get(entry, (None, now))
            if state != known:
                self._seen[entry] = state, now
                since = now
            if at_once or now - since >= QUIET_SECONDS:
                yield entry

    def _take(self, entry: Path) -> Path | None:
        """Make an entry ours; None if another watcher was faster."""
        mine = self._mine / entry.parent.name / entry.name / entry.name
        mine.parent.mkdir(parents=True)
        try:
            entry.rename(mine)
        except FileNotFoundError:
            mine.parent.rmdir()
            return None
        self._seen.pop(entry, None)
        return mine

    def _take_from_the_dead(self) -> None:
        """Put back what a watcher that was killed had taken."""
        for folder in (self.inbox / TAKEN).glob("*/"):
            if folder == self._mine or not folder.is_dir():
                continue
            lock = FileLock(folder.with_suffix(".lock"))
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue  # it lives
            _give_back(folder, self.inbox)
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)

    def _serve(self, unit: Unit, entries: list[Path]) -> Iterator[str]:
        """Collect, grade together, answer, and put the entries away; a line for each says what came of it."""
        refused: dict[Path, str] = {}
        students: dict[Path, set[str]] = {}
        notes: list[str] = []
        for entry in entries:
            try:
                students[entry], own = self._collect(unit, entry)
                notes += own
            except CourseError as error:
                refused[entry] = f"refused: {error}"
                name = entry.name.partition(".")[0] or "unnamed"
                reply = self.outbox / unit.name / name / REPLY
                write_whole(reply, f"{refused[entry]}\n".encode())
        told: dict[str, str] = {}
        if everybody := set().union(*students.values()):
            outcomes = grade(
                self.course,
                unit,
                only=everybody,
                wait_seconds=BUSY_SECONDS,
                sandbox=self.sandbox,
                workers=self.workers,
            )
            self._answer(unit, outcomes, notes)
            told = {row.student: f"{row.student} {_told(row)}" for row in outcomes}
        for entry in entries:
            lines = [told[who] for who in sorted(students.get(entry, ())) if who in told]
            self._put_away(unit, entry)
            came = refused.get(entry) or ", ".join(lines)
            yield f"{unit.name} {entry.name}: {came}"

    def _put_away(self, unit: Unit, entry: Path) -> None:
        when = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        done = self.inbox / DONE / unit.name / f"{when}-{entry.name}"
        done.parent.mkdir(parents=True, exist_ok=True)
        entry.rename(done)
        entry.parent.rmdir()

    def _collect(self, unit: Unit, entry: Path) -> tuple[set[str], list[str]]:
        """Take in one entry. A notebook's own name says whose it is, and so does a folder's round the unit's.

        Raises CourseError when it holds nothing that counts.
        """
        own_name = entry.suffix.lower() == ".ipynb" or any(
            (entry / notebook.name).is_file() for notebook in unit.notebooks()
        )
        report = collect(self.course, unit, entry.parent if own_name else entry)
        if not report.accepted:
            raise CourseError("; ".join(report.notes))
        return set(report.accepted), report.notes

    def _answer(self, unit: Unit, outcomes: list[Graded], notes: list[str]) -> None:
        """Feedback page and certificate for each student, and a few lines of text."""
        graded = {row.student for row in outcomes if row.result}
        pages = write_feedback(self.course, unit, graded) if graded else []
        for row in outcomes:
            place = self.outbox / unit.name / row.student
            place.mkdir(parents=True, exist_ok=True)
            for page in pages:
                if page.parent.parent.name == row.student:
                    for path in (page, page.with_suffix(".certificate.json")):
                        write_whole(place / path.name, path.read_bytes())
            own = [note for note in notes if note.startswith(f"{row.student}:")]
            write_whole(place / REPLY, "\n".join([_told(row), *own, ""]).encode())


def _told(row: Graded) -> str:
    if row.result is None:
        return row.status
    return f"{row.result.points:g} of {row.result.max_points:g} points"


def _state(entry: Path) -> tuple[float, int]:
    """When anything in an entry was last changed, and how many bytes it has."""
    paths = [entry, *entry.rglob("*")] if entry.is_dir() and not entry.is_symlink() else [entry]
    stats = []
    for path in paths:
        try:
            stats.append(path.lstat())
        except FileNotFoundError:
            continue
    return max((s.st_mtime for s in stats), default=0.0), sum(s.st_size for s in stats)


def _give_back(folder: Path, inbox: Path) -> None:
    """Put what was taken and not served back into the inbox."""
    for entry in folder.glob("*/*/*"):
        unit, number = entry.parent.parent.name, 1
        place = inbox / unit
        while (place / entry.name).exists():  # the same student has handed in again meanwhile
            number += 1
            place = inbox / unit / f"before-{number}"
        place.mkdir(exist_ok=True)
        entry.rename(place / entry.name)
    shutil.rmtree(folder, ignore_errors=True)
