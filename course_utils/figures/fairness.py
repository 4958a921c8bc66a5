"""Figures of unit 02: tables as mosaics, curves, collisions, trades.

    confusion_mosaics     outcome against decision, as areas, one panel a group
    roc_curves            the curves coincide, the operating points do not
    gap_histogram         a gap between groups on redrawn people, with 0, δ and 2δ
    forced_rates          what the impossibility equation leaves for the false positive rates
    reachable_rates       the points that mixing can reach, and the best that all groups share
    accuracy_against_gap  what fairness costs in accuracy, with bands

Rates are fractions everywhere; the axes show them in percent. Networks are in `causal.py`, word
vectors in `words.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike, NDArray

from course_utils.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    DescribedFigure,
    in_percent,
    label,
    new_figure,
)

GROUP_STYLES = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", ":"), (PURPLE, "D", "-."))
Counts = Mapping[str, Mapping[str, float]]


def confusion_mosaics(tables: Counts) -> DescribedFigure:
    """Draw each table as a square: columns as wide as the outcomes, split by the decision.

    Args:
        tables: for each group its counts tn, fp, fn, tp.
    """
    figure, panels = new_figure(columns=len(tables), width=9.0, height=3.7)
    sentences = []
    for axes, (name, c) in zip(panels, tables.items(), strict=True):
        n = sum(c.values())
        survived = (c["tn"] + c["fp"]) / n
        for left, width, low, high in (
            (0, survived, c["tn"], c["fp"]),
            (survived, 1 - survived, c["fn"], c["tp"]),
        ):
            wrong_is_high = left == 0
            split = low / (low + high)
            _tile(axes, left, 0, width, split, low, wrong=not wrong_is_high)
            _tile(axes, left, split, width, 1 - split, high, wrong=wrong_is_high)
        fpr, fnr = c["fp"] / (c["tn"] + c["fp"]), c["fn"] / (c["fn"] + c["tp"])
        axes.set(xlim=(0, 1), ylim=(0, 1), yticks=[])
        axes.set_xticks(
            [survived / 2, (1 + survived) / 2], ["not arrested\nagain", "arrested\nagain"]
        )
        label(axes, title=f"{name}\nFPR {fpr:.2%}, FNR {fnr:.2%}", x="", y="")
        sentences.append(
            f"{name}: of those not arrested again {fpr:.1%} were called high risk; of those "
            f"arrested again {fnr:.1%} were called low risk."
        )
    panels[0].set_ylabel("called low (below) or high (above)")
    return figure.describe(
        "A square for each group, cut by outcome and by score; hatched tiles are mistakes. "
        + " ".join(sentences)
    )


def _tile(
    axes: Axes, x: float, y: float, width: float, height: float, count: float, *, wrong: bool
) -> None:
    style: dict[str, Any] = (
        {"facecolor": VERMILION, "hatch": "///"} if wrong else {"facecolor": SKY}
    )
    axes.add_patch(Rectangle((x, y), width, height, edgecolor="white", lw=2, **style))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    axes.text(x + width / 2, y + height / 2, f"{count:g}", ha="center", va="center", bbox=box)


def roc_curves(
    scores: ArrayLike, y_true: ArrayLike, group: ArrayLike, *, threshold: float
) -> DescribedFigure:
    """Draw (FPR, TPR) of "score ≥ t" for every threshold t, one curve a group, and mark one t.

    Args:
        scores: shape (n,), higher means riskier.
        y_true: shape (n,), 0 or 1.
        group: shape (n,), a name for each person.
        threshold: the one that is used.
    """
    scores, y, group = np.asarray(scores), np.asarray(y_true), np.asarray(group)
    figure, [axes] = new_figure(width=5.2, height=4.6)
    sentences = []
    for name, (color, marker, line) in zip(np.unique(group), GROUP_STYLES, strict=False):
        s, positive = scores[group == name], y[group == name] == 1
        steps = np.append(np.unique(s), np.inf)[::-1]
        fpr = np.array([np.mean(s[~positive] >= t) for t in steps])
        tpr = np.array([np.mean(s[positive] >= t) for t in steps])
        area = np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
        here = int(np.argmin(np.abs(steps - threshold)))
        axes.plot(fpr, tpr, line, color=color, lw=2, label=f"{name} (area {area:.3f})")
        axes.plot(fpr[here], tpr[here], marker, color=color, ms=11, mec=BLACK)
        sentences.append(
            f"{name}: area {area:.3f}, at the threshold in use FPR {fpr[here]:.1%} and "
            f"TPR {tpr[here]:.1%}."
        )
    axes.plot([0, 1], [0, 1], color="0.7", lw=1)
    in_percent(axes.xaxis)
    in_percent(axes.yaxis)
    axes.legend(frameon=False, loc="lower right")
    label(
        axes,
        title=f"One curve, two places on it (score ≥ {threshold:g})",
        x="FPR: high risk among those not arrested again",
        y="TPR: high risk among those arrested again",
    )
    return figure.describe("Two ROC curves that nearly coincide. " + " ".join(sentences))


def gap_histogram(gaps: ArrayLike, seen: float, *, what: str) -> DescribedFigure:
    """Show a gap on resampled people, and mark what the bootstrap test counts: right of 2δ.

    Args:
        gaps: shape (B,), the gap on each resample, signed.
        seen: the gap in the data, positive.
        what: what the gap is a difference of.
    """
    gaps = np.asarray(gaps)
    counted = gaps > 2 * seen
    figure, [axes] = new_figure(height=3.4)
    bins = np.linspace(gaps.min(), gaps.max(), 61).tolist()
    axes.hist(gaps[~counted], bins, color=SKY, edgecolor="white", label="not counted")
    name = f"counted: {counted.sum()} of {len(gaps)}"
    axes.hist(gaps[counted], bins, color=VERMILION, hatch="///", edgecolor="white", label=name)
    for place, mark, line in ((0, "0", ":"), (seen, "δ", "-"), (2 * seen, "2δ", "--")):
        axes.axvline(place, color=BLACK, ls=line, lw=1.2)
        axes.annotate(mark, (place, 1), xycoords=("data", "axes fraction"), ha="left", va="top",
                      xytext=(3, 0), textcoords="offset points")  # fmt: skip
    in_percent(axes.xaxis)
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    title = f"{what} on {len(gaps)} resamples: one-sided p = {counted.mean():.3f}"
    label(axes, title=title, x=f"{what} (percentage points)", y="resamples")
    return figure.describe(
        f"A histogram round δ = {seen:.1%}; {counted.sum()} of {len(gaps)} resamples lie right of "
        f"2δ = {2 * seen:.1%}: one-sided p = {counted.mean():.3f}."
    )


def forced_rates(
    base_rates: Mapping[str, float],
    ppv: float,
    fnr: float,
    false_positive_rate_from: Callable[[float, float, float], float],
) -> DescribedFigure:
    """Show the false positive rate that each group must have, given the same PPV and FNR for all.

    Args:
        base_rates: for each group, the share with the outcome 1.
        ppv, fnr: the same for every group.
        false_positive_rate_from: the student's.
    """
    figure, [axes] = new_figure(width=6.5, height=3.2)
    rates = {g: false_positive_rate_from(p, ppv, fnr) for g, p in base_rates.items()}
    for place, rate in enumerate(rates.values()):
        possible = rate <= 1
        color = GROUP_STYLES[place % 4][0] if possible else "0.6"
        axes.barh(
            place, min(rate, 1), color=color, hatch="" if possible else "xx", edgecolor="white"
        )
        text = f"{rate:.1%}" if possible else "impossible: over 100 %"
        axes.annotate(
            text, (min(rate, 1), place), xytext=(4, 0), textcoords="offset points", va="center"
        )
    names = [f"{name}\nbase rate {p:.0%}" for name, p in base_rates.items()]
    axes.set_yticks(range(len(names)), names)
    axes.set_xlim(0, 1.28)
    axes.invert_yaxis()
    in_percent(axes.xaxis)
    label(axes, title=f"PPV {ppv:.0%} and FNR {fnr:.0%} for everybody: then FPR is", x="FPR", y="")
    told = ", ".join(f"{name} {rate:.1%}" for name, rate in rates.items())
    gap = max(rates.values()) - min(rates.values())
    same = "they agree" if gap < 1e-9 else f"they differ by {gap:.1%}"
    return figure.describe(
        f"With a PPV of {ppv:.0%} and an FNR of {fnr:.0%} in every group the false positive rates "
        f"must be {told}: {same}."
    )


def reachable_rates(tables: Counts, found: Mapping[str, Any]) -> DescribedFigure:
    """Draw what mixing can reach in each group, and the point that was found.

    Args:
        tables: for each group its counts tn, fp, fn, tp.
        found: what the student's `equalized_odds_mixing` returned.
    """
    figure, [axes] = new_figure(width=5.4, height=4.8)
    for (name, c), (color, marker, line) in zip(tables.items(), GROUP_STYLES, strict=False):
        fpr, tpr = c["fp"] / (c["tn"] + c["fp"]), c["tp"] / (c["fn"] + c["tp"])
        corners = [(0, 0), (fpr, tpr), (1, 1), (1 - fpr, 1 - tpr)]
        axes.add_patch(Polygon(corners, facecolor=color, alpha=0.2))
        axes.add_patch(Polygon(corners, facecolor="none", edgecolor=color, ls=line, lw=1.5))
        axes.plot(fpr, tpr, marker, color=color, ms=9, label=f"{name} as it is")
    axes.plot(
        found["fpr"], found["tpr"], "*", color=VERMILION, ms=17, mec=BLACK, label="shared by all"
    )
    axes.set(xlim=(0, 1), ylim=(0, 1))
    in_percent(axes.xaxis)
    in_percent(axes.yaxis)
    axes.legend(frameon=False, loc="lower right")
    label(axes, title="Mixing reaches everything in a group's shape", x="FPR", y="TPR")
    return figure.describe(
        "Two overlapping parallelograms in the plane of FPR and TPR, one a group. The best point in "
        f"both has FPR {found['fpr']:.1%} and TPR {found['tpr']:.1%}, with an accuracy of "
        f"{found['accuracy']:.1%}."
    )


def accuracy_against_gap(
    results: Mapping[str, tuple[NDArray[Any], Mapping[str, NDArray[Any]]]],
    criteria: Mapping[str, str],
) -> DescribedFigure:
    """Show accuracy against each gap, a cross with 95 % bands for each model.

    Args:
        results: for each model, resampled accuracies (B,) and resampled gaps by name, each (B,).
        criteria: gap -> how the axis calls it; one panel each.
    """
    figure, panels = new_figure(columns=len(criteria), width=10.0, height=4.2)
    markers = "osD^vPX*<>"
    colors = (BLACK, BLUE, SKY, GREEN, ORANGE, VERMILION, PURPLE, "0.5")
    sentences = []
    for axes, (gap, title) in zip(panels, criteria.items(), strict=True):
        for i, (name, (accuracies, gaps)) in enumerate(results.items()):
            x, y = np.median(gaps[gap]), np.median(accuracies)
            axes.errorbar(
                x, y, xerr=_around(gaps[gap]), yerr=_around(accuracies), fmt=markers[i % 10],
                color=colors[i % 8], ms=8, lw=1, alpha=0.9, label=name,
            )  # fmt: skip
            if axes is panels[0]:
                told = ", ".join(f"{100 * np.median(gaps[g]):.1f}" for g in criteria)
                sentences.append(f"{name} {y:.1%} ({told}).")
        axes.set_xlim(0, None)
        in_percent(axes.xaxis)
        in_percent(axes.yaxis)
        label(axes, title=title, x=f"{title} gap (points)", y="accuracy on the test set")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, frameon=False, loc="outside lower center", ncols=3)
    return figure.describe(
        "Accuracy against the gap, with 95 % bands from resampled people; the upper left is best. "
        f"Accuracy, and in brackets the gaps in points ({', '.join(criteria.values())}): "
        + " ".join(sentences)
    )


def _around(values: NDArray[Any]) -> NDArray[np.float64]:
    """Distances from the median down to the 2.5 % and up to the 97.5 % quantile, shape (2, 1)."""
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return np.array([[middle - low], [high - middle]])
