"""All curves as one picture, and their exponents as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks import report

FOLDER = Path(__file__).parent.parent
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")  # can be told apart by everybody
MARKS = ("o", "s", "^", "D")


def read(folder: Path = FOLDER) -> dict[str, Any] | None:
    """What was measured before, None if nothing was."""
    return report.read(folder, "curves.json")


def write(found: dict[str, Any], folder: Path = FOLDER) -> None:
    """Write curves.json, curves.md and curves.svg."""
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    (folder / "curves.json").write_text(text, encoding="utf-8")
    (folder / "curves.md").write_text(page(found), encoding="utf-8")
    plot(found["curves"], folder / "curves.svg")


def page(found: dict[str, Any]) -> str:
    """The picture, and what it says."""
    lines = [
        "# How costs grow",
        "",
        "Made by `python -m tests.benchmarks.curves`, which `make bench` ends with; grading by",
        "`python -m tests.benchmarks.scale`. Single-threaded, medians over the rounds, all sizes in every round.",
        "",
        *report.made_on(found),
        "",
        "![Cost by size, both logarithmic, with the exponents that fit](curves.svg)",
        "",
        *table(found["curves"]),
    ]
    return "\n".join(lines) + "\n"


def table(curves: list[dict[str, Any]]) -> list[str]:
    """One row for each line of each curve."""
    rows = [
        "| curve | line | sizes | smallest, largest cost | exponent (95 % interval) | fitted from | by counting | rounds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for curve in curves:
        for line in curve["lines"]:
            cells = [
                f"{curve['name']}, {curve['cost']}",
                line["label"],
                f"{report.spaced(line['sizes'][0])} … {report.spaced(line['sizes'][-1])} {curve['size']}",
                f"{line['costs'][0]:.3g}, {line['costs'][-1]:.3g}",
                f"{line['exponent']:.2f} ({line['low']:.2f} … {line['high']:.2f})".replace(
                    "-", "−"
                ),
                report.spaced(line["fit_from"]),
                f"{line['expected']:g}".replace("-", "−"),
                str(curve["rounds"]),
            ]
            rows.append(f"| {' | '.join(cells)} |")
    return rows


def plot(curves: list[dict[str, Any]], path: Path) -> None:
    """A panel for each curve: medians with their range, and the fitted power as a line."""
    import matplotlib

    matplotlib.use("Agg")
    import numpy as np
    from matplotlib import pyplot as plt

    plt.rcParams["svg.hashsalt"] = "course"
    rows = -(-len(curves) // 2)
    figure, panels = plt.subplots(rows, 2, figsize=(9, 3.4 * rows), layout="constrained")
    for axes, curve in zip(panels.flat, curves, strict=False):
        for line, colour, mark in zip(curve["lines"], COLOURS, MARKS, strict=False):
            sizes, costs = np.array(line["sizes"]), np.array(line["costs"])
            around = np.abs(np.array([line["lowest"], line["highest"]]) - costs)
            label = f"{line['label']}: {line['exponent']:.2f}"
            axes.errorbar(sizes, costs, around, fmt=mark, ms=4, color=colour, label=label)
            fitted = sizes[sizes >= line["fit_from"]]
            middle = np.exp(np.mean(np.log(costs[sizes >= line["fit_from"]])))
            centre = np.exp(np.mean(np.log(fitted)))
            axes.plot(fitted, middle * (fitted / centre) ** line["exponent"], color=colour, lw=1)
        axes.set(xscale="log", yscale="log", xlabel=curve["size"], ylabel=curve["cost"])
        axes.set_title(curve["title"], fontsize=10)
        axes.grid(True, which="major", alpha=0.3)
        axes.legend(frameon=False, fontsize=8, title="exponent", title_fontsize=8)
    for axes in panels.flat[len(curves) :]:
        axes.set_axis_off()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
