"""Measure how costs grow: `python -m tests.benchmarks.curves [NAME …]`; `make bench` does it after its table.

NAME is a part of a curve's name. Writes curves.json, curves.md and curves.svg beside results.json. Grading is read
from scale.json: `python -m tests.benchmarks.scale` measures it.
"""

from __future__ import annotations

import argparse
import os
import sys

for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB"):  # before numpy is imported
    os.environ[f"{library}_NUM_THREADS"] = "1"

from tests.benchmarks import docs_page, report  # noqa: E402
from tests.benchmarks.curves import attention, distributed, generation, grading, ngrams  # noqa: E402
from tests.benchmarks.curves.growth import Curve, measure  # noqa: E402
from tests.benchmarks.curves.page import read, write  # noqa: E402

CURVES: tuple[Curve, ...] = (
    *(ngrams.CURVE, attention.CURVE, generation.CURVE),
    *distributed.CURVES,
)
ROUNDS = 7


def main(arguments: list[str] | None = None) -> int:
    """Measure the chosen curves, and write them beside those that were measured before."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.curves", description=__doc__)
    parser.add_argument("name", nargs="*", help="a part of the name of a curve")
    options = parser.parse_args(arguments)
    names = ["grading", *(curve.name for curve in CURVES)]
    if unknown := [part for part in options.name if not any(part in name for name in names)]:
        parser.error(f"no curve is called {unknown[0]!r}: there are {', '.join(names)}")
    chosen = [c for c in CURVES if not options.name or any(part in c.name for part in options.name)]
    measured = {curve["name"]: curve for curve in (read() or {"curves": []})["curves"]}
    measured["grading"] = grading.read()
    for curve in chosen:
        print(f"{curve.name} …", flush=True)
        measured[curve.name] = measure(curve, ROUNDS)
        for line in measured[curve.name]["lines"]:
            print(f"  {line['label']}: exponent {line['exponent']:.2f}", flush=True)
    packages = {"numpy", "scipy"}.union(*(curve.packages for curve in CURVES))
    found = {
        "machine": report.machine(),
        "versions": report.versions(packages),
        "curves": [measured[name] for name in names if name in measured],
    }
    write(found)
    docs_page.update()
    return 0


if __name__ == "__main__":
    sys.exit(main())
