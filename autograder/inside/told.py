"""What a student is told when a limit is reached: the limit, its value, never a number of the kernel's."""

from __future__ import annotations

import os
import re
import signal
import time
from typing import Any

MEANINGS = {  # what stands in an exception -> which limit that was
    r"MemoryError|can't allocate memory|Errno 12\]": "each process has at most {memory} of memory",
    r"Errno 11\]|can't start new thread": "there are at most {processes} processes and threads",
    r"Errno 24\]": "at most {open_files} files are open at a time",
    r"Errno 27\]": "a file has at most {file_bytes}",
    r"Errno 28\]": "all files together have at most {disk_bytes}",
    r"Errno (100|101)\]|Errno -[23]\]|NameResolutionError": "grading is offline: there is no network",
}

NOTHING_CAME = "no answer came back"
KILLED = "the process was killed"
NO_MORE = "not asked any more, after crashes or time-outs"
OUR_REASONS = re.compile(  # all that a fork's end can mean; no word in it is the student's
    rf"{NOTHING_CAME}|{NO_MORE}|it took over \d{{1,5}}(\.\d{{1,6}})? s|"
    r"the process (ended|was killed|crashed \(SIG[A-Z]{2,8}\))|"
    r"it used up its \d{1,6} s of processor time|"
    r"the answers together are larger than can be read|"
    r"the answer (is larger than \d{1,4} MiB|has over \d{1,9} parts)"
)


def not_there(function: str) -> str:
    """Why a function that is not defined gives no answer."""
    return f"there is no function named {function}"


def of_bytes(count: int) -> str:
    """A size as people write it.

    >>> of_bytes(2 << 30), of_bytes(256 << 20)
    ('2 GiB', '256 MiB')
    """
    return f"{count >> 30} GiB" if count % (1 << 30) == 0 else f"{count >> 20} MiB"


def limit_behind(kind: str, message: str, walls: dict[str, Any]) -> str:
    """The limit that an exception of the student's comes from, or nothing.

    >>> limit_behind("OSError", "[Errno 24] Too many open files", {"open_files": 256})
    'at most 256 files are open at a time'
    """
    for pattern, sentence in MEANINGS.items():
        if re.search(pattern, f"{kind}: {message}"[:400]):
            sizes = ("memory", "file_bytes", "disk_bytes")
            values = {k: of_bytes(v) if k in sizes else v for k, v in walls.items()}
            return sentence.format(**values)
    return ""


def ending(process: int, walls: dict[str, Any], seconds: float = 0.0) -> str:
    """How a child process of ours ended, or will within `seconds`; nothing while it runs."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            pid, status = os.waitpid(process, os.WNOHANG)
        except ChildProcessError:
            return "the process ended"
        if pid:
            return how_it_ended(status, walls)
        if time.monotonic() >= deadline:
            return ""
        time.sleep(0.002)


def how_it_ended(status: int, walls: dict[str, Any]) -> str:
    """What the status of a process that ended means."""
    code = os.waitstatus_to_exitcode(status)
    if code >= 0:
        return "the process ended"
    if -code == signal.SIGXCPU:
        return out_of_processor_time(walls)
    if -code == signal.SIGKILL:
        return KILLED
    return f"the process crashed ({signal.Signals(-code).name})"


def out_of_processor_time(walls: dict[str, Any]) -> str:
    return f"it used up its {walls['cpu_seconds']} s of processor time"
