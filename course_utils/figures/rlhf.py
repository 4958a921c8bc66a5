"""Figures of unit 06, second part: what actions are worth, games, prices, and four models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from course_utils.figures import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    SKY,
    VERMILION,
    DescribedFigure,
    in_percent,
    label,
    new_figure,
)

_CORNERS = {  # of the four triangles of a square, by action: left, down, right, up
    0: ((0, 0), (0, 1), (0.5, 0.5)),
    1: ((0, 1), (1, 1), (0.5, 0.5)),
    2: ((1, 1), (1, 0), (0.5, 0.5)),
    3: ((0, 0), (1, 0), (0.5, 0.5)),
}
_NUMBERS = {0: (0.18, 0.5), 1: (0.5, 0.84), 2: (0.82, 0.5), 3: (0.5, 0.16)}


def lake(tables: Mapping[str, ArrayLike], squares: str) -> DescribedFigure:
    """Draw what each action is worth on each square of a lake, one panel a table.

    Args:
        tables: title -> (states, 4), actions left, down, right, up.
        squares: a letter for each state, in reading order: S start, F ice, H hole, G goal.
    """
    figure, panels = new_figure(columns=len(tables), width=4.1 * len(tables), height=4.3)
    side = round(len(squares) ** 0.5)
    shades = _shades()
    for axes, (title, table) in zip(panels, tables.items(), strict=True):
        values = np.asarray(table)
        for state, letter in enumerate(squares):
            row, column = divmod(state, side)
            if letter in "HG":
                axes.text(column + 0.5, row + 0.5, "hole" if letter == "H" else "goal",
                          ha="center", va="center", fontsize=9)  # fmt: skip
                continue
            best = int(values[state].argmax())
            for action, corners in _CORNERS.items():
                value = float(values[state, action])
                points = [(column + x, row + y) for x, y in corners]
                edge = (
                    {"ec": "black", "lw": 1.6, "zorder": 2} if action == best else {"ec": "white"}
                )
                axes.add_patch(Polygon(points, fc=shades(np.clip(value, 0, 1)), **edge))
                x, y = _NUMBERS[action]
                axes.text(column + x, row + y, f"{round(value, 2) + 0:.2f}", fontsize=6.5, ha="center",
                          va="center", color="white" if value < 0.6 else "black")  # fmt: skip
        axes.set(xlim=(-0.02, side + 0.02), ylim=(side + 0.02, -0.02), xticks=[], yticks=[],
                 aspect="equal")  # fmt: skip
        axes.set_title(title, loc="left", fontsize="medium", fontweight="bold")
        axes.spines[:].set_visible(False)
    ice = [i for i, letter in enumerate(squares) if letter in "SF"]
    first, *others = [np.asarray(table)[ice] for table in tables.values()]
    apart = [float(np.abs(other - first).max()) for other in others]
    names = list(tables)
    told = "".join(
        f" {name} is at most {gap:.2f} away from it."
        for name, gap in zip(names[1:], apart, strict=True)
    )
    return figure.describe(
        f"A lake of {side} by {side} squares. On each a number for each of the four ways to go, the "
        f"best one framed. First panel: {names[0]}.{told}"
    )


def _shades() -> Any:
    from matplotlib import colormaps

    return colormaps["cividis"]


def wobble(curves: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> DescribedFigure:
    """Draw how far Q is from Q*, against steps, for several runs: name -> (steps, distances)."""
    figure, (axes,) = new_figure(width=7.0, height=3.2)
    for (name, (steps, far)), style in zip(curves.items(), ("-", "--", ":"), strict=False):
        colour = {"-": BLUE, "--": VERMILION, ":": GREEN}[style]
        axes.plot(steps, np.asarray(far), style, color=colour, label=name)
    axes.set_yscale("log")
    axes.legend(frameon=False)
    label(axes, title="How far from the exact answer?", x="steps in the game",
          y="largest |Q − Q*| (log scale)")  # fmt: skip
    told = "; ".join(
        f"{name} ends at {np.asarray(far)[-1]:.3f}" for name, (_, far) in curves.items()
    )
    return figure.describe(f"The largest distance between Q and Q*, while learning: {told}.")


def games(
    episodes: Sequence[Sequence[float]], *, window: int = 20, goal: float = 475
) -> DescribedFigure:
    """Draw the reward of each game, and its running mean: rows of (steps so far, reward)."""
    figure, (axes,) = new_figure(width=7.0, height=3.2)
    steps, rewards = np.array(episodes, dtype=float).T
    axes.plot(steps, rewards, ".", color="0.7", ms=3, label="a game")
    means = np.convolve(rewards, np.ones(window) / window, mode="valid")
    axes.plot(steps[window - 1 :], means, color=BLUE, label=f"mean of {window} games")
    axes.axhline(goal, color=VERMILION, ls="--", lw=1, label=f"solved: {goal:g}")
    axes.legend(frameon=False)
    label(axes, title="Learning to balance a pole", x="steps in the game, all games together",
          y="reward of a game (steps)")  # fmt: skip
    return figure.describe(
        f"Rewards of {len(rewards)} games: the mean of {window} rises from {means[0]:.0f} to at most "
        f"{means.max():.0f}."
    )


def frontier(
    points: Sequence[tuple[float, float, float]],
    exact: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    title: str = "Reward against distance",
) -> DescribedFigure:
    """Draw mean reward against KL, a mark for each price β; and the exact curve if there is one.

    Args:
        points: (β, KL in nats, reward). exact: (KL, reward) of the best policies.
        title: of the figure.
    """
    figure, (axes,) = new_figure(width=7.0, height=3.6)
    if exact:
        axes.plot(*exact, color="0.4", lw=1.5, label="the best there is")
    _betas, divergences, rewards = np.array(points).T
    axes.plot(divergences, rewards, "o", color=BLUE, label="PPO")
    for beta, x, y in points:
        axes.annotate(
            f"β = {beta:g}", (x, y), xytext=(6, -10), textcoords="offset points", fontsize=8
        )
    axes.legend(frameon=False)
    label(axes, title=title, x="distance from the reference: KL (nats)", y="mean reward")
    told = "; ".join(f"β {b:g}: reward {r:.2f} at {k:.2f} nats" for b, k, r in points)
    return figure.describe(f"Mean reward against distance from the reference. {told}.")


def over_optimised(prices: Mapping[str, Sequence[Mapping[str, Any]]]) -> DescribedFigure:
    """Draw what each reward model and what the judge think, against the distance that was gone.

    Args:
        prices: name of a reward model -> rows with "beta", "kl", "reward" and "judge".
    """
    figure, (left, right) = new_figure(columns=2, width=8.5, height=3.6)
    for axes, key, title in (
        (left, "reward", "What the reward model thinks"),
        (right, "judge", "What the judge thinks"),
    ):
        styles = (("o-", BLUE), ("s--", VERMILION))
        for (name, rows), (style, colour) in zip(prices.items(), styles, strict=False):
            ordered = sorted(rows, key=lambda row: row["kl"])
            far = [max(row["kl"], 0.1) for row in ordered]
            axes.plot(far, [row[key] for row in ordered], style, color=colour, label=name)
            for x, row in zip(far, ordered, strict=True):
                axes.annotate(f"β {row['beta']:g}", (x, row[key]), xytext=(4, -11),
                              textcoords="offset points", fontsize=7)  # fmt: skip
        axes.set_xscale("log")
        axes.margins(x=0.12, y=0.14)
        label(axes, title=title, x="KL (nats a reply, log scale)", y="mean score")
    left.legend(frameon=False)
    told = " ".join(
        f"{name}: "
        + "; ".join(
            f"β {r['beta']:g}: {r['kl']:.1f} nats, reward {r['reward']:.2f}, judge {r['judge']:.2f}"
            for r in rows
        )
        + "."
        for name, rows in prices.items()
    )
    return figure.describe(f"Scores of the reward models and of the judge, by distance. {told}")


def best_policy(
    replies: Sequence[str], reference: ArrayLike, rewards: ArrayLike, best: ArrayLike, beta: float
) -> DescribedFigure:
    """Draw how likely each of a few replies is, before and after its reward is listened to.

    Args:
        replies: N texts.
        reference: N probabilities of the policy that one starts from.
        rewards: N numbers.
        best: N probabilities of the policy that is best at this `beta`.
        beta: the price of leaving the reference.
    """
    before, after, worth = (np.asarray(row, dtype=float) for row in (reference, best, rewards))
    figure, (axes,) = new_figure(width=7.2, height=3.2)
    places = np.arange(len(replies))
    axes.bar(
        places - 0.2, before, 0.38, color=ORANGE, edgecolor=BLACK, hatch="//", label="reference"
    )
    axes.bar(places + 0.2, after, 0.38, color=SKY, edgecolor=BLACK, label=f"best at β = {beta:g}")
    axes.set_xticks(places, [f"{r}\nreward {w:g}" for r, w in zip(replies, worth, strict=True)])
    axes.set_ylim(0, 1)
    in_percent(axes.yaxis)
    axes.legend(frameon=False)
    label(axes, title=f"Mean reward {after @ worth:.2f}", x="", y="probability")
    told = "; ".join(
        f"“{reply}” (reward {w:g}) {100 * b:.1f}% and {100 * a:.1f}%"
        for reply, w, b, a in zip(replies, worth, before, after, strict=True)
    )
    return figure.describe(
        f"Probabilities in the reference and in the best policy at β = {beta:g}: {told}. "
        f"Mean reward {after @ worth:.2f}."
    )
