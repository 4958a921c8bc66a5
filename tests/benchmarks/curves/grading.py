"""Grading by the size of the class, from what `python -m tests.benchmarks.scale` measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.curves.growth import fit

MEASURED = Path(__file__).parent.parent / "scale.json"
FIT_FROM = 100  # submissions: in smaller classes it is the start of the workers that takes the time


def read() -> dict[str, Any]:
    """The classes that were measured, as `growth.measure` tells a curve."""
    runs = json.loads(MEASURED.read_text(encoding="utf-8"))["runs"]
    lines = []
    for engine, workers in dict.fromkeys((run["engine"], run["workers"]) for run in runs):
        alike = [run for run in runs if (run["engine"], run["workers"]) == (engine, workers)]
        sizes = [run["submissions"] for run in alike]
        costs = [run["wall_seconds"] for run in alike]
        lines.append(
            {
                "label": f"{engine}, {workers} worker{'s' * (workers > 1)}",
                "sizes": sizes,
                "costs": costs,
                "lowest": costs,
                "highest": costs,
                "expected": 1.0,
                "fit_from": FIT_FROM,
            }
            | fit(sizes, costs, FIT_FROM)
        )
    return {
        "name": "grading",
        "title": "Grading a class",
        "size": "submissions",
        "cost": "seconds",
        "rounds": 1,
        "lines": lines,
    }
