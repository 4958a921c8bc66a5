"""Grading by the size of the class, from what `python -m tests.benchmarks.scale` measured.

The smallest class shows the start of the workers, which takes longer than its grading: it is taken off, so that
what is left is what each student more costs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.curves.growth import fit

MEASURED = Path(__file__).parent.parent / "scale.json"


def read() -> dict[str, Any]:
    """The classes that were measured, as `growth.measure` tells a curve."""
    runs = json.loads(MEASURED.read_text(encoding="utf-8"))["runs"]
    lines = []
    for engine, workers in dict.fromkeys((run["engine"], run["workers"]) for run in runs):
        alike = [run for run in runs if (run["engine"], run["workers"]) == (engine, workers)]
        smallest = min(alike, key=lambda run: run["submissions"])
        larger = [run for run in alike if run is not smallest]
        sizes = [run["submissions"] - smallest["submissions"] for run in larger]
        costs = [run["wall_seconds"] - smallest["wall_seconds"] for run in larger]
        lines.append(
            {
                "label": f"{engine}, {workers} worker{'s' * (workers > 1)}",
                "sizes": sizes,
                "costs": costs,
                "lowest": costs,
                "highest": costs,
                "expected": 1.0,
                "fit_from": sizes[0],
            }
            | fit(sizes, costs, sizes[0])
        )
    return {
        "name": "grading",
        "title": "Grading a class",
        "size": "submissions beyond the first ten",
        "cost": "seconds beyond those",
        "rounds": 1,
        "lines": lines,
    }
