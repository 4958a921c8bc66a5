"""Figures of unit 02's word vectors: words along the direction from he to she.

axis_strip            words along a direction
axis_against_share    where a word lies, and how many women have that occupation
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures import (
    BLACK,
    BLUE,
    ORANGE,
    VERMILION,
    DescribedFigure,
    label,
    new_figure,
)


def axis_strip(
    words: Sequence[str], positions: ArrayLike, *, ends: tuple[str, str]
) -> DescribedFigure:
    """Lay words along a direction.

    Args:
        words: n words.
        positions: shape (n,), the component of each along the direction.
        ends: what the negative and the positive end stand for.
    """
    order = np.argsort(positions)
    places = np.asarray(positions)[order]
    names = [words[i].replace("_", " ") for i in order]
    figure, [axes] = new_figure(width=7.0, height=0.26 * len(words) + 0.9)
    colors = [BLUE if place < 0 else ORANGE for place in places]
    hatches = ["" if place < 0 else "///" for place in places]
    axes.barh(range(len(words)), places, color=colors, hatch=hatches, edgecolor="white")
    axes.axvline(0, color=BLACK, lw=0.8)
    axes.set_yticks(range(len(words)), names, fontsize="small")
    title = f"Left of 0: nearer to {ends[0]}. Right: nearer to {ends[1]}"
    label(axes, title=title, x=f"component along {ends[1]} − {ends[0]} (unit vectors)", y="")
    return figure.describe(
        f"Bars along the direction from {ends[0]} to {ends[1]}. Furthest towards {ends[0]}: "
        f"{', '.join(names[:3])}; furthest towards {ends[1]}: {', '.join(names[:-4:-1])}."
    )


def axis_against_share(
    words: Sequence[str], positions: ArrayLike, percent_women: ArrayLike
) -> DescribedFigure:
    """Plot where occupations lie on the axis from he to she, against how many of them are women.

    Args:
        words: n occupations.
        positions: shape (n,), components along she − he.
        percent_women: shape (n,), 0 to 100.
    """
    x, y = np.asarray(percent_women, dtype=float), np.asarray(positions)
    correlation = float(np.corrcoef(x, y)[0, 1])
    figure, [axes] = new_figure(height=4.2)
    axes.scatter(x, y, color=BLUE, s=28, zorder=2)
    slope, height = np.polyfit(x, y, 1)
    axes.plot([0, 100], [height, height + 100 * slope], "--", color=VERMILION, lw=1.2)
    surprise = np.abs(y - (height + slope * x))
    ends = [int(np.argmin(x)), int(np.argmax(x)), int(np.argmin(y)), int(np.argmax(y))]
    named: list[int] = []
    for i in [*ends, *np.argsort(-surprise)[:8].tolist()]:
        if all(abs(x[i] - x[j]) > 15 or abs(y[i] - y[j]) > 0.02 for j in named):  # room for a name
            named.append(i)
            axes.annotate(words[i].replace("_", " "), (x[i], y[i]), fontsize="small",
                          xytext=(4, 4), textcoords="offset points")  # fmt: skip
    axes.axhline(0, color=BLACK, lw=0.6)
    axes.set_xlim(-2, 108)
    title = f"{len(words)} occupations: correlation {correlation:.2f}"
    label(axes, title=title, x="women in the occupation (%)", y="towards “she” (component)")
    return figure.describe(
        f"A dot for each of {len(words)} occupations rising from lower left to upper right: the more "
        f"women work in an occupation, the nearer its word is to “she”. Correlation {correlation:.2f}."
    )
