"""Computation graphs, drawn by the lecture's rules.

A rectangle for every variable, parameter, intercept and constant; the function inside, the name
outside; arrows without labels, from what is used to what is made of it.

Source: CMU 10-301/601, lecture 28, "Ways of Drawing Neural Networks".
Leaves out: graphs of more than some forty nodes, which nobody could read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.attention.computation_graph import Node
from course_utils.figures import BLUE, ORANGE, SKY, VERMILION, DescribedFigure, new_figure

if TYPE_CHECKING:
    import torch

_LEAVES = ("constant", "parameter")


def draw_graph(
    output: Node,
    gradients: Mapping[Node, float] | None = None,
    *,
    title: str = "Computation graph",
) -> DescribedFigure:
    """Draw a graph with its values, and with its gradients where they are given."""
    nodes = _inputs_first(output)
    shown = gradients or {}
    return _drawn(
        output,
        {node: f"= {node.value:.3g}" for node in nodes},
        {node: f"∂ {shown[node]:.3g}" for node in nodes if node in shown},
        title=title,
    )


def num_graph_steps(output: Node) -> int:
    """How many steps `graph_step` has: the bare graph, each value, each gradient."""
    return 2 * len(_inputs_first(output)) + 1


def graph_step(output: Node, gradients: Mapping[Node, float], step: int) -> DescribedFigure:
    """Draw one moment: values appear one after the other, forwards, then gradients, backwards."""
    nodes = _inputs_first(output)
    forwards = nodes[: min(step, len(nodes))]
    backwards = nodes[::-1][: max(step - len(nodes), 0)]
    drawn = backwards or forwards
    now = drawn[-1] if drawn else None
    title = "Backwards: gradients" if backwards else "Forwards: values" if forwards else "The graph"
    return _drawn(
        output,
        {node: f"= {node.value:.3g}" for node in forwards},
        {node: f"∂ {gradients[node]:.3g}" for node in backwards},
        title=title,
        now=now,
    )


def draw_module(module: torch.nn.Module, *inputs: torch.Tensor, title: str) -> DescribedFigure:
    """Draw any small torch module by the same rules, with shapes in place of values.

    Raises:
        ValueError: the module branches on its data, so that no single graph describes it.
    """
    output, shapes = _traced(module, inputs)
    return _drawn(output, shapes, {}, title=title)


def _traced(module: torch.nn.Module, inputs: tuple[Any, ...]) -> tuple[Node, dict[Node, str]]:
    """The module as nodes: linear layers are opened, so that weight and intercept have their own."""
    import torch
    from torch import fx
    from torch.fx.passes.shape_prop import ShapeProp

    try:
        traced = fx.symbolic_trace(module)
        ShapeProp(traced).propagate(*inputs)
    except Exception as error:
        raise ValueError(f"{type(module).__name__} cannot be drawn as one graph: {error}") from None
    made: dict[Any, Node] = {}
    shapes: dict[Node, str] = {}

    def add(function: str, name: str, sources: tuple[Node, ...], shape: Any) -> Node:
        node = Node(function, name, sources)
        shapes[node] = "×".join(map(str, shape)) or "1"
        return node

    for step in traced.graph.nodes:
        meta = step.meta.get("tensor_meta")
        shape = getattr(meta, "shape", ())
        sources = tuple(made[source] for source in step.all_input_nodes)
        if step.op == "placeholder":
            made[step] = add("constant", step.name, (), shape)
        elif step.op == "get_attr":
            made[step] = add("parameter", step.target, (), shape)
        elif step.op == "call_module":
            layer = traced.get_submodule(step.target)
            if isinstance(layer, torch.nn.Linear):
                prefix = f"{step.target}." if step.target else ""
                weight = add("parameter", f"{prefix}weight", (), layer.weight.shape)
                product = add("multiply", "", (*sources, weight), shape)
                made[step] = product
                if layer.bias is not None:
                    bias = add("parameter", f"{prefix}bias", (), layer.bias.shape)
                    made[step] = add("add", "", (product, bias), shape)
            else:
                own = layer.named_parameters(recurse=True)
                more = [add("parameter", f"{step.target}.{n}", (), p.shape) for n, p in own]
                made[step] = add(type(layer).__name__.lower(), "", (*sources, *more), shape)
        elif step.op in ("call_function", "call_method"):
            function = getattr(step.target, "__name__", str(step.target))
            made[step] = add(function, "", sources, shape)
        elif step.op == "output":
            return sources[0], shapes
    raise AssertionError("a traced module has an output")


def _inputs_first(output: Node) -> list[Node]:
    order: list[Node] = []
    seen = {output}
    stack = [(output, iter(output.inputs))]
    while stack:
        source = next((s for s in stack[-1][1] if s not in seen), None)
        if source is None:
            order.append(stack.pop()[0])
        else:
            seen.add(source)
            stack.append((source, iter(source.inputs)))
    return order


def _places(nodes: list[Node]) -> dict[Node, tuple[float, float]]:
    """Columns by the longest way to a node, leaves just before their first use; rows by neighbours."""
    column: dict[Node, int] = {}
    for node in nodes:
        column[node] = 1 + max((column[source] for source in node.inputs), default=-1)
    for node in nodes:  # a leaf stands just before what uses it
        used_in = [column[user] for user in nodes if node in user.inputs]
        if not node.inputs and used_in:
            column[node] = min(used_in) - 1
    first = min(column.values())
    layers: dict[int, list[Node]] = {}
    for node in nodes:
        layers.setdefault(column[node] - first, []).append(node)
    tallest = max(map(len, layers.values()))
    row: dict[Node, float] = {}
    for x in sorted(layers, reverse=True):  # from the output on: near to what uses them
        wished = {}
        for i, node in enumerate(layers[x]):
            users = [row[user] for user in nodes if node in user.inputs and user in row]
            wished[node] = float(np.mean(users)) + 0.01 * i if users else float(i)
        ordered = sorted(layers[x], key=lambda node: wished[node])
        middle = np.mean(list(wished.values())) if len(layers) > 1 else (tallest - 1) / 2
        for i, node in enumerate(ordered):
            row[node] = float(middle) + (i - (len(ordered) - 1) / 2)
    return {node: (float(x), row[node]) for x, layer in layers.items() for node in layer}


def _drawn(
    output: Node,
    below: Mapping[Node, str],
    gradients: Mapping[Node, str],
    *,
    title: str,
    now: Node | None = None,
) -> DescribedFigure:
    nodes = _inputs_first(output)
    places = _places(nodes)
    columns = 1 + max(place[0] for place in places.values())
    lowest = min(place[1] for place in places.values())
    highest = max(place[1] for place in places.values())
    figure, (axes,) = new_figure(
        width=min(2 + 1.5 * columns, 12.0), height=0.8 + 1.15 * (highest - lowest + 1)
    )
    axes.set(xlim=(-0.6, columns - 0.4), ylim=(lowest - 0.55, highest + 0.6))
    axes.axis("off")
    axes.set_title(title, loc="left", fontsize="medium", fontweight="bold")
    for node in nodes:
        _box(axes, node, places[node], below.get(node, ""), gradients.get(node, ""), now)
        for source in node.inputs:
            _arrow(axes, places[source], places[node], emphasised=node is now)
    kinds = [node.function for node in nodes]
    leaves = sum(kind in _LEAVES for kind in kinds)
    return figure.describe(
        f"{title}. {len(nodes)} rectangles, of which {leaves} are constants and parameters, and "
        f"{sum(len(node.inputs) for node in nodes)} arrows, from the inputs on the left to "
        f"{output.name or output.function!r} on the right; {len(gradients)} gradients are shown."
    )


def _box(
    axes: Axes, node: Node, place: tuple[float, float], below: str, gradient: str, now: Node | None
) -> None:
    x, y = place
    face = {"constant": "white", "parameter": SKY}.get(node.function, "#f3f3f3")
    edge, width = (ORANGE, 2.5) if node is now else ("black", 1.0)
    box = {"boxstyle": "square,pad=0.35", "fc": face, "ec": edge, "lw": width}
    axes.text(x, y, node.function, ha="center", va="center", fontsize=8, bbox=box, zorder=3)
    axes.text(
        x, y + 0.22, node.name, ha="center", va="bottom", fontsize=9, style="italic", zorder=4
    )
    axes.text(
        x - 0.02,
        y - 0.22,
        below,
        ha="right" if gradient else "center",
        va="top",
        fontsize=8,
        zorder=4,
    )
    axes.text(
        x + 0.04, y - 0.22, gradient, ha="left", va="top", fontsize=8, color=VERMILION, zorder=4
    )


def _arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], *, emphasised: bool
) -> None:
    style = {
        "arrowstyle": "-|>",
        "shrinkA": 24,
        "shrinkB": 26,
        "color": BLUE if emphasised else "0.4",
    }
    axes.annotate("", end, start, arrowprops={**style, "lw": 2.0 if emphasised else 1.0}, zorder=2)
