"""The page and the plot of how the cost of grading grows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import report

COLOURS = {
    ("local", 1): "#0072b2",
    ("local", 2): "#e69f00",
    ("dask", 1): "#009e73",
    ("dask", 2): "#cc79a7",
}


def write_page(found: dict[str, Any], folder: Path) -> None:
    """Write scale.md and scale.svg."""
    (folder / "scale.md").write_text(page(found), encoding="utf-8")
    plot(found, folder / "scale.svg")


def page(found: dict[str, Any]) -> str:
    """The measured and the simulated classes, as tables."""
    judging = np.array(found["judging_seconds"])
    middle, *around = np.percentile(judging, [50, 5, 95])
    lines = [
        "# How the cost of grading grows",
        "",
        "Made by `python -m tests.benchmarks.scale`. Classes with three exercises of unit 04 (torch is imported), half of",
        "them right, the others mistaken, broken or blank. Everybody got the points that are due, in every run.",
        "",
        *report.made_on(found),
        "",
        "![Wall time by size of the class](scale.svg)",
        "",
        "## Measured",
        "",
        "Wall with the start of the workers; the cluster of the Dask rows ran already. Beyond the students' own",
        "work: workers × wall less what student processes computed, for each submission; in small classes",
        "that is the start of the workers, which import torch. Simulated: see below.",
        "",
        "| engine | workers | submissions | wall, s | for each, s | beyond their own work, s | simulated, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for run in found["runs"]:
        size, wall = run["submissions"], run["wall_seconds"]
        beyond = (run["workers"] * wall - run["student_seconds"]) / size
        cells = [run["engine"], str(run["workers"]), report.spaced(size), f"{wall:.1f}"]
        cells += [f"{wall / size:.3f}", f"{beyond:.3f}", f"{run['simulated_seconds']:.1f}"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "From 100 submissions to 1 000, each one more costs (start taken off):", ""]
    lines += [f"- {line}" for line in slopes(found["runs"])]
    lines += [
        "",
        "## Simulated",
        "",
        f"Of the whole unit, ten exercises, a worker needs {middle:.2f} s for a submission (median of {len(judging)}; nine of ten between",
        f"{around[0]:.2f} and {around[1]:.2f} s), the process that writes {1000 * found['writing_seconds']:.0f} ms. "
        "Classes are drawn from these; workers are",
        "as fast as this machine's, and the network costs nothing. So many submissions a second are the most that one",
        f"writer can enter: {1 / found['writing_seconds']:.0f}; more workers than "
        f"{judging.mean() / found['writing_seconds']:.0f} wait for it. The simulation gives that process a core of its own. The machine that",
        "measured has two for everything, so two workers took longer than simulated: see the table above.",
        "",
        "| submissions | " + " | ".join(f"{w} workers" for w in _workers(found)) + " |",
        "|---|" + "---|" * len(_workers(found)),
    ]
    for size in sorted({row["submissions"] for row in found["simulated"]}):
        rows = [row for row in found["simulated"] if row["submissions"] == size]
        cells = [report.spaced(size), *(_duration(row["seconds"]) for row in rows)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def slopes(runs: list[dict[str, Any]]) -> list[str]:
    """Per engine: what one submission more costs beyond the students' own work."""
    told = []
    for engine, workers in COLOURS:
        few, many = (
            next(
                r
                for r in runs
                if (r["engine"], r["workers"], r["submissions"]) == (engine, workers, size)
            )
            for size in (100, 1000)
        )
        wall, own = (many[k] - few[k] for k in ("wall_seconds", "student_seconds"))
        more = (workers * wall - own) / 900
        told.append(
            f"{engine}, {workers} worker{'s' * (workers > 1)}: {wall / 900:.3f} s of wall, {more:.3f} s beyond their own work"
        )
    return told


def _workers(found: dict[str, Any]) -> list[int]:
    return sorted({row["workers"] for row in found["simulated"]})


def _duration(seconds: float) -> str:
    """Seconds below two minutes, minutes below two hours, hours.

    >>> _duration(27.4), _duration(400.0), _duration(19000.0)
    ('27 s', '7 min', '5.3 h')
    """
    minutes = seconds / 60
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def plot(found: dict[str, Any], path: Path) -> None:
    """Wall time by size, both logarithmic: points are measured, lines simulated."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    plt.rcParams["svg.hashsalt"] = "course"
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for (engine, workers), colour in COLOURS.items():
        runs = [r for r in found["runs"] if (r["engine"], r["workers"]) == (engine, workers)]
        sizes = [r["submissions"] for r in runs]
        label = f"{engine}, {workers} worker{'s' * (workers > 1)}"
        axes.plot(sizes, [r["wall_seconds"] for r in runs], "o", color=colour, label=label)
        axes.plot(sizes, [r["simulated_seconds"] for r in runs], "-", color=colour, lw=1)
    ends: list[tuple[float, list[str]]] = []  # lines that end at the same place share their label
    for workers in _workers(found):
        rows = [r for r in found["simulated"] if r["workers"] == workers]
        axes.plot([r["submissions"] for r in rows], [r["seconds"] for r in rows], ":", color="0.4")
        last = rows[-1]["seconds"]
        if ends and last > 0.8 * ends[-1][0]:
            ends[-1][1].append(str(workers))
        else:
            ends.append((last, [str(workers)]))
    for last, labels in ends:
        where = (1.2 * rows[-1]["submissions"], last)
        axes.annotate(f"{', '.join(labels)} workers", where, fontsize=8, va="center")
    axes.set_xlim(7, 10 * rows[-1]["submissions"])
    axes.set(xscale="log", yscale="log", xlabel="submissions", ylabel="wall, seconds")
    axes.set_title("Three exercises: points measured, lines simulated; dotted: the whole unit")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
