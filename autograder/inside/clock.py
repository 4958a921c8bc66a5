"""An end to what takes too long in this process: an exception, again every second until it is heard."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class OutOfTime(BaseException):
    """It took longer than it may. Not an Exception, which a student's code may catch by habit."""


def _out_of_time(*_: object) -> None:
    raise OutOfTime


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block when its time is over."""
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
