"""Split the layers into stages, and keep them busy with microbatches.

Source: Y. Huang and others, "GPipe", 2019; CMU 10-301/601, lecture 28, "Microbatch-based pipeline
parallelism (GPipe)".
Leaves out: 1F1B and interleaved schedules, which need less memory or wait less.
"""

from __future__ import annotations


def gpipe_schedule(num_stages: int, num_microbatches: int) -> list[tuple[int, int, int, str]]:
    """Return who does what when: (tick, stage, microbatch, phase).

    Forwards first: stage k works on microbatch m in tick k + m. When the last forward is done, backwards
    begin, from the last stage to the first.

    Args:
        num_stages: K, numbered from 0.
        num_microbatches: M, numbered from 0.

    Returns:
        2KM entries in 2(M + K − 1) ticks from 0 on; phases are "forward" and "backward".

    Raises:
        ValueError: no stage or no microbatch.

    >>> gpipe_schedule(2, 1)
    [(0, 0, 0, 'forward'), (1, 1, 0, 'forward'), (2, 1, 0, 'backward'), (3, 0, 0, 'backward')]
    """
    _check(num_stages, num_microbatches)
    half = num_microbatches + num_stages - 1
    pairs = [(k, m) for k in range(num_stages) for m in range(num_microbatches)]
    forward = [(k + m, k, m, "forward") for k, m in pairs]
    backward = [(half + num_stages - 1 - k + m, k, m, "backward") for k, m in pairs]
    return sorted(forward) + sorted(backward)


def bubble_fraction(num_stages: int, num_microbatches: int) -> float:
    """Return the share of its time that a stage waits: (K − 1) / (M + K − 1).

    Args:
        num_stages: K.
        num_microbatches: M.

    Raises:
        ValueError: no stage or no microbatch.

    >>> bubble_fraction(4, 1)
    0.75
    """
    _check(num_stages, num_microbatches)
    return (num_stages - 1) / (num_microbatches + num_stages - 1)


def _check(num_stages: int, num_microbatches: int) -> None:
    if num_stages < 1 or num_microbatches < 1:
        raise ValueError(
            f"{num_stages} stages and {num_microbatches} microbatches: at least one of each"
        )
