"""How long a class takes: workers that judge, and the one process that hands out and writes, simulated.

Each worker does one submission at a time. Whenever one is done, the main process first sends that worker
another, then writes what came; meanwhile others that are done wait for it. A cluster's workers have
submissions in advance, and need not wait so soon.
"""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np


def makespan(
    judging_seconds: np.ndarray,
    writing_seconds: float,
    workers: int,
    *,
    ahead: int = 1,
) -> float:
    """Seconds until the last result is written.

    Args:
        judging_seconds: shape (N,), what a worker needs for each submission.
        writing_seconds: what the main process needs for each.
        workers: how many judge at the same time.
        ahead: how many submissions a worker is given at once, the one it is busy with included.

    Two workers, three submissions of a second, writing for free:

    >>> makespan(np.ones(3), 0.0, 2)
    2.0
    >>> makespan(np.full(10, 0.1), 1.0, 5)  # the writer is what takes time
    10.1
    """
    waiting = deque(judging_seconds.tolist())
    own: list[deque[float]] = [deque() for _ in range(workers)]
    done: list[tuple[float, int]] = []  # when which worker has finished something
    free_at = [0.0] * workers

    def give(worker: int, now: float) -> None:
        """Send a submission; the worker begins when it is free."""
        if waiting:
            free_at[worker] = max(free_at[worker], now) + waiting.popleft()
            own[worker].append(free_at[worker])

    for _ in range(ahead):
        for worker in range(workers):
            give(worker, 0.0)
    for worker, ends in enumerate(own):
        if ends:
            heapq.heappush(done, (ends.popleft(), worker))
    now = 0.0
    while done:
        finished, worker = heapq.heappop(done)
        now = max(now, finished)
        give(worker, now)
        if own[worker]:
            heapq.heappush(done, (own[worker].popleft(), worker))
        now += writing_seconds
    return now
