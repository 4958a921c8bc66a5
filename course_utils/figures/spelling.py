"""Figures of unit 03's speller: one word, and a whole sentence.

stacked_log_probs     what the two halves of the noisy channel say about each candidate
lattice               the words that each word may have been, and the best way through
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from course_utils.figures import BLUE, ORANGE, VERMILION, DescribedFigure, label, new_figure


def stacked_log_probs(
    observed: str, rows: Mapping[str, tuple[float, float]], *, most: int = 8
) -> DescribedFigure:
    """Stack −log p of channel and prior for each candidate; the shortest bar wins.

    Args:
        observed: what was typed.
        rows: candidate -> (log p(observed | candidate), log p(candidate)), finite.
        most: how many candidates to show.
    """
    ranked = sorted(rows, key=lambda word: -sum(rows[word]))[:most]
    figure, [axes] = new_figure(height=1.3 + 0.36 * max(len(ranked), 1))
    if not ranked:
        axes.axis("off")
        axes.text(0.5, 0.5, f"No known word is one slip away from “{observed}”", ha="center")
        return figure.describe(f"No known word is one slip away from {observed!r}.")
    for i, (name, color, hatch) in enumerate(
        (
            ("channel: how odd is this slip?", ORANGE, "///"),
            ("prior: how rare is this word?", BLUE, ""),
        )
    ):
        left = [0.0 if i == 0 else -rows[word][0] for word in ranked]
        axes.barh(
            ranked,
            [-rows[word][i] for word in ranked],
            left=left,
            color=color,
            hatch=hatch,
            edgecolor="white",
            label=name,
        )
    axes.invert_yaxis()
    figure.legend(frameon=False, loc="outside lower center", ncols=2)
    label(
        axes,
        title=f"“{observed}”: did you mean {ranked[0]}?",
        x="−log p (nats): the shortest bar wins",
        y="",
    )
    told = "; ".join(f"{w}: channel {-rows[w][0]:.1f}, prior {-rows[w][1]:.1f}" for w in ranked)
    return figure.describe(f"Stacked bars in nats for {observed!r}, best first. {told}.")


def lattice(
    observed: Sequence[str], candidates: Sequence[Sequence[str]], chosen: Sequence[str]
) -> DescribedFigure:
    """Draw a column of candidates for each observed word, and the best way through.

    Args:
        observed: T words.
        candidates: T lists.
        chosen: T words, from the student's `viterbi_decode`.
    """
    tallest = max(map(len, candidates))
    figure, [axes] = new_figure(width=9.0, height=0.8 + 0.34 * tallest)
    for t, options in enumerate(candidates):
        for i, word in enumerate(options):
            best = word == chosen[t]
            style = (
                {
                    "fontweight": "bold",
                    "bbox": {"boxstyle": "round", "facecolor": "#fdf3dc", "edgecolor": VERMILION},
                }
                if best
                else {"color": "0.35"}
            )
            axes.text(t, -i, word, ha="center", va="center", fontsize="small", **style)
    way = [
        (t, -list(options).index(word))
        for t, (options, word) in enumerate(zip(candidates, chosen, strict=True))
    ]
    axes.plot(*zip(*way, strict=True), color=VERMILION, lw=1.5, zorder=0)
    axes.set(xlim=(-0.5, len(observed) - 0.5), ylim=(-tallest + 0.4, 0.6), yticks=[])
    axes.set_xticks(range(len(observed)), observed)
    axes.spines["left"].set_visible(False)
    label(axes, title=" ".join(chosen), x="what was typed", y="")
    return figure.describe(
        f"Under each typed word ({' '.join(observed)}) its candidates; a line joins the best: "
        f"{' '.join(chosen)}."
    )
