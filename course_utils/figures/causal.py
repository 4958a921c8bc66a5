"""Figures of unit 02's last part: causal networks, and one person's other life.

causal_network    boxes and arrows; arrows that an intervention cuts are crossed out
three_steps       abduction, action and prediction as one table
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx
from matplotlib.transforms import Bbox

from course_utils.figures import BLACK, ORANGE, SKY, VERMILION, DescribedFigure, new_figure


def causal_network(
    network: Mapping[str, Any],
    places: Mapping[str, tuple[float, float]] | None = None,
    *,
    intervened: Sequence[str] = (),
    unseen: Sequence[str] = (),
    height: float = 2.4,
) -> DescribedFigure:
    """Draw a network, causes to the left of their effects.

    Args:
        network: {name: (parents, table)}, before any intervention.
        places: where each box stands, (x, y); by default in layers, from causes to effects.
        intervened: variables set from outside: coloured, and the arrows into them cut.
        unseen: exogenous variables: their boxes are dashed.
        height: inches.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(network)
    graph.add_edges_from(
        (parent, name) for name, (parents, _) in network.items() for parent in parents
    )
    for layer, names in enumerate(nx.topological_generations(graph)):
        for name in names:
            graph.nodes[name]["layer"] = layer
    where = places or nx.multipartite_layout(graph, subset_key="layer")
    figure, [axes] = new_figure(width=7.0, height=height)
    boxes = {}
    for name in graph:
        color = ORANGE if name in intervened else "white" if name in unseen else SKY
        box: dict[str, Any] = {"boxstyle": "round,pad=0.5", "facecolor": color, "edgecolor": BLACK}
        box["linestyle"] = "--" if name in unseen else "-"
        text = f"do({name})" if name in intervened else name
        x, y = where[name]
        boxes[name] = axes.text(x, y, text, ha="center", va="center", bbox=box, zorder=3)
    axes.set(xlim=_room(where, 0, 0.12), ylim=_room(where, 1, 0.25))
    axes.axis("off")
    figure.canvas.draw()  # only now the boxes know their size, and arrows can end at them
    for parent, child in graph.edges:
        cut = child in intervened
        patches = {
            "patchA": boxes[parent].get_bbox_patch(),
            "patchB": boxes[child].get_bbox_patch(),
        }
        look = {"color": VERMILION, "ls": ":"} if cut else {"color": BLACK, "ls": "-"}
        style = {"arrowstyle": "-|>", "mutation_scale": 16, "lw": 1.6, "shrinkA": 1, "shrinkB": 1}
        axes.annotate("", where[child], where[parent], arrowprops={**patches, **look, **style})
        if cut:
            (x0, y0), (x1, y1) = where[parent], where[child]
            axes.text(
                (x0 + x1) / 2,
                (y0 + y1) / 2,
                "×",
                color=VERMILION,
                fontsize=22,
                ha="center",
                va="center",
            )
    kept = "; ".join(f"{p} → {c}" for p, c in graph.edges if c not in intervened) or "none"
    gone = "; ".join(f"{p} → {c}" for p, c in graph.edges if c in intervened) or "none"
    words = f"Boxes joined by arrows: {kept}."
    if unseen:
        words += f" Dashed, because nobody sees them: {', '.join(unseen)}."
    if intervened:
        words += f" Set from outside: {', '.join(intervened)}; cut arrows: {gone}."
    return figure.describe(words)


def _room(where: Mapping[str, Any], axis: int, margin: float) -> tuple[float, float]:
    """Limits that leave room for the boxes at the edge."""
    values = [float(place[axis]) for place in where.values()]
    span = max(values) - min(values) or 1.0
    return min(values) - margin * span, max(values) + margin * span


def three_steps(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str
) -> DescribedFigure:
    """Show who a person can be (abduction), and what becomes of each in the other world.

    Args:
        columns: headings.
        rows: one for each combination of unseen causes; the last but one entry is the probability
            after the evidence, a number; rows with 0 there are greyed out.
        title: the question.
    """
    text = [[_short(x) for x in row] for row in rows]
    figure, [axes] = new_figure(width=8.4, height=0.34 * (len(rows) + 1) + 0.4)
    axes.axis("off")
    axes.set_title(title, loc="left", fontsize="medium", fontweight="bold")
    widths = [max(len(row[i]) for row in [list(columns), *text]) + 3 for i in range(len(columns))]
    table = axes.table(
        text, colLabels=list(columns), colWidths=[width / sum(widths) for width in widths],
        bbox=Bbox([[0, 0], [1, 1]]), cellLoc="center",
    )  # fmt: skip
    table.auto_set_font_size(False)
    table.set_fontsize(9.5)
    for (row, _), cell in table.get_celld().items():
        cell.set_edgecolor("0.8")
        if row == 0:
            cell.set_text_props(fontweight="bold")
            cell.set_facecolor("0.93")
        elif rows[row - 1][-2] == 0:
            cell.set_text_props(color="0.6")
        else:
            cell.set_facecolor("#fdf3dc")
    possible = [row for row in rows if row[-2] > 0]
    told = "; ".join(
        ", ".join(f"{c} {x}" for c, x in zip(columns, row, strict=True)) for row in possible
    )
    return figure.describe(
        f"A table of {len(rows)} possible sets of unseen causes. The evidence leaves {len(possible)}: "
        f"{told}."
    )


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
