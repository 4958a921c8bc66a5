"""Start student processes, talk to them with patience that ends, and end them for good.

A warm process stands in the sandbox and has imported what a unit needs. For each submission it forks
one student process, which puts up its own walls (`inside.isolate`) before it runs anything of the
student's. The judge talks to the student process on a socket of its own; the warm process only starts
and stops it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.inside import wire
from autograder.sandboxes.sandbox import Budgets, Level
from autograder.sandboxes.users import user_id
from autograder.sandboxes.walls import (
    bubblewrap,
    environment,
    interpreter,
    readable_files,
    within_reach,
)

INNER_LIBRARY, INNER_DATA = Path("/course/library"), Path("/course/data")
READY_SECONDS = 120.0  # a cold import of torch on a slow disk
STOP_SECONDS = 20.0
GRACE_SECONDS = 3.0  # beyond a budget that the student process keeps itself


class StudentProcess:
    """One end of the socket to a process that runs a student's cells."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.reason = ""  # why it had ended before it was stopped; known when it is stopped

    def request(self, message: dict[str, Any], seconds: float) -> Any:
        """Send a request and wait for the reply. Raises wire.WireError; then the process is useless."""
        self._sock.settimeout(STOP_SECONDS)
        wire.send(self._sock, message)
        return wire.receive(self._sock, seconds + GRACE_SECONDS)

    def close(self) -> None:
        self._sock.close()


class WarmProcess:
    """A process in the sandbox from which student processes are forked in milliseconds."""

    def __init__(
        self, library: Path, *, modules: Sequence[str], level: Level, data: Path | None = None
    ) -> None:
        """`library` holds `inside/` and the masked `course_utils/`; `modules` are imported at once."""
        self.library, self.level = library, level.level
        ours, theirs = socket.socketpair()
        wall, self._room, modules = [], None, list(modules)
        if (
            level.level != "namespaces"
        ):  # students' files lie here, one folder each; only we can list them
            self._room = tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True)
            os.chmod(self._room.name, 0o711)
            if os.geteuid() == 0 and level.level != "off":  # they run as another user
                library = within_reach(library, Path(self._room.name, "library"))
                data = within_reach(data, Path(self._room.name, "data")) if data else None
        self._readable = readable_files(library, data) if level.level == "landlock" else []
        if level.level == "namespaces":
            readable = {library: INNER_LIBRARY}
            if data and data.is_dir():
                readable[data] = INNER_DATA
            wall = bubblewrap(readable)
            library, data = INNER_LIBRARY, INNER_DATA
        if level.level == "landlock":
            modules.append("sandlock")
        room = self._room.name if self._room else "/tmp"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - what goes wrong before there is a student process
        self._process = subprocess.Popen(
            [*wall, *interpreter(level.level), "-m", "inside.warm", *modules],
            env=environment(library, data, level.level, room),
            cwd="/",
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            start_new_session=True,
        )
        theirs.close()
        self._control = ours
        self._healthy = self.alone = True
        try:
            wire.receive(ours, READY_SECONDS)
        except wire.WireError as error:
            told = self.log()
            self.close()
            raise CourseError(f"the sandbox did not start ({error}): {told}") from error

    def log(self) -> str:
        """The last lines that the warm process wrote to stderr."""
        self._log.seek(0)
        return " ".join(self._log.read().decode(errors="replace").strip().splitlines()[-3:])

    @contextlib.contextmanager
    def student(self, budgets: Budgets) -> Iterator[StudentProcess]:
        """A fresh student process; when the block ends it is killed with all that it started."""
        with user_id() as user:
            yield from self._student(budgets, user)

    def _student(self, budgets: Budgets, user: int) -> Iterator[StudentProcess]:
        ours, theirs = socket.socketpair()
        student = StudentProcess(ours)
        self._healthy = False  # until the block has ended in order
        try:
            socket.send_fds(self._control, [b"!"], [theirs.fileno()])
            wire.send(self._control, {"op": "start", "walls": self._walls(budgets, user)})
            theirs.close()
            self.alone = bool(wire.receive(self._control, STOP_SECONDS)["alone"])
            try:
                student.request({"op": "cell", "source": "", "seconds": 5}, 5)
            except wire.WireError as error:  # nobody gets 0 points for our sandbox
                raise CourseError(f"the sandbox runs no cell ({error}): {self.log()}") from error
            yield student
        finally:
            ours.close()
            theirs.close()
            self._control.sendall(b"!")
            wire.send(self._control, {"op": "stop"})
            student.reason = str(wire.receive(self._control, STOP_SECONDS)["reason"])
            self._healthy = True

    def _walls(self, budgets: Budgets, user: int) -> dict[str, Any]:
        """All that a student process needs to know about the walls that it puts up."""
        about = {"level": self.level, "readable": self._readable}
        return {**budgets.limits(user), **about, "room": self._room.name if self._room else ""}

    @property
    def pid(self) -> int:
        """The process that was started; in it, or below it, is everything else."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the warm process still runs and answers."""
        return self._healthy and self._process.poll() is None

    def close(self) -> None:
        """End the warm process and everything in its sandbox."""
        self._control.close()  # then it ends, and its student process before it
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self._process.kill()
        self._process.wait()
        self._log.close()
        if self._room:
            self._room.cleanup()
