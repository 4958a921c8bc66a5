"""Figures of unit 08: what an estimate hangs on, what is learned by heart, words and people, watermarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    DescribedFigure,
    label,
    new_figure,
)

STYLES = (("-", "o", BLACK), ("--", "s", BLUE), ("-.", "^", VERMILION), (":", "D", GREEN))
THRESHOLD = 4.0  # standard deviations: a chance of 3 in 100 000


def tornado(
    estimate: Callable[..., float], middle: Mapping[str, float],
    ranges: Mapping[str, tuple[float, float]], unit: str,
) -> DescribedFigure:  # fmt: skip
    """Draw how far each assumption alone moves an estimate, the widest first.

    Args:
        estimate: called with all assumptions as keywords.
        middle: every assumption's value while another one is moved.
        ranges: low and high of each.
        unit: of the estimate.
    """
    centre = estimate(**middle)
    ends = {
        name: sorted(estimate(**{**middle, name: value}) for value in interval)
        for name, interval in ranges.items()
    }
    order = sorted(ends, key=lambda name: ends[name][1] / ends[name][0])
    figure, (axes,) = new_figure(width=7.6, height=1.1 + 0.5 * len(order))
    for row, name in enumerate(order):
        low, high = ends[name]
        axes.barh(row, centre - low, left=low, color=SKY, edgecolor=BLACK)
        axes.barh(row, high - centre, left=centre, color=ORANGE, edgecolor=BLACK, hatch="//")
        axes.text(high * 1.06, row, f"{low:,.0f} … {high:,.0f}", va="center", fontsize=9)
    axes.axvline(centre, color=BLACK, lw=1.2)
    axes.set_yticks(range(len(order)), [_interval(name, ranges[name]) for name in order])
    widest = ends[order[-1]]
    axes.set(xscale="log", xlim=(0.7 * min(e[0] for e in ends.values()), 4 * widest[1]))
    label(axes, title="One assumption at a time", x=f"{unit} (log scale)", y="")
    told = "; ".join(
        f"{name} {ends[name][0]:,.0f} to {ends[name][1]:,.0f}" for name in reversed(order)
    )
    return figure.describe(
        f"Bars around a line at {centre:,.0f} {unit}: how far it moves when one assumption does. {told}."
    )


def _interval(name: str, interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{name}\n{low:.3g} … {high:.3g}"


def break_even(
    training_kwh: float, watt_hours_per_query: float, queries_per_day: float, days: float
) -> DescribedFigure:
    """Draw the energy of answering as it adds up, beside that of training once.

    Args:
        training_kwh: energy of training, kilowatt-hours.
        watt_hours_per_query: energy of an answer.
        queries_per_day: how many answers a day.
        days: when the two are equal, as computed by somebody; `inf` for never.
    """
    most = 730.0
    until = min(2 * days, most) if 0 < days < np.inf else most
    figure, (axes,) = new_figure(width=7.2, height=3.2)
    daily = watt_hours_per_query * queries_per_day / 1e6  # megawatt-hours
    axes.axhline(training_kwh / 1000, color=BLACK, ls="--", label="training, once")
    axes.plot([0, until], [0, daily * until], color=BLUE, label="answering, so far")
    if days <= until:
        axes.axvline(days, color=VERMILION, ls=":", lw=2, label=f"{days:,.1f} days")
    axes.set(xlim=(0, until), ylim=(0, None))
    axes.legend(frameon=False, loc="lower right")
    label(axes, title="When has answering cost as much?", x="days", y="MWh")
    when = f"after {days:,.1f} days" if days < np.inf else "never"
    return figure.describe(
        f"A line for training at {training_kwh / 1000:,.0f} MWh, and one for answering that grows by "
        f"{daily:,.2f} MWh a day; they are equal {when}."
    )


def by_heart(
    copies: Sequence[int], models: Sequence[Mapping[str, Any]], asked: int
) -> DescribedFigure:
    """Draw the share of secrets that models tell, against how often each secret was read."""
    figure, (axes,) = new_figure(width=7.0, height=3.8)
    told = []
    for model, (line, marker, colour) in zip(models, STYLES, strict=False):
        name = f"{model['parameters']:,} parameters{model.get('note', '')}"
        axes.plot(copies, model["told"], line, marker=marker, color=colour, lw=1.8, label=name)
        told.append(f"{name}: {', '.join(f'{share:.0%}' for share in model['told'])}")
    axes.set(xscale="log", ylim=(-0.04, 1.04))
    axes.set_xticks(list(copies), [str(number) for number in copies])
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(frameon=False, fontsize=9)
    label(
        axes,
        title=f"Who can tell the number? ({asked} secrets a point)",
        x="copies of a secret in the text (log scale)",
        y="secrets told",
    )
    among = ", ".join(map(str, copies))
    return figure.describe(
        f"Share of secrets that are told, for {among} copies in the text. {'; '.join(told)}."
    )


def runs_in_common(rates: Mapping[str, Sequence[float]], lengths: Sequence[int]) -> DescribedFigure:
    """Draw the share of runs of k tokens that stand in the training text, against k, for several writers."""
    figure, (axes,) = new_figure(width=7.0, height=3.6)
    told = []
    for (name, shares), (line, marker, colour) in zip(rates.items(), STYLES, strict=False):
        axes.plot(lengths, shares, line, marker=marker, color=colour, lw=1.8, label=name)
        told.append(f"{name} {shares[0]:.0%} to {shares[-1]:.1%}")
    axes.set(ylim=(0, 1))
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}")
    axes.legend(frameon=False)
    label(axes, title="Written before, word for word", x="k, pieces in a run", y="runs copied")
    return figure.describe(
        f"Share of distinct runs of k pieces that stand in the training text, from k = {lengths[0]} to "
        f"{lengths[-1]}: {'; '.join(told)}."
    )


def associations(
    words: Sequence[str], gaps: Sequence[np.ndarray], other: Sequence[float], *, other_name: str
) -> DescribedFigure:
    """Draw each word by its gap between two groups in one model and in another source.

    Args:
        words: one point each.
        gaps: (pairs,) for each word; the bar is one standard error of the mean.
        other: the other source's number for each word.
        other_name: what the other source is.
    """
    figure, (axes,) = new_figure(width=7.6, height=4.8)
    means = [float(np.mean(gap)) for gap in gaps]
    errors = [float(np.std(gap, ddof=1) / np.sqrt(len(gap))) for gap in gaps]
    axes.axhline(0, color="0.7", lw=1)
    axes.axvline(0, color="0.7", lw=1)
    axes.errorbar(means, other, xerr=errors, fmt="o", color=BLUE, ecolor="0.75", ms=5)
    for rank, number in enumerate(np.argsort(other)):  # neighbours in height: above, below, above
        at, where = (means[number], other[number]), (4, 4 if rank % 2 else -11)
        axes.annotate(words[number], at, xytext=where, textcoords="offset points", fontsize=9)
    label(
        axes,
        title="The same words, 400 years apart",
        x="← nearer to women   your model of Shakespeare (nats a token)   nearer to men →",
        y=f"← women   {other_name}   men →",
    )
    order = np.argsort(means)
    agree = sum(x * y > 0 for x, y in zip(means, other, strict=True))
    return figure.describe(
        f"{len(words)} adjectives as points with error bars. Nearest to men in the plays: "
        f"{', '.join(words[i] for i in order[:-4:-1])}; to women: {', '.join(words[i] for i in order[:3])}. "
        f"{agree} of {len(words)} lie on the same side in both."
    )


def watermark(scores: Mapping[str, np.ndarray], lengths: Sequence[int]) -> DescribedFigure:
    """Draw z against the length of a text: name -> (texts, lengths); a line for the mean, a band for all."""
    figure, (axes,) = new_figure(width=7.4, height=4.0)
    told = []
    colours = (BLACK, BLUE, VERMILION, PURPLE)
    for (name, z), (line, marker, _), colour in zip(scores.items(), STYLES, colours, strict=False):
        mean = z.mean(axis=0)
        axes.plot(lengths, mean, line, marker=marker, color=colour, lw=1.8, label=name)
        axes.fill_between(lengths, z.min(axis=0), z.max(axis=0), color=colour, alpha=0.12, lw=0)
        told.append(f"{name} reaches {mean[-1]:.1f}")
    axes.axhline(THRESHOLD, color="0.5", lw=1, ls="--")
    axes.text(lengths[0], THRESHOLD + 0.15, "an alarm at 4", fontsize=9, color="0.35")
    axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(0, 0.93))
    label(axes, title="The longer the text, the surer", x="pieces read", y="z")
    return figure.describe(
        f"z against the number of pieces read, from {lengths[0]} to {lengths[-1]}; a line for the mean of "
        f"{len(next(iter(scores.values())))} texts, a band from the lowest to the highest. {'; '.join(told)}."
    )
