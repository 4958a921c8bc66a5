"""Versions of `backpropagate`, right and wrong."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any


def in_order(output: Any) -> list[Any]:
    """Every node after all nodes that use it."""
    order, seen, stack = [], {output}, [(output, iter(output.inputs))]
    while stack:
        inputs = stack[-1][1]
        fresh = next((source for source in inputs if source not in seen), None)
        if fresh is None:
            order.append(stack.pop()[0])
        else:
            seen.add(fresh)
            stack.append((fresh, iter(fresh.inputs)))
    return order[::-1]


def made(
    *,
    add: bool = True,
    once: bool = False,
    chain: bool = True,
    seed: Callable[[Any], float] = lambda node: 1.0,
    values: bool = False,
    first: bool = False,
    backwards: bool = False,
    keep: Callable[[Any, Any], bool] = lambda node, output: True,
) -> Callable[[Any], dict[Any, float]]:
    """A version; each keyword is a place where people go wrong."""

    def version(output: Any) -> dict[Any, float]:
        gradients = dict.fromkeys(in_order(output), 0.0)
        gradients[output] = seed(output)
        for node in gradients:
            local = list(node.local_gradients)
            if values:
                local = [source.value for source in node.inputs]
            if first:
                local = local[:1] * len(local)
            if backwards:
                local.reverse()
            pairs = list(zip(node.inputs, local, strict=True))
            for source, slope in dict(pairs).items() if once else pairs:
                share = slope * gradients[node] if chain else slope
                gradients[source] = gradients[source] + share if add else share
        return {n: gradient for n, gradient in gradients.items() if keep(n, output)}

    return version


def too_early(output):
    """Breadth first, each node handing on when it is first met."""
    gradients, waiting, met = {output: 1.0}, deque([output]), {output}
    while waiting:
        node = waiting.popleft()
        for source, local in zip(node.inputs, node.local_gradients, strict=True):
            gradients[source] = gradients.get(source, 0.0) + gradients[node] * local
            if source not in met:
                met.add(source)
                waiting.append(source)
    return gradients


def without_zeros(output):
    return {node: gradient for node, gradient in made()(output).items() if gradient}


def by_name(output):
    return {node.name: gradient for node, gradient in made()(output).items()}


def remembering():
    kept: dict[Any, float] = {}

    def version(output):
        for node, gradient in made()(output).items():
            kept[node] = kept.get(node, 0.0) + gradient
        return {node: kept[node] for node in in_order(output)}

    return version


def recursive(output):
    order, seen = [], set()

    def visit(node):
        seen.add(node)
        for source in node.inputs:
            if source not in seen:
                visit(source)
        order.append(node)

    visit(output)
    gradients = dict.fromkeys(order, 0.0)
    gradients[output] = 1.0
    for node in reversed(order):
        for source, local in zip(node.inputs, node.local_gradients, strict=True):
            gradients[source] += gradients[node] * local
    return gradients


def by_counting(output):
    waits = {output: 0}
    to_visit = [output]
    while to_visit:
        for source in to_visit.pop().inputs:
            if source not in waits:
                waits[source] = 0
                to_visit.append(source)
            waits[source] += 1
    gradients = dict.fromkeys(waits, 0.0)
    gradients[output] = 1.0
    ready = [output]
    while ready:
        node = ready.pop()
        for source, local in zip(node.inputs, node.local_gradients, strict=True):
            gradients[source] += gradients[node] * local
            waits[source] -= 1
            if not waits[source]:
                ready.append(source)
    return gradients


def by_sorting(output):
    """Longest way from the output first."""
    depth, level = {output: 0}, {output}
    for steps in range(1, 6000):
        level = {source for node in level for source in node.inputs}
        if not level:
            break
        depth |= dict.fromkeys(level, steps)
    gradients = dict.fromkeys(depth, 0.0)
    gradients[output] = 1.0
    for node in sorted(depth, key=depth.__getitem__):
        for source, local in zip(node.inputs, node.local_gradients, strict=True):
            gradients[source] += gradients[node] * local
    return gradients


def as_ordered_dict(output):
    return OrderedDict(made()(output))
