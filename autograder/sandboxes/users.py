"""A user id for each student process that the grader starts as root: nobody else's, and one student's at a time.

All that runs under it is killed in the end, so it must belong to nobody. The ids lie where systemd, which
hands out most others, hands out none. One that is taken is marked by an abstract socket, which the kernel
takes away when its holder ends, however it ends.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.errors import CourseError

FIRST_USER_ID, USER_IDS = 60706, 478  # up to 61183


@contextmanager
def user_id() -> Iterator[int]:
    """An id that is ours alone while the block runs. Without root it has no meaning."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        yield FIRST_USER_ID
        return
    busy = _users_with_processes()
    ids = list(range(FIRST_USER_ID, FIRST_USER_ID + USER_IDS))
    random.shuffle(ids)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as mark:
        for number in ids:
            if number not in busy and _marked(mark, number):
                yield number
                return
    last = FIRST_USER_ID + USER_IDS - 1
    raise CourseError(f"all user ids from {FIRST_USER_ID} to {last} are in use: use fewer workers")


def _marked(mark: socket.socket, number: int) -> bool:
    try:
        mark.bind(f"\0course-student-{number}")
    except OSError:
        return False
    return True


def _users_with_processes() -> set[int]:
    found = set()
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                found.add(entry.stat().st_uid)
    return found
