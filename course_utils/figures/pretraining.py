"""Figures of unit 06, first part: digits in two numbers, three ideas, labels, and what is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    YELLOW,
    DescribedFigure,
    in_percent,
    label,
    new_figure,
)
from course_utils.pretraining.mixture import Source

_COLOURS = (BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, "0.5", "0.25")
_STYLES = {"supervised only": ("o", VERMILION), "greedy supervised": ("s", ORANGE),
           "greedy unsupervised": ("^", BLUE)}  # fmt: skip


def digits_in_two(
    maps: Mapping[str, ArrayLike], labels: ArrayLike, errors: Mapping[str, float]
) -> DescribedFigure:
    """Draw each digit as a numeral at its two numbers, one panel a method.

    Args:
        maps: method -> (n, 2), the codes. labels: (n,), the digits.
        errors: method -> the mean square error of a pixel, rebuilt from the two numbers.
    """
    figure, panels = new_figure(columns=len(maps), width=8.5, height=4.2)
    numbers = np.asarray(labels)
    for axes, (name, codes) in zip(panels, maps.items(), strict=True):
        x, y = np.asarray(codes).T
        for digit in range(10):
            chosen = numbers == digit
            axes.scatter(
                x[chosen], y[chosen], s=26, marker=f"${digit}$", color=_COLOURS[digit], lw=0.3
            )
        title = f"{name}: {errors[name]:.3f}"
        label(axes, title=title, x="first number", y="second number")
        axes.set(xticks=[], yticks=[])
    told = ", ".join(f"{name} {error:.3f}" for name, error in errors.items())
    return figure.describe(
        f"{len(numbers)} digits, each drawn as its numeral at its two numbers, one panel for each "
        f"method. Mean square error of a rebuilt pixel: {told}."
    )


def rebuilt_digits(rows: Mapping[str, ArrayLike]) -> DescribedFigure:
    """Draw images and what each method makes of them: one row of (n, 784) for each name."""
    count = len(np.asarray(next(iter(rows.values()))))
    figure, (axes,) = new_figure(width=8.0, height=0.3 + 0.85 * len(rows))
    sheet = np.vstack(
        [np.hstack(list(np.asarray(r).reshape(count, 28, 28))) for r in rows.values()]
    )
    axes.imshow(sheet, cmap="gray_r", vmin=0, vmax=1, aspect="equal")
    axes.set_yticks([28 * i + 14 for i in range(len(rows))], list(rows))
    axes.set_xticks([])
    axes.spines[:].set_visible(False)
    axes.set_title("Rebuilt from two numbers", loc="left", fontsize="medium", fontweight="bold")
    return figure.describe(
        f"{count} digits in {len(rows)} rows: {', '.join(rows)}. The rebuilt ones are blurred; some "
        "have turned into another digit."
    )


def three_ideas(
    errors: Mapping[str, Sequence[float]], intervals: Mapping[str, tuple[float, float]]
) -> DescribedFigure:
    """Draw the test error of every seed, and an interval for the mean, for each idea."""
    figure, (axes,) = new_figure(width=7.0, height=3.0)
    for row, (idea, found) in enumerate(errors.items()):
        marker, colour = _STYLES[idea]
        axes.plot(found, np.full(len(found), row), marker, color=colour, ms=6, alpha=0.7)
        axes.plot(intervals[idea], [row - 0.25] * 2, "-", color=colour, lw=3)
        axes.text(max(found) * 1.12, row, f"{np.mean(found):.1%}", va="center")
    axes.set_yticks(range(len(errors)), list(errors))
    axes.set_ylim(len(errors) - 0.5, -0.6)
    axes.set_xscale("log")
    axes.set_xticks([0.05, 0.1, 0.2, 0.5, 1.0])
    in_percent(axes.xaxis)
    axes.minorticks_off()
    label(axes, title="Digits the networks get wrong", x="test error (log scale)", y="")
    told = "; ".join(
        f"{idea} {np.mean(found):.1%} ({intervals[idea][0]:.1%} to {intervals[idea][1]:.1%})"
        for idea, found in errors.items()
    )
    return figure.describe(f"Test error by idea, a mark for each seed, a bar for the mean: {told}.")


def label_efficiency(num_labels: Sequence[int], errors: Mapping[str, ArrayLike]) -> DescribedFigure:
    """Draw the test error against the number of labels: idea -> (numbers of labels, seeds)."""
    figure, (axes,) = new_figure(width=7.0, height=3.4)
    for idea, table in errors.items():
        marker, colour = _STYLES[idea]
        found = np.asarray(table)
        axes.plot(num_labels, found.mean(axis=1), marker + "-", color=colour, label=idea)
        for column in found.T:
            axes.plot(num_labels, column, marker, color=colour, ms=3, alpha=0.5)
    axes.set_xscale("log")
    axes.set_xticks(list(num_labels), [f"{n:,}" for n in num_labels])
    axes.minorticks_off()
    in_percent(axes.yaxis)
    axes.set_ylim(0, None)
    axes.legend(frameon=False)
    label(axes, title="What few labels are worth", x="labels (log scale)", y="test error")
    told = "; ".join(
        f"{idea} " + ", ".join(f"{e:.0%}" for e in np.asarray(table).mean(axis=1))
        for idea, table in errors.items()
    )
    return figure.describe(f"Test error with {', '.join(map(str, num_labels))} labels. {told}.")


def mixture(
    sources: Sequence[Source], epochs: ArrayLike, read: Mapping[str, float] | None = None
) -> DescribedFigure:
    """Draw, for each source, its share of all text and of what is read; and how often it is read.

    Args:
        sources: as `GPT3_MIXTURE`. epochs: how often each is read, as computed.
        read: name -> share of a stream that was really drawn, marked if given.
    """
    figure, (left, right) = new_figure(columns=2, width=8.5, height=3.4)
    there = np.array([source.tokens for source in sources])
    weights = np.array([source.weight for source in sources])
    rows = np.arange(len(sources))
    left.barh(rows - 0.2, there / there.sum(), 0.38, color="0.8", label="of what there is")
    left.barh(rows + 0.2, weights / weights.sum(), 0.38, color=SKY, label="of what is read")
    if read:
        drawn = [read[source.name] for source in sources]
        left.plot(drawn, rows + 0.2, "|", color=VERMILION, ms=12, mew=2, label="of the stream")
    left.set_yticks(rows, [source.name for source in sources])
    left.invert_yaxis()
    left.legend(frameon=False)
    in_percent(left.xaxis)
    label(left, title="Share of each source", x="share of tokens", y="")
    found = np.asarray(epochs)
    right.barh(rows, found, 0.5, color=GREEN)
    for row, (number, source) in enumerate(zip(found, sources, strict=True)):
        right.text(number + 0.05, row, f"{number:.2f}, printed {source.epochs:g}", va="center",
                   fontsize=8)  # fmt: skip
    right.axvline(1, color="0.5", lw=0.8)
    right.set(yticks=[], xlim=(0, found.max() * 1.5))
    right.invert_yaxis()
    label(right, title="How often it is read", x="epochs in 300 billion tokens", y="")
    told = "; ".join(
        f"{s.name} {t:.0%} and {w:.0%}, {e:.2f} epochs, printed {s.epochs:g}"
        for s, t, w, e in zip(
            sources, there / there.sum(), weights / weights.sum(), found, strict=True
        )
    )
    return figure.describe(f"Share of what there is and of what is read, by source: {told}.")


def stream(names: Sequence[str], drawn: ArrayLike, *, batch: int = 20) -> DescribedFigure:
    """Draw the first passages of a stream as numbered cells, `batch` a row: names[i] is number i + 1."""
    figure, (axes,) = new_figure(width=7.5, height=2.9)
    numbers = np.asarray(drawn)[: len(np.asarray(drawn)) // batch * batch].reshape(-1, batch)
    for (row, column), number in np.ndenumerate(numbers):
        axes.text(column, row, number + 1, ha="center", va="center", fontsize=8,
                  bbox={"boxstyle": "square,pad=0.4", "fc": _COLOURS[number + 1],
                        "ec": "white", "alpha": 0.65})  # fmt: skip
    axes.set(xlim=(-0.7, batch - 0.3), ylim=(len(numbers) - 0.4, -0.6), xticks=[], yticks=[])
    told = ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))
    label(axes, title="The first passages of the stream", x=f"in reading order: {told}", y="")
    counts: dict[str, Any] = {name: int((numbers == i).sum()) for i, name in enumerate(names)}
    return figure.describe(
        "The sources of the first passages, in reading order, by their numbers: "
        + ", ".join(f"{name} {count}" for name, count in counts.items())
        + "."
    )
