"""Figures of unit 01: leads, restarts, redrawn test sets, p-values.

    paired_dots             who was right on which example
    restart_histogram       accuracies of random restarts, with their intervals
    many_intervals          a hundred intervals, and those that miss the truth
    gaussian_test_set       one test set from two Gaussians, and two classifiers
    redrawn_accuracies      the accuracies of the same two classifiers on many test sets
    variance_bars           spread from training beside spread from the test set
    lead_histogram          δ(S) over resampled test sets, with 0, δ and 2δ and the counted tail
    p_value_against_size    enough data makes any difference significant
    uncentred_bootstrap     a test that answers 0.5 whatever you show it

Accuracies and leads are fractions everywhere; the axes show them in percent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator
from numpy.typing import ArrayLike, NDArray

from course_utils.figures import (
    BLACK,
    BLUE,
    ORANGE,
    SKY,
    VERMILION,
    DescribedFigure,
    in_percent,
    label,
    new_figure,
)

FIRST: dict[str, Any] = {"color": BLUE, "hatch": "", "edgecolor": "white"}
SECOND: dict[str, Any] = {"color": ORANGE, "hatch": "///", "edgecolor": "white"}
PLAIN: dict[str, Any] = {"color": SKY, "hatch": "", "edgecolor": "white"}
COUNTED: dict[str, Any] = {"color": VERMILION, "hatch": "///", "edgecolor": "white"}


def paired_dots(correct_a: ArrayLike, correct_b: ArrayLike) -> DescribedFigure:
    """Show for each test example who was right, and link A and B where only one was.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans; readable up to n = 40.
        correct_b: shape (n,), likewise.
    """
    a, b = np.asarray(correct_a, dtype=bool), np.asarray(correct_b, dtype=bool)
    examples = np.arange(1, len(a) + 1)
    figure, [axes] = new_figure(height=2.2)
    for height, right, color in ((1, a, BLUE), (0, b, ORANGE)):
        faces = np.where(right, color, "white")
        axes.scatter(examples, np.full(len(a), height), s=90, c=faces, edgecolors=color, zorder=2)
    axes.vlines(examples[a != b], 0, 1, color=BLACK, lw=2, zorder=1)
    axes.set(yticks=[1, 0], yticklabels=["A", "B"], ylim=(-0.6, 1.6), xticks=examples[::2])
    title = "Filled: right. Hollow: wrong. A line: only one of the two is right"
    label(axes, title=title, x="test example", y="classifier")
    return figure.describe(
        f"Two rows of {len(a)} dots. On {(a & ~b).sum()} examples only A is right, on "
        f"{(b & ~a).sum()} only B; on the other {(a == b).sum()} the two agree."
    )


def restart_histogram(
    accuracies: Mapping[str, Sequence[float]],
    restart_interval: Callable[[Sequence[float], float], tuple[float, float]],
    *,
    level: float = 0.95,
) -> DescribedFigure:
    """Show the accuracies of two classifiers over random restarts, and their intervals.

    Args:
        accuracies: for each of two classifiers, one accuracy per restart.
        restart_interval: the student's; returns (mean, half_width).
        level: confidence of the intervals.
    """
    figure, [axes] = new_figure(height=3.6)
    everything = np.concatenate([np.asarray(values) for values in accuracies.values()])
    bins = np.linspace(everything.min() - 0.005, everything.max() + 0.005, 21)
    sentences = []
    for place, style, marker, name in zip(
        (-0.6, -1.3), (FIRST, SECOND), "os", accuracies, strict=True
    ):
        values = accuracies[name]
        axes.hist(values, bins.tolist(), alpha=0.6, label=name, **style)
        mean, half_width = restart_interval(values, level)
        color = style["color"]
        axes.errorbar(mean, place, xerr=half_width, fmt=marker, color=color, capsize=5, lw=2)
        sentences.append(
            f"{name}: {len(values)} restarts from {min(values):.1%} to {max(values):.1%}, "
            f"mean {mean:.1%}, {level:.0%} interval ± {half_width:.1%}."
        )
    axes.axhline(0, color=BLACK, lw=0.8)
    axes.set_ylim(-1.7, None)
    axes.set_yticks([tick for tick in axes.get_yticks() if tick >= 0])
    axes.xaxis.set_major_locator(MultipleLocator(0.05))
    in_percent(axes.xaxis)
    axes.legend(frameon=False, loc="upper left")
    title = f"Random restarts; below the axis the mean and its {level:.0%} interval"
    label(axes, title=title, x="accuracy on the test set (%)", y="restarts")
    return figure.describe(" ".join(["Two histograms of accuracy.", *sentences]))


def many_intervals(
    intervals: Sequence[tuple[float, float]], *, truth: float, level: float = 0.95
) -> DescribedFigure:
    """Show confidence intervals side by side, and mark those that miss the truth.

    Args:
        intervals: (mean, half_width) of each repetition.
        truth: what each interval tries to contain.
        level: the confidence they claim.
    """
    means, half_widths = np.array(intervals).T
    missed = np.abs(means - truth) > half_widths
    repetition = np.arange(1, len(means) + 1)
    figure, [axes] = new_figure(height=3.4)
    kinds: tuple[tuple[NDArray[np.bool_], str, dict[str, Any]], ...] = (
        (~missed, "contains the truth", {"color": BLUE, "fmt": "o", "ms": 3, "lw": 1}),
        (missed, "misses it", {"color": VERMILION, "fmt": "X", "ms": 7, "lw": 2.5}),
    )
    for chosen, name, style in kinds:
        x, y, name = repetition[chosen], means[chosen], f"{name} ({chosen.sum()})"
        axes.errorbar(x, y, yerr=half_widths[chosen], label=name, **style)
    axes.axhline(truth, color=BLACK, ls="--", lw=1.2)
    in_percent(axes.yaxis)
    axes.legend(frameon=False, ncols=2, loc="lower center", bbox_to_anchor=(0.5, -0.02))
    axes.set_ylim(axes.get_ylim()[0] - 0.12 * np.ptp(axes.get_ylim()), None)
    title = f"{len(means)} intervals of {level:.0%} confidence; dashed: the true mean"
    label(axes, title=title, x="repetition of the whole experiment", y="accuracy (%)")
    return figure.describe(
        f"{len(means)} vertical intervals around a dashed line at {truth:.0%}. "
        f"{missed.sum()} of them, drawn thick with a cross, do not touch the line."
    )


def gaussian_test_set(
    points: NDArray[np.float64], is_blue: NDArray[np.bool_], directions: Mapping[str, ArrayLike]
) -> DescribedFigure:
    """Show one test set in the plane, and each classifier's border through the origin.

    Args:
        points: shape (n, 2).
        is_blue: shape (n,), the label of each point.
        directions: for each of two classifiers, the vector w of its rule "blue where w · x > 0".
    """
    figure, [axes] = new_figure(width=5.6, height=4.0)
    axes.scatter(*points[is_blue].T, marker="s", color=BLUE, label="blue", alpha=0.8)
    axes.scatter(*points[~is_blue].T, marker="o", color=VERMILION, label="red", alpha=0.8)
    for name, style in zip(directions, ("-", "--"), strict=True):
        w = np.asarray(directions[name], dtype=float)
        axes.axline((0, 0), (-w[1], w[0]), color=BLACK, ls=style, lw=1.8, label=f"border of {name}")
    axes.set(xlim=(-4, 4), ylim=(-3.5, 3.5), aspect="equal")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    title = f"A test set of {len(points)} points"
    label(axes, title=title, x="x₁ (standard deviations)", y="x₂ (standard deviations)")
    return figure.describe(
        f"{is_blue.sum()} blue squares, mostly on the right, and {(~is_blue).sum()} red circles, "
        f"mostly on the left, overlap in the middle, where the borders of "
        f"{' and '.join(directions)} cross."
    )


def redrawn_accuracies(
    accuracies: Mapping[str, ArrayLike], truth: Mapping[str, float], leads: ArrayLike
) -> DescribedFigure:
    """Show how two accuracies, and the lead of the first, move over redrawn test sets.

    Args:
        accuracies: for each of two classifiers, one accuracy per test set.
        truth: for each classifier, its accuracy over all possible examples.
        leads: accuracy of the first minus accuracy of the second, per test set.
    """
    figure, (left, right) = new_figure(columns=2, width=9.0, height=3.6)
    bins = np.arange(0.605, 1.0, 0.02).tolist()
    for name, style, line in zip(accuracies, (FIRST, SECOND), ("-", "--"), strict=True):
        values, mean = np.asarray(accuracies[name]), truth[name]
        left.hist(values, bins, alpha=0.6, label=f"{name}, in truth {mean:.1%}", **style)
        left.axvline(mean, color=BLACK, lw=1.5, ls=line)
    left.legend(frameon=False, loc="upper left", fontsize="small")
    left.set_ylim(None, 1.3 * left.get_ylim()[1])
    in_percent(left.xaxis)
    label(left, title="Same classifiers, new test sets", x="accuracy (%)", y="test sets")
    lead = np.asarray(leads)
    shares = (lead < 0).mean(), (lead == 0).mean(), (lead > 0).mean()
    first, second = accuracies
    for k, (share, style) in enumerate(zip(shares, (SECOND, PLAIN, FIRST), strict=True)):
        right.bar_label(right.bar(k, share, **style), [f"{share:.0%}"])
    right.set_xticks(range(3), [f"{second} looks better", "tie", f"{first} looks better"])
    in_percent(right.yaxis)
    label(right, title="What each test set tells you", x="", y="share of test sets (%)")
    return figure.describe(
        "Left: two wide histograms of accuracy overlap; lines mark the true values. Right: "
        f"{second}, which is worse, looks better on {shares[0]:.0%} of the test sets, "
        f"and {shares[1]:.0%} are ties."
    )


def variance_bars(components: Mapping[str, Mapping[str, float]]) -> DescribedFigure:
    """Show the spread from training beside the spread from the test set.

    Args:
        components: for each classifier, the variances {"train": …, "test": …} of its accuracy.
    """
    figure, [axes] = new_figure(height=3.4)
    places = np.arange(len(components))
    for part, meaning, shift, style in (
        ("train", "train again, same test set", -0.19, FIRST),
        ("test", "same training, new test set", 0.19, SECOND),
    ):
        points = 100 * np.sqrt([parts[part] for parts in components.values()])
        bars = axes.bar(places + shift, points, 0.36, label=meaning, **style)
        axes.bar_label(bars, fmt="%.1f")
    axes.set_xticks(places, list(components))
    axes.legend(frameon=False)
    label(axes, title="Two sources of variance", x="", y="standard deviation\n(points of accuracy)")
    spreads = "; ".join(
        f"{name}: {100 * parts['train'] ** 0.5:.1f} points from training, "
        f"{100 * parts['test'] ** 0.5:.1f} from the test set"
        for name, parts in components.items()
    )
    return figure.describe(f"Pairs of bars. {spreads}.")


def lead_histogram(
    correct_a: ArrayLike,
    correct_b: ArrayLike,
    resamples: NDArray[np.int64],
    accuracy_difference: Callable[..., float],
    paired_bootstrap: Callable[..., float],
) -> DescribedFigure:
    """Show A's lead on resampled test sets, and hatch the test sets that the test counts.

    Each test set is handed to `paired_bootstrap` on its own: what is hatched is what that function
    counts, rightly or wrongly.

    Args:
        correct_a: shape (n,), 0 or 1, or booleans.
        correct_b: shape (n,), likewise.
        resamples: shape (B, n), indices.
        accuracy_difference: the student's.
        paired_bootstrap: the student's.
    """
    a, b = np.asarray(correct_a), np.asarray(correct_b)
    n, lead, p_value = len(a), accuracy_difference(a, b), paired_bootstrap(a, b, resamples)
    leads = np.array([accuracy_difference(a[row], b[row]) for row in resamples])
    counted = np.array([paired_bootstrap(a, b, row[None]) > 0.5 for row in resamples])
    places, bar = np.unique(np.round(n * leads) / n, return_inverse=True)
    heights = np.array(
        [np.bincount(bar[chosen], minlength=len(places)) for chosen in (~counted, counted)]
    )
    figure, [axes] = new_figure(height=3.8)
    axes.bar(places, heights[0], 0.9 / n, label="not counted", **PLAIN)
    name = f"counted: {counted.sum()} of {len(leads)}"
    axes.bar(places, heights[1], 0.9 / n, bottom=heights[0], label=name, **COUNTED)
    top = 1.08 * heights.sum(axis=0).max()
    marks = ((0.0, "0", ":"), (lead, "δ", "-"), (2 * lead, "2δ", "--"))
    for place, name, style in marks if lead else marks[:1]:
        _mark(axes, place, top, name, style)
    axes.set_ylim(0, 1.12 * top)
    axes.set_xlim(min(-0.15, places[0]), max(0.30, places[-1]))  # so that sliders show the width
    in_percent(axes.xaxis)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    title = f"A's lead on {len(leads)} resampled test sets of {n} examples: p = {p_value:.3f}"
    label(axes, title=title, x="δ(S), the lead of A (percentage points)", y="test sets")
    return figure.describe(
        f"A histogram of leads, centred on the observed δ = {lead:.1%}; lines mark 0, δ and 2δ. "
        f"{counted.sum()} of {len(leads)} test sets are hatched as counted: p = {p_value:.3f}."
    )


def _mark(axes: Axes, place: float, top: float, name: str, style: str) -> None:
    """Draw a named vertical line from the axis up to `top`."""
    axes.plot([place, place], [0, top], color=BLACK, ls=style, lw=1.5)
    axes.text(place, 1.02 * top, name, ha="center", va="bottom", fontweight="bold")


def p_value_against_size(
    sizes: Sequence[int], p_values: Sequence[float], *, gap: float, alpha: float = 0.05
) -> DescribedFigure:
    """Show how the p-value of one and the same gap falls as the test set grows.

    Args:
        sizes: numbers of test examples.
        p_values: one for each size.
        gap: the difference in accuracy, the same for every size.
        alpha: the level, drawn as a line.
    """
    x, y = np.asarray(sizes), np.asarray(p_values)
    figure, [axes] = new_figure(height=3.5)
    axes.plot(x, y, color=BLACK, lw=1, zorder=1)
    low, high = y <= alpha, y > alpha
    axes.scatter(x[high], y[high], s=70, color=SKY, label="not significant", zorder=2)
    axes.scatter(x[low], y[low], s=70, color=VERMILION, marker="X", label="significant", zorder=2)
    axes.axhline(alpha, color=BLACK, ls="--", lw=1)
    axes.text(x[0], alpha, f"α = {alpha}", va="bottom")
    axes.set_xscale("log")
    axes.set_ylim(0, None)
    axes.legend(frameon=False)
    title = f"A gap of {100 * gap:g} points of accuracy, on ever larger test sets"
    label(axes, title=title, x="test examples n (logarithmic)", y="p-value")
    return figure.describe(
        f"The p-value falls from {y[0]:.2f} with {x[0]} examples to {y[-1]:.4f} with {x[-1]}, "
        f"although the gap is {100 * gap:g} points everywhere."
    )


def uncentred_bootstrap(
    leads: ArrayLike,
    lead: float,
    gaps: ArrayLike,
    *,
    uncentred: Sequence[float],
    centred: Sequence[float],
) -> DescribedFigure:
    """Show why a bootstrap that compares δ(S) with δ(D) answers about 0.5 for every gap.

    Args:
        leads: shape (B,), δ(S) on resampled test sets.
        lead: δ(D).
        gaps: gaps between A and B.
        uncentred: the answer of the faulty test for each gap.
        centred: the answer of the paired bootstrap for each gap.
    """
    places, heights = np.unique(np.asarray(leads), return_counts=True)
    beyond = places > lead - 1e-12
    figure, (left, right) = new_figure(columns=2, width=9.0, height=3.6)
    for chosen, name, style in ((~beyond, "below δ(D)", PLAIN), (beyond, "δ(D) or more", COUNTED)):
        share = heights[chosen].sum() / heights.sum()
        width = 0.9 * np.diff(places).min()
        left.bar(places[chosen], heights[chosen], width, label=f"{name}: {share:.0%}", **style)
    _mark(left, lead, 1.08 * heights.max(), "δ(D)", "-")
    left.set_ylim(0, 1.5 * heights.max())
    in_percent(left.xaxis)
    left.legend(frameon=False, loc="upper left", fontsize="small")
    label(
        left, title="δ(S) scatters about δ(D) itself", x="δ(S) (percentage points)", y="test sets"
    )
    x = 100 * np.asarray(gaps)
    right.plot(x, uncentred, color=VERMILION, marker="X", ls="--", label="counts δ(S) ≥ δ(D)")
    right.plot(x, centred, color=BLUE, marker="o", label="counts δ(S) > 2δ(D)")
    right.set_ylim(0, 1)
    right.legend(frameon=False)
    label(right, title="What the two tests answer", x="gap (points of accuracy)", y="answer, “p”")
    return figure.describe(
        "Left: the observed lead cuts the histogram of leads in the middle. Right: the faulty "
        f"answer stays between {min(uncentred):.2f} and {max(uncentred):.2f} for every gap; the "
        f"paired bootstrap's falls from {centred[0]:.2f} to {centred[-1]:.4f}."
    )
