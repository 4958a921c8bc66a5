"""attention.backpropagate: gradients of a graph of single numbers."""

from __future__ import annotations

from functools import cache

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._attention import backpropagate_versions as versions
from course_utils.attention import backpropagate
from course_utils.plain import Code

DEEP = 5000
CHAIN = Code(  # a program, because that many rows are long to send
    f"""\
def rows():
    chain = [["constant", "x", [], 1.0, []]]
    for i in range({DEEP}):
        chain.append(["add", "", [i], 1.0, [1.0 if i % 2 else -1.0]])
    return chain
""",
    "rows",
    secret=False,
)


def ask_graph(function, args):
    """Build the graph, call twice, and write the gradients down by the numbers of the nodes."""
    from course_utils.attention.computation_graph import Node

    rows, output, shown = args
    if callable(rows):
        rows = rows()
    nodes = []
    for kind, name, inputs, value, local in rows:
        nodes.append(Node(kind, name, tuple(nodes[i] for i in inputs), value, tuple(local)))
    number = {node: i for i, node in enumerate(nodes)}
    calls = []
    for _ in range(2):
        gradients = function(nodes[output])
        found = {number.get(node, -1): gradient for node, gradient in gradients.items()}
        calls.append([len(gradients), {i: found[i] for i in sorted(found) if i in shown}])
    return calls


def agree_graph(args, expected, answer):
    """Distance of the gradients; a node too many or too few is said in words."""
    from course_utils.agreement import deviation

    (count, gradients), (count_again, again) = answer
    right_count, right = expected[0]
    if -1 in gradients:
        return "a key of the dict is no node of the graph"
    if count != right_count:
        return f"the dict should hold {right_count} nodes, and holds {count}"
    far = deviation(right, gradients)
    if far <= 1 and (count_again != count or deviation(right, again) > 1):
        return "called a second time with the same node, it gives another answer"
    return far


@cache
def deep(shown):
    return ask_graph(backpropagate, (CHAIN.load(), DEEP, shown))


def graph(rows, output, shown):
    if rows is CHAIN:  # the same for everybody
        return deep(tuple(shown))
    return ask_graph(backpropagate, (rows, output, shown))


def draw(rng: np.random.Generator) -> list[Case]:
    def local(count: int) -> list[float]:
        return [float(x) for x in rng.choice([-1, 1], count) * rng.uniform(0.5, 2.0, count)]

    def case(shows: str, arrows: list[list[int]], output: int | None = None) -> Case:
        """`arrows[i]` are the inputs of node i; those without inputs are leaves."""
        rows = []
        for i, inputs in enumerate(arrows):
            kind = "multiply" if inputs else ("parameter", "constant")[i % 2]
            name = ("x", "", "w")[i % 3]  # names may repeat and be empty
            rows.append([kind, name, inputs, float(rng.normal()), local(len(inputs))])
        output = len(rows) - 1 if output is None else output
        return Case((rows, output, list(range(len(rows)))), shows)

    def switched_off(shows: str) -> Case:
        """A local gradient is 0, and so are the gradients of all behind it."""
        rows, output, shown = case(shows, [[], [0], [], [1, 2], [3]]).args
        rows[3][4][0] = 0.0
        return Case((rows, output, shown), shows)

    def ladder(steps: int) -> list[list[int]]:
        return [[], []] + [[i - 1, i - 2] for i in range(2, steps)]

    return [
        case("value", [[], [], [0, 1], [], [2, 3], [4]]),
        case("value", [[], [0], [1], [2], [], [3, 4]]),
        case("shared", [[], [0], [0], [1, 2]]),
        case("shared", [[], [], [0, 1], [2], [2, 3], [3, 4]]),
        case("shared", [[], [0], [0, 1], [2, 0], [3]]),
        case("late", [[], [0], [1], [2], [1, 3], [4, 1]]),
        case("late", [[], [0], [1, 0], [2, 1, 0], [3, 0]]),
        case("twice", [[], [0, 0]]),
        case("twice", [[], [], [0, 0, 1], [2, 2]]),
        case("only", [[], [0], [], [1, 2], [3], [0, 4]], output=3),
        case("only", [[], []], output=0),
        switched_off("only"),
        case("paths", ladder(40)),
        Case((CHAIN, DEEP, [0, 1, DEEP - 1, DEEP]), "deep"),
    ]


