"""`course grade` in a process of its own, looked at while it runs: for tests of accidents."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path

import psutil

from autograder.course import Course
from autograder.inside import isolate
from tests.crash_class import UNIT, autograded, copy_class, holdings, make_class, results

COURSE = Path(sys.executable).with_name("course")
LONGEST_SECONDS = 1800.0  # a machine may be busy with other things


def until(condition: Callable[[], object], seconds: float = LONGEST_SECONDS) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not come"
        time.sleep(0.004)


class Grading:
    """A running `course grade`."""

    def __init__(self, course: Course, *, workers: int = 1) -> None:
        self.course = course
        self._stderr = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - until `wait`
        self._told = ""
        command = [str(COURSE), "grade", UNIT, "--root", str(course.root)]
        self._popen = subprocess.Popen(
            [*command, "--workers", str(workers)],
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
            start_new_session=True,
        )
        self.main = psutil.Process(self._popen.pid)

    def after(self, count: int) -> None:
        """Wait until so many results are stored, or all is over."""
        until(lambda: len(results(self.course)) >= count or self.ended())

    def ended(self) -> bool:
        return self._popen.poll() is not None

    def wait(self) -> int:
        """Wait for the end, and return the exit code."""
        code = self._popen.wait(LONGEST_SECONDS)
        with self._stderr as file:
            file.seek(0)
            self._told = file.read().replace("\r", "\n")  # a progress bar's states are lines
        return code

    def interrupt(self) -> None:
        """Ctrl-C: a terminal sends it to the whole group."""
        os.killpg(self._popen.pid, signal.SIGINT)

    def told(self) -> str:
        """All that was written to stderr, when it has ended."""
        return self._told

    def last_line(self) -> str:
        return self.told().strip().splitlines()[-1]

    def kill(self, kind: str, rng: random.Random) -> None:
        """Kill -9 a process of this kind: main, worker, warm or student; wait until there is one."""
        found: list[psutil.Process] = []
        until(lambda: found.extend(self._find(kind)) or found or self.ended())
        if found:
            with suppress(psutil.NoSuchProcess):
                rng.choice(found).kill()

    def _find(self, kind: str) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            if kind == "main":
                return [self.main]
            workers = [p for p in self.main.children() if "spawn_main" in " ".join(p.cmdline())]
            if kind == "worker":
                return workers
            below = [p for worker in workers for p in worker.children(recursive=True)]
            # a student process is forked from the warm one, through a go-between, and so named like it
            named = [p for p in below if p.name() != "bwrap" and "inside.warm" in p.cmdline()]
            students = [p for p in named if [q in named for q in p.parents()].count(True) >= 2]
            return students if kind == "student" else [p for p in named if p.parent() not in named]
        return []


@contextmanager
def nothing_left() -> Iterator[None]:
    """Fail if a process that was started in this block is there after it, orphans included."""
    resource_tracker.ensure_running()  # Python's own, which stays
    before = set(psutil.Process().children(recursive=True))

    def left() -> list[psutil.Process]:
        found = set(psutil.Process().children(recursive=True)) - before
        return psutil.wait_procs(found, timeout=0)[1]

    isolate.call("prctl", isolate.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us
    try:
        yield
        with suppress(AssertionError):
            until(lambda: not left(), seconds=60)
        assert not left()
    finally:
        for process in left():  # of a test that failed
            with suppress(psutil.NoSuchProcess):
                process.kill()
        isolate.call("prctl", isolate.PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


class Class:
    """A class before grading, what an undisturbed run makes of it, and fresh copies of it."""

    def __init__(self, folder: Path, students: int) -> None:
        self._folder, self.students = folder, students
        self._before = make_class(folder / "before", students)
        self.stored = len(results(self._before))
        undisturbed = self.copy("undisturbed")
        run = Grading(undisturbed)
        assert run.wait() == 0, run.told()
        self.oracle = holdings(undisturbed)

    def copy(self, name: str) -> Course:
        return copy_class(self._before, self._folder / name)

    def points(self, rng: random.Random, count: int) -> list[int]:
        """Numbers of stored results at which something happens."""
        first, last = self.stored + 1, self.stored + self.students - 2
        return sorted(rng.sample(range(first, last), count))

    def check_again(self, course: Course) -> None:
        """Grade again: what was stored is not judged again, and all is as it should be."""
        before = stamps(course)
        run = Grading(course)
        assert run.wait() == 0, run.told()
        assert before.items() <= stamps(course).items()
        assert holdings(course) == self.oracle


def stamps(course: Course) -> dict[str, tuple[int, int]]:
    """When each stored result was written: once."""
    found = {path.name: path.stat() for path in results(course)}
    return {name: (there.st_ino, there.st_mtime_ns) for name, there in found.items()}


def stored_only(course: Course) -> bool:
    """The last result is stored, and its notebook not written yet."""
    return _newest(results(course)) > _newest(autograded(course))


def _newest(paths: list[Path]) -> int:
    return max((path.stat().st_mtime_ns for path in paths), default=0)
