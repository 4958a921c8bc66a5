"""A data-parallel step on two gloo processes against torch's DistributedDataParallel, in the same processes."""

from __future__ import annotations

import atexit
import os
import socket
from multiprocessing import get_context
from typing import Any

import torch

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job, make_model
from course_utils.distributed.engines.replicas import Replicas
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.plan import Plan, make_optimizer
from course_utils.gpt.weights import Config
from tests.benchmarks.contest import Contest, Sides

CONFIG = Config(num_layers=4, num_heads=4, width=256, vocabulary_size=80, num_positions=128)
PLAN = Plan(num_steps=1, batch_size=8, num_tokens=128)
JOB = Job("replicas", CONFIG, PLAN, (4, 4), dtype="float32", options={"timeout_seconds": 600.0})


def steps() -> Sides:
    """Workers stay, and take a step of ours or of torch's whenever they are told to."""
    context = get_context("spawn")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    lines = [context.Pipe() for _ in JOB.shares]
    workers = [
        context.Process(target=serve, args=(rank, port, line[1]), daemon=True)
        for rank, line in enumerate(lines)
    ]
    for worker in workers:
        worker.start()
    atexit.register(lambda: [worker.kill() for worker in workers])

    def told(side: str) -> float:
        for line, _ in lines:
            line.send(side)
        return sum(line.recv() for line, _ in lines)

    def same(one: float, other: float) -> bool:
        """The loss of the first step, and of the second: the weights moved alike."""
        return abs(one - other) < 1e-4 and abs(told("ours") - told("peer")) < 1e-4

    return Sides(lambda: told("ours"), lambda: told("peer"), same)


def serve(rank: int, port: int, line: Any) -> None:
    """Take steps until killed, and send this worker's part of the loss."""
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(len(JOB.shares)),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
    }  # fmt: skip
    torch.set_num_threads(1)
    group = Group(600.0)
    generator = torch.Generator().manual_seed(0)
    batch = torch.randint(80, (PLAN.batch_size, PLAN.num_tokens), generator=generator)
    batch = batch.to(group.device)
    engine, copy = Replicas(JOB, group), make_model(JOB).to(group.device)
    places = [group.device] if group.device.type == "cuda" else None
    theirs = torch.nn.parallel.DistributedDataParallel(copy, device_ids=places)
    our_optimizer = make_optimizer(engine.model, PLAN)
    their_optimizer = make_optimizer(copy, PLAN)
    mine = batch[rank * 4 : rank * 4 + 4]

    def ours() -> float:
        part = engine.compute(batch)
        our_optimizer.step()
        return part

    def peer() -> float:
        their_optimizer.zero_grad(set_to_none=True)
        loss = language_model_loss(theirs(mine), mine)
        loss.backward()
        their_optimizer.step()
        return float(loss.detach()) / len(JOB.shares)

    sides = {"ours": ours, "peer": peer}
    while True:
        line.send(sides[line.recv()]())


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
