"""A disk that is full, a gradebook that is locked, a server that goes away: one clear line, and on it goes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from autograder.course import Course
from tests import postgres_server
from tests.conftest import missing
from tests.crash_class import gradebook_rows, make_class, move_gradebook, set_db_url
from tests.crash_run import Class, Grading, nothing_left, stored_only, until

pytestmark = pytest.mark.usefixtures("namespaces")
AGAIN = "mend that, then run the same command again; what is graded is kept"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return Class(tmp_path_factory.mktemp("few"), 9)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MiB in memory."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"only root can mount a small disk: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, room: int) -> Path:
    """Fill a disk until only `room` bytes are left, with one file."""
    filler = disk / "filler"
    free = os.statvfs(disk)
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - room)
    return filler


def test_a_full_disk_is_one_clear_line_and_room_is_all_that_is_needed(
    few: Class, small_disk: Path
) -> None:
    course = few.copy(small_disk / "class")
    filler = fill(small_disk, 100 << 10)
    with nothing_left():
        for _ in range(2):  # the second time it is full from the beginning
            run = Grading(course)
            assert run.wait() == 2, run.told()
            assert AGAIN in run.last_line()
            assert "No space left" in run.last_line() or "disk is full" in run.last_line()
            assert "Traceback" not in run.told()
    filler.unlink()
    few.check_again(course)


@contextmanager
def locked(course: Course) -> Iterator[None]:
    """Hold the gradebook, as another program may."""
    with closing(sqlite3.connect(course.root / "gradebook.db", timeout=60)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(few: Class) -> None:
    course = few.copy("locked for a while")
    run = Grading(course)
    run.after(few.stored + 2)
    with locked(course):
        until(lambda: stored_only(course) or run.ended())
    assert run.wait() == 0, run.told()
    few.check_again(course)


def test_a_gradebook_that_stays_locked_is_one_clear_line(few: Class) -> None:
    course = few.copy("locked")
    set_db_url(course, f"sqlite:///{course.root}/gradebook.db?timeout=0.1")
    with nothing_left():
        run = Grading(course)
        run.after(few.stored + 2)
        with locked(course):
            assert run.wait() == 2
        assert run.last_line() == f"course: the gradebook fails (database is locked): {AGAIN}"
        assert "Traceback" not in run.told()
    few.check_again(course)


@pytest.fixture(scope="module")
def server() -> Iterator[postgres_server.Server]:
    place = postgres_server.programs()
    if place is None:
        missing("no PostgreSQL server (Debian, Ubuntu: apt-get install postgresql)")
        return
    with postgres_server.running(place) as server:
        yield server


def test_a_course_can_begin_on_a_server(tmp_path: Path, server: postgres_server.Server) -> None:
    """Released, graded and marked there from the first, with the same rows as in a file."""
    there = make_class(tmp_path / "server", 4, server.url("new"))
    here = make_class(tmp_path / "file", 4)
    for course in (there, here):
        run = Grading(course)
        assert run.wait() == 0, run.told()
    assert not (there.root / "gradebook.db").exists()
    assert gradebook_rows(there) == gradebook_rows(here)


# Ends the connection that fires it, at some of the rows; a sequence counts on when all else is undone.
ACCIDENTS = """
CREATE SEQUENCE entries;
CREATE FUNCTION accident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF nextval('entries') IN (2, 7, 18) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER accident BEFORE INSERT OR UPDATE ON grade
  FOR EACH ROW EXECUTE FUNCTION accident();
"""


def test_a_connection_that_is_cut_is_made_again(few: Class, server: postgres_server.Server) -> None:
    course = few.copy("cut")
    move_gradebook(course, server.url("cut"))
    with server.connect("cut") as connection:
        connection.execute(ACCIDENTS)
    run = Grading(course)
    assert run.wait() == 0, run.told()
    with server.connect("cut") as connection:
        (count,) = connection.execute("SELECT last_value FROM entries").fetchone() or (0,)
    assert count > 18
    few.check_again(course)


@contextmanager
def started_again(server: postgres_server.Server) -> Iterator[None]:
    """Have it run afterwards; outside of `nothing_left`, which would become its parent."""
    try:
        yield
    finally:
        server.start()


def test_a_server_that_goes_down_is_one_clear_line(
    few: Class, server: postgres_server.Server
) -> None:
    course = few.copy("down")
    move_gradebook(course, server.url("down"))
    with started_again(server), nothing_left():
        run = Grading(course)
        run.after(few.stored + 2)
        server.stop()
        assert run.wait() == 2
    assert run.last_line().startswith("course: the gradebook fails (")
    assert run.last_line().endswith(AGAIN)
    assert "Traceback" not in run.told()
    few.check_again(course)
