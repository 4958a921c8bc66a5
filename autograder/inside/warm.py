"""The warm process: imports what a unit needs once, then forks one student process per submission.

It never runs student code. On its control socket, which is its standard input, it understands

    {"op": "start", "walls": {…}}   with one end of a new socket pair attached; answers {"alone": bool}
    {"op": "stop"}                  ends that student process and all its children; answers {"reason": …}:
                                    why it had ended already, or nothing

When the control socket closes, everything ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from typing import Any, BinaryIO

from . import isolate, student, watch, wire

PATIENCE_SECONDS = 10.0  # for a go-between that ends its processes


@dataclass
class Running:
    """A go-between and its student process. Closing `stop` asks for the end; `told` says the reason."""

    middle: int
    stop: int
    told: BinaryIO
    room: str

    def end(self) -> str:
        """End both, clear up, and return the reason why the student process had ended before."""
        os.close(self.stop)
        with self.told:
            ready = select.select([self.told], [], [], PATIENCE_SECONDS)[0]
            reason = self.told.read().decode() if ready else ""
        _end([self.middle])
        if self.room:
            shutil.rmtree(self.room, ignore_errors=True)
        return reason


def main() -> None:
    """Serve on the control socket; the arguments are modules to import."""
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    shell = student.prepare()
    gc.freeze()  # what is here stays: collecting it again would copy every page of it into each child
    adopt_orphans()
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError):
            isolate.call("prctl", isolate.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    wire.send(control, {"ready": True})
    current: Running | None = None
    while True:
        try:
            request, descriptors = _next(control)
        except wire.WireError:
            if current:
                current.end()
            return
        reason = current.end() if current else ""
        current = None
        if request["op"] == "start":
            current, alone = _start(shell, control, descriptors[0], request["walls"])
            wire.send(control, {"alone": alone})
        else:
            wire.send(control, {"reason": reason})


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends, so that none gets away."""
    if sys.platform.startswith("linux"):
        isolate.call("prctl", isolate.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _next(control: socket.socket) -> tuple[Any, list[int]]:
    """One request: a byte that may carry a descriptor, then a frame."""
    control.settimeout(None)
    mark, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not mark:
        raise wire.WireError("the judge is gone")
    return wire.receive(control, None), descriptors


def _start(
    shell: Any, control: socket.socket, descriptor: int, walls: dict[str, Any]
) -> tuple[Running, bool]:
    """Fork a go-between that leaves our namespaces and forks the student process, alone in its own."""
    if walls["room"]:
        walls["room"] = tempfile.mkdtemp(dir=walls["room"], prefix="work-")
        if os.geteuid() == 0 and walls["level"] != "off":
            os.chown(walls["room"], walls["user"], walls["user"])
    told, tell = os.pipe()
    stopped, stop = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            for not_ours in (told, stop):
                os.close(not_ours)
            control.close()
            _stand_between(shell, descriptor, stopped, tell, walls)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    for not_ours in (tell, stopped, descriptor):
        os.close(not_ours)
    pipe = os.fdopen(told, "rb", buffering=0)
    return Running(middle, stop, pipe, walls["room"]), pipe.read(1) == b"1"


def _stand_between(
    shell: Any, descriptor: int, stopped: int, tell: int, walls: dict[str, Any]
) -> None:
    """Start the student process, stay until it ends, and tell why it did."""
    os.setsid()
    adopt_orphans()
    proc = watch.see_processes()
    alone = walls["level"] == "namespaces" and isolate.separate()
    inner = os.fork()
    if inner == 0:
        for not_ours in (stopped, tell, *([] if proc is None else [proc])):
            os.close(not_ours)
        _become_student(shell, descriptor, walls, alone)
    os.close(descriptor)
    os.write(tell, b"1" if alone else b"0")
    os.write(tell, watch.keep(inner, stopped, walls, proc).encode())


def _become_student(shell: Any, descriptor: int, walls: dict[str, Any], alone: bool) -> None:
    try:
        if alone:
            isolate.furnish(walls["disk_bytes"] >> 20)
        work = walls["room"] or f"/tmp/work-{walls['user']}"
        if not walls["room"]:
            os.mkdir(work)
            os.chmod(work, 0o777)
        os.chdir(work)
        for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR"):
            os.environ[name] = work
        isolate.confine(walls)
        student.serve(shell, socket.socket(fileno=descriptor), walls)
    except wire.WireError:
        pass  # the judge hung up
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _end(processes: list[int]) -> None:
    """Kill the student process, and whatever it left behind, until no child is left."""
    for pid in [*processes, *_children()]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            for child in _children():
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            time.sleep(0.002)


def _children() -> list[int]:
    """Processes whose parent we are, orphans included (we are their reaper)."""
    found = []
    with contextlib.suppress(OSError):
        for name in filter(str.isdigit, os.listdir("/proc")):
            with (
                contextlib.suppress(OSError, IndexError, ValueError),
                open(f"/proc/{name}/stat") as file,
            ):
                if int(file.read().rsplit(")", 1)[1].split()[1]) == os.getpid():
                    found.append(int(name))
    return found


if __name__ == "__main__":
    main()
