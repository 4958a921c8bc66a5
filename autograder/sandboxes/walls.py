"""What each level lets through: folders, environment, and the command that puts up bubblewrap."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

SYSTEM = (
    *("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin", "/etc/fonts", "/etc/ssl"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/passwd", "/etc/nsswitch.conf"),
)
DEVICES = (
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
)


def environment(library: Path, data: Path | None, level: str, room: str) -> dict[str, str]:
    """All that a student process sees of our environment: nothing but what it needs."""
    packages = [Path(path).resolve() for path in site_folders()]
    if level == "namespaces":
        packages = [inner(path) for path in packages]
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": room,
        "PYTHONPATH": os.pathsep.join(map(str, [library, *packages])),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": room,
        "IPYTHONDIR": room,
        "TMPDIR": room,
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
        capabilities = (
            "SYS_ADMIN",
            "SETUID",
            "SETGID",
            "KILL",
            "SYS_PTRACE",  # to see memory
            "NET_ADMIN",  # to bring up the loopback device of each student's own network
        )
        command += [
            "--cap-drop",
            "ALL",
            *(w for cap in capabilities for w in ("--cap-add", f"CAP_{cap}")),
        ]
    else:
        command += ["--unshare-user"]
    for place in SYSTEM:
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


def within_reach(folder: Path, place: Path) -> Path:
    """A folder where every user can read it: itself, or `place`, to which its files are then linked."""
    if not folder.is_dir() or closed_part(folder) is None:
        return folder
    shutil.copytree(folder, place, copy_function=_link_or_copy)
    for there in (place, *place.rglob("*")):
        if there.is_dir():
            there.chmod(0o755)
    return place


def _link_or_copy(source: str, target: str) -> None:
    if os.stat(source).st_mode & 0o004:
        try:
            os.link(source, target)
            return
        except OSError:  # another disk
            pass
    shutil.copyfile(source, target)
    os.chmod(target, 0o644)


def closed_part(folder: Path) -> Path | None:
    """The first folder on the way to this one that other users cannot enter, if there is one."""
    way = [*reversed(folder.resolve().parents), folder.resolve()]
    return next((part for part in way if part.stat().st_mode & 0o005 != 0o005), None)


def readable_files(*ours: Path | None) -> list[str]:
    """All that Landlock leaves open for reading: the system, this Python, its packages, and `ours`."""
    folders = [*python_folders(), *filter(None, ours)]
    return [*SYSTEM, *DEVICES, *(str(folder.resolve()) for folder in folders)]
