"""Find the strongest sandbox that this machine gives, and write the command that starts it.

Levels, strongest first; the one used is recorded in every result:

    namespaces   bubblewrap: no network, only the files named, own processes (Linux)
    limits       memory, processes, time and file sizes are bounded; files and network are NOT closed
    off          nothing, and only when asked for by name

`probe` really starts each one, once per process, and believes only what it sees.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.errors import CourseError

LEVELS = ("namespaces", "limits", "off")
FIRST_USER_ID, USER_IDS = 61000, 4000
INSTALL_BUBBLEWRAP = "install bubblewrap (Debian and Ubuntu: `apt-get install bubblewrap`)"


@dataclass(frozen=True)
class Level:
    """What the probe found: `namespaces`, `limits` or `off`, and why nothing stronger."""

    level: str
    why: str


@dataclass(frozen=True)
class Budgets:
    """How much one submission may use. Times are wall seconds unless said otherwise."""

    cell_seconds: float = 60.0
    ask_seconds: float = 10.0  # for each case
    total_seconds: float = 600.0
    cpu_seconds: int = 900
    memory: int = 2 << 30  # bytes of data of each process
    processes: int = 64  # threads included
    file_bytes: int = 256 << 20

    def limits(self) -> dict[str, int]:
        """The part that the student process sets on itself, with a user id that nobody else has."""
        return {
            "memory": self.memory,
            "cpu_seconds": self.cpu_seconds,
            "processes": self.processes,
            "file_bytes": self.file_bytes,
            "user": FIRST_USER_ID + secrets.randbelow(USER_IDS),
        }


@cache
def probe() -> Level:
    """Start the strongest sandbox and see whether it holds."""
    if not sys.platform.startswith("linux"):
        return Level(
            "limits", f"namespaces need Linux; this is {sys.platform}: grade in a container"
        )
    if shutil.which("bwrap") is None:
        return Level("limits", f"no `bwrap` on PATH: {INSTALL_BUBBLEWRAP}")
    command = [*bubblewrap({}), *interpreter("namespaces"), "-c", "print('inside')"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Level("limits", f"bwrap does not start: {error}")
    if done.stdout.strip() != "inside":
        reason = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        return Level("limits", f"bwrap is refused here: {reason[0]}")
    return Level("namespaces", "bubblewrap works")


def choose(wanted: str = "auto") -> Level:
    """Turn `--sandbox auto|require|off` into a level. `require` refuses anything below namespaces."""
    if wanted == "off":
        return Level("off", "asked for")
    if wanted not in ("auto", "require"):
        raise CourseError(f"no sandbox {wanted!r}: say auto, require or off")
    found = probe()
    if wanted == "require" and found.level != "namespaces":
        raise CourseError(
            f"--sandbox require: only level {found.level!r} here, because {found.why}"
        )
    return found


def environment(library: Path, data: Path | None, level: str) -> dict[str, str]:
    """All that a student process sees of our environment: nothing but what it needs."""
    packages = [Path(path).resolve() for path in site_folders()]
    if level == "namespaces":
        packages = [inner(path) for path in packages]
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/tmp",
        "PYTHONPATH": os.pathsep.join(map(str, [library, *packages])),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp",
        "IPYTHONDIR": "/tmp",
        "COURSE_DATA": str(data) if data else "/nonexistent",
        **dict.fromkeys(
            ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
            "1",
        ),
        **{name: os.environ[name] for name in ("OPENBLAS_CORETYPE",) if name in os.environ},
    }


def bubblewrap(readable: Mapping[Path, Path]) -> list[str]:
    """The bwrap command: this Python, its libraries, `readable` (there: here); no network, nothing else."""
    command = ["bwrap", "--die-with-parent", "--new-session", "--unshare-net", "--unshare-pid"]
    command += ["--unshare-ipc", "--unshare-uts", "--hostname", "sandbox"]
    if os.geteuid() == 0:
        capabilities = ("CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_KILL")
        command += ["--cap-drop", "ALL", *(w for cap in capabilities for w in ("--cap-add", cap))]
    else:
        command += ["--unshare-user"]
    for place in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/fonts", "/etc/ssl"):
        command += ["--ro-bind-try", place, place]
    for place in ("/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/etc/nsswitch.conf"):
        command += ["--ro-bind-try", place, place]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp"]
    shown = {folder: inner(folder) for folder in python_folders()} | dict(readable)
    for there, here in shown.items():
        for parent in reversed(
            here.parents
        ):  # made open to every user; bind alone makes them private
            if not parent.is_relative_to("/usr"):
                command += ["--dir", str(parent)]
        command += ["--ro-bind", str(there), str(here)]
    return command


def python_folders() -> list[Path]:
    """The folders that hold this interpreter and the installed packages, not our own source."""
    found = dict.fromkeys(Path(path).resolve() for path in (sys.base_prefix, *site_folders()))
    return [path for path in found if not any(path.is_relative_to(o) for o in found if o != path)]


def inner(path: Path) -> Path:
    """Where a folder is seen inside: where it is, unless the student's own /tmp would hide it."""
    if not path.is_relative_to("/tmp"):
        return path
    return Path("/course/moved") / path.relative_to("/tmp")


def site_folders() -> list[str]:
    """Where this interpreter finds installed packages."""
    names = ("site-packages", "dist-packages")
    return [
        path for path in dict.fromkeys(sys.path) if Path(path).name in names and Path(path).is_dir()
    ]


def interpreter(level: str) -> list[str]:
    """The command for a Python that reads no `.pth` file (an editable install of the course is one)."""
    program = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    return [str(inner(program) if level == "namespaces" else program), "-S", "-P"]
