"""The jobs of the notebook: a small GPT that reads Shakespeare's characters.

Leaves out: training to the end; unit 05 does that.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import torch
from torch import Tensor

from course_utils.data import DataError
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.processes import Outcome
from course_utils.distributed.engines.serial import train_serially
from course_utils.gpt.plan import Plan
from course_utils.gpt.text import CharacterTokenizer, shakespeare_texts
from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy


def shakespeare() -> tuple[Tensor, Tensor, int]:
    """Return a text to learn from and one that is put aside, as numbers, and how many characters there are.

    Where the plays are not on this machine, a sentence about a cow has to do, and a line says so.
    """
    try:
        text, held_out = shakespeare_texts()
    except DataError as missing:
        print(f"Shakespeare is not on this machine; the cow will have to do. {missing}")
        text = held_out = "the cow ate the grass because it was hungry.\n" * 400
    tokenizer = CharacterTokenizer(text)
    ids, held_out_ids = (torch.tensor(tokenizer.encode(t)) for t in (text, held_out))
    return ids, held_out_ids, len(tokenizer)


def small_job(
    way: str,
    shares: tuple[int, ...],
    *,
    num_steps: int = 3,
    width: int = 64,
    num_layers: int = 4,
    batch_size: int = 16,
    num_tokens: int = 64,
    vocabulary_size: int = 84,
    bucket_bytes: int = 2**18,
    options: dict[str, Any] | None = None,
    **more: Any,
) -> Job:
    """Return a job for a GPT with 4 heads, in float64, whose gradients are kept to compare them."""
    config = Config(num_layers, 4, width, vocabulary_size, num_positions=num_tokens)
    plan = Plan(num_steps, batch_size=batch_size, num_tokens=num_tokens, num_warmup_steps=1)
    options = {"keep_gradients": True, **(options or {})}
    return Job(way, config, plan, shares, bucket_bytes=bucket_bytes, options=options, **more)


def largest_difference(job: Job, outcome: Outcome, text: Tensor) -> float:
    """Return how far losses and gradients are from those of one process alone, at most."""
    found = []
    for number, (loss, model) in enumerate(train_serially(job, text)):
        found.append(abs(loss - outcome.losses[number]))
        for name, parameter in model.named_parameters():
            if parameter.grad is not None:
                apart = (parameter.grad.cpu() - outcome.gradients[number][name]).abs().max()
                found.append(float(apart))
    return max(found)


def pull_the_plug(folder: str, worker: int, struck: list[float]) -> Callable[[list[int]], None]:
    """Return what kills a worker as soon as a checkpoint of it is there, and notes the time.

    Hand it to `run_workers` as `started`.
    """

    def started(pids: list[int]) -> None:
        def wait_and_kill() -> None:
            deadline = monotonic() + 60
            while not list(Path(folder).glob(f"step-*/worker-{worker}.safetensors")):
                if monotonic() > deadline:
                    return
                sleep(0.01)
            struck.append(monotonic())
            with suppress(ProcessLookupError):
                os.kill(pids[worker], signal.SIGKILL)

        Thread(target=wait_and_kill, daemon=True).start()

    return started
