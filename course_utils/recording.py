"""Runs that take too long for a notebook: recorded once, with the command that makes them again."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import Any

import torch

from course_utils.device import device

PROVIDED = ("*",)  # whole in the student's copy


def write_record(
    path: Path, record: dict[str, Any], *, command: str, seed: int, seconds: float
) -> None:
    """Write a record as JSON, one entry a line, with the command, seed, versions, device and seconds."""
    whole = {
        "command": f"{command} --seed {seed}",
        "seed": seed,
        "versions": f"Python {platform.python_version()}, torch {torch.__version__}",
        "device": str(device()),
        "seconds": round(seconds),
        **record,
    }
    rows = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in whole.items()]
    path.write_text("{" + ",\n".join(rows) + "}\n", encoding="utf-8")
