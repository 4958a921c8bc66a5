"""Checkpoints: every worker puts its part away; a step counts when all parts are there.

Leaves out: resuming with another number of workers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

PROVIDED = ("*",)  # whole in the student's copy
KEPT = 2  # steps


class Shelf:
    """The checkpoints of one worker, in a folder that all workers share."""

    def __init__(self, folder: Path, worker: int, num_workers: int, about: str) -> None:
        """`about` says what is trained: a checkpoint of anything else is refused."""
        self._folder, self._worker = folder, worker
        self._num_workers, self._about = num_workers, about

    def put(self, step: int, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Write this worker's part after so many steps; a reader never sees half of it."""
        tensors = {f"model.{n}": p.detach().cpu().contiguous() for n, p in model.named_parameters()}
        for i, state in optimizer.state_dict()["state"].items():
            for key, value in state.items():
                tensors[f"optimizer.{i}.{key}"] = torch.as_tensor(value).cpu().contiguous()
        path = self._path(step, self._worker)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        save_file(tensors, draft, {"about": self._about})
        os.replace(draft, path)

    def tidy(self) -> None:
        """Remove all but the last steps; call it when everybody has put their part."""
        for step in self.steps()[:-KEPT]:
            shutil.rmtree(self._path(step, 0).parent, ignore_errors=True)

    def steps(self) -> list[int]:
        """After how many steps all parts are there."""
        found = [re.fullmatch(r"step-(\d+)", path.name) for path in self._folder.glob("step-*")]
        steps = sorted(int(match[1]) for match in found if match)
        workers = range(self._num_workers)
        return [s for s in steps if all(self._path(s, w).exists() for w in workers)]

    def take(self, step: int, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Read this worker's part.

        Raises:
            ValueError: it is of another job.
        """
        path = self._path(step, self._worker)
        with safe_open(path, framework="pt") as file:
            if (file.metadata() or {}).get("about") != self._about:
                raise ValueError(
                    f"{path.parent.parent} holds checkpoints of another job: choose another folder"
                )
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                parameter.copy_(tensors[f"model.{name}"])
        states: dict[int, dict[str, torch.Tensor]] = {}
        for name, value in tensors.items():
            if name.startswith("optimizer."):
                _, index, key = name.split(".", 2)
                states.setdefault(int(index), {})[key] = value
        optimizer.load_state_dict({**optimizer.state_dict(), "state": states})

    def _path(self, step: int, worker: int) -> Path:
        return self._folder / f"step-{step:08d}" / f"worker-{worker}.safetensors"


def what_is_trained(job_json: str) -> str:
    """Return what must be the same when a job is taken up again: all but how long it runs."""
    told = json.loads(job_json)
    for name in ("options", "bucket_bytes", "recompute", "schedule", "num_microbatches", "slices"):
        told.pop(name)
    return json.dumps(told, sort_keys=True)
