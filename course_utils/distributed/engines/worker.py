"""What each process runs: python -m course_utils.distributed.engines.worker FOLDER

The folder holds `job.json` and `text.npy`; what came of it is put beside them. `processes.run_workers`
writes the one and reads the other.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from course_utils.distributed.engines.group import Group, WorkerLost
from course_utils.distributed.engines.jobs import Job
from course_utils.distributed.engines.ledger import Event
from course_utils.distributed.engines.replicas import Replicas
from course_utils.distributed.engines.serial import set_learning_rate
from course_utils.distributed.engines.shelf import Shelf, what_is_trained
from course_utils.distributed.engines.slices import Slices
from course_utils.distributed.engines.stages import Stages
from course_utils.distributed.engines.tokens import Tokens
from course_utils.gpt.plan import learning_rate_at, make_optimizer, passages

PROVIDED = ("*",)  # whole in the student's copy
ENGINES: dict[str, Any] = {
    "replicas": Replicas, "slices": Slices, "stages": Stages, "tokens": Tokens,
}  # fmt: skip


@dataclass
class Result:
    """What one worker brings back."""

    worker: int
    resumed_at: int = 0
    losses: list[float] = field(
        default_factory=list
    )  # of the steps since; see the engine's loss_of
    events: list[Event] = field(default_factory=list)
    tensors: dict[str, Tensor] = field(default_factory=dict)  # "weights.…", "3.…" the gradients


def train(job: Job, text: Tensor, on_step: Callable[[Group, int], None]) -> Result:
    """Take this worker's part in a job. RANK and others in the environment say which it is.

    Raises:
        WorkerLost: another worker has ended or hangs.
        FloatingPointError: the loss is not a number any more.
        ValueError: a checkpoint of another job; too few workers.
    """
    present = int(os.environ["WORLD_SIZE"])
    if present != job.num_workers:
        raise ValueError(f"{present} workers were started for {job.num_workers} shares")
    torch.manual_seed(job.plan.seed)
    group = Group(job.option("timeout_seconds"))
    engine = ENGINES[job.way](job, group)
    optimizer = make_optimizer(engine.model, job.plan)
    result, shelf = Result(group.worker, events=group.ledger.events), None
    if job.option("shelf"):
        about = what_is_trained(job.to_json())
        shelf = Shelf(Path(job.option("shelf")), group.worker, group.size, about)
        if shelf.steps():
            result.resumed_at = shelf.steps()[-1]
            shelf.take(result.resumed_at, engine.model, optimizer)
    group.barrier("making ready")
    for step in range(result.resumed_at, job.plan.num_steps):
        group.ledger.step = step
        loss = engine.compute(passages(text, job.plan, step).to(group.device))
        if not isfinite(loss):
            raise FloatingPointError(f"the loss of step {step + 1} is {loss}: lower learning_rate")
        result.losses.append(loss)
        if job.option("keep_gradients"):
            result.tensors |= {f"{step}.{n}": g for n, g in _gradients(engine.model).items()}
        set_learning_rate(optimizer, learning_rate_at(step, job.plan))
        with group.ledger.during("update"):
            optimizer.step()
        every = job.option("checkpoint_every")
        if shelf and every and (step + 1) % every == 0:
            shelf.put(step + 1, engine.model, optimizer)
            group.barrier("the checkpoint")
            if group.worker == 0:
                shelf.tidy()
        on_step(group, step + 1)
    named = engine.model.named_parameters()
    result.tensors |= {f"weights.{n}": p.detach().cpu().contiguous() for n, p in named}
    group.leave()
    return result


def _gradients(model: torch.nn.Module) -> dict[str, Tensor]:
    found = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    return {name: gradient.detach().cpu().clone() for name, gradient in found.items()}


def main(arguments: list[str]) -> int:
    """Run as a process of `run_workers`; whatever happens is written down for it."""
    folder, worker = Path(arguments[0]), os.environ["RANK"]
    told: dict[str, Any]
    try:
        job = Job.from_json((folder / "job.json").read_text(encoding="utf-8"))
        text = torch.from_numpy(np.load(folder / "text.npy"))
        result = train(job, text, _report)
        told = {"worker": result.worker, "resumed_at": result.resumed_at, "losses": result.losses}
        told["events"] = [asdict(event) for event in result.events]
        save_file(result.tensors, folder / f"tensors-{worker}.safetensors")
    except (WorkerLost, FloatingPointError, ValueError) as error:
        told = {"error": str(error), "kind": type(error).__name__}
    except Exception as error:
        traceback.print_exc()
        told = {"error": f"{type(error).__name__}: {error}", "kind": "Exception"}
    draft = folder / f"draft-{worker}.json"
    draft.write_text(json.dumps(told), encoding="utf-8")
    os.replace(draft, folder / f"result-{worker}.json")
    return 1 if "error" in told else 0


def _report(group: Group, step: int) -> None:
    if group.worker == 0:
        group.say("step", str(step))


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)  # threads of a group that lost a worker would wait for it
