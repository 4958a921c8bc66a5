"""Who did what when, and how many bytes were sent.

Leaves out: what the network adds to a message.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

PROVIDED = ("*",)  # whole in the student's copy


@dataclass(frozen=True)
class Event:
    """One stretch of time of one worker."""

    worker: int
    kind: str  # "forward", "backward", "update", "send", "receive", "all-reduce", "wait"
    label: str  # of which microbatch, slice or bucket
    step: int
    begin: float  # seconds since all workers were ready
    end: float
    num_bytes: int = 0  # sent by this worker
    num_messages: int = 0


@dataclass
class Ledger:
    """The events of one worker."""

    worker: int
    begun: float = field(default_factory=perf_counter)
    step: int = 0
    events: list[Event] = field(default_factory=list)

    @contextmanager
    def during(
        self, kind: str, label: str = "", num_bytes: int = 0, num_messages: int = 0
    ) -> Iterator[None]:
        """Note how long the body takes."""
        begin = perf_counter()
        yield
        self.note(kind, label, begin, num_bytes, num_messages)

    def note(
        self, kind: str, label: str, begin: float, num_bytes: int = 0, num_messages: int = 0
    ) -> None:
        """Note what began at `begin` (by perf_counter) and ends now."""
        stretch = (begin - self.begun, perf_counter() - self.begun)
        event = Event(self.worker, kind, label, self.step, *stretch, num_bytes, num_messages)
        self.events.append(event)


def bytes_sent(events: Sequence[Event]) -> dict[int, int]:
    """Return how many bytes each worker sent.

    >>> bytes_sent([Event(0, "send", "", 0, 0.0, 0.1, 80, 1), Event(1, "wait", "", 0, 0.0, 0.1)])
    {0: 80, 1: 0}
    """
    sent: dict[int, int] = {}
    for event in events:
        sent[event.worker] = sent.get(event.worker, 0) + event.num_bytes
    return sent


def idle_share(events: Sequence[Event], step: int) -> float:
    """Return the share of a step in which a worker neither goes forward nor backward, on average.

    The step lasts from the first forward of any worker to the last backward of any.

    >>> forward = [Event(0, "forward", "", 0, 0.0, 1.0), Event(1, "forward", "", 0, 1.0, 2.0)]
    >>> idle_share(forward, step=0)
    0.5
    """
    chosen = [e for e in events if e.step == step and e.kind in ("forward", "backward")]
    if not chosen:
        raise ValueError(f"no work in step {step}")
    span = max(e.end for e in chosen) - min(e.begin for e in chosen)
    num_workers = len({e.worker for e in chosen})
    return 1 - sum(e.end - e.begin for e in chosen) / (num_workers * span)
