"""GPipe on two gloo processes: the measured bubble against the formula, and a step against torch's own GPipe."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributed.pipelining import PipelineStage, ScheduleGPipe
from torch.nn.functional import cross_entropy

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.ledger import idle_share
from course_utils.distributed.engines.parts import Part
from course_utils.distributed.engines.serial import train_serially
from course_utils.distributed.engines.stages import Stages
from course_utils.distributed.gpipe import bubble_fraction
from course_utils.gpt.plan import Plan, passages
from course_utils.gpt.weights import Config
from tests.benchmarks.contest import Contest, Sides
from tests.benchmarks.workers import Steps, Workers

NUM_MICROBATCHES = 8
CONFIG = Config(
    num_layers=12, num_heads=4, width=512, vocabulary_size=16, num_positions=128, tied=False
)
PLAN = Plan(num_steps=1, batch_size=32, num_tokens=128)
JOB = Job(
    "stages", CONFIG, PLAN, (6, 6), num_microbatches=NUM_MICROBATCHES, dtype="float32",
    options={"timeout_seconds": 600.0},
)  # fmt: skip


def text() -> Tensor:
    """Return tokens to read; which ones, makes no difference to the time."""
    return torch.randint(16, (5000,), generator=torch.Generator().manual_seed(0))


def bubble() -> Sides:
    """A round is one step; of its span the formula gives one share as idle, and the ledger another."""
    workers = Workers(JOB, make_steps)
    (loss, _), *_ = train_serially(JOB, text())
    for _ in range(2):  # a process's first steps are slow
        workers.do("ours")

    def idle() -> tuple[float, float]:
        told = workers.do("ours")
        events = [event for _, mine in told for event in mine]
        span = max(e.end for e in events) - min(e.begin for e in events)
        formula = bubble_fraction(JOB.num_workers, NUM_MICROBATCHES)
        return idle_share(events, step=0) * span, formula * span

    def same(ours: float, serial: float) -> bool:
        return abs(ours - serial) < 1e-4

    return Sides(lambda: workers.do("ours")[-1][0], lambda: loss, same, seconds=idle)


def step() -> Sides:
    """Forward and backward of the same two parts by both schedules."""
    workers = Workers(JOB, make_steps)

    def told(side: str) -> tuple[float, float]:
        return workers.do(side)[-1][0], sum(workers.do(f"{side} size"))

    def same(ours: tuple[float, float], theirs: tuple[float, float]) -> bool:
        """The loss, and the size of the gradients that are left behind."""
        return all(abs(a - b) < 1e-4 * (1 + abs(b)) for a, b in zip(ours, theirs, strict=True))

    return Sides(lambda: told("ours"), lambda: told("peer"), same)


def make_steps(job: Job, group: Group) -> Steps:
    """Steps return the loss (in the last worker) and the events; sizes are squared sums of gradients."""
    batch = passages(text(), PLAN, 0).to(group.device)
    engine = Stages(job, group)
    part = Part(job, group.worker).to(group.device)
    stage = PipelineStage(part, group.worker, group.size, group.device)
    schedule = ScheduleGPipe(stage, NUM_MICROBATCHES, loss_fn=next_token_loss)

    def ours() -> tuple[float, list]:
        group.barrier("a step")
        group.ledger.events.clear()
        loss = engine.compute(batch)
        work = [e for e in group.ledger.events if e.kind in ("forward", "backward")]
        return loss, work

    def peer() -> tuple[float, list]:
        group.barrier("a step")
        part.zero_grad(set_to_none=True)
        losses: list[Tensor] = []
        if part.first:
            schedule.step(batch)
        else:
            schedule.step(target=batch, losses=losses)
        loss = torch.stack(losses).mean().item() if losses else 0.0
        return loss, []

    return {
        "ours": ours, "ours size": lambda: size_of_gradients(engine.model),
        "peer": peer, "peer size": lambda: size_of_gradients(part),
    }  # fmt: skip


def next_token_loss(logits: Tensor, tokens: Tensor) -> Tensor:
    return cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


def size_of_gradients(part: Part) -> float:
    return float(sum(p.grad.double().square().sum() for p in part.parameters()))


CONTESTS = [
    Contest(
        row="pipeline",
        peer="formula (p−1)/(m+p−1)",
        target=1.1,
        work="idle seconds of a step, measured and by formula: 2 stages of 6 layers, 8 microbatches, "
        "32 texts of 128 tokens, 512 wide, 2 gloo processes; same answer: the loss of one process alone",
        packages=("torch",),
        prepare=bubble,
    ),
    Contest(
        row="pipeline",
        peer="torch.distributed.pipelining ScheduleGPipe",
        target=1.1,
        work="forward and backward of a step: as above",
        packages=("torch",),
        prepare=step,
    ),
]
