"""A cost measured at many sizes, and the exponent p of size ** p that fits the larger ones."""

from __future__ import annotations

import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

SHORTEST = 0.02  # seconds that a clock is held against; what is quicker is done several times
FEWEST = 3  # sizes that an exponent is fitted to


@dataclass(frozen=True)
class Line:
    """One way to do the work."""

    label: str
    sizes: tuple[int, ...]
    make: Callable[[int], Callable[[], Any]]  # prepares a size; what it returns is the work
    expected: float  # exponent, by counting operations
    fit_from: int  # the smallest size that counts for the fit: below it fixed costs show
    measured: bool = False  # the work returns its cost itself, and is not timed


@dataclass(frozen=True)
class Curve:
    """What is measured against what."""

    name: str
    title: str
    size: str  # of what
    cost: str  # and its unit
    lines: tuple[Line, ...]
    packages: tuple[str, ...] = ("numpy",)


def measure(curve: Curve, rounds: int) -> dict[str, Any]:
    """Measure every size in every round, so that a machine that slows down slows all sizes."""
    return {
        "name": curve.name,
        "title": curve.title,
        "size": curve.size,
        "cost": curve.cost,
        "rounds": rounds,
        "lines": [_measured(line, rounds) for line in curve.lines],
    }


def _measured(line: Line, rounds: int) -> dict[str, Any]:
    works = [line.make(size) for size in line.sizes]
    clock = _told if line.measured else _clocked
    repeats = [1 if line.measured else _repeats(work) for work in works]
    costs: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, number, found in zip(works, repeats, costs, strict=True):
            found.append(clock(work, number))
    medians = [statistics.median(found) for found in costs]
    told = {
        "label": line.label,
        "sizes": list(line.sizes),
        "costs": medians,
        "lowest": [min(found) for found in costs],
        "highest": [max(found) for found in costs],
        "expected": line.expected,
        "fit_from": line.fit_from,
    }
    return told | fit(line.sizes, medians, line.fit_from)


def fit(sizes: Sequence[float], costs: Sequence[float], fit_from: float) -> dict[str, float]:
    """Return the exponent and its 95 % interval: a straight line through the logarithms.

    Raises:
        ValueError: fewer than three sizes from `fit_from` on.

    >>> fit([1, 10, 100, 1000], [5.0, 3.0, 300.0, 30000.0], fit_from=10)["exponent"]
    2.0
    """
    chosen = [(size, cost) for size, cost in zip(sizes, costs, strict=True) if size >= fit_from]
    if len(chosen) < FEWEST:
        raise ValueError(f"{len(chosen)} sizes from {fit_from} on: a fit needs {FEWEST}")
    found = stats.linregress(*np.log(np.array(chosen, dtype=float)).T)
    wide = float(stats.t.ppf(0.975, len(chosen) - 2) * found.stderr)
    slope = float(found.slope)
    return {"exponent": round(slope, 4), "low": slope - wide, "high": slope + wide}


def _repeats(work: Callable[[], Any]) -> int:
    work()  # the first time is slow
    return max(1, math.ceil(SHORTEST / max(_clocked(work, 1), 1e-9)))


def _clocked(work: Callable[[], Any], number: int) -> float:
    gc.collect()
    begun = time.perf_counter()
    for _ in range(number):
        work()
    return (time.perf_counter() - begun) / number


def _told(work: Callable[[], float], number: int) -> float:
    return work()
