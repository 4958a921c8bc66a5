"""Figures of unit 04: one query's look, who looks at whom, far away, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.figures import (
    BLUE,
    GREEN,
    ORANGE,
    VERMILION,
    DescribedFigure,
    label,
    new_figure,
)

if TYPE_CHECKING:
    from course_utils.attention.copy_task import CopyResults

NUM_STEPS = 6
_STEPS = (
    "1 · the words so far",
    "2 · what it looks for, and what each offers",
    "3 · how well each key fits: the scores",
    "4 · softmax: shares that sum to 1",
    "5 · take that much of each value",
    "6 · add up: what it has found",
)


def _vector(numbers: Any) -> str:
    return "(" + ", ".join(f"{number:.2g}" for number in numbers) + ")"


def attention_step_by_step(
    queries: np.ndarray,
    keys: np.ndarray,
    values: np.ndarray,
    words: Sequence[str],
    t: int,
    step: int,
    *,
    attend: Callable[..., Any],
) -> DescribedFigure:
    """Build one word's look at the words up to it, one step after the other.

    Args:
        queries, keys, values: (T, d_k), (T, d_k), (T, d_v).
        words: T of them. t: which one looks.
        step: 0 … NUM_STEPS − 1; each shows what the earlier ones show, and one thing more.
        attend: scaled_dot_product_attention, with a mask as fourth argument.
    """
    T = len(words)
    outputs, weights = attend(queries, keys, values, np.tri(T, dtype=bool))
    scores = keys @ queries[t] / np.sqrt(queries.shape[1])
    figure, (axes,) = new_figure(width=9.0, height=4.2)
    axes.set(xlim=(-1.2, T - 0.4), ylim=(-0.6, 5.4))
    axes.axis("off")
    axes.set_title(_STEPS[step], loc="left", fontweight="bold")
    rows = ("word", "key", "score", "share", "value")
    for row, name in enumerate(rows[: (1, 2, 3, 4, 5, 5)[step]]):
        axes.text(-1.15, 4 - row, name, va="center", fontsize=9, style="italic")
    for j, word in enumerate(words):
        seen = j <= t
        shade: dict[str, Any] = {"alpha": 1.0 if seen else 0.25, "ha": "center", "va": "center"}
        box = {"boxstyle": "round", "fc": ORANGE if j == t else "white", "ec": "black"}
        axes.text(j, 4, word, bbox=box, fontsize=10, **shade)
        if not seen:
            continue
        if step >= 1:
            axes.text(j, 3, _vector(keys[j]), fontsize=7, **shade)
        if step >= 2:
            axes.text(j, 2, f"{scores[j]:.2f}", fontsize=10, **shade)
        if step >= 3:
            share = float(weights[t, j])
            axes.bar(j, 0.6 * share, bottom=0.8, width=0.5, color=BLUE)
            axes.text(j, 0.86 + 0.6 * share, f"{share:.2f}", fontsize=9, ha="center", va="bottom")
        if step >= 4:
            axes.text(j, 0, _vector(values[j]), fontsize=9, **shade)
    if step >= 1:
        axes.text(t, 4.75, "looks for " + _vector(queries[t]), fontsize=8, ha="center")
    if step >= 5:
        found = _vector(outputs[t])
        text = f"{words[t]!r} has found {found}"
        axes.text(t, -0.5, text, ha="center", color=VERMILION, fontweight="bold")
    best = int(np.argmax(weights[t]))
    told = (
        f" The largest share, {weights[t, best]:.2f}, goes to {words[best]!r}." if step >= 3 else ""
    )
    return figure.describe(
        f"Step {_STEPS[step].replace(' ·', ':')}. The word {words[t]!r} looks back at the "
        f"{t + 1} words up to it.{told}"
    )


def heat_map(weights: ArrayLike, words: Sequence[str], *, title: str) -> DescribedFigure:
    """Show who looks at whom: a row for each word that looks, darker for larger shares."""
    weights = np.asarray(weights)
    figure, (axes,) = new_figure(width=6.4, height=5.0)
    image = axes.imshow(np.where(weights > 0, weights, np.nan), cmap="cividis_r", vmin=0, vmax=1)
    axes.set_xticks(range(len(words)), words, rotation=45, ha="right")
    axes.set_yticks(range(len(words)), words)
    for t, j in zip(*np.nonzero(weights >= 0.005), strict=True):
        colour = "white" if weights[t, j] > 0.6 else "black"
        axes.text(j, t, f"{weights[t, j]:.2f}".lstrip("0"), ha="center", va="center",
                  color=colour, fontsize=7)  # fmt: skip
    label(axes, title=title, x="word that is looked at", y="word that looks")
    figure.colorbar(image, ax=axes, label="share")
    t, j = divmod(int(np.argmax(np.where(np.eye(len(words)), 0, weights))), len(words))
    return figure.describe(
        f"{title}. A table with a row for each word that looks; the largest share of another word is "
        f"{weights[t, j]:.2f}, of {words[j]!r} by {words[t]!r}."
    )


def heat_map_with_temperature(
    scores: ArrayLike, words: Sequence[str], temperature: float, softmax: Callable[..., Any]
) -> DescribedFigure:
    """Show the shares that a softmax makes of scores divided by a temperature.

    Args:
        scores: (T, T), −inf where a word may not look.
        softmax: called as softmax(scores, axis=-1).
    """
    weights = softmax(np.asarray(scores) / temperature, axis=-1)
    return heat_map(weights, words, title=f"Temperature {temperature:.1f}")


def gradient_by_distance(
    distances: ArrayLike, rnn_norms: ArrayLike, attention_norms: ArrayLike
) -> DescribedFigure:
    """Draw how strongly the last output feels each word, against how far back the word is."""
    distances, rnn, attention = map(np.asarray, (distances, rnn_norms, attention_norms))
    figure, (axes,) = new_figure()
    axes.semilogy(distances, rnn, "o-", ms=3, color=VERMILION, label="RNN")
    axes.semilogy(distances, attention, "s-", ms=3, color=BLUE, label="attention")
    label(axes, title="What the last output still feels", x="words back", y="norm of the gradient")
    axes.legend(frameon=False)
    return figure.describe(
        f"Gradient norms on a log axis. The RNN's fall from {rnn[0]:.2g} to {rnn[-1]:.2g} at "
        f"{distances[-1]} words back, nearly in a straight line; attention's stay between "
        f"{attention.min():.2g} and {attention.max():.2g}."
    )


def connections(
    count_connections: Callable[[int, int, str], int],
    lengths: Sequence[int],
    seconds: dict[str, list[float]],
) -> DescribedFigure:
    """Draw connections (counted) and seconds (measured) against the length of the text."""
    figure, (left, right) = new_figure(columns=2, width=9.0)
    looks = {"rnn": ("o-", VERMILION, "RNN"), "transformer": ("s-", BLUE, "attention")}
    slopes = {}
    for kind, (mark, colour, name) in looks.items():
        counts = [count_connections(T, 1, kind) for T in lengths]
        left.loglog(lengths, counts, mark, color=colour, label=name)
        right.loglog(lengths, [1000 * s for s in seconds[kind]], mark, color=colour, label=name)
        slopes[name] = np.log2(counts[-1] / counts[-2]) / np.log2(lengths[-1] / lengths[-2])
    label(left, title="Connections, one layer", x="words T", y="arrows")
    label(right, title="Seconds, your functions", x="words T", y="milliseconds")
    for axes in (left, right):
        axes.set_xticks(lengths, [str(T) for T in lengths])
        axes.minorticks_off()
        axes.legend(frameon=False)
    return figure.describe(
        f"Two panels on log axes, {lengths[0]} to {lengths[-1]} words. Counted arrows grow with slope "
        f"{slopes['RNN']:.1f} for the RNN and {slopes['attention']:.1f} for attention. Measured: RNN "
        f"{1000 * seconds['rnn'][-1]:.1f} ms and attention "
        f"{1000 * seconds['transformer'][-1]:.1f} ms at the longest."
    )


def copy_accuracy(results: CopyResults) -> DescribedFigure:
    """Draw how often each model knew the first symbol, against the gap; a point for each seed."""
    figure, (axes,) = new_figure()
    accuracy = results.accuracy
    for m, (name, mark, colour) in enumerate((("RNN", "o", VERMILION), ("attention", "s", BLUE))):
        axes.semilogx(results.gaps, accuracy[m].mean(axis=0), "-", color=colour)
        for i in range(len(results.seeds)):
            axes.semilogx(results.gaps, accuracy[m, i], mark, ms=5, color=colour, alpha=0.6,
                          label=name if i == 0 else None)  # fmt: skip
    axes.axhline(1 / 8, color=GREEN, ls="--", lw=1)
    axes.text(results.gaps[0], 1 / 8 + 0.02, "guessing", color=GREEN, fontsize=8)
    axes.set_ylim(0, 1.04)
    axes.set_xticks(results.gaps, [str(gap) for gap in results.gaps])
    axes.minorticks_off()
    label(
        axes, title="What was the first symbol?", x="symbols of noise in between", y="share right"
    )
    axes.legend(frameon=False, loc="center left")
    means = accuracy.mean(axis=1)
    return figure.describe(
        "Share of right answers by gap. Attention: "
        + ", ".join(f"{x:.2f}" for x in means[1])
        + "; RNN: "
        + ", ".join(f"{x:.2f}" for x in means[0])
        + f", at gaps of {', '.join(map(str, results.gaps))}. Guessing gives 0.125."
    )
