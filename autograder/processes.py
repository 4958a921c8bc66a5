"""Start student processes, talk to them with patience that ends, and end them for good.

A warm process stands in the sandbox and has imported what a unit needs. For each submission it forks
one student process, which puts up its own walls (`inside.isolate`) before it runs anything of the
student's. The judge talks to the student process on a socket of its own; the warm process only starts
and stops it.
"""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.inside import wire
from autograder.sandbox import Budgets, Level, bubblewrap, environment, interpreter

INNER_LIBRARY, INNER_DATA = Path("/course/library"), Path("/course/data")
READY_SECONDS = 120.0  # a cold import of torch on a slow disk
STOP_SECONDS = 20.0
GRACE_SECONDS = 3.0  # beyond a budget that the student process keeps itself


class StudentProcess:
    """One end of the socket to a process that runs a student's cells."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

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
        readable = {library: INNER_LIBRARY}
        if data and data.is_dir():
            readable[data] = INNER_DATA
        wall: list[str] = []
        if level.level == "namespaces":
            wall = bubblewrap(readable)
            library, data = INNER_LIBRARY, INNER_DATA
        command = [
            *wall,
            *interpreter(level.level),
            "-m",
            "inside.warm",
            str(theirs.fileno()),
            *modules,
        ]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - what goes wrong before there is a student process
        self._process = subprocess.Popen(
            command,
            env=environment(library, data, level.level),
            cwd="/",
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
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
        ours, theirs = socket.socketpair()
        self._healthy = False  # until the block has ended in order
        try:
            socket.send_fds(self._control, [b"!"], [theirs.fileno()])
            limits = budgets.limits() | {"own_tmp": int(self.level == "namespaces")}
            wire.send(self._control, {"op": "start", "limits": limits})
            theirs.close()
            self.alone = bool(wire.receive(self._control, STOP_SECONDS)["alone"])
            student = StudentProcess(ours)
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
            wire.receive(self._control, STOP_SECONDS)
            self._healthy = True

    def alive(self) -> bool:
        """Whether the warm process still runs and answers."""
        return self._healthy and self._process.poll() is None

    def close(self) -> None:
        """End the warm process and everything in its sandbox."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        self._log.close()