BACKPROPAGATE: Check = Check(
    exercise="attention.backpropagate",
    properties={
        "value": "multiplies the local gradients along the way",
        "shared": "adds what comes back where several arrows leave a node",
        "late": "hands a node's gradient on only when all that use the node have handed theirs",
        "twice": "counts a node that is an input twice twice",
        "only": "holds exactly the nodes that the output depends on, itself (1.0) and constants too",
        "paths": "takes a time that grows with the arrows, not with the paths",
        "deep": "goes 5 000 nodes deep",
    },
    cases=draw,
    expect=graph,
    ask=ask_graph,
    agree=agree_graph,
    accepts=[backpropagate, versions.by_counting, versions.by_sorting, versions.as_ordered_dict],
    misconceptions=[
        Misconception(
            "overwritten",
            versions.made(add=False),
            "A node that is used twice keeps only what came back last. Add it up.",
        ),
        Misconception(
            "handed on too early",
            versions.too_early,
            "A node hands its gradient on before everything that uses it has handed it its share, and "
            "the rest never arrives. Wait for all of them.",
        ),
        Misconception(
            "inputs as a set",
            versions.made(once=True),
            "A node that is an input twice is counted once. Go through the inputs, not through a set "
            "of them.",
        ),
        Misconception(
            "no chain",
            versions.made(chain=False),
            "Only the local gradients are added up. Multiply each with the gradient of the node that "
            "it belongs to.",
        ),
        Misconception(
            "begins with the value",
            versions.made(seed=lambda node: node.value),
            "The output's own gradient is its value here. It is 1: d output / d output.",
        ),
        Misconception(
            "begins with 0",
            versions.made(seed=lambda node: 0.0),
            "Everything is 0, for the output's own gradient is. It should be 1: d output / d output.",
        ),
        Misconception(
            "values for local gradients",
            versions.made(values=True),
            "Gradients are multiplied by the inputs' values. Use local_gradients.",
        ),
        Misconception(
            "first local gradient for all",
            versions.made(first=True),
            "Every input is handed the first local gradient. Each has its own, in the same order.",
        ),
        Misconception(
            "inputs in reverse",
            versions.made(backwards=True),
            "The local gradients are matched with the inputs from the wrong end.",
        ),
        Misconception(
            "leaves only",
            versions.made(keep=lambda node, output: not node.inputs),
            "Only nodes without inputs are in the dict. All on the way belong into it, too.",
        ),
        Misconception(
            "parameters only",
            versions.made(keep=lambda node, output: node.function == "parameter"),
            "Only parameters are in the dict. Every node that the output depends on belongs into it.",
        ),
        Misconception(
            "output left out",
            versions.made(keep=lambda node, output: node is not output),
            "The output itself is missing. Its gradient is 1.0.",
        ),
        Misconception(
            "constants left out",
            versions.made(keep=lambda node, output: node.function != "constant"),
            "Constants are missing. They are nodes like all others, and have a gradient.",
        ),
        Misconception(
            "gradients of 0 left out",
            versions.without_zeros,
            "Nodes whose gradient is 0 are missing. The output depends on them, if only a little: they "
            "belong into the dict.",
        ),
        Misconception(
            "by name",
            versions.by_name,
            "The keys are names. Names may be empty and may repeat: the nodes themselves are the keys.",
        ),
        Misconception(
            "adds to the last call",
            versions.remembering(),
            "A second call goes on with the gradients of the first. Begin with a new dict each time.",
        ),
        Misconception(
            "too deep",
            versions.recursive,
            "A function that calls itself gets about 1 000 nodes deep. Keep a list of what is still to "
            "do.",
        ),
    ],
)
