"""Start the workers of a job, wait for them, and leave none behind.

Works from a Jupyter kernel: workers are new Python processes, that need nothing of the notebook's. On
several machines, start them with torchrun instead; see `course_utils.distributed.__main__`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import torch.distributed as dist
from safetensors.torch import load_file
from torch import Tensor
from tqdm.auto import tqdm

import course_utils
from course_utils.distributed.engines.group import ROLL_CALL_SECONDS
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.ledger import Event
from course_utils.distributed.engines.worker import ENGINES

PROVIDED = ("*",)  # whole in the student's copy
WORKER = "course_utils.distributed.engines.worker"


class WorkersFailed(RuntimeError):
    """A job did not come to its end; the message says which worker, and why."""


@dataclass(frozen=True)
class Outcome:
    """What came of a job."""

    losses: list[float]  # nats per token, of the steps since `resumed_at`
    gradients: list[dict[str, Tensor]]  # of these steps, by name; empty if they were not kept
    weights: dict[str, Tensor]  # after the last step
    events: list[Event]  # of all workers
    resumed_at: int  # steps that a checkpoint had done


def run_workers(
    job: Job,
    text: Tensor | Sequence[int],
    *,
    timeout_seconds: float = 300.0,
    progress: bool = False,
    started: Callable[[list[int]], None] | None = None,
) -> Outcome:
    """Train on as many processes as the job has shares, and bring back what came of it.

    Args:
        job: what to train, split how.
        text: (N,), token ids.
        timeout_seconds: for everything; workers wait for each other only as long as the job says.
        progress: whether a bar shows the steps.
        started: is told the ids of the processes.

    Raises:
        WorkersFailed: a worker died, hangs, or raised an error; all others have been ended.
        ValueError: a text that is too short.
    """
    ids = np.asarray(text, dtype=np.int64)
    if len(ids) < job.plan.num_tokens:
        raise ValueError(
            f"a text of {len(ids)} tokens for passages of {job.plan.num_tokens}: take a longer one"
        )
    with tempfile.TemporaryDirectory(prefix="workers-") as name:
        folder = Path(name)
        (folder / "job.json").write_text(job.to_json(), encoding="utf-8")
        np.save(folder / "text.npy", ids)
        store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
        processes: list[subprocess.Popen] = []
        try:
            for worker in range(job.num_workers):
                processes.append(_start(folder, worker, job.num_workers, store.port))
            if started:
                started([process.pid for process in processes])
            _wait(job, processes, store, folder, timeout_seconds, progress)
        finally:
            _end(processes)
        return _read(job, folder)


def _start(folder: Path, worker: int, num_workers: int, port: int) -> subprocess.Popen:
    here = str(Path(course_utils.__file__).resolve().parent.parent)
    paths = [here, *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = max(1, (os.cpu_count() or 1) // num_workers)
    environment = os.environ | {
        "RANK": str(worker), "LOCAL_RANK": str(worker), "WORLD_SIZE": str(num_workers),
        "LOCAL_WORLD_SIZE": str(num_workers),
        "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        "TORCHELASTIC_USE_AGENT_STORE": "True", "OMP_NUM_THREADS": str(threads),
        "PYTHONPATH": os.pathsep.join(paths),
    }  # fmt: skip
    with (folder / f"log-{worker}.txt").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", WORKER, str(folder)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def _wait(
    job: Job,
    processes: Sequence[subprocess.Popen],
    store: dist.TCPStore,
    folder: Path,
    timeout_seconds: float,
    progress: bool,
) -> None:
    deadline, grace = monotonic() + timeout_seconds, None
    store.set_timeout(timedelta(seconds=5))
    with tqdm(
        total=job.plan.num_steps, desc=f"{job.way} × {job.num_workers}", disable=not progress
    ) as bar:
        while any(process.poll() is None for process in processes):
            if progress and store.check(["step"]):
                bar.update(int(store.get("step")) - bar.n)
            if grace is None and any(process.poll() for process in processes):
                # the others notice by themselves, and say what they saw
                grace = monotonic() + job.option("timeout_seconds") + ROLL_CALL_SECONDS + 1
            if grace is not None and monotonic() > grace:
                break
            if monotonic() > deadline:
                raise WorkersFailed(
                    f"the job did not end within {timeout_seconds:g} s; all workers were ended. Raise "
                    "timeout_seconds, or make it smaller"
                )
            sleep(0.02)
        bar.update(job.plan.num_steps - bar.n)
    if any(process.poll() != 0 for process in processes):
        raise WorkersFailed(_what_happened(processes, folder))


def _what_happened(processes: Sequence[subprocess.Popen], folder: Path) -> str:
    """Whoever died or hangs comes first, then errors, then what the others saw of it."""
    causes, waiting, errors, seen = [], [], [], []  # type: ignore[var-annotated]
    for worker, process in enumerate(processes):
        code, result = process.poll(), folder / f"result-{worker}.json"
        told: dict[str, Any] = json.loads(result.read_text("utf-8")) if result.exists() else {}
        if told.get("kind") == "WorkerLost":
            seen.append(told["error"])
        elif "error" in told:
            errors.append(f"worker {worker}: {told['error']}")
        elif code is None:
            waiting.append(f"worker {worker} hangs, and was ended")
        elif code < 0:
            causes.append(f"worker {worker} was ended by {signal.Signals(-code).name}")
        elif code:
            log = (folder / f"log-{worker}.txt").read_text("utf-8", "replace").strip().splitlines()
            causes.append(
                f"worker {worker} ended with code {code}: {log[-1] if log else 'no word'}"
            )
    return "; ".join(causes + errors + waiting + seen)


def _end(processes: Sequence[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.kill()
    for process in processes:
        process.wait()


def _read(job: Job, folder: Path) -> Outcome:
    workers = range(job.num_workers)
    told = [json.loads((folder / f"result-{w}.json").read_text("utf-8")) for w in workers]
    tensors = [load_file(folder / f"tensors-{w}.safetensors") for w in workers]
    engine = ENGINES[job.way]

    def joined(prefix: str) -> dict[str, Tensor]:
        start = f"{prefix}."
        parts = [
            {n.removeprefix(start): t for n, t in mine.items() if n.startswith(start)}
            for mine in tensors
        ]
        return engine.joined(parts, job)

    resumed_at = told[0]["resumed_at"]
    steps = range(resumed_at, job.plan.num_steps) if job.option("keep_gradients") else ()
    return Outcome(
        losses=[engine.loss_of(parts) for parts in zip(*(t["losses"] for t in told), strict=True)],
        gradients=[joined(str(step)) for step in steps],
        weights=joined("weights"),
        events=[Event(**event) for mine in told for event in mine["events"]],
        resumed_at=resumed_at,
    )
