"""distributed.ring_all_reduce: the same sum everywhere, and few bytes.

The arguments of a case are the buffers and what is looked at: "sums", "bytes" or "arrays".
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.distributed import ring_all_reduce


def ask_ring(function, args):
    """Bring back what is looked at; of arrays, whether they are apart from each other."""
    import numpy as np

    given, what = args
    buffers = [np.array(buffer) for buffer in given]
    sums, sent = function(buffers)
    outcome = {"unchanged": all(map(np.array_equal, given, buffers))}
    if what == "bytes":
        return outcome | {"bytes": [int(count) if count == int(count) else count for count in sent]}
    outcome["sums"] = [np.array(np.asarray(one), dtype=np.float64) for one in sums]
    if what == "arrays":
        rest = [*sums, *buffers]
        outcome["apart"] = (
            len(sums) == len(buffers)
            and not any(
                one is other or np.shares_memory(one, other)  # copies of lists share nothing
                for i, one in enumerate(sums)
                for other in rest[i + 1 :]
            )
        )
    return outcome


def agree_ring(args, expected, answer):
    """The distance of the sums, or in words what is wrong with the bytes or the arrays."""
    from course_utils.agreement import deviation

    buffers, what = args
    if what == "bytes":
        rounds, length = 2 * (len(buffers) - 1), len(buffers[0])
        low = 8 * rounds * (length // len(buffers))
        high = 8 * rounds * -(-length // len(buffers))
        if not isinstance(answer["bytes"], list) or len(answer["bytes"]) != len(buffers):
            return "there must be one count of bytes for each device"
        for count in answer["bytes"]:
            if isinstance(count, bool) or not isinstance(count, int | float):
                return "the counts of bytes are no numbers"
            if not low <= count <= high:
                return "the bytes are not those of 2 (N − 1) chunks"
        return 0.0 if answer["unchanged"] else "it changes one of its arguments"
    far = deviation(expected["sums"], answer["sums"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    if far <= 1 and what == "arrays" and not answer["apart"]:
        return "the devices share an array, or have that of an argument: each needs its own"
    return far


def right(*args: Any) -> Any:
    return ask_ring(ring_all_reduce, args)


def made(
    *,
    total: Callable[..., Any] = lambda buffers: np.sum(buffers, axis=0),
    spread: Callable[..., Any] = lambda total, buffers: [total.copy() for _ in buffers],
    count: Callable[[int, int], Any] = lambda N, L: 2 * (N - 1) * 8 * L / N,
    listed: Callable[..., Any] = lambda count, N: [count] * N,
) -> Callable[..., Any]:
    """A version that adds up at once, and counts what a ring would send."""

    def version(buffers):
        N, L = len(buffers), len(buffers[0])
        return spread(total(buffers), buffers), listed(count(N, L), N)

    return version


def with_padding(buffers):
    N, L = len(buffers), len(buffers[0])
    size = -(-L // N)
    padded = np.zeros((N, N, size))
    for device, buffer in enumerate(buffers):
        padded[device].reshape(-1)[:L] = buffer
    sent = [0] * N
    for step in range(2 * N - 2):
        moving = padded.copy()
        for device in range(N):
            chunk, to = (device - step) % N, (device + 1) % N
            sent[device] += moving[device, chunk].nbytes
            if step < N - 1:
                padded[to, chunk] += moving[device, chunk]
            else:
                padded[to, chunk] = moving[device, chunk]
    return tuple(row.reshape(-1)[:L].copy() for row in padded), np.array(sent)


def rest_forgotten(buffers):
    """Chunks of L // N numbers: what is left over at the end is never added up."""
    N, L = len(buffers), len(buffers[0])
    covered = L // N * N
    sums = [np.array(buffer, dtype=float) for buffer in buffers]
    for one in sums:
        one[:covered] = np.sum([buffer[:covered] for buffer in buffers], axis=0)
    return sums, [2 * (N - 1) * 8 * (L // N)] * N


def first_only(total, buffers):
    return [total.copy(), *(np.array(buffer, dtype=float) for buffer in buffers[1:])]


def into_the_first(total, buffers):
    buffers[0][...] = total
    return [buffers[0].copy() for _ in buffers]


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, N: int, L: int, what: str = "sums") -> Case:
        return Case(([rng.normal(size=L) * 3 for _ in range(N)], what), shows)

    return [
        case("value", 3, 6),
        case("value", 4, 8),
        case("uneven", 3, 7),
        case("uneven", 5, 3),
        case("bytes", 3, 12, "bytes"),
        case("bytes", 5, 37, "bytes"),
        case("bytes", 2, 9, "bytes"),
        case("one", 1, 5),
        case("one", 1, 4, "bytes"),
        case("arrays", 4, 5, "arrays"),
    ]


RING: Check = Check(
    exercise="distributed.ring_all_reduce",
    properties={
        "value": "gives every device the sum of all buffers",
        "uneven": "works when the number of devices does not divide the length",
        "bytes": "sends 2 (N − 1) chunks from each device, and counts their bytes",
        "one": "works for a single device, which sends nothing",
        "arrays": "gives each device an array of its own",
    },
    cases=draw,
    ask=ask_ring,
    agree=agree_ring,
    expect=right,
    accepts=[made(), with_padding],
    misconceptions=[
        Misconception(
            "mean for the sum",
            made(total=lambda buffers: np.mean(buffers, axis=0)),
            "This is the mean of the buffers. An all-reduce adds them up.",
        ),
        Misconception(
            "largest for the sum",
            made(total=lambda buffers: np.max(buffers, axis=0)),
            "This is the largest value of each place. Add the buffers up.",
        ),
        Misconception(
            "only one device has it",
            made(spread=first_only),
            "Only the first device has the sum. In the second half of the rounds it goes to all others.",
        ),
        Misconception(
            "the rest is forgotten",
            rest_forgotten,
            "L // N leaves a rest, which nobody adds up. Let some chunks be longer, or pad with zeros.",
        ),
        Misconception(
            "whole buffers sent",
            made(count=lambda N, L: 8 * (N - 1) * L),
            "Every device sends its whole buffer to every other. In a ring each round sends one chunk only.",
        ),
        Misconception(
            "half of the bytes",
            made(count=lambda N, L: 8 * (N - 1) * L / N),
            "Half of the bytes are counted. After N − 1 rounds as many again bring the finished chunks to "
            "everybody; and a number in float64 has 8 bytes, not 4.",
        ),
        Misconception(
            "one round too many",
            made(count=lambda N, L: 8 * 2 * L),
            "2N chunks are counted. Two rounds fewer are enough: 2 (N − 1).",
        ),
        Misconception(
            "numbers for bytes",
            made(count=lambda N, L: 2 * (N - 1) * L / N),
            "Numbers are counted, not bytes. In float64 each has 8.",
        ),
        Misconception(
            "all devices together",
            made(count=lambda N, L: 2 * (N - 1) * 8 * L),
            "Each count has the bytes of all devices together. Count what one device sends.",
        ),
        Misconception(
            "one array for all",
            made(spread=lambda total, buffers: [total] * len(buffers)),
            "All devices share one array, so that whoever changes it changes it for all. Give each a copy.",
        ),
        Misconception(
            "summed into an argument",
            made(spread=into_the_first),
            "The sum is written into one of the buffers handed in. Work on copies.",
        ),
    ],
)
