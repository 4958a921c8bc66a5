"""Measure ours against peers: `make bench`, or `python -m tests.benchmarks [ROW …]`.

ROW is a part of the name of a row, or else of "row, peer". Without one, all rows are run, which takes two hours and more. Writes
results.json and results.md beside this file, and the page of the docs. Exits with 1 when two sides give different answers.
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB"):  # before numpy is imported
    os.environ[f"{library}_NUM_THREADS"] = "1"

from tests.benchmarks import docs_page, report  # noqa: E402
from tests.benchmarks.contest import Contest, run  # noqa: E402

ROWS = (  # modules, in the table's order
    "against_nbgrader", "grading", "paired_bootstrap", "group_table", "ngram_fit", "spelling",
    "attention", "gpt", "adamw", "pca", "data_parallel", "pipeline", "dqn", "notebooks", "importing",
)  # fmt: skip
ENOUGH_ROUNDS = 7  # fewer are for trying out and are not written down


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen rows; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "row", nargs="*", help='a part of the name of a row, or else of "row, peer"'
    )
    parser.add_argument("--rounds", type=int, default=ENOUGH_ROUNDS)
    options = parser.parse_args(arguments)
    every: list[Contest] = []
    for name in ROWS:
        every += import_module(f"tests.benchmarks.rows.{name}").CONTESTS
    wanted = every if not options.row else []
    for part in options.row:
        found = [c for c in every if part in c.row] or [c for c in every if part in _name(c)]
        if not found:
            names = ", ".join(dict.fromkeys(contest.row for contest in every))
            parser.error(f"no row is called {part!r}: there are {names}")
        wanted += found
    chosen = [contest for contest in every if contest in wanted]
    order = [(contest.row, contest.peer) for contest in every]
    same = True
    for contest in chosen:
        print(f"{contest.row} against {contest.peer} …", flush=True)
        row = run(contest, options.rounds)
        print(f"  {_told(row)}", flush=True)
        same &= row["same_answer"] is not False
        packages = {"numpy", *contest.packages}
        results = {
            "machine": report.machine(),
            "versions": report.versions(packages),
            "rows": [row],
        }
        if options.rounds >= ENOUGH_ROUNDS:  # row by row: who stops it keeps what is done
            report.write(report.merged(results, report.read()), order)
            docs_page.update()
    return 0 if same else 1


def _name(contest: Contest) -> str:
    return f"{contest.row}, {contest.peer}"


def _told(row: dict) -> str:
    if row["ratio"] is None:
        return row["why"]
    target = "" if row["target"] is None else f", target {row['target']:.3g}"
    unit = row["unit"]
    times = f"{row['ours_seconds']:.3g} {unit} against {row['peer_seconds']:.3g} {unit}"
    return f"{times}: ratio {row['ratio']:.3g}{target}, spread {row['spread']:.0%}"


if __name__ == "__main__":
    sys.exit(main())
