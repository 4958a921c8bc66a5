"""Figures of unit 03: dice, rare words, spelling, and how large is large.

weighted_die          a distribution as a bar from 0 to 1, and where u falls
zipf_and_heaps        few words are frequent, and new words never stop coming
perplexity_by_order   longer contexts: on the texts that were counted, and on new ones
score_differences     by how much each sentence is more probable under A than under B
stacked_log_probs     what the two halves of the noisy channel say about each candidate
lattice               the words that each word may have been, and the best way through
google_ngrams         distinct n-grams of a trillion words, for n = 1 … 5
model_sizes           language models by tokens and by parameters
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

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

PIECES = (SKY, ORANGE, GREEN, "#f0e442", "#cc79a7")
HATCHES = ("", "///", "...", "", "\\\\\\")


def weighted_die(distribution: Mapping[str, float], u: float, drawn: str) -> DescribedFigure:
    """Show the probabilities end to end, from 0 to 1, and the random number u.

    Args:
        distribution: {word: probability}, in the order of the die.
        u: in [0, 1).
        drawn: what the student's `sample_word` returned.
    """
    figure, [axes] = new_figure(height=2.0)
    start = 0.0
    for i, (word, p) in enumerate(distribution.items()):
        axes.barh(0, p, left=start, color=PIECES[i % 5], hatch=HATCHES[i % 5], edgecolor="white")
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        axes.text(
            start + p / 2,
            0,
            word,
            ha="center",
            va="center",
            bbox=box,
            rotation=90 if p < 0.12 else 0,
        )
        start += p
    axes.axvline(u, color=BLACK, lw=2)
    axes.annotate(
        f"u = {u:.3f}", (u, 0.47), ha="left", va="bottom", xytext=(4, 0), textcoords="offset points"
    )
    axes.set(xlim=(0, 1), ylim=(-0.45, 0.7), yticks=[])
    axes.set_xticks([0, *accumulate(distribution.values())])
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.4g}")
    axes.tick_params("x", labelsize="small")
    label(axes, title=f"The die falls on: {drawn}", x="cumulative probability", y="")
    told = ", ".join(f"{word} {p:.1%}" for word, p in distribution.items())
    return figure.describe(f"A bar from 0 to 1 in pieces: {told}. u = {u:.3f} falls on “{drawn}”.")


def zipf_and_heaps(words: Sequence[str]) -> DescribedFigure:
    """Plot how frequent the words are, and how many different ones have come up so far.

    Args:
        words: all tokens, in the order of the text.
    """
    frequencies = np.array(sorted(Counter(words).values(), reverse=True))
    first = np.sort(np.unique(np.asarray(words), return_index=True)[1])
    figure, [left, right] = new_figure(columns=2, width=9.0, height=3.6)
    ranks = np.arange(1, len(frequencies) + 1)
    left.loglog(ranks, frequencies, color=BLUE, lw=2)
    left.loglog(
        ranks,
        frequencies[9] * 10 / ranks,
        "--",
        color=BLACK,
        lw=1,
        label="10 times the rank, a tenth as often",
    )
    left.set_ylim(0.7, None)
    left.legend(frameon=False, fontsize="small")
    once = np.mean(frequencies == 1)
    label(
        left, title=f"{once:.0%} of the words occur once", x="rank of the word", y="times it occurs"
    )
    right.loglog(first + 1, np.arange(1, len(first) + 1), color=VERMILION, lw=2)
    right.loglog([1, len(words)], [1, len(words)], "--", color=BLACK, lw=1, label="every word new")
    right.legend(frameon=False, fontsize="small")
    label(right, title=f"{len(first):,} different words", x="tokens read", y="different words seen")
    return figure.describe(
        f"Left: frequency falls nearly in a straight line with rank; {once:.0%} of {len(first):,} "
        f"words occur once. Right: after {len(words):,} tokens new words still keep coming."
    )


def perplexity_by_order(
    counted: Sequence[float], fresh: Sequence[float], *, what: str
) -> DescribedFigure:
    """Show the perplexity of n = 1, 2, … on texts that were counted and on new ones.

    Args:
        counted: perplexity on the training texts, for n = 1, 2, …
        fresh: on held-out texts.
        what: which smoothing.
    """
    figure, [axes] = new_figure(height=3.4)
    orders = np.arange(1, len(fresh) + 1)
    for values, color, marker, line, name, others in (
        (counted, BLUE, "o", "-", "texts that were counted", fresh),
        (fresh, VERMILION, "s", "--", "new texts", counted),
    ):
        axes.semilogy(orders, values, marker + line, color=color, label=name)
        for n, value, other in zip(orders, values, others, strict=True):
            place = (6, 5 if value >= other else -13)
            axes.annotate(
                f"{value:.3g}", (n, value), place, textcoords="offset points", fontsize="small"
            )
    axes.set_ylim(0.7 * min(*counted, *fresh), None)
    axes.set_xticks(orders)
    axes.legend(frameon=False)
    label(axes, title=f"Perplexity, {what}", x="n", y="perplexity (log scale)")
    return figure.describe(
        f"Perplexity for n = 1 to {len(fresh)}, {what}. On counted texts it falls from "
        f"{counted[0]:.3g} to {counted[-1]:.3g}; on new texts from {fresh[0]:.3g} to {min(fresh):.3g}."
    )


def score_differences(differences: ArrayLike, *, better: str, other: str) -> DescribedFigure:
    """Show a histogram of score differences, one for each test item.

    Args:
        differences: shape (n,), score of `better` less that of `other`, in nats per token.
    """
    values = np.asarray(differences)
    figure, [axes] = new_figure(height=3.2)
    low, high = np.quantile(values, [0.005, 0.995])
    bins = np.linspace(low, high, 61).tolist()
    for chosen, color, hatch, name in (
        (values > 0, BLUE, "", f"{better} gives more"),
        (values <= 0, ORANGE, "///", f"{other} gives more, or the same"),
    ):
        axes.hist(
            values[chosen],
            bins,
            color=color,
            hatch=hatch,
            edgecolor="white",
            label=f"{name}: {chosen.mean():.0%}",
        )
    axes.axvline(values.mean(), color=BLACK, ls="--", lw=1.5)
    axes.legend(frameon=False, loc="upper right")
    title = f"{len(values)} sentences; mean difference {values.mean():.3f} nats per token (dashed)"
    label(axes, title=title, x=f"log p({better}) − log p({other}), nats per token", y="sentences")
    return figure.describe(
        f"A histogram of differences: {np.mean(values > 0):.0%} of {len(values)} sentences are more "
        f"probable under the {better}; the mean is {values.mean():.3f} nats per token."
    )


def google_ngrams(counts: Mapping[int, int]) -> DescribedFigure:
    """Show how many distinct n-grams Google kept of a trillion words.

    Args:
        counts: n -> number of distinct n-grams.
    """
    figure, [axes] = new_figure(height=2.8)
    axes.barh(list(counts), list(counts.values()), color=BLUE)
    for n, count in counts.items():
        axes.annotate(
            f"{count:,}", (count, n), xytext=(4, 0), textcoords="offset points", va="center"
        )
    axes.set_xlim(0, 1.3 * max(counts.values()))
    axes.invert_yaxis()
    axes.set_yticks(list(counts))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1e9:.1f}")
    label(axes, title="Distinct n-grams that were kept", x="billions", y="n")
    return figure.describe("Bars: " + "; ".join(f"n = {n}: {c:,}" for n, c in counts.items()) + ".")


def model_sizes(models: Sequence[tuple[str, int, float, float]]) -> DescribedFigure:
    """Plot language models by training tokens and parameters, on log axes.

    Args:
        models: (name, year, tokens, parameters).
    """
    figure, [axes] = new_figure(height=4.2)
    named: list[tuple[float, float]] = []
    for name, year, tokens, parameters in models:
        old = year < 2018
        axes.loglog(tokens, parameters, "D" if old else "o", color=ORANGE if old else BLUE, ms=8)
        near = any(
            abs(np.log(tokens / t)) < 0.3 and abs(np.log(parameters / p)) < 0.3 for t, p in named
        )
        axes.annotate(
            f"{name} ({year})", (tokens, parameters), fontsize="small",
            xytext=(6, -12 if near else 5), textcoords="offset points",
        )  # fmt: skip
        named.append((tokens, parameters))
    sizes = [row[2] for row in models]
    span = np.array([min(sizes) / 2, max(sizes) * 8])
    axes.loglog(span, span / 20, ":", color="0.5", lw=1)
    axes.annotate("20 tokens per parameter", (6e10, 3e9), (0, 4), textcoords="offset points",
                  color="0.4", fontsize="small", rotation=26, rotation_mode="anchor")  # fmt: skip
    axes.set_xlim(*span)
    label(
        axes, title="Large: of data, or of parameters?", x="tokens of training data", y="parameters"
    )
    told = "; ".join(f"{n} {y}: {t:.3g} tokens, {p:.3g} parameters" for n, y, t, p in models)
    return figure.describe(f"Language models on log axes. {told}.")
