"""The longer run that the notebook shows: recorded once, by the command that stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PROVIDED = ("*",)  # whole in the student's copy

PATH = Path(__file__).with_name("memory_run.json")


def load_recorded_run() -> dict[str, Any]:
    """Return what `python -m course_utils.impacts` wrote.

    Returns:
        "command", "seed", "versions", "device", "seconds";
        "copies": how often a secret was written, and "asked": secrets for each of these numbers;
        "models": one for each width, with "width", "parameters", "held_out_loss" in nats a token, and
        "told": the share of secrets that it tells, one for each number of copies.
    """
    return json.loads(PATH.read_text(encoding="utf-8"))
