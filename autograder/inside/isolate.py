"""Walls that a process puts around itself after it was forked from the warm process.

What is put up depends on the level, which the judge chose and records:

    namespaces   processes, mounts and IPC of its own, a private `/tmp`
    landlock     the kernel refuses every file that is not named, and signals to other processes
    limits       a user id that nobody else has, if we are root; and the limits, which every level has
    off          nothing

On Linux each level but `off` gives up all capabilities and has a filter of system calls.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import resource
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from . import filter

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000
CLONE_NEWNET, SIOCSIFFLAGS, IFF_UP_RUNNING = 0x40000000, 0x8914, 0x41
MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 2, 4, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 38, 36
CAPABILITY_VERSION_3 = 0x20080522


def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def call(name: str, *args: object) -> None:
    """Call a libc function that answers -1 on failure; raise OSError then."""
    if getattr(libc(), name)(*args) == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def separate() -> bool:
    """Leave the warm process's namespaces; True if the next child will be alone in its own.

    A privileged caller needs no user namespace; an unprivileged one makes one that maps only itself.
    """
    if not sys.platform.startswith("linux"):
        return False
    wanted = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET
    try:
        if os.geteuid() == 0:
            call("unshare", wanted)
        else:
            uid, gid = os.geteuid(), os.getegid()
            call("unshare", wanted | CLONE_NEWUSER)
            for name, text in (
                ("setgroups", "deny"),
                ("uid_map", f"{uid} {uid} 1"),
                ("gid_map", f"{gid} {gid} 1"),
            ):
                with open(f"/proc/self/{name}", "w") as file:
                    file.write(text)
        call("mount", b"none", b"/", None, MS_REC | MS_PRIVATE, None)
        bring_up_loopback()
    except OSError:
        return False
    return True


def bring_up_loopback() -> None:
    """Let processes in a new network talk to each other: 127.0.0.1 is down at first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP_RUNNING))


def furnish(megabytes: int) -> None:
    """Mount a private /proc, /tmp and /dev/shm in the new namespaces, of bounded size."""
    try:
        call("mount", b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, None)
    except OSError:  # where a new /proc is refused, the old one must not be seen
        call("mount", b"none", b"/proc", b"tmpfs", MS_NOSUID | MS_NODEV, b"size=4k,mode=555")
    for place in (b"/tmp", b"/dev/shm"):
        options = f"size={megabytes}m,mode=1777".encode()
        call("mount", b"none", place, b"tmpfs", MS_NOSUID | MS_NODEV, options)


def confine(walls: dict[str, Any]) -> None:
    """Give up privileges for good, set the limits (bytes, seconds, counts), and close what is not needed."""
    level = walls["level"]
    if level == "off":
        return
    others = 0
    if os.geteuid() == 0:
        user = walls["user"]
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    elif level != "namespaces":  # the kernel counts everything that this user runs
        others = tasks_of(os.geteuid())
    set_limits(walls, others)
    if not sys.platform.startswith("linux"):
        return
    call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())
    if level == "landlock":
        lock_files(walls["readable"], os.environ["HOME"])
    if filter.known():
        filter.install(sockets=level == "namespaces")  # there it has a network of its own


def set_limits(walls: dict[str, Any], others: int) -> None:
    """Bound what this process may use; `others` processes of the same user are not ours."""
    for name, value, more in (
        ("RLIMIT_DATA", walls["memory"], 0),
        ("RLIMIT_CPU", walls["cpu_seconds"], 1),  # first the signal that says why, then the end
        ("RLIMIT_NPROC", others + walls["processes"], 0),
        ("RLIMIT_FSIZE", walls["file_bytes"], 0),
        ("RLIMIT_NOFILE", walls["open_files"], 0),
        ("RLIMIT_CORE", 0, 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
                hard = resource.getrlimit(kind)[1]
                bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(
                    kind, (bound, hard if 0 <= hard < bound + more else bound + more)
                )


def lock_files(readable: list[str], work: str) -> None:
    """Close all files but these (Landlock), and signals and sockets to processes outside."""
    import sandlock  # imported before the fork: see `WarmProcess`

    found, needed = sandlock.landlock_abi_version(), sandlock.min_landlock_abi()
    if found < needed:
        raise OSError(f"this kernel has version {found} of Landlock; {needed} came with Linux 6.12")
    own = [*readable, f"/proc/{os.getpid()}"]
    seen = [path for path in own if os.access(path, os.R_OK)]
    sandlock.confine(sandlock.Sandbox(fs_readable=seen, fs_writable=[work, "/dev/null"]))


def tasks_of(user: int) -> int:
    """How many processes and threads this user runs, as far as /proc tells."""
    count = 0
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            if place.stat().st_uid == user:
                count += int((place / "stat").read_text().rpartition(")")[2].split()[17])
    return count


class Unreadable(Exception):
    """Student processes run as another user, who cannot read Python in this folder."""


def try_walls(walls: dict[str, Any]) -> None:
    """Put up the walls around this process and use them a little. Raises where they do not hold."""
    if walls["level"] == "landlock":
        import sandlock  # noqa: F401 - later its files may be closed to us
    if walls["level"] == "namespaces":
        if not separate():
            raise OSError("no namespaces of its own for each student process")
        child = os.fork()
        if child:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)
        furnish(walls["disk_bytes"] >> 20)
    confine(walls)
    try:
        import wave  # noqa: F401 - any module that is not loaded yet
    except ImportError:
        raise Unreadable(sys.base_prefix) from None
    print("inside", flush=True)


if __name__ == "__main__":
    import json

    try:
        try_walls(json.loads(sys.argv[1]))
    except Unreadable:
        sys.exit("student processes run as another user, and cannot read this Python")
    except Exception as error:
        sys.exit(f"{type(error).__name__}: {error}")
