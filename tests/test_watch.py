"""`course watch`: what arrives is graded once, whoever watches, and feedback lies in the outbox."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from autograder.course import Course
from autograder.errors import CourseError
from autograder.grading.gradebook import marks_of
from autograder.samples import solved
from autograder.watch import Watcher
from tests.crash_class import (
    ANSWERS,
    PARTLY_RIGHT,
    UNIT,
    certificates,
    make_class,
    name_of,
    results,
)
from tests.crash_run import until

pytestmark = pytest.mark.usefixtures("namespaces")
COURSE = Path(sys.executable).with_name("course")


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = make_class(tmp_path / "class", 0)
    (course.root / "INBOX" / UNIT).mkdir(parents=True)
    return course


def hand_in(course: Course, student: str, answer: str) -> Path:
    """Put a notebook into the inbox, as an upload does."""
    unit = course.unit(UNIT)
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    for cell in notebook.cells:
        if name_of(cell) == "holm" and answer:
            cell.source = answer
    path = course.root / "INBOX" / UNIT / f"{student}.ipynb"
    nbformat.write(notebook, path)
    return path


def watcher(course: Course) -> Watcher:
    return Watcher(course, course.root / "INBOX", course.root / "OUTBOX")


def reply(course: Course, student: str) -> str:
    return (course.root / "OUTBOX" / UNIT / student / "reply.txt").read_text(encoding="utf-8")


def points(course: Course) -> dict[str, float | None]:
    marks = marks_of(course, course.unit(UNIT))
    return {student: own["check-holm"].automatic for student, own in marks.items()}


def test_what_arrives_is_graded_and_answered_and_nothing_is_thrown_away(course: Course) -> None:
    sent = hand_in(course, "ada", "").read_bytes()
    hand_in(course, "ben", PARTLY_RIGHT)
    bad = course.root / "INBOX" / UNIT / "notes.txt"
    bad.write_text("no notebook")
    with watcher(course) as one:
        told = list(one.watch(once=True))
    assert [line.partition(": ")[2] for line in told[:2]] == [
        "ada 4 of 4 points",
        "ben 3.5 of 4 points",
    ]
    assert "refused" in told[2]
    assert reply(course, "ada") == "4 of 4 points\n"
    assert reply(course, "notes").startswith("refused: ")
    place = course.root / "OUTBOX" / UNIT / "ada"
    assert "significance" in (place / "significance.html").read_text(encoding="utf-8")
    assert (place / "significance.certificate.json").is_file()
    assert points(course) == {"ada": 4.0, "ben": 3.5}
    kept = {path.read_bytes() for path in (course.root / "INBOX" / ".done" / UNIT).iterdir()}
    assert sent in kept and b"no notebook" in kept and len(kept) == 3
    assert not list((course.root / "INBOX" / UNIT).iterdir())
    assert not list((course.root / "INBOX" / ".taken").iterdir())


def test_a_folder_with_the_units_notebook_is_a_students_and_any_other_holds_several(
    course: Course,
) -> None:
    place = course.root / "INBOX" / UNIT
    sent = hand_in(course, "ada", "")
    (place / "ben").mkdir()
    shutil.copy(sent, place / "ben" / "significance.ipynb")
    (place / "evening").mkdir()
    sent.rename(place / "evening" / "ada.ipynb")
    (place / "void").mkdir()
    (place / "void" / "con.ipynb").write_bytes(b"{}")
    with watcher(course) as one:
        told = list(one.watch(once=True))
    assert told[:2] == [
        f"{UNIT} ben: ben 4 of 4 points",
        f"{UNIT} evening: ada 4 of 4 points",
    ]
    assert told[2].startswith(f"{UNIT} void: refused: 'con.ipynb' is set aside: ")
    assert reply(course, "void").startswith("refused: ")
    assert not list(place.iterdir())


def test_what_lies_in_no_units_folder_stays_and_is_named_once(course: Course) -> None:
    for stray in ("1", "homework"):
        (course.root / "INBOX" / stray).mkdir(exist_ok=True)
    with watcher(course) as one:
        told = [*one.watch(once=True), *one.watch(once=True)]
    assert [line.partition(" is no unit's folder: put it into one of ")[0] for line in told] == [
        "1",
        "homework",
    ]
    assert UNIT in told[0]
    for stray in ("1", "homework"):
        (course.root / "INBOX" / stray).rmdir()


def test_a_second_hand_in_is_graded_again_and_the_first_is_kept(course: Course) -> None:
    with watcher(course) as one:
        hand_in(course, "ada", PARTLY_RIGHT)
        list(one.watch(once=True))
        assert reply(course, "ada").startswith("3.5 of 4 points")
        later = hand_in(course, "ada", "")
        os.utime(later, (time.time() + 60, time.time() + 60))
        list(one.watch(once=True))
    assert reply(course, "ada").startswith("4 of 4 points")
    assert len(certificates(course)) == len(results(course)) == 2


@contextmanager
def watching(course: Course) -> Iterator[subprocess.Popen[str]]:
    command = [str(COURSE), "watch", str(course.root / "INBOX"), "--root", str(course.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_two_watchers_share_the_work_and_one_that_is_killed_loses_nothing(course: Course) -> None:
    names = {f"s{number}": ANSWERS[number % 2] for number in range(8)}
    with watching(course) as one, watching(course) as two:
        for name, answer in names.items():
            hand_in(course, name, answer)
        until(lambda: len(results(course)) >= 2)
        one.kill()
        one.wait()
        outbox = course.root / "OUTBOX" / UNIT
        until(lambda: len(list(outbox.glob("*/reply.txt"))) == len(names))
        done = course.root / "INBOX" / ".done" / UNIT
        until(lambda: len(list(done.glob("*"))) == len(names))
        two.send_signal(signal.SIGINT)
        assert two.wait(60) == 130
    assert points(course) == {n: (0.0 if answer else 4.0) for n, answer in names.items()}
    assert len(certificates(course)) == len(results(course)) == len(names)


def test_ctrl_c_that_python_ignored_is_heard_at_the_next_entry(course: Course) -> None:
    usual = signal.getsignal(signal.SIGINT)
    with watcher(course) as one:
        with contextlib.suppress(KeyboardInterrupt):  # as around a `__del__`
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            list(one.watch())
    assert signal.getsignal(signal.SIGINT) is usual


def test_what_stops_grading_leaves_everything_in_the_inbox(course: Course) -> None:
    sent = hand_in(course, "ada", "").read_bytes()
    inbox = course.root / "INBOX"
    with (
        pytest.raises(CourseError, match="no sandbox 'sand'"),
        Watcher(course, inbox, course.root / "OUTBOX", sandbox="sand") as one,
    ):
        list(one.watch(once=True))
    assert (inbox / UNIT / "ada.ipynb").read_bytes() == sent
    assert not list((inbox / ".taken").iterdir()) and not (inbox / ".done").exists()
    with watcher(course) as one:
        assert list(one.watch(once=True)) == [f"{UNIT} ada.ipynb: ada 4 of 4 points"]


def test_an_outbox_in_the_inbox_and_no_inbox_are_one_line(course: Course) -> None:
    inbox = course.root / "INBOX"
    with pytest.raises(CourseError, match="lies in the inbox"):
        Watcher(course, inbox, inbox / "out")
    with pytest.raises(CourseError, match="is not a folder"):
        Watcher(course, course.root / "none", course.root / "out")
