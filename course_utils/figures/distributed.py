"""Figures of unit 07, second part: matrices cut up, and who works when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from course_utils.distributed.engines.ledger import Event
from course_utils.figures import (
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    DescribedFigure,
    label,
    new_figure,
)

SHARDS = (SKY, ORANGE, GREEN, PURPLE, YELLOW)
LOOKS = {  # colour, hatch
    "forward": (SKY, ""),
    "backward": (ORANGE, "//"),
    "update": (GREEN, ".."),
    "all-reduce": (VERMILION, "xx"),
}


def cut_matrices(columns: Sequence[int], rows: Sequence[int]) -> DescribedFigure:
    """Draw X @ A @ B with A cut by columns and B by rows; a colour and a number for each device."""
    figure, (axes,) = new_figure(width=8.4, height=3.0)
    inner = sum(columns)
    _matrix(axes, 0, 0, 4, [(3, "all")], True, "X")
    _matrix(axes, 5.5, 0, 3, [(n, str(i)) for i, n in enumerate(columns)], False, "A, by columns")
    _matrix(
        axes, 7.0 + inner, 0, 4, [(n, str(i)) for i, n in enumerate(columns)], False, "GELU(X A)"
    )
    _matrix(
        axes, 8.5 + 2 * inner, 0, 3, [(n, str(i)) for i, n in enumerate(rows)], True, "B, by rows"
    )
    axes.text(13.2 + 2 * inner, 2, "+ over\ndevices", ha="center", va="center", fontsize=9)
    _matrix(axes, 15 + 2 * inner, 0, 4, [(3, "all")], True, "Y")
    axes.set(xlim=(-0.5, 19 + 2 * inner), ylim=(-1.5, inner + 1.5), aspect="equal")
    axes.axis("off")
    return figure.describe(
        f"X, which all devices have, times A, cut into {len(columns)} groups of columns, gives each device "
        "its own columns of the inner units. Times B, cut into the rows that meet them, each device "
        "has a summand of the whole output Y: one sum over devices."
    )


def _matrix(
    axes: Axes, x: float, y: float, other: float, pieces: Sequence[tuple[int, str]], by_rows: bool,
    title: str,
) -> None:  # fmt: skip
    place = 0.0
    total = sum(size for size, _ in pieces)
    for size, name in pieces:
        colour = "0.85" if name == "all" else SHARDS[int(name) % len(SHARDS)]
        corner = (x, y + total - place - size) if by_rows else (x + place, y)
        shape = (other, size) if by_rows else (size, other)
        axes.add_patch(_box(corner, shape, colour))
        middle = (corner[0] + shape[0] / 2, corner[1] + shape[1] / 2)
        axes.text(*middle, name, ha="center", va="center", fontsize=8)
        place += size
    width, height = (other, total) if by_rows else (total, other)
    axes.text(x + width / 2, y + height + 0.4, title, ha="center", fontsize=9)


def _box(corner: tuple[float, float], shape: tuple[float, float], colour: str) -> Rectangle:
    return Rectangle(corner, *shape, fc=colour, ec="white", lw=1.2)


def planned(schedules: Mapping[str, Sequence[tuple[int, int, int, str]]]) -> DescribedFigure:
    """Draw schedules, one below the other: title -> entries (tick, stage, microbatch, phase)."""
    rows = len(schedules)
    figure = DescribedFigure(figsize=(8.6, 1.0 + 1.5 * rows), layout="constrained")
    told = []
    for axes, (title, entries) in zip(
        figure.subplots(rows, 1, squeeze=False)[:, 0], schedules.items(), strict=True
    ):
        stages = 1 + max(stage for _, stage, *_ in entries)
        ticks = 1 + max(tick for tick, *_ in entries)
        for tick, stage, number, phase in entries:
            colour, hatch = LOOKS[phase]
            axes.barh(stage, 1, left=tick, color=colour, hatch=hatch, edgecolor="white")
            axes.text(tick + 0.5, stage, number, ha="center", va="center", fontsize=7)
        busy = len(entries) / (stages * ticks)
        axes.set(yticks=range(stages), ylim=(stages - 0.4, -0.6), xlim=(0, ticks))
        label(axes, title=f"{title}: {100 * (1 - busy):.0f} % waiting", x="tick", y="stage")
        told.append(
            f"{title}: {stages} stages, {ticks} ticks, {100 * (1 - busy):.0f} % of them waiting"
        )
    return figure.describe(
        "Who works when. Plain boxes go forward, hatched ones backward; the number is the microbatch. "
        + ". ".join(told)
        + "."
    )


def timeline(
    runs: Mapping[str, Sequence[Event]], step: int, *, labels: bool = True
) -> DescribedFigure:
    """Draw what each worker did in one step, from measured events, one panel a run."""
    rows = len(runs)
    figure = DescribedFigure(figsize=(8.6, 0.9 + 1.45 * rows), layout="constrained")
    told, used = [], set()
    for axes, (title, events) in zip(
        figure.subplots(rows, 1, squeeze=False)[:, 0], runs.items(), strict=True
    ):
        shown = [e for e in events if e.step == step and e.kind in LOOKS]
        begin = min(e.begin for e in shown)
        for event in shown:
            colour, hatch = LOOKS[event.kind]
            low = event.kind == "all-reduce"  # below the work that goes on meanwhile
            height, middle = (0.22, event.worker + 0.42) if low else (0.55, event.worker)
            left, took = 1e3 * (event.begin - begin), 1e3 * (event.end - event.begin)
            axes.barh(middle, took, height, left=left, color=colour, hatch=hatch, edgecolor="white")
            used.add(event.kind)
            number = event.label.rpartition(" ")[2]
            if labels and number.isdigit() and not low:
                axes.text(left + took / 2, middle, number, ha="center", va="center", fontsize=6)
        workers = 1 + max(e.worker for e in shown)
        last = 1e3 * (max(e.end for e in shown) - begin)
        axes.set(yticks=range(workers), ylim=(workers - 0.3, -0.6), xlim=(0, last * 1.01))
        label(axes, title=title, x="milliseconds", y="worker")
        told.append(f"{title}: {workers} workers, {last:.0f} ms")
    names = [kind for kind in LOOKS if kind in used]
    handles = [Patch(fc=LOOKS[name][0], hatch=LOOKS[name][1], ec="white") for name in names]
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
    return figure.describe(
        f"Measured: what each worker did in step {step}. {'; '.join(told)}. White is waiting."
    )


def sliced(
    ways: Mapping[str, Sequence[int]], time_of: Mapping[str, Sequence[float]], num_stages: int
) -> DescribedFigure:
    """Draw slices of a text on their way through the stages, one panel for each way to cut.

    Args:
        ways: title -> lengths of the slices.
        time_of: title -> how long a stage takes for each.
        num_stages: K.
    """
    figure = DescribedFigure(figsize=(8.6, 0.8 + 1.5 * len(ways)), layout="constrained")
    panels = figure.subplots(len(ways), 1, squeeze=False, sharex=True)[:, 0]
    told = []
    for axes, (title, lengths) in zip(panels, ways.items(), strict=True):
        ends = np.zeros(num_stages)
        for number, (length, took) in enumerate(zip(lengths, time_of[title], strict=True)):
            before = 0.0
            for stage in range(num_stages):
                begin = max(before, ends[stage])
                before = ends[stage] = begin + took
                colour = SHARDS[number % len(SHARDS)]
                axes.barh(stage, took, 0.75, left=begin, color=colour, edgecolor="white")
                axes.text(begin + took / 2, stage, length, ha="center", va="center", fontsize=7)
        axes.set(yticks=range(num_stages), ylim=(num_stages - 0.4, -0.6))
        label(axes, title=f"{title}: {ends[-1]:.2f}", x="", y="stage")
        told.append(f"{title}, slices {tuple(lengths)}: {ends[-1]:.2f}")
    panels[-1].set_xlabel("time")
    return figure.describe(
        f"Slices of a text pass through {num_stages} stages; the numbers are tokens. {'; '.join(told)}."
    )


def bubbles(
    measured: Mapping[int, float], formula: Mapping[int, float], num_stages: int
) -> DescribedFigure:
    """Draw the share of waiting against microbatches: measured, and by the formula."""
    figure, (axes,) = new_figure(width=6.6, height=3.2)
    axes.plot(
        list(formula), [100 * v for v in formula.values()], "-", color=BLUE, label="formula (yours)"
    )
    axes.plot(
        list(measured),
        [100 * v for v in measured.values()],
        "s",
        color=VERMILION,
        ms=8,
        label="measured",
    )
    axes.set(ylim=(0, None), xscale="log", xticks=list(formula), xticklabels=list(formula))
    axes.minorticks_off()
    axes.legend(frameon=False)
    label(
        axes,
        title=f"The bubble of {num_stages} stages",
        x="microbatches",
        y="% of the time waiting",
    )
    told = ", ".join(f"{100 * v:.0f} % at {m}" for m, v in measured.items())
    return figure.describe(
        f"Share of waiting against the number of microbatches. Measured: {told}. By the formula: "
        f"{', '.join(f'{100 * v:.0f} % at {m}' for m, v in formula.items())}."
    )
