"""Split the tokens: while one stage reads the end of a text, the next one reads its beginning.

A causal model may do so: no token needs a later one. Later slices see more context and take longer for
each token, so slices of equal length do not take equal time.

Source: Z. Li and others, "TeraPipe", ICML 2021, sections 3.2 and 3.3; CMU 10-301/601, lecture 28,
"Token-based pipeline parallelism (TeraPipe)".
Leaves out: slicing the batch at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from math import inf


def terapipe_latency(
    slices: Sequence[int], time: Callable[[int, int], float], num_stages: int
) -> float:
    """Return how long a pass takes: Σ tᵢ + (K − 1) · max tᵢ.

    The first stage works through all slices; after it, the slowest one has K − 1 stages to go.

    Args:
        slices: lengths, from the beginning of the text on.
        time: time(length, context) of one stage for one slice; context counts the tokens before it.
        num_stages: K.

    Returns:
        In the unit of `time`.

    Raises:
        ValueError: no slice, a slice without tokens, or no stage.

    >>> terapipe_latency([2, 1], lambda length, context: length + context, 3)  # 2 + 3 + 2 · 3
    11
    """
    if num_stages < 1:
        raise ValueError(f"{num_stages} stages: at least one is needed")
    if not len(slices) or min(slices) < 1:
        raise ValueError(f"slices {list(slices)}: at least one, with one token or more each")
    contexts = [0, *accumulate(slices)]
    times = [time(length, context) for length, context in zip(slices, contexts, strict=False)]
    return sum(times) + (num_stages - 1) * max(times)


def terapipe_slices(
    time: Callable[[int, int], float], length: int, num_stages: int
) -> tuple[float, list[int]]:
    """Return the least latency, and slices that have it.

    For each bound on the slowest slice, dynamic programming finds the least sum of times under it:

        best(n) = min over the last slice l of best(n − l) + time(l, n − l), where that time ≤ bound

    Only the L² times themselves can be the bound. They are tried from the smallest on, until the bound
    alone costs more than the best found.

    Args:
        time: see `terapipe_latency`.
        length: L, tokens of the text.
        num_stages: K.

    Returns:
        (latency, slices that sum to length); several may be as good.

    Raises:
        ValueError: no token or no stage.

    >>> terapipe_slices(lambda length, context: 2 + length, 4, 3)  # 2 × 4 + 2 · 4
    (16.0, [2, 2])
    """
    if length < 1 or num_stages < 1:
        raise ValueError(f"{length} tokens and {num_stages} stages: at least one of each")
    times = {(m, n): time(n - m, m) for n in range(1, length + 1) for m in range(n)}
    least, chosen = inf, [length]
    for bound in sorted(set(times.values())):
        if (num_stages - 1) * bound >= least:
            break
        total, slices = _fastest(times, length, bound)
        if total < inf:
            latency = total + (num_stages - 1) * max(_times_of(times, slices))
            if latency < least:
                least, chosen = latency, slices
    return least, chosen


def _fastest(
    times: dict[tuple[int, int], float], length: int, bound: float
) -> tuple[float, list[int]]:
    """The least sum of times, none above the bound; inf where there is none."""
    best, begins = [0.0], [0]
    for n in range(1, length + 1):
        choices = [(best[m] + times[m, n], m) for m in range(n) if times[m, n] <= bound]
        total, begin = min(choices, default=(inf, 0))
        best.append(total)
        begins.append(begin)
    slices, n = [], length
    while n and best[length] < inf:
        slices.append(n - begins[n])
        n = begins[n]
    return best[length], slices[::-1]


def _times_of(times: dict[tuple[int, int], float], slices: Sequence[int]) -> list[float]:
    ends = [0, *accumulate(slices)]
    return [times[pair] for pair in pairwise(ends)]
