"""The longer run that the notebook shows: recorded once, by the command that stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PROVIDED = ("*",)  # whole in the student's copy

PATH = Path(__file__).with_name("shakespeare_run.json")


def load_recorded_run() -> dict[str, Any]:
    """Return what `python -m course_utils.gpt` wrote.

    Returns:
        "command", "seed", "versions", "device", "seconds";
        "curve": rows of step, training loss, held-out loss, in nats per character;
        "samples": what it wrote, by the number of steps;
        "held_out_losses": one for each held-out passage, at the end.
    """
    return json.loads(PATH.read_text(encoding="utf-8"))
