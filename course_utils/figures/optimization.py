"""Figures of unit 07, first part: ways down a ravine, numbers in 16 bits, memory, dollars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    VERMILION,
    DescribedFigure,
    label,
    new_figure,
)
from course_utils.optimization.descent import START, ravine
from course_utils.optimization.formats import facts, neighbours

STYLES = (("-", VERMILION), ("--", BLACK), (":", GREEN), ("-.", BLUE))
HATCHES = ("", "//", "..", "xx")


def race(paths: Mapping[str, np.ndarray]) -> DescribedFigure:
    """Draw several ways down the same ravine: name -> (steps + 1, 2), seen from above and by height."""
    figure, (above, heights) = new_figure(columns=2, width=9.4, height=3.8)
    x, y = np.linspace(-10, 4, 120), np.linspace(-2.6, 2.6, 120)
    grid = ravine(np.array(np.meshgrid(x, y)))
    above.contour(x, y, grid, levels=np.geomspace(0.5, 200, 9), colors="0.8", linewidths=0.8)
    told = []
    for (name, path), (style, colour) in zip(paths.items(), STYLES, strict=False):
        above.plot(*path.T, style, color=colour, lw=1.5, label=name, marker=".", ms=3)
        values = ravine(path.T)
        heights.plot(np.maximum(values, 1e-6), style, color=colour, lw=1.6, label=name)
        told.append(f"{name} ends at {values[-1]:.2g} after {len(path) - 1} steps")
    above.plot(0, 0, "k*", ms=11)
    above.plot(*START, "ko", ms=5)
    above.set(xlim=(-10, 4), ylim=(-2.6, 2.6))
    heights.set(yscale="log", ylim=(1e-6, 1e3))
    heights.legend(frameon=False, fontsize=8)
    label(above, title="The ravine from above", x="along (flat)", y="across (steep)")
    label(heights, title="Height against steps", x="step", y="height")
    return figure.describe(
        f"Left: paths from the dot to the star, over contours of a long valley. Right: height after each "
        f"step, on a log scale. {'; '.join(told)}."
    )


def first_steps(
    lengths: Sequence[float], beta1: float, beta2: float, learning_rate: float
) -> DescribedFigure:
    """Draw how long Adam's first steps are on a constant gradient, and how long without correction."""
    t = np.arange(1, len(lengths) + 1)
    without = learning_rate * (1 - beta1**t) / np.sqrt(1 - beta2**t)
    figure, (axes,) = new_figure(width=7.0, height=3.2)
    axes.plot(
        t, np.asarray(lengths) / learning_rate, "-", color=BLUE, lw=2, label="corrected (yours)"
    )
    axes.plot(t, without / learning_rate, "--", color=VERMILION, lw=2, label="not corrected")
    axes.set(xscale="log", ylim=(0, None))
    axes.legend(frameon=False)
    label(
        axes, title="The gradient is 1 in every step", x="step t", y="step length / learning rate"
    )
    peak = float((without / learning_rate).max())
    return figure.describe(
        f"Length of each step over the learning rate, for a gradient that never changes. With your step it "
        f"is {lengths[0] / learning_rate:.2f} from the beginning. Without correction it begins at "
        f"{without[0] / learning_rate:.2f}, rises to {peak:.1f}, and is still "
        f"{without[-1] / learning_rate:.1f} after {t[-1]} steps."
    )


def curves(found: Mapping[str, Sequence[float]], smooth: int = 10) -> DescribedFigure:
    """Draw training losses against steps, as running means, one curve for each optimizer."""
    figure, (axes,) = new_figure(width=7.0, height=3.4)
    told = []
    for (name, losses), (style, colour) in zip(found.items(), STYLES, strict=False):
        means = np.convolve(losses, np.ones(smooth) / smooth, mode="valid")
        axes.plot(
            np.arange(smooth, len(losses) + 1), means, style, color=colour, lw=1.7, label=name
        )
        told.append(f"{name} {means[-1]:.2f}")
    axes.legend(frameon=False)
    label(
        axes,
        title="The same GPT, the same batches",
        x="step",
        y=f"nats per character, mean of {smooth}",
    )
    return figure.describe(f"Training loss against steps. At the end: {', '.join(told)}.")


def number_line(exponent: int = 0) -> DescribedFigure:
    """Draw all numbers of two 16-bit formats between 2ᵉ and 2ᵉ⁺¹⁄₈, and how far each format reaches."""
    figure, (near, far) = new_figure(columns=2, width=9.4, height=2.7)
    low = 2.0**exponent
    high = low * 1.125
    told = []
    for row, (name, colour) in enumerate((("float16", BLUE), ("bfloat16", VERMILION))):
        inside = neighbours(low, high, name)
        near.plot((inside / low - 1) * 1000, np.full(len(inside), row), "|", color=colour, ms=18)
        told.append(f"{name} has {len(inside)}")
        known = facts(name)
        reach = np.log10([known["smallest"], known["smallest_normal"], known["largest"]])
        far.plot(reach[[0, 2]], [row, row], color=colour, lw=3, alpha=0.4)
        far.plot(reach[[1, 2]], [row, row], color=colour, lw=8, solid_capstyle="butt")
    if exponent > 15:
        near.text(60, 0, "overflow: inf", ha="center", va="center")
    far.axvline(np.log10(low), color=BLACK, lw=1)
    far.axvline(-8, color=GREEN, ls=":", lw=1.5)
    far.text(-7.6, 1.42, "Adam's ε", color=GREEN, fontsize=8)
    for axes in (near, far):
        axes.set(ylim=(-0.6, 1.8), yticks=[0, 1], yticklabels=["float16", "bfloat16"])
    near.set(xlim=(-4, 130))
    label(
        near,
        title=f"Numbers just above $2^{{{exponent}}}$ = {low:.4g}",
        x="above it, in thousandths of it",
        y="",
    )
    label(far, title="From the smallest to the largest", x="power of ten", y="")
    return figure.describe(
        f"Left: marks for all numbers from {low:.4g} to {high:.4g}: {' and '.join(told)}. Right: float16 "
        "reaches from 6e-8 to 65504, bfloat16 from 9e-41 to 3e38 (thin: with fewer digits); Adam's ε, 1e-8, "
        "lies outside of float16."
    )


