"""Walls that a process puts around itself after it was forked from the warm process.

On Linux: namespaces of its own for processes, mounts and IPC, a private `/tmp`, a user id of its own,
no capabilities, and limits. `isolated_fork` returns how far it got; the judge records it.
Elsewhere, or where the kernel refuses, only the limits remain.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x08000000, 0x10000000, 0x20000000
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
    wanted = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC
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
    except OSError:
        return False
    return True


def furnish(megabytes: int, *, own_tmp: bool) -> None:
    """Mount a private /proc, /tmp and /dev/shm in the new namespaces, of bounded size.

    Without the outer wall the library may lie in /tmp, which then must stay in sight.
    """
    try:
        call("mount", b"proc", b"/proc", b"proc", MS_NOSUID | MS_NODEV, None)
    except OSError:  # where a new /proc is refused, the old one must not be seen
        call("mount", b"none", b"/proc", b"tmpfs", MS_NOSUID | MS_NODEV, b"size=4k,mode=555")
    for place in (b"/tmp", b"/dev/shm") if own_tmp else (b"/dev/shm",):
        options = f"size={megabytes}m,mode=1777".encode()
        call("mount", b"none", place, b"tmpfs", MS_NOSUID | MS_NODEV, options)


def confine(limits: dict[str, int]) -> None:
    """Give up privileges for good, then set the limits (bytes, seconds, counts)."""
    if os.geteuid() == 0:
        user = limits["user"]
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if sys.platform.startswith("linux"):
        call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
        call("capset", header, (ctypes.c_uint32 * 6)())
    for name, value in (
        ("RLIMIT_DATA", limits["memory"]),
        ("RLIMIT_CPU", limits["cpu_seconds"]),
        ("RLIMIT_NPROC", limits["processes"]),
        ("RLIMIT_FSIZE", limits["file_bytes"]),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
                hard = resource.getrlimit(kind)[1]
                bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
                resource.setrlimit(kind, (bound, bound))
