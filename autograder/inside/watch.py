"""The go-between: stays beside a student process, adds up what it and its children use, and ends them.

The kernel bounds each process on its own. What all of them use together is looked up here, again and
again; looking takes a tenth of the time at most. Linux only: elsewhere the go-between just waits.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from .told import ending, of_bytes, out_of_processor_time

PAUSE_SECONDS = 0.05
GOODBYE_SECONDS = 0.3
PAGE, TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def keep(student: int, stop: int, walls: dict[str, Any], proc: int | None) -> str:
    """Wait until the student process ends, uses too much, or `stop` is closed; say why, and end all.

    `proc` is a descriptor of the /proc in which this process sees the student's.
    """
    reason = ""
    pause = PAUSE_SECONDS
    while not reason:
        if select.select([stop], [], [], pause)[0]:  # it has seen so, too, unless it is busy
            reason = ending(student, walls, GOODBYE_SECONDS)
            break
        reason = ending(student, walls)
        if proc is not None and not reason:
            begun = time.monotonic()
            reason = excess(proc, walls)
            pause = max(PAUSE_SECONDS, 9 * (time.monotonic() - begun))
    end(student, proc, walls)
    return reason


def excess(proc: int, walls: dict[str, Any]) -> str:
    """What all processes of the student use together beyond what they may; or nothing."""
    pids = family(proc)
    if sum(_processor_seconds(proc, pid) for pid in pids) > walls["cpu_seconds"]:
        return out_of_processor_time(walls)
    most = walls["memory_together"]
    at_most = sum(_resident(proc, pid) for pid in pids)  # what is shared counts several times
    if at_most > most and sum(_own_share(proc, pid) for pid in pids) > most:
        return f"its processes together used more than {of_bytes(most)} of memory and were stopped"
    room = walls.get("room")
    if room and size_of(Path(room)) > walls["disk_bytes"]:
        return f"its files together were larger than {of_bytes(walls['disk_bytes'])} and it was stopped"
    return ""


def family(proc: int) -> list[int]:
    """All descendants of this process, as the given /proc shows them."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir(proc)):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int(_read(proc, f"{name}/stat").rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(name))
    found = list(children.get(int(os.readlink("self", dir_fd=proc)), []))
    for pid in found:  # grows while we walk
        found += children.get(pid, [])
    return found


def size_of(folder: Path) -> float:
    """Bytes on disk of everything in a folder; each entry takes at least 4 KiB, as a file system has it.

    A folder that its maker closed to us counts as too large: who knows what is in it.
    """
    total = 0.0
    closed: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=closed.append):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                total += max(4096, os.lstat(os.path.join(place, name)).st_blocks * 512)
    return math.inf if any(isinstance(error, PermissionError) for error in closed) else total


def _processor_seconds(proc: int, pid: int) -> float:
    """Of a process and of its children that have ended."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = _read(proc, f"{pid}/stat").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS
    return 0.0


def _resident(proc: int, pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_read(proc, f"{pid}/statm").split()[1]) * PAGE
    return 0


def _own_share(proc: int, pid: int) -> int:
    """A process's memory, each page divided by the number of processes that share it (PSS)."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in _read(proc, f"{pid}/smaps_rollup").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    with contextlib.suppress(OSError, ValueError, IndexError):  # then what surely is its own
        _, resident, shared, *_ = map(int, _read(proc, f"{pid}/statm").split())
        return (resident - shared) * PAGE
    return 0


def _read(proc: int, name: str) -> str:
    with open(os.open(name, os.O_RDONLY, dir_fd=proc)) as file:
        return file.read()


def end(student: int, proc: int | None, walls: dict[str, Any]) -> None:
    """Kill the student process and its children, until there are none."""
    alone_with_its_user = os.geteuid() == 0 and walls["level"] in ("landlock", "limits")
    while True:
        if alone_with_its_user:
            _end_user(walls["user"])
        for pid in [student] if proc is None else family(proc):
            _kill(pid)
        # one that forks and ends, again and again, is gone before a whole /proc is read
        for pid in [] if proc is None else _children(proc):
            _kill(pid)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _end_user(user: int) -> None:
    """Kill all that runs under a user id which only this student has: nothing can run away from that."""
    child = os.fork()
    if child == 0:
        try:
            os.setresuid(user, user, user)
            os.kill(-1, signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _children(proc: int) -> list[int]:
    """The direct children of this process, orphans that it adopted included; where the kernel tells."""
    with contextlib.suppress(OSError):
        return [int(pid) for pid in _read(proc, "thread-self/children").split()]
    return []


def see_processes() -> int | None:
    """A descriptor of the present /proc: it goes on showing our processes when another is mounted over it."""
    return (
        os.open("/proc", os.O_RDONLY | os.O_DIRECTORY) if sys.platform.startswith("linux") else None
    )
