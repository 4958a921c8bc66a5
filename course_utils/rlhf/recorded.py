"""The longer runs that the notebook shows: recorded once, by the commands that stand in them."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import torch

from course_utils.device import device

PROVIDED = ("*",)  # whole in the student's copy

PATHS = {name: Path(__file__).with_name(f"{name}_run.json") for name in ("movies", "cartpole")}


def load_recorded_run(name: str) -> dict[str, Any]:
    """Return what `python -m course_utils.rlhf NAME` wrote, "movies" or "cartpole"."""
    return json.loads(PATHS[name].read_text(encoding="utf-8"))


def write_record(
    path: Path, record: dict[str, Any], *, run: str, seed: int, seconds: float
) -> None:
    """Write a record, with the command, seed, versions, device and seconds that made it."""
    whole = {
        "command": f"python -m course_utils.rlhf {run} --seed {seed}",
        "seed": seed,
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
        "device": str(device()),
        "seconds": round(seconds),
        **record,
    }
    rows = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in whole.items()]
    path.write_text("{" + ",\n".join(rows) + "}\n", encoding="utf-8")
