"""A value and how it came about; and the gradient, by going back.

A computation graph has one node for each intermediate value of an algorithm, each parameter and each
constant. Its arrows lead from what was used to what was made of it. In each node a function stands
inside, the variable's name outside. To differentiate: go through the nodes backwards and hand each
one's gradient on to its inputs, multiplied by the local derivative. Where several arrows leave a
node, its gradient is the sum of what comes back.

Source: CMU 10-301/601, lecture 28, "Ways of Drawing Neural Networks"; S. Linnainmaa 1970 and D.
Rumelhart, G. Hinton and R. Williams, "Learning representations by back-propagating errors", Nature
323 (1986).
Leaves out: arrays (a node is one number), and derivatives of derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

PROVIDED = ("Node",)  # whole in the student's copy


@dataclass(frozen=True, eq=False)
class Node:
    """One box of the graph. Two nodes are the same only if they are one object.

    >>> x = Node("constant", "x", value=3.0)
    >>> square = Node("multiply", "y", (x, x), value=9.0, local_gradients=(3.0, 3.0))
    """

    function: str  # what is computed, written inside the box
    name: str  # the variable, written outside; may be empty, may occur twice
    inputs: tuple[Node, ...] = ()  # one node may appear twice
    value: float = 0.0
    local_gradients: tuple[float, ...] = ()  # d value / d inputs[i], already evaluated


def backpropagate(output: Node) -> dict[Node, float]:
    """Return d output / d node for every node that the output depends on.

        gradient(node) = Σ over arrows node → other of gradient(other) · d other / d node

    Args:
        output: the node to differentiate.

    Returns:
        A new dict with exactly the nodes that can be reached from `output`, itself (1.0) and
        constants included. Time and memory are linear in the number of arrows, and a graph of any
        depth is no problem.

    >>> x = Node("constant", "x", value=3.0)
    >>> y = Node("multiply", "y", (x, x), value=9.0, local_gradients=(3.0, 3.0))
    >>> backpropagate(y)[x]
    6.0
    """
    gradients = dict.fromkeys(_users_first(output), 0.0)
    gradients[output] = 1.0
    for node in gradients:
        for source, local in zip(node.inputs, node.local_gradients, strict=True):
            gradients[source] += gradients[node] * local
    return gradients


def _users_first(output: Node) -> list[Node]:
    """Every reachable node, after all nodes that use it. A stack of our own: Python's is too short."""
    order: list[Node] = []
    seen = {output}
    stack = [(output, iter(output.inputs))]
    while stack:
        node, inputs = stack[-1]
        for source in inputs:
            if source not in seen:
                seen.add(source)
                stack.append((source, iter(source.inputs)))
                break
        else:
            stack.pop()
            order.append(node)
    return order[::-1]
