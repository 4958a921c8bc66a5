"""Worker processes: each does one call at a time, ends with its parent, and is replaced when it dies.

A pool of several processes breaks as a whole when one of them dies, and does not tell which call it
was busy with. So every worker is a pool of its own: exactly the call that died with it is made again.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from concurrent.futures.process import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from autograder.inside.wire import WireError

# What may be the machine's doing: a worker, or a process of the sandbox, was killed.
ACCIDENTS = (BrokenExecutor, OSError, WireError)


def spread(
    function: Callable[..., Any],
    calls: Iterable[tuple[str, tuple[Any, ...]]],
    workers: int,
    limit_seconds: float = math.inf,
) -> Generator[tuple[str, Future[Any]]]:
    """Make all calls in worker processes; yield each key with its future as soon as that is done.

    Calls are taken from the iterable when a worker is free for them, and not before. One that ends in an
    accident is made once more. One that takes over `limit_seconds` fails with TimeoutError, and its
    worker is killed. When nobody wants the rest any more (the iterator is closed, or Ctrl-C), all are.
    """
    others = set(multiprocessing.active_children())
    again: dict[str, tuple[Any, ...]] = {}  # arguments of what was lost once
    lost, fresh = deque[str](), iter(calls)
    under_way: dict[Future[Any], tuple[str, tuple[Any, ...], ProcessPoolExecutor]] = {}
    deadlines: dict[Future[Any], float] = {}

    def send(executor: ProcessPoolExecutor | None) -> bool:
        """Give a worker the next call, if there is one."""
        if lost:
            key = lost.popleft()
            arguments = again[key]
        elif (call := next(fresh, None)) is not None:
            key, arguments = call
        else:
            return False
        executor, future = _submit(executor or _worker(), function, arguments)
        under_way[future] = key, arguments, executor
        deadlines[future] = time.monotonic() + limit_seconds
        return True

    try:
        while len(under_way) < workers and send(None):
            pass
        while under_way:
            soonest = min(deadlines.values()) - time.monotonic()
            patience = max(0.0, soonest) if math.isfinite(soonest) else None
            done = wait(under_way, patience, return_when=FIRST_COMPLETED).done
            for future in done or [f for f, at in deadlines.items() if at <= time.monotonic()]:
                key, arguments, executor = under_way.pop(future)
                del deadlines[future]
                if future not in done:
                    _kill(executor)
                    send(None)
                    yield key, _overdue(limit_seconds)
                    continue
                accident = isinstance(future.exception(), ACCIDENTS)
                retried = accident and key not in again
                if retried:
                    again[key] = arguments
                    lost.append(key)
                if not send(executor):  # before the caller is busy with what came
                    executor.shutdown(wait=False)
                if not retried:
                    yield key, future
    finally:
        if under_way:
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
        for *_, executor in under_way.values():
            executor.shutdown(cancel_futures=True)


def _worker() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _kill(executor: ProcessPoolExecutor) -> None:
    """End a worker that is busy. Its executor has no public way to say so before Python 3.14."""
    for process in list((executor._processes or {}).values()):
        process.kill()
    executor.shutdown(wait=False, cancel_futures=True)


def _overdue(limit_seconds: float) -> Future[Any]:
    late: Future[Any] = Future()
    late.set_exception(TimeoutError(f"it took over {limit_seconds:g} s and was stopped"))
    return late


def _submit(
    executor: ProcessPoolExecutor, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[ProcessPoolExecutor, Future[Any]]:
    """Submit a call, to a new worker if this one is known to be dead; return the one it is at."""
    with _interrupts_wait():
        try:
            return executor, executor.submit(function, *arguments)
        except BrokenExecutor:
            executor.shutdown(wait=False)
            executor = _worker()
            return executor, executor.submit(function, *arguments)


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C reaches a whole terminal: a worker begins deaf to it, and the parent decides what to do."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """What a worker does first: it lets Ctrl-C pass, and watches its parent."""
    # a handler of our own, as programs that we start would go on ignoring what we ignore
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed cannot end us; and our own pipes never close, as we hold both ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
