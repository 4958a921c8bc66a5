"""Where the time goes: seconds by phase, added up while somebody measures, and free of cost when nobody does.

with measured() as phases:
    with phase("gradebook"):
        …
phases["gradebook"]
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

Phases = Counter[str]  # seconds
_now: ContextVar[Phases | None] = ContextVar("phases", default=None)


@contextmanager
def measured() -> Iterator[Phases]:
    """Measure what happens in this block."""
    phases: Phases = Counter()
    token = _now.set(phases)
    try:
        yield phases
    finally:
        _now.reset(token)


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Count the time of this block as a phase; phases do not overlap."""
    phases = _now.get()
    if phases is None:
        yield
        return
    begun = time.perf_counter()
    try:
        yield
    finally:
        phases[name] += time.perf_counter() - begun  # type: ignore[assignment] # seconds, not counts


def add(spent: Mapping[str, float]) -> None:
    """Count what was measured elsewhere, by a worker."""
    phases = _now.get()
    if phases is not None:
        phases.update(spent)


def table(phases: Phases, submissions: int, wall_seconds: float) -> str:
    """The phases as a table, the longest first: seconds, share, and milliseconds for each submission."""
    total = sum(phases.values()) or 1.0
    lines = [f"{'phase':<26}{'seconds':>9}{'share':>8}{'ms each':>9}"]
    for name, seconds in sorted(phases.items(), key=lambda item: -item[1]):
        each = 1000 * seconds / max(submissions, 1)
        lines.append(f"{name:<26}{seconds:>9.2f}{seconds / total:>8.1%}{each:>9.1f}")
    lines.append(
        f"{'wall':<26}{wall_seconds:>9.2f}{'':>8}{1000 * wall_seconds / max(submissions, 1):>9.1f}"
    )
    return "\n".join(lines)
