"""What it costs to import the library in a fresh process: nothing heavy until a unit needs it."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.benchmarks.contest import Contest, Sides

HEAVY = {
    *("torch", "sklearn", "matplotlib", "gymnasium", "pandas", "networkx", "ipywidgets", "IPython"),
    *("mlxtend", "safetensors", "tiktoken", "scipy.stats", "torchvision", "transformers"),
}


def fresh(statement: str) -> tuple[float, list[str]]:
    """Seconds of a process that imports something and ends, and the heavy libraries that this loaded."""
    code = f"{statement}\nimport sys\nprint(*sorted({HEAVY} & set(sys.modules)))"
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return time.perf_counter() - begun, done.stdout.split()


def prepare(statement: str) -> Sides:
    """Answers are what heavy libraries were loaded, which numpy does not."""

    def round_() -> tuple[float, float]:
        return fresh(statement)[0], fresh("import numpy")[0]

    return Sides(
        lambda: fresh(statement)[1], lambda: fresh("import numpy")[1], list.__eq__, seconds=round_
    )


CONTESTS = [
    Contest(
        row="import course_utils",
        peer=f"import numpy{note}",
        target=target,
        work=f"a fresh process imports {module}; same answer: no heavy library was loaded",
        packages=("numpy", "scipy"),
        prepare=lambda module=module: prepare(f"import {module}"),  # type: ignore[misc]
    )
    for module, note, target in [
        ("course_utils", "", 1.5),
        ("course_utils.ngrams", ", for unit 03's references", None),
        ("course_utils.significance", ", for unit 01's, which need scipy.special", None),
    ]
]
