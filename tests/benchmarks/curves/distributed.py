"""Two gloo processes: a sum by how many numbers there are, and a pipeline's idle time by its microbatches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

import torch
import torch.distributed as dist

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.ledger import idle_share
from course_utils.distributed.engines.stages import Stages
from course_utils.gpt.plan import Plan, passages
from course_utils.gpt.weights import Config
from tests.benchmarks.curves.growth import Curve, Line
from tests.benchmarks.workers import Steps, Workers

NUMBERS = (1_000, 10_000, 100_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000)
MICROBATCHES = (1, 2, 4, 8, 16)
CONFIG = Config(
    num_layers=8, num_heads=4, width=256, vocabulary_size=16, num_positions=128, tied=False
)
PLAN = Plan(num_steps=1, batch_size=32, num_tokens=128)
JOB = Job(
    "stages", CONFIG, PLAN, (4, 4), dtype="float32", options={"timeout_seconds": 600.0}
)  # fmt: skip


def make_steps(job: Job, group: Group) -> Steps:
    """Sums by their size, and steps of a pipeline by the number of microbatches."""
    steps: Steps = {}
    for number in NUMBERS:
        tensor = torch.zeros(number, device=group.device)
        steps[f"ours {number}"] = partial(group.all_reduce, tensor, "a sum")
        steps[f"torch {number}"] = partial(_without_a_value, tensor)
    text = torch.randint(16, (5000,), generator=torch.Generator().manual_seed(0))
    batch = passages(text, PLAN, 0).to(group.device)
    for number in MICROBATCHES:
        engine = Stages(replace(job, num_microbatches=number), group)
        steps[f"idle {number}"] = partial(_events_of_a_step, engine, group, batch)
    return steps


def _without_a_value(tensor: torch.Tensor) -> None:
    dist.all_reduce(tensor)


def _events_of_a_step(engine: Stages, group: Group, batch: torch.Tensor) -> list:
    group.barrier("a step")
    group.ledger.events.clear()
    engine.compute(batch)
    return [e for e in group.ledger.events if e.kind in ("forward", "backward")]


@cache
def workers() -> Workers:
    return Workers(JOB, make_steps)


def summed(side: str, number: int) -> Callable[[], list]:
    return lambda: workers().do(f"{side} {number}")


def idle(ticks: int) -> Callable[[], float]:
    """The share of a step that a worker idles: with two stages, m microbatches take m + 1 ticks each way."""

    def share() -> float:
        events = [event for mine in workers().do(f"idle {ticks - 1}") for event in mine]
        return idle_share(events, step=0)

    share()  # a process's first step is slow
    return share


SUMS = Curve(
    name="distributed: sums",
    title="Adding up numbers of two processes",
    size="numbers, float32",
    cost="seconds",
    lines=(
        Line("ours", NUMBERS, partial(summed, "ours"), 1.0, fit_from=1_000_000),
        Line("torch.distributed", NUMBERS, partial(summed, "torch"), 1.0, fit_from=1_000_000),
    ),
    packages=("torch",),
)
BUBBLE = Curve(
    name="distributed: pipeline",
    title="Idle time of a pipeline of two stages",
    size="microbatches + 1",
    cost="share of a step",
    lines=(
        Line("ours", tuple(m + 1 for m in MICROBATCHES), idle, -1.0, fit_from=2, measured=True),
    ),
    packages=("torch",),
)
CURVES = (SUMS, BUBBLE)
