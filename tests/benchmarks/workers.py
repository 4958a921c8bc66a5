"""Processes of `torch.distributed` that stay, and take a step of ours or of a peer's when they are told to."""

from __future__ import annotations

import atexit
import os
import socket
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import torch

from course_utils.distributed.engines.group import Group
from course_utils.distributed.engines.jobs import Job

Steps = dict[str, Callable[[], Any]]  # by the word that asks for it


class Workers:
    """One process for each share of a job, on one thread each."""

    def __init__(self, job: Job, make_steps: Callable[[Job, Group], Steps]) -> None:
        """Start them. `make_steps` is called in each, and says what it can do."""
        context = get_context("spawn")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        pairs = [context.Pipe() for _ in job.shares]
        self._lines = [line for line, _ in pairs]
        for rank, (_, line) in enumerate(pairs):
            arguments = (make_steps, job, rank, port, line)
            worker = context.Process(target=_serve, args=arguments, daemon=True)
            worker.start()
            line.close()
            atexit.register(worker.kill)

    def do(self, what: str) -> list[Any]:
        """Let all of them do it at the same time; return what each brings back."""
        for line in self._lines:
            line.send(what)
        return [line.recv() for line in self._lines]


def _serve(
    make_steps: Callable[[Job, Group], Steps], job: Job, rank: int, port: int, line: Any
) -> None:
    os.environ |= {
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(job.num_workers),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
    }  # fmt: skip
    torch.set_num_threads(1)
    steps = make_steps(job, Group(job.option("timeout_seconds")))
    while True:
        try:
            line.send(steps[line.recv()]())
        except EOFError:  # the contest is over
            os._exit(0)
