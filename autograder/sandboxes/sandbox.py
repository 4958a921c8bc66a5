"""Find the strongest sandbox that this machine gives; one level is used, and recorded in every result.

    namespaces   bubblewrap: no network, only the files named, own processes (Linux)
    landlock     the kernel refuses files, network and other processes (Linux 6.12; package `sandlock`)
    limits       memory, processes, time and file sizes are bounded; files are NOT closed
    off          nothing, and only when asked for by name

`autograder.sandboxes.promises` lists what each holds. `try_level` really starts one, once per process, and believes
only what it sees.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.inside import filter
from autograder.sandboxes.promises import way_up
from autograder.sandboxes.users import FIRST_USER_ID
from autograder.sandboxes.walls import (
    bubblewrap,
    closed_part,
    environment,
    interpreter,
    python_folders,
    readable_files,
)

LEVELS = ("namespaces", "landlock", "limits", "off")
REQUIRED = ("namespaces", "landlock")  # files, network and other students are closed: for `require`
PROBE_SECONDS = 120  # a busy machine must not look like one with a weaker sandbox
NO_SANDBOX = "graded WITHOUT a sandbox"
INSIDE = Path(__file__).parent.parent / "inside"


@dataclass(frozen=True)
class Level:
    """What the probe found, and why nothing stronger."""

    level: str
    why: str


@dataclass(frozen=True)
class Budgets:
    """How much one submission may use. Times are wall seconds unless said otherwise."""

    cell_seconds: float = 60.0
    ask_seconds: float = 10.0  # for each case
    total_seconds: float = 600.0
    cpu_seconds: int = 900  # of all its processes
    memory: int = 2 << 30  # bytes of data of each process
    memory_together: int = 3 << 30  # bytes in memory of all its processes
    processes: int = 64  # threads included
    file_bytes: int = 256 << 20  # of each file
    disk_bytes: int = 512 << 20  # of all its files together
    open_files: int = 256  # of each process

    def limits(self, user: int = FIRST_USER_ID) -> dict[str, Any]:
        """The limits as the student process reads them, and the user id that it takes if we are root."""
        return {**asdict(self), "user": user}


def try_level(level: str) -> str:
    """Put up a level's walls around a process and see whether they hold; why not, or nothing."""
    if level == "off":
        return ""
    if level != "limits" and not sys.platform.startswith("linux"):
        return f"{level} needs Linux; this is {sys.platform}"
    if level == "namespaces" and shutil.which("bwrap") is None:
        return "no `bwrap` on PATH"
    if level == "landlock" and not filter.known():
        return "no filter of system calls for this processor"
    if level != "namespaces" and os.geteuid() == 0:
        for folder in python_folders():
            if closed := closed_part(folder):
                return f"students run as another user then, and {closed} is open to its owner only"
    return _start(level)


@cache
def _start(level: str) -> str:
    with tempfile.TemporaryDirectory() as room:
        os.chmod(room, 0o711)
        walls = Budgets().limits() | {"level": level, "room": room}
        walls["readable"] = readable_files(INSIDE)
        wrap, library = [], INSIDE.parent
        if level == "namespaces":
            library = Path("/course/library")
            wrap = bubblewrap({INSIDE: library / "inside"})
        command = [*wrap, *interpreter(level), "-m", "inside.isolate", json.dumps(walls)]
        variables = environment(library, None, level, "/tmp" if wrap else room)
        try:
            done = subprocess.run(
                command,
                env=variables,
                cwd="/",
                capture_output=True,
                text=True,
                timeout=PROBE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"it does not start: {error}"
    if done.stdout.strip() == "inside":
        return ""
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1]


def probe() -> Level:
    """The strongest level that holds here; "none" if none does: then nothing is graded."""
    refused: list[str] = []
    for level in LEVELS[:-1]:
        why = try_level(level)
        if not why:
            return Level(level, "; ".join(refused) or "bubblewrap works")
        refused.append(f"{level}: {why}")
    return Level("none", "; ".join(refused))


def choose(wanted: str = "auto") -> Level:
    """Turn `--sandbox` into a level: auto, require, or one by its name.

    `require` refuses what leaves files, the network or other students open.
    """
    if wanted == "off":
        return Level("off", "asked for")
    if wanted in LEVELS:
        why = try_level(wanted)
        if why:
            raise CourseError(f"--sandbox {wanted}: not on this machine: {why}; {way_up(why)}")
        return Level(wanted, "asked for")
    if wanted not in ("auto", "require"):
        raise CourseError(f"no sandbox {wanted!r}: say auto, require, {', '.join(LEVELS)}")
    found = probe()
    if found.level == "none":
        raise CourseError(f"no sandbox holds here: {found.why}; `course doctor` says what to do")
    if wanted == "require" and found.level not in REQUIRED:
        raise CourseError(
            f"--sandbox require: only level {found.level!r} here, because {found.why}"
        )
    return found


def marks(level: Level) -> list[str]:
    """What every result of this level says to the instructor."""
    return [NO_SANDBOX] if level.level == "off" else []
