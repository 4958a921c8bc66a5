"""distributed.terapipe_latency: the sum of all slices, and the slowest for each further stage.

The arguments of a case are the slices, the numbers that make `time`, and the number of stages.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until, tells_apart
from course_utils.distributed import terapipe_latency

Time = Callable[[int, int], float]


def ask_latency(function, args):
    """Make `time` of its numbers, and ask."""
    slices, numbers, num_stages = args
    start, each, pair, deep = numbers

    def time(length, context):
        return start + each * length + pair * length * (context + length / 2) + deep * context**0.5

    kept = list(slices)
    value = function(kept, time, num_stages)
    return {"latency": value, "unchanged": kept == list(slices)}


def agree_latency(args, expected, answer):
    """The distance of the latency; in words, whether the slices have changed."""
    from course_utils.agreement import deviation

    far = deviation(expected["latency"], answer["latency"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    return far


def right(*args: Any) -> Any:
    return ask_latency(terapipe_latency, args)


def made(
    *,
    context: Callable[[list[int], int], int] = lambda slices, i: sum(slices[:i]),
    ask: Callable[..., float] = lambda time, length, context: time(length, context),
    chosen: Callable[..., float] = lambda times, slices, time: max(times),
    latency: Callable[..., float] = lambda times, slowest, K: sum(times) + (K - 1) * slowest,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(slices, time, num_stages):
        times = [ask(time, length, context(slices, i)) for i, length in enumerate(slices)]
        return latency(times, chosen(times, slices, time), num_stages)

    return version


def by_clock(slices, time, num_stages):
    times, seen = [], 0
    for length in slices:
        times.append(time(length, seen))
        seen += length
    slowest = np.max(times)
    return np.float64(np.sum(times) + slowest * num_stages - slowest)


def by_accumulate(slices, time, num_stages):
    starts = [0, *accumulate(slices)][:-1]
    times = list(map(time, slices, starts))
    return sum(times, max(times) * (num_stages - 1))


def exact_pipeline(slices, time, num_stages):
    """Nobody waits without need. With stages that are alike, that takes as long as the formula says."""
    ends = [0.0] * num_stages
    for i, length in enumerate(slices):
        took, before = time(length, sum(slices[:i])), 0.0
        for stage in range(num_stages):
            before = ends[stage] = max(before, ends[stage]) + took
    return ends[-1]


WRONG = [
    Misconception(
        "context ignored",
        made(context=lambda slices, i: 0),
        "Every slice is timed as if it were the first. Its context is all tokens before it.",
    ),
    Misconception(
        "context with the slice itself",
        made(context=lambda slices, i: sum(slices[: i + 1])),
        "The context contains the slice itself. It is the tokens *before* the slice.",
    ),
    Misconception(
        "slices for tokens",
        made(context=lambda slices, i: i),
        "The context counts slices. Count the tokens in them.",
    ),
    Misconception(
        "the slice before only",
        made(context=lambda slices, i: slices[i - 1] if i else 0),
        "The context is the one slice before. Count all tokens before this one.",
    ),
    Misconception(
        "context and length exchanged",
        made(ask=lambda time, length, context: time(context, length)),
        "The arguments of `time` are exchanged: first the length, then the context.",
    ),
    Misconception(
        "largest of the first slices' times",
        made(chosen=lambda times, slices, time: max(time(n, 0) for n in slices)),
        "The slowest slice is looked for among times without context. Take the largest of the times that "
        "you have added up.",
    ),
    Misconception(
        "longest for slowest",
        made(chosen=lambda times, slices, time: times[slices.index(max(slices))]),
        "This takes the time of the longest slice. A shorter one with more context may be slower.",
    ),
    Misconception(
        "last for slowest",
        made(chosen=lambda times, slices, time: times[-1]),
        "This takes the time of the last slice. It need not be the slowest.",
    ),
    Misconception(
        "first for slowest",
        made(chosen=lambda times, slices, time: times[0]),
        "This takes the time of the first slice. It need not be the slowest.",
    ),
    Misconception(
        "fastest for slowest",
        made(chosen=lambda times, slices, time: min(times)),
        "The fastest slice is taken. A pipeline waits for the slowest.",
    ),
    Misconception(
        "mean for slowest",
        made(chosen=lambda times, slices, time: sum(times) / len(times)),
        "The mean time is taken for the further stages. A pipeline waits for the slowest.",
    ),
    Misconception(
        "K for K − 1",
        made(latency=lambda times, slowest, K: sum(times) + K * slowest),
        "The slowest slice is counted K times. The first stage is in the sum already: K − 1.",
    ),
    Misconception(
        "no pipeline",
        made(latency=lambda times, slowest, K: K * sum(times)),
        "Every stage waits until the one before has done all slices. It begins with the first at once.",
    ),
    Misconception(
        "one stage",
        made(latency=lambda times, slowest, K: sum(times)),
        "This is the first stage alone. The last slices still have K − 1 stages to go.",
    ),
    Misconception(
        "the sum forgotten",
        made(latency=lambda times, slowest, K: (K - 1) * slowest),
        "The first stage is missing: it works through all slices. Add the sum of their times.",
    ),
]

ALIKE = [
    Misconception(
        "equal times once",
        made(latency=lambda times, slowest, K: sum(set(times)) + (K - 1) * slowest),
        "Slices that take equally long are counted once (a set or a dict keeps one of them). Add up the "
        "times of all slices.",
    ),
    Misconception(
        "one of the slowest",
        made(latency=lambda times, slowest, K: sum(t for t in times if t < slowest) + K * slowest),
        "Where several slices are the slowest, only one of them is in the sum. Add up the times of all "
        "slices.",
    ),
]

FIRST_LEFT_OUT = Misconception(
    "slowest but the first",
    made(chosen=lambda times, slices, time: max(times[1:], default=times[0])),
    "The first slice is not looked at when the slowest is sought. It may be the one.",
)


def draw_numbers(rng: np.random.Generator) -> tuple[float, ...]:
    low = np.array([0.3, 0.1, 0.05, 0.02])
    return tuple((low * rng.uniform(1, 3, size=4)).tolist())


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, count: int, K: int) -> Case:
        slices = rng.integers(1, 7, size=count).tolist()
        return Case((slices, draw_numbers(rng), K), shows)

    def slowest_in_the_middle() -> list[Case]:
        first = case("value", 5, int(rng.integers(3, 7)))
        falling = Case(
            ([*map(int, rng.permutation([6, 9, 2, 1, 3]))], draw_numbers(rng), 4), "value"
        )
        return [first, falling]

    def good(cases: list[Case]) -> bool:
        def ask(function: Any) -> Any:
            return lambda *args: ask_latency(function, args)

        versions = [terapipe_latency, *(known.function for known in WRONG)]
        return tells_apart([ask(version) for version in versions], [case.args for case in cases])

    start, each, *_ = draw_numbers(rng)
    flat = (start, each, 0.0, 0.0)  # no price for context: equal slices are equally slow
    tied = rng.permutation([5, 5, 2, 2, 3]).tolist()
    return [
        *draw_until(slowest_in_the_middle, good),
        Case(([9, 1, 2, 1], draw_numbers(rng), int(rng.integers(3, 6))), "value"),
        case("one slice", 1, int(rng.integers(2, 6))),
        case("one stage", 4, 1),
        case("equal", 3, int(rng.integers(2, 6))),
        Case(([3] * 4, draw_numbers(rng), 3), "equal"),
        Case((tied, flat, int(rng.integers(3, 6))), "equal"),
    ]


LATENCY: Check = Check(
    exercise="distributed.terapipe_latency",
    properties={
        "value": "gives the sum of all times, and K − 1 times the largest",
        "one slice": "works for one slice, which is the whole text",
        "one stage": "works for one stage",
        "equal": "works for slices of any length, equal ones too",
    },
    cases=draw,
    ask=ask_latency,
    agree=agree_latency,
    expect=right,
    accepts=[made(), by_clock, by_accumulate, exact_pipeline],
    misconceptions=[*WRONG, *ALIKE, FIRST_LEFT_OUT],
)
