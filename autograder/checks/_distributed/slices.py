"""distributed.terapipe_slices: no way to cut the text is faster; several may be as fast.

The arguments of a case are the numbers that make `time`, the length and the number of stages.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from math import inf
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.check_parts.drawing import draw_until
from course_utils.distributed import terapipe_latency, terapipe_slices

Time = Callable[[int, int], float]


def ask_slices(function, args):
    """Make `time` of its numbers, and ask; also how long a pass takes with the slices found."""
    numbers, length, num_stages = args
    start, each, pair, deep = numbers

    def time(length, context):
        return start + each * length + pair * length * (context + length / 2) + deep * context**0.5

    latency, slices = function(time, length, num_stages)
    slices = [n if isinstance(n, bool) else int(n) if n == int(n) else float(n) for n in slices]
    took, seen = [], 0
    for n in slices:
        took.append(float(time(n, max(seen, 0))))
        seen += n
    real = sum(took) + (num_stages - 1) * max(took) if took else 0.0
    return {"latency": latency, "slices": slices, "real": real}


def agree_slices(args, expected, answer):
    """The distance of the latency from the least; in words, what is wrong with the slices."""
    from course_utils.agreement import deviation

    _, length, _ = args
    far = deviation(expected["latency"], answer["latency"])
    slices = answer["slices"]
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in slices):
        return "the slices are not integers"
    if not slices or min(slices) < 1:
        return "every slice needs a token or more"
    if sum(slices) != length:
        return f"the slices do not sum to the length: {sum(slices)} for {length}"
    if far <= 1 and deviation(expected["latency"], answer["real"]) > 1:
        return "the latency is the least, but these slices take longer"
    return far


def right(*args: Any) -> Any:
    return ask_slices(terapipe_slices, args)


def best_of(ways: Callable[[int], Any]) -> Callable[..., Any]:
    """A version that tries some ways to cut, by the right latency."""

    def version(time, length, num_stages):
        found = [(terapipe_latency(way, time, num_stages), list(way)) for way in ways(length)]
        return min(found)

    return version


def judged_by(latency: Callable[..., float]) -> Callable[..., Any]:
    """The best by another latency, as the wrong formula of the exercise before gives it."""

    def version(time, length, num_stages):
        _, slices = by_states(
            time, length, lambda total, slowest: latency(total, slowest, num_stages)
        )
        times = [time(n, sum(slices[:i])) for i, n in enumerate(slices)]
        return latency(sum(times), max(times), num_stages), slices

    return version


def by_states(
    time: Time, length: int, cost: Callable[[float, float], float]
) -> tuple[float, list[int]]:
    """The best by any cost that is a sum and a largest time: keep what no other state beats."""
    states: list[list[tuple[float, float, tuple[int, ...]]]] = [[(0.0, 0.0, ())]]
    for n in range(1, length + 1):
        new = [
            (total + time(n - m, m), max(slowest, time(n - m, m)), (*slices, n - m))
            for m in range(n)
            for total, slowest, slices in states[m]
        ]
        kept: list[tuple[float, float, tuple[int, ...]]] = []
        for state in sorted(new):
            if not kept or state[1] < kept[-1][1]:
                kept.append(state)
        states.append(kept)
    best = min(states[length], key=lambda s: cost(s[0], s[1]))
    return cost(best[0], best[1]), list(best[2])


def by_frontier(time, length, num_stages):
    return by_states(time, length, lambda total, slowest: total + (num_stages - 1) * slowest)


def top_down(time, length, num_stages):
    """For each bound, from the largest down, with a memory of what is best from each place on."""
    bounds = sorted({time(n, m) for m in range(length) for n in range(1, length - m + 1)})
    least: tuple[float, list[int]] = (inf, [])
    for bound in bounds[::-1]:

        @cache
        def best(begin, bound=bound):
            if begin == length:
                return 0.0, 0
            ways = [
                (time(n, begin) + best(begin + n)[0], n)
                for n in range(1, length - begin + 1)
                if time(n, begin) <= bound
            ]
            return min(ways, default=(inf, 0))

        total, _ = best(0)
        if total == inf:
            break
        slices, place = [], 0
        while place < length:
            slices.append(best(place)[1])
            place += slices[-1]
        least = min(least, (terapipe_latency(slices, time, num_stages), slices))
    return least


def equal_ways(length: int) -> list[list[int]]:
    return [[length // n] * n for n in range(1, length + 1) if length % n == 0]


def nearly_equal(length: int) -> list[list[int]]:
    return [[length // n + (i < length % n) for i in range(n)] for n in range(1, length + 1)]


def two_pieces(length: int) -> list[list[int]]:
    return [[length], *([n, length - n] for n in range(1, length))]


def few_pieces(length: int) -> list[list[int]]:
    return [
        [*np.diff([0, *cuts, length]).tolist()]
        for count in range(3)
        for cuts in combinations(range(1, length), count)
    ]


def without_context(time, length, num_stages):
    _, slices = terapipe_slices(lambda n, context: time(n, 0), length, num_stages)
    return terapipe_latency(slices, lambda n, context: time(n, 0), num_stages), slices


def backwards(time, length, num_stages):
    latency, slices = terapipe_slices(time, length, num_stages)
    return latency, slices[::-1]


def ends(time, length, num_stages):
    latency, slices = terapipe_slices(time, length, num_stages)
    return latency, np.cumsum(slices).tolist()


def greedy(time, length, num_stages):
    """Each slice takes as long as the first one of the best two."""
    _, slices = best_of(two_pieces)(time, length, num_stages)
    goal, found, seen = time(slices[0], 0), [], 0
    while seen < length:
        n = 1
        while seen + n < length and time(n + 1, seen) <= goal:
            n += 1
        found.append(n)
        seen += n
    return terapipe_latency(found, time, num_stages), found


NAMED = [
    Misconception(
        "one slice",
        best_of(lambda length: [[length]]),
        "The text is not cut, so that one stage works at a time. Try shorter slices.",
    ),
    Misconception(
        "single tokens",
        best_of(lambda length: [[1] * length]),
        "Every token is a slice of its own. Each slice costs time to begin, too: try longer ones.",
    ),
    Misconception(
        "equal slices",
        best_of(equal_ways),
        "Only equal slices are tried. Later ones have more context and should be shorter.",
    ),
    Misconception(
        "nearly equal slices",
        best_of(nearly_equal),
        "Only nearly equal slices are tried. Later ones have more context and should be shorter.",
    ),
    Misconception(
        "at most two slices",
        best_of(two_pieces),
        "The text is cut in two at most. Let the rest be cut again.",
    ),
    Misconception(
        "at most three slices",
        best_of(few_pieces),
        "The text is cut in three at most. Let the rest be cut again.",
    ),
    Misconception(
        "as long as the first",
        greedy,
        "All slices are made to take as long as the first. That is good, and not the best: try every bound "
        "on the slowest slice.",
    ),
    Misconception(
        "context ignored",
        without_context,
        "Every slice is timed as if it were the first. Its context is all tokens before it.",
    ),
    Misconception(
        "stages ignored",
        judged_by(lambda total, slowest, K: total),
        "The least sum of times is found, which is best for one stage. The slowest slice counts K − 1 "
        "times more.",
    ),
    Misconception(
        "slowest slice only",
        judged_by(lambda total, slowest, K: K * slowest),
        "Only the slowest slice is made short. The sum of all times counts, too.",
    ),
    Misconception(
        "K for K − 1",
        judged_by(lambda total, slowest, K: total + K * slowest),
        "The slowest slice is counted K times. The first stage is in the sum already: K − 1.",
    ),
    Misconception(
        "backwards",
        backwards,
        "The slices come in the wrong order, last one first. Turn them round.",
    ),
    Misconception(
        "ends for lengths",
        ends,
        "These are the places where slices end. Return their lengths, which sum to that of the text.",
    ),
]


def draw(rng: np.random.Generator) -> list[Case]:
    def numbers(shape: tuple[float, ...]) -> tuple[float, ...]:
        return tuple((np.array(shape) * rng.uniform(0.8, 1.25, size=4)).tolist())

    steep = (0.5, 0.2, 0.05, 0.02)

    def cases() -> list[Case]:
        return [
            Case((numbers(steep), int(rng.choice([9, 12, 15])), int(rng.integers(4, 6))), "value"),
            Case((numbers(steep), int(rng.choice([8, 10, 14])), int(rng.integers(3, 7))), "value"),
        ]

    def good(drawn: list[Case]) -> bool:
        """Every mistake shows in the value, and no two answer alike."""
        answers = []
        for known in NAMED:
            found = [ask_slices(known.function, case.args) for case in drawn]
            wrong = []
            for case, answer in zip(drawn, found, strict=True):
                told = agree_slices(case.args, right(*case.args), answer)
                wrong.append(isinstance(told, str) or told >= 40)
            if not any(wrong):
                return False
            answers.append([(round(a["latency"], 3), a["slices"]) for a in found])
        return all(a != b for i, a in enumerate(answers) for b in answers[:i])

    return [
        *draw_until(cases, good),
        Case((numbers((0.01, 0.2, 0.01, 0.005)), 7, 5), "short slices"),
        Case((numbers((6.0, 0.1, 0.02, 0.01)), 9, 2), "long slices"),
        Case((numbers(steep), 10, 1), "one stage"),
        Case((numbers(steep), 1, 4), "one token"),
        Case((numbers((1.0, 0.3, 0.03, 0.05)), 34, 6), "long text"),
    ]


SLICES: Check = Check(
    exercise="distributed.terapipe_slices",
    properties={
        "value": "finds the least latency, and slices that have it",
        "short slices": "finds them where a slice costs nothing to begin",
        "long slices": "finds them where a slice costs much to begin",
        "one stage": "finds them for one stage",
        "one token": "works for a text of one token",
        "long text": "finds them in seconds where there are billions of ways to cut",
    },
    cases=draw,
    ask=ask_slices,
    agree=agree_slices,
    expect=right,
    accepts=[by_frontier, top_down],
    misconceptions=NAMED,
)
