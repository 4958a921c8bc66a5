"""The warm process: imports what a unit needs once, then forks one student process per submission.

It never runs student code. On its control socket it understands two requests:

    {"op": "start", "limits": {…}}   with one end of a new socket pair attached; answers {"alone": bool}
    {"op": "stop"}                   kills that student process and all its children; answers {}

When the control socket closes, everything ends.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import socket
import sys
import time
import traceback
from typing import Any

from . import isolate, student, wire


def main() -> None:
    """Serve on the control socket whose descriptor is the first argument; the rest are modules."""
    control = socket.socket(fileno=int(sys.argv[1]))
    for name in sys.argv[2:]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    student.prepare()
    if sys.platform.startswith("linux"):
        isolate.call("prctl", isolate.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        with contextlib.suppress(OSError):
            isolate.call("prctl", isolate.PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    wire.send(control, {"ready": True})
    current: list[int] = []
    while True:
        try:
            request, descriptors = _next(control)
        except wire.WireError:
            _end(current)
            return
        if request["op"] == "start":
            _end(current)
            current, alone = _start(control, descriptors[0], request["limits"])
            wire.send(control, {"alone": alone})
        else:
            _end(current)
            current = []
            wire.send(control, {})


def _next(control: socket.socket) -> tuple[Any, list[int]]:
    """One request: a byte that may carry a descriptor, then a frame."""
    control.settimeout(None)
    mark, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not mark:
        raise wire.WireError("the judge is gone")
    return wire.receive(control, None), descriptors


def _start(
    control: socket.socket, descriptor: int, limits: dict[str, int]
) -> tuple[list[int], bool]:
    """Fork a go-between that leaves our namespaces and forks the student process, alone in its own."""
    told, tell = os.pipe()
    middle = os.fork()
    if middle == 0:
        try:
            os.close(told)
            control.close()
            os.setsid()
            alone = isolate.separate()
            inner = os.fork()
            if inner == 0:
                os.close(tell)
                _become_student(descriptor, limits, alone)
            os.close(descriptor)
            os.write(tell, f"{inner} {int(alone)}".encode())
            os.close(tell)
            os.waitpid(inner, 0)
        finally:
            os._exit(0)
    os.close(tell)
    os.close(descriptor)
    with os.fdopen(told) as pipe:
        words = pipe.read().split()
    return [int(words[0]), middle], bool(int(words[1]))


def _become_student(descriptor: int, limits: dict[str, int], alone: bool) -> None:
    try:
        if alone:
            isolate.furnish(limits["file_bytes"] >> 20, own_tmp=bool(limits["own_tmp"]))
        work = f"/tmp/work-{limits['user']}"
        os.makedirs(work, mode=0o777, exist_ok=True)
        os.chmod(work, 0o777)
        os.chdir(work)
        os.environ["HOME"] = os.environ["TMPDIR"] = work
        isolate.confine(limits)
        student.serve(socket.socket(fileno=descriptor))
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
