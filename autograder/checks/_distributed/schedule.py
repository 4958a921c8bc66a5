"""distributed.gpipe_schedule and bubble_fraction: any schedule that keeps the rules is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.distributed import bubble_fraction, gpipe_schedule


def ask_schedule(function, args):
    """The entries in order, whatever the order and packing that they come in."""
    return sorted([*entry[:3], str(entry[3]), *entry[4:]] for entry in function(*args))


def agree_schedule(args, expected, answer):
    """Say in words which rule is broken first; 0 for a schedule that keeps them all."""
    K, M = args
    if not isinstance(answer, list) or any(len(entry) != 4 for entry in answer):
        return "it is no list of (tick, stage, microbatch, phase)"
    for tick, stage, batch, _ in answer:
        if any(isinstance(n, bool) or not isinstance(n, int) for n in (tick, stage, batch)):
            return "ticks, stages and microbatches must be integers"
    if {phase for *_, phase in answer} - {"forward", "backward"}:
        return 'the phases must be "forward" and "backward"'
    when = {(stage, batch, phase): tick for tick, stage, batch, phase in answer}
    wanted = {(k, m, p) for k in range(K) for m in range(M) for p in ("forward", "backward")}
    if set(when) != wanted or len(answer) != len(wanted):
        return "each stage and microbatch must come once in each phase, both counted from 0"
    if len({(tick, stage) for tick, stage, *_ in answer}) != len(answer):
        return "a stage has two things to do in one tick"
    for k in range(K - 1):
        for m in range(M):
            if when[k, m, "forward"] >= when[k + 1, m, "forward"]:
                return "a stage goes forward before the stage before it is done"
            if when[k + 1, m, "backward"] >= when[k, m, "backward"]:
                return "a stage goes backward before the stage after it is done"
    last = max(tick for (_, _, phase), tick in when.items() if phase == "forward")
    first = min(tick for (_, _, phase), tick in when.items() if phase == "backward")
    if first <= last:
        return "a backward begins before the last forward is done"
    ticks = [tick for tick, *_ in answer]
    if min(ticks) != 0:
        return "the first tick must be 0"
    if max(ticks) != 2 * (M + K - 1) - 1:
        return "it takes more ticks than needed"
    return 0.0


def made(
    forward: Callable[..., int] = lambda k, m, K, M: k + m,
    backward: Callable[..., int] = lambda k, m, K, M: M + 2 * K - 2 - k + m,
    *,
    names: tuple[str, str] = ("forward", "backward"),
    phases: int = 2,
    base: int = 0,
    entry: Callable[..., Any] = lambda tick, k, m, phase: (tick, k, m, phase),
    refuse: bool = True,
) -> Callable[..., Any]:
    """A version: in which tick a stage works on a microbatch."""

    def version(num_stages, num_microbatches):
        K, M = num_stages, num_microbatches
        if refuse and (K < 1 or M < 1):
            raise ValueError("nothing to do")
        return [
            entry(tick(k, m, K, M), k + base, m + base, name)
            for name, tick in list(zip(names, (forward, backward), strict=True))[:phases]
            for k in range(K)
            for m in range(M)
        ]

    return version


def one_after_the_other(k: int, m: int, K: int, M: int) -> int:
    return m * K + k


def one_after_the_other_back(k: int, m: int, K: int, M: int) -> int:
    return M * K + m * K + K - 1 - k


def interleaved(num_stages, num_microbatches):
    """Greedy 1F1B: a stage goes backward as soon as it can."""
    K, M = num_stages, num_microbatches
    if K < 1 or M < 1:
        raise ValueError("nothing to do")
    done: dict[tuple[int, int, str], int] = {}
    tick = 0
    while len(done) < 2 * K * M:
        ready = []
        for k in range(K):
            for phase in ("backward", "forward"):
                before = k + 1 if phase == "backward" else k - 1
                found = None
                for m in range(M):
                    source = (before, m, phase) if 0 <= before < K else (k, m, "forward")
                    free = before < 0 or done.get(source, tick) < tick
                    if (k, m, phase) not in done and free:
                        found = (k, m, phase)
                        break
                if found:
                    ready.append(found)
                    break
        done |= dict.fromkeys(ready, tick)
        tick += 1
    return [(when, k, m, phase) for (k, m, phase), when in done.items()]


def reversed_batches(num_stages, num_microbatches):
    K, M = num_stages, num_microbatches
    if min(K, M) < 1:
        raise ValueError("nothing to do")
    entries = []
    for tick in range(M + K - 1):
        for stage in range(K):
            if 0 <= tick - stage < M:
                entries.append((tick, stage, tick - stage, "forward"))
                back = 2 * (M + K - 1) - 1 - tick
                entries.append((back, stage, tick - stage, "backward"))
    return np.random.default_rng(0).permutation(np.array(entries, dtype=object)).tolist()


def draw(rng: np.random.Generator) -> list[Case]:
    def size(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    return [
        Case((size(3, 5), size(5, 8)), "value"),
        Case((size(5, 7), size(2, 4)), "value"),
        Case((1, size(3, 6)), "one stage"),
        Case((size(3, 6), 1), "one microbatch"),
        Case((0, size(2, 5)), "refuses"),
        Case((size(2, 5), 0), "refuses"),
        Case((-1, size(2, 5)), "refuses"),
    ]


SCHEDULE: Check = Check(
    exercise="distributed.gpipe_schedule",
    properties={
        "value": "lets every stage work on every microbatch in 2 (M + K − 1) ticks",
        "one stage": "works for a single stage",
        "one microbatch": "works for a single microbatch",
        "refuses": "raises ValueError without a stage or a microbatch",
    },
    cases=draw,
    ask=ask_schedule,
    agree=agree_schedule,
    expect=lambda K, M: ask_schedule(gpipe_schedule, (K, M)),
    accepts=[made(), reversed_batches],
    misconceptions=[
        Misconception(
            "one microbatch after the other",
            made(one_after_the_other, one_after_the_other_back),
            "A microbatch goes through all stages before the next one begins, so that one stage works at "
            "a time. Begin the next as soon as the first stage is free.",
        ),
        Misconception(
            "backward from the first stage",
            made(backward=lambda k, m, K, M: M + K - 1 + k + m),
            "Backwards run from the first stage to the last. The gradient comes from the loss: begin with "
            "the last stage.",
        ),
        Misconception(
            "all stages at once",
            made(lambda k, m, K, M: m, lambda k, m, K, M: M + m),
            "All stages work on one microbatch at the same time. A stage must wait for the one before it.",
        ),
        Misconception(
            "all microbatches at once",
            made(lambda k, m, K, M: k, lambda k, m, K, M: 2 * K - 1 - k),
            "A stage works on all microbatches in one tick. It does one at a time.",
        ),
        Misconception(
            "1F1B",
            interleaved,
            "Backwards begin before all forwards are done, as in 1F1B. GPipe does all forwards first.",
        ),
        Misconception(
            "ticks from 1",
            made(lambda k, m, K, M: k + m + 1, lambda k, m, K, M: M + 2 * K - 1 - k + m),
            "The first tick is 1 here. Count ticks from 0, please.",
        ),
        Misconception(
            "stages from 1",
            made(base=1),
            "Stages and microbatches are counted from 1. Count them from 0.",
        ),
        Misconception(
            "a tick too long",
            made(backward=lambda k, m, K, M: M + 2 * K - 1 - k + m),
            "Between forwards and backwards everybody waits for a tick. The last stage can turn round at "
            "once.",
        ),
        Misconception(
            "a tick too short",
            made(backward=lambda k, m, K, M: M + 2 * K - 3 - k + m),
            "The first backward stands in the tick of the last forward. It begins in the next one.",
        ),
        Misconception(
            "forwards only",
            made(phases=1),
            "There are no backwards. Each stage and microbatch comes once in each phase.",
        ),
        Misconception(
            "short names",
            made(names=("F", "B")),
            'The phases have other names than asked. Write "forward" and "backward".',
        ),
        Misconception(
            "stage and microbatch exchanged",
            made(entry=lambda tick, k, m, phase: (tick, m, k, phase)),
            "Stage and microbatch are exchanged. An entry is (tick, stage, microbatch, phase).",
        ),
        Misconception(
            "nothing to do is fine",
            made(refuse=False),
            "Without a stage or a microbatch an empty schedule comes back. Raise ValueError.",
        ),
    ],
)


def fraction(formula: Callable[[int, int], float], *, refuse: bool = True) -> Callable[..., float]:
    def version(num_stages, num_microbatches):
        if refuse and (num_stages < 1 or num_microbatches < 1):
            raise ValueError("nothing to do")
        return formula(num_stages, num_microbatches)

    return version


def by_counting(num_stages, num_microbatches):
    if min(num_stages, num_microbatches) <= 0:
        raise ValueError("nothing to do")
    busy = {(tick, k) for k in range(num_stages) for tick in range(k, k + num_microbatches)}
    ticks = 1 + max(tick for tick, _ in busy)
    return np.float64(1 - len(busy) / (ticks * num_stages))


def safely(formula: Callable[[int, int], float]) -> Callable[[int, int], float]:
    return lambda K, M: formula(K, M) if K + M > 1 else 0.0


def draw_sizes(rng: np.random.Generator) -> list[Case]:
    def size(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    return [
        Case((size(3, 5), size(7, 12)), "value"),
        Case((size(6, 12), size(3, 6)), "value"),
        Case((size(4, 9), 1), "one microbatch"),
        Case((1, size(3, 9)), "one stage"),
        Case((0, size(3, 6)), "refuses"),
        Case((size(3, 6), 0), "refuses"),
        Case((size(3, 6), -1), "refuses"),
    ]


BUBBLE: Check = Check(
    exercise="distributed.bubble_fraction",
    properties={
        "value": "gives the share of ticks in which a stage waits",
        "one microbatch": "gives it for a single microbatch",
        "one stage": "gives 0 for a single stage, which never waits",
        "refuses": "raises ValueError without a stage or a microbatch",
    },
    cases=draw_sizes,
    expect=bubble_fraction,
    accepts=[fraction(lambda K, M: 1 - M / (M + K - 1)), by_counting],
    misconceptions=[
        Misconception(
            "K for K − 1",
            fraction(lambda K, M: K / (M + K)),
            "This is K / (M + K). A stage waits for the *other* stages: K − 1 ticks of M + K − 1.",
        ),
        Misconception(
            "K − 1 of M + K",
            fraction(lambda K, M: (K - 1) / (M + K)),
            "The whole takes one tick less: M + K − 1.",
        ),
        Misconception(
            "compared with the work",
            fraction(lambda K, M: (K - 1) / M),
            "This compares waiting with work. Compare it with all ticks, work and waiting.",
        ),
        Misconception(
            "work for waiting",
            fraction(lambda K, M: M / (M + K - 1)),
            "This is the share in which a stage works. The bubble is the rest.",
        ),
        Misconception(
            "stages and microbatches exchanged",
            fraction(lambda K, M: (M - 1) / (M + K - 1)),
            "Stages and microbatches are exchanged: more microbatches make the bubble smaller.",
        ),
        Misconception(
            "no microbatches",
            fraction(lambda K, M: (K - 1) / K),
            "The microbatches are not used: this is the bubble of one. More of them make it smaller.",
        ),
        Misconception(
            "halved",
            fraction(lambda K, M: (K - 1) / (2 * (M + K - 1))),
            "Only the forwards' waiting is counted, and compared with all ticks. Backwards wait as long.",
        ),
        Misconception(
            "ticks for a share",
            fraction(lambda K, M: float(2 * (K - 1))),
            "These are the ticks of waiting. Divide by all ticks for a share.",
        ),
        Misconception(
            "nothing to do is fine",
            fraction(safely(lambda K, M: (K - 1) / (M + K - 1)), refuse=False),
            "Without a stage or a microbatch a number comes back. Raise ValueError.",
        ),
    ],
)
