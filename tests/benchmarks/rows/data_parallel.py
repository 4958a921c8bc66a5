"""A data-parallel step on two gloo processes against torch's DistributedDataParallel, in the same processes."""

from __future__ import annotations

import torch

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job, make_model
from course_utils.distributed.engines.replicas import Replicas
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.plan import Plan, make_optimizer
from course_utils.gpt.weights import Config
from tests.benchmarks.contest import Contest, Sides
from tests.benchmarks.workers import Steps, Workers

CONFIG = Config(num_layers=4, num_heads=4, width=256, vocabulary_size=80, num_positions=128)
PLAN = Plan(num_steps=1, batch_size=8, num_tokens=128)
JOB = Job("replicas", CONFIG, PLAN, (4, 4), dtype="float32", options={"timeout_seconds": 600.0})


def steps() -> Sides:
    """Both move weights of their own, that begin alike."""
    workers = Workers(JOB, make_steps)

    def told(side: str) -> float:
        return sum(workers.do(side))

    def same(one: float, other: float) -> bool:
        """The loss of the first step, and of the second: the weights moved alike."""
        return abs(one - other) < 1e-4 and abs(told("ours") - told("peer")) < 1e-4

    return Sides(lambda: told("ours"), lambda: told("peer"), same)


def make_steps(job: Job, group: Group) -> Steps:
    """Each step returns this worker's part of the loss."""
    generator = torch.Generator().manual_seed(0)
    batch = torch.randint(80, (PLAN.batch_size, PLAN.num_tokens), generator=generator)
    batch = batch.to(group.device)
    engine, copy = Replicas(job, group), make_model(job).to(group.device)
    places = [group.device] if group.device.type == "cuda" else None
    theirs = torch.nn.parallel.DistributedDataParallel(copy, device_ids=places)
    our_optimizer = make_optimizer(engine.model, PLAN)
    their_optimizer = make_optimizer(copy, PLAN)
    mine = batch[group.worker * 4 : group.worker * 4 + 4]

    def ours() -> float:
        part = engine.compute(batch)
        our_optimizer.step()
        return part

    def peer() -> float:
        their_optimizer.zero_grad(set_to_none=True)
        loss = language_model_loss(theirs(mine), mine)
        loss.backward()
        their_optimizer.step()
        return float(loss.detach()) / job.num_workers

    return {"ours": ours, "peer": peer}


CONTESTS = [
    Contest(
        row="data parallel step",
        peer="DistributedDataParallel",
        target=1.1,
        work="forward, backward, sums, AdamW: 8 texts of 128 tokens, 3.2 M parameters, 2 gloo processes",
        packages=("torch",),
        prepare=steps,
    )
]
