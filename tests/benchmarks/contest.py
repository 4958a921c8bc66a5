"""Ours against a peer: first the same answer, then the time, round after round in one process.

Both sides are called once to compare their answers and to warm up. Then they take turns, each
beginning every other round, so that a machine that slows down slows both. Reported are medians.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from course_utils.data import DataError


@dataclass(frozen=True)
class Sides:
    """Two ways to the same answer, ready to be called: what is built once is built."""

    ours: Callable[[], Any]
    peer: Callable[[], Any]
    same: Callable[[Any, Any], bool]  # called with our answer and the peer's
    seconds: Callable[[], tuple[float, float]] | None = (
        None  # of one round, if no clock around it tells
    )
    told: Callable[[], str] | None = None  # after the last round: what else was seen


@dataclass(frozen=True)
class Contest:
    """One row of the table."""

    row: str
    peer: str
    target: float | None  # of ours / peer
    work: str  # what both sides do, and how much of it
    packages: tuple[str, ...]  # whose versions matter
    prepare: Callable[[], Sides]  # may raise ModuleNotFoundError or DataError
    rounds: int | None = None  # where one takes many minutes
    unit: str = "s"  # of what both sides cost; `*_seconds` hold it whatever it is


def run(contest: Contest, rounds: int) -> dict[str, Any]:
    """Run one contest and return its row."""
    rounds = contest.rounds or rounds
    result: dict[str, Any] = {
        "row": contest.row,
        "ours_seconds": None,
        "peer": contest.peer,
        "peer_seconds": None,
        "ratio": None,
        "target": contest.target,
        "rounds": 0,
        "spread": None,
        "same_answer": None,
        "work": contest.work,
        "unit": contest.unit,
    }
    try:
        sides = contest.prepare()
    except ModuleNotFoundError as error:
        how = "it comes with `make bench`, or with the extra `bench`"
        return {**result, "why": f"{error.name} is not installed: {how}"}
    except DataError as error:
        return {**result, "why": str(error)}
    if not sides.same(sides.ours(), sides.peer()):
        return {**result, "same_answer": False, "why": "the two sides gave different answers"}
    ours, peer = [], []
    for i in range(rounds):
        if sides.seconds:
            for seconds, found in zip((ours, peer), sides.seconds(), strict=True):
                seconds.append(found)
            continue
        turns = [(ours, sides.ours), (peer, sides.peer)]
        for seconds, side in turns if i % 2 == 0 else reversed(turns):
            seconds.append(_seconds(side))
    ratio = statistics.median(ours) / statistics.median(peer)
    of_rounds = [a / b for a, b in zip(ours, peer, strict=True)]
    return {
        **result,
        "ours_seconds": statistics.median(ours),
        "peer_seconds": statistics.median(peer),
        "ratio": ratio,
        "rounds": rounds,
        "spread": (max(of_rounds) - min(of_rounds)) / ratio,
        "same_answer": True,
        **({"told": sides.told()} if sides.told else {}),
    }


def _seconds(side: Callable[[], Any]) -> float:
    gc.collect()
    begun = time.perf_counter()
    answer = side()
    seconds = time.perf_counter() - begun
    del answer  # not while the clock runs
    return seconds
