"""Figures of unit 05: the block, where parameters sit, depth, losses, and the next token."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

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

if TYPE_CHECKING:
    from course_utils.gpt.depth import Norms
    from course_utils.gpt.trainer import Report

_PARTS = {
    "token_embedding": ("token table", ORANGE, "//"),
    "position_embedding": ("positions", YELLOW, ".."),
    "attention": ("attention", BLUE, ""),
    "feed_forward": ("feed-forward", SKY, ""),
    "norms": ("norms", PURPLE, "xx"),
}


def block_diagram() -> DescribedFigure:
    """Draw one pre-norm block, and the stack it stands in."""
    figure, (left, right) = new_figure(columns=2, width=8.0, height=5.0)
    stack = ["tokens", "token vectors + positions", "block 1", "block 2", "…", "block L",
             "norm", "scores of the next token"]  # fmt: skip
    _tower(left, stack, "The stack", {2: SKY, 3: SKY, 5: SKY})
    block = ["x", "norm", "attention", "+", "norm", "feed-forward", "+"]
    _tower(right, block, "One block", {2: BLUE, 5: SKY})
    for start, end in ((0, 3), (3, 6)):  # the residuals branch off above a box, and lead into a "+"
        right.plot([0.5, 0.86, 0.86], [start + 0.4, start + 0.4, end], color=VERMILION, lw=1.5)
        right.annotate("", (0.545, end), (0.866, end),
                       arrowprops={"arrowstyle": "-|>", "color": VERMILION, "lw": 1.5})  # fmt: skip
        right.text(0.9, (start + end) / 2, "residual", color=VERMILION, fontsize=9, rotation=90,
                   va="center")  # fmt: skip
    return figure.describe(
        "Left, the stack from below: tokens, token vectors plus positions, L blocks, a norm, the "
        "scores of the next token. Right, one block: x goes through a norm and attention and is "
        "added again, then through a norm and feed-forward and is added again; two residual arrows "
        "lead around."
    )


def _tower(axes: Any, names: Sequence[str], title: str, colours: Mapping[int, str]) -> None:
    axes.set(xlim=(0, 1), ylim=(-0.6, len(names) - 0.3))
    axes.axis("off")
    axes.set_title(title, loc="left", fontweight="bold", fontsize="medium")
    for i, name in enumerate(names):
        shade = {"alpha": 0.9} if i in colours else {}
        colour = colours.get(i, "white")
        box = {"boxstyle": "round,pad=0.3", "fc": colour, "ec": "black", **shade}
        ink = "white" if colour == BLUE else "black"
        axes.text(0.5, i, name, ha="center", va="center", bbox=box, fontsize=9, color=ink, zorder=3)
        if i:
            axes.annotate("", (0.5, i - 0.25), (0.5, i - 0.75),
                          arrowprops={"arrowstyle": "-|>", "color": "0.3"})  # fmt: skip


def parameter_areas(counts: Mapping[str, Mapping[str, int]], name: str) -> DescribedFigure:
    """Draw one model as areas: at the scale of the largest model, and enlarged.

    Args:
        counts: for each model what `parameter_count` gives. name: which of them.
    """
    parts = counts[name]
    largest = max(count["total"] for count in counts.values())
    figure, (left, right) = new_figure(columns=2, width=9.0, height=4.4)
    for axes, side, title in (
        (left, np.sqrt(parts["total"] / largest), "to scale: GPT-3 fills the square"),
        (right, 1.0, "enlarged"),
    ):
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"{name}, {title}", loc="left", fontsize="small", fontweight="bold")
        bottom = 0.0
        for part, (words, colour, hatch) in _PARTS.items():
            height = side * parts[part] / parts["total"]
            patch = Rectangle((0, bottom), side, height, fc=colour, ec="black", lw=0.4, hatch=hatch)
            axes.add_patch(patch)
            if axes is right and height > 0.035:
                share = parts[part] / parts["total"]
                axes.text(0.5, bottom + height / 2, f"{words}: {parts[part]:,} ({share:.0%})",
                          ha="center", va="center", fontsize=8,
                          bbox={"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1.5})  # fmt: skip
            bottom += height
    shares = ", ".join(
        f"{words} {parts[part] / parts['total']:.1%}" for part, (words, *_) in _PARTS.items()
    )
    return figure.describe(
        f"{name} has {parts['total']:,} parameters, {parts['total'] / largest:.3%} of the largest model "
        f"shown: {shares}."
    )


def depth(pre: Norms, post: Norms) -> DescribedFigure:
    """Draw sizes of numbers and of gradients layer by layer, for pre-norm and post-norm."""
    figure, (left, right) = new_figure(columns=2, width=9.0)
    layers = np.arange(1, len(pre.activations) + 1)
    for norms, name, mark, colour in (
        (pre, "pre-norm", "o-", BLUE),
        (post, "post-norm", "s-", VERMILION),
    ):
        left.plot(layers, norms.activations, mark, ms=3, color=colour, label=name)
        right.semilogy(layers, norms.gradients, mark, ms=3, color=colour, label=name)
    right.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    right.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    right.yaxis.set_minor_formatter(NullFormatter())
    label(left, title="Forwards: the numbers", x="layer", y="root mean square")
    label(right, title="Backwards: the gradients", x="layer", y="root mean square")
    for axes in (left, right):
        axes.legend(frameon=False)
    spread = {
        name: norms.gradients.max() / norms.gradients.min()
        for name, norms in (("pre", pre), ("post", post))
    }
    return figure.describe(
        f"{len(layers)} layers at the beginning. Numbers grow from {pre.activations[0]:.1f} to "
        f"{pre.activations[-1]:.1f} with pre-norm and stay at 1 with post-norm. The largest gradient is "
        f"{spread['pre']:.1f} times the smallest with pre-norm, {spread['post']:.1f} times with "
        "post-norm."
    )


def losses(
    reports: Sequence[Report],
    lines: Mapping[str, float],
    *,
    recorded: Mapping[str, Any] | None = None,
) -> DescribedFigure:
    """Draw held-out losses against steps, with a line for each n-gram model.

    Args:
        reports: of the run in the notebook; empty before it. lines: name -> nats per character.
        recorded: what `load_recorded_run` gives.
    """
    figure, (axes,) = new_figure(width=8.0, height=4.2)
    steps = [report.step for report in reports]
    own = [float(report.held_out_loss or np.nan) for report in reports]
    axes.plot(steps, own, "o-", color=BLUE, ms=4, label="GPT, here")
    last = steps[-1] if steps else 1
    told = ""
    if recorded:
        curve = np.array(recorded["curve"])
        axes.plot(curve[:, 0], curve[:, 2], "s--", color=GREEN, ms=3, label="GPT, the longer run")
        last = max(last, int(curve[-1, 0]))
        told = f"; the longer run ends at {curve[-1, 2]:.2f} after {int(curve[-1, 0])} steps"
    for loss in lines.values():
        axes.plot([0, last * 1.02], [loss, loss], color="0.5", lw=0.8)
    labels = np.sort(list(lines.values()))
    for name, loss in lines.items():  # labels at least 0.07 apart, so that none covers another
        place = float(labels[0] + max(0.07 * np.searchsorted(labels, loss), loss - labels[0]))
        axes.text(last * 1.03, place, f"{name} {loss:.2f}", va="center", fontsize=8)
    axes.set_xlim(0, last * 1.18)
    label(axes, title="New text: who is surprised least?", x="steps of training",
          y="loss (nats per character)")  # fmt: skip
    axes.legend(frameon=False)
    here = (
        f"The GPT of the notebook falls from {own[0]:.2f} to {own[-1]:.2f} in {steps[-1]} steps"
        if steps
        else "The GPT of the notebook is not trained yet"
    )
    return figure.describe(
        f"Held-out loss in nats per character. {here}{told}. Lines: "
        + ", ".join(f"{name} {loss:.2f}" for name, loss in lines.items())
        + "."
    )


def next_token_bars(
    characters: Sequence[str],
    logits: Any,
    sampler: Callable[..., int],
    *,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
) -> DescribedFigure:
    """Draw what the model says and what a sampler makes of it, for the 15 likeliest characters.

    The sampler's distribution is found by asking it with u = 0.0005, 0.0015, … 0.9995.
    """
    scores = np.asarray(logits, dtype=np.float64)
    said = np.exp(scores - scores.max())
    said /= said.sum()
    given = np.zeros(len(said))
    for u in (np.arange(1000) + 0.5) / 1000:
        given[sampler(logits, temperature, top_k, top_p, float(u))] += 1 / 1000
    shown = np.argsort(-said, kind="stable")[:15]
    names = [{" ": "␣", "\n": "↵"}.get(characters[i], characters[i]) for i in shown]
    figure, (axes,) = new_figure(width=8.0)
    axes.bar(
        range(len(shown)), said[shown], width=0.8, fc="none", ec="black", label="the model says"
    )
    axes.bar(range(len(shown)), given[shown], width=0.5, color=BLUE, label="your sampler gives")
    axes.set_xticks(range(len(shown)), names)
    title = f"temperature {temperature:g}, top-k {top_k}, top-p {top_p}"
    label(axes, title=title, x="next character", y="probability")
    axes.legend(frameon=False)
    best = names[0]
    return figure.describe(
        f"With {title}: {best!r} has probability {said[shown[0]]:.2f} in the model and "
        f"{given[shown[0]]:.2f} in the sampler, which uses {int((given > 0).sum())} characters."
    )