def vanished(shares: Mapping[int, float], spread: np.ndarray) -> DescribedFigure:
    """Draw real gradients' sizes, and which part of them is 0 in float16 for each loss scale.

    Args:
        shares: exponent of the scale -> share of gradients that vanish.
        spread: log10 of the gradients' sizes.
    """
    figure, (sizes, lost) = new_figure(columns=2, width=9.4, height=3.2)
    sizes.hist(spread, bins=60, color=SKY)
    smallest = np.log10(facts("float16")["smallest"])
    sizes.axvline(smallest, color=VERMILION, ls="--")
    sizes.text(
        smallest - 0.1, sizes.get_ylim()[1] * 0.9, "0 in float16", ha="right", color=VERMILION
    )
    lost.bar([f"$2^{{{e}}}$" for e in shares], [100 * s for s in shares.values()], color=ORANGE)
    label(sizes, title="Gradients of a GPT", x="log10 of the size", y="how many")
    label(lost, title="What float16 makes of them", x="loss scale", y="% that become 0")
    told = ", ".join(f"{100 * s:.2g} % at 2^{e}" for e, s in shares.items())
    return figure.describe(
        f"Left: how large the gradients of all parameters are. The dashed line is the smallest number of "
        f"float16; what is left of it becomes 0. Right: the share that vanishes, by loss scale: {told}."
    )


def memory_bars(
    models: Mapping[str, Mapping[str, float]], devices: Mapping[str, int]
) -> DescribedFigure:
    """Draw memory in GiB, part by part and in all: model -> part -> GiB; lines: what a device has."""
    figure, (axes,) = new_figure(width=8.2, height=4.0)
    told = []
    parts = list(next(iter(models.values())))
    looks = list(zip((BLUE, ORANGE, SKY, GREEN), HATCHES, strict=True))
    for column, (model, gib) in enumerate(models.items()):
        for place, (part, (colour, hatch)) in enumerate(zip(parts, looks, strict=False)):
            axes.bar(
                column + 0.17 * (place - 1.5), gib[part], 0.16, color=colour, hatch=hatch,
                edgecolor="white", label=part.replace("_", " ") if column == 0 else None,
            )  # fmt: skip
        total = sum(gib.values())
        axes.plot([column - 0.36, column + 0.36], [total, total], color=BLACK, lw=2.5)
        axes.text(column, total * 1.1, f"{total:,.0f} in all", ha="center", fontsize=8)
        told.append(f"{model} {total:,.0f} GiB")
    seen: dict[int, list[str]] = {}
    for device, size in devices.items():
        seen.setdefault(size, []).append(device)
    for size, names in seen.items():
        axes.axhline(size, color=BLACK, lw=0.7, ls=":")
        axes.text(len(models) - 0.45, size, " / ".join(names), fontsize=7, va="center")
    axes.set(
        yscale="log", xticks=range(len(models)), xticklabels=list(models), ylim=(0.1, 1e4),
        xlim=(-0.6, len(models) + 0.75),
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    label(axes, title="Training in mixed precision", x="", y="GiB (log scale)")
    return figure.describe(
        f"Memory to train: {', '.join(parts).replace('_', ' ')}. In all (thick lines): {'; '.join(told)}. Dotted lines: what one "
        "device has, from 16 to 80 GiB."
    )


def dial(dollars: tuple[float, float, float], days: float) -> DescribedFigure:
    """Draw the price of a run on a log scale: (low, as set, high)."""
    low, middle, high = dollars
    figure, (axes,) = new_figure(width=7.6, height=1.9)
    axes.plot([low, high], [0, 0], color=SKY, lw=14, solid_capstyle="butt")
    axes.plot(middle, 0, "o", color=BLACK, ms=9)
    for value, height in ((low, -0.55), (high, -0.55), (middle, 0.5)):
        axes.text(value, height, f"${value:,.0f}", ha="center", va="center", fontsize=9)
    axes.set(xscale="log", xlim=(1e4, 1e9), ylim=(-1, 1), yticks=[])
    label(axes, title=f"One run, {days:,.0f} days", x="dollars (log scale)", y="")
    return figure.describe(
        f"The run costs ${middle:,.0f} as set, and from ${low:,.0f} to ${high:,.0f} if utilization and "
        f"price are each half as good or twice as good as set. It takes {days:,.0f} days."
    )
