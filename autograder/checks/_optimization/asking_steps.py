"""How an optimizer's step is asked: several parameters take turns, and old states come again.

The arguments of a case are the parameters, the turns (which parameter, which gradient), the settings
of the step, and the turns that are taken again at the end, with the state of that time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.check import Case, Misconception
from autograder.check_parts.drawing import draw_until, tells_from

FORBIDDEN = [
    *(f"torch.optim.{name}" for name in ("SGD", "Adagrad", "RMSprop", "Adam", "AdamW")),
    "torch.optim.Optimizer",  # any other one
    *(
        f"torch.optim.{name}.{form}{name}"
        for name in ("sgd", "adagrad", "rmsprop", "adam", "adamw")
        for form in ("", "_single_tensor_", "_multi_tensor_", "_fused_")
    ),
    *(f"torch._fused_{name}_" for name in ("sgd", "adagrad", "adam", "adamw")),
]

TINY = 0.02  # ε, where gradients are as small
USUAL = 1e-8  # ε, as it is in practice
AROUND_IT = (1.0, -3e-9, 0.0, 1e-8, 5.0, -1e-4)  # gradients that such an ε needs
STEPS = {  # the properties of any optimizer's step
    "value": "follows the rule over several steps",
    "small": "has ε in its right place, which gradients near ε show",
    "zeros": "treats a gradient of 0 like any other",
    "far": "follows the rule for gradients of a thousand, and for thirty steps",
    "turns": "lets several parameters take turns, each with a state of its own",
    "again": "leaves the old state as it was, so that a step can be taken again",
    "shape": "works for any shape",
}


def ask_steps(function, args):
    """Take all turns, then some of them again; bring back what every parameter became."""
    import numpy as np

    from course_utils.putting_back import put_back

    starts, turns, settings, again = args
    thetas, states = [np.array(start) for start in starts], [None] * len(starts)
    unchanged, asked, found = {"theta": True, "grad": True}, [], []

    def step(who, theta, grad, state):
        kept = {"theta": theta.copy(), "grad": grad.copy()}
        answer, state = function(kept["theta"], kept["grad"], state, *settings)
        answer = np.array(np.asarray(answer), dtype=np.float64)
        for name, before in (("theta", theta), ("grad", grad)):
            unchanged[name] = unchanged[name] and np.array_equal(kept[name], before)
            if again:  # the caller uses its arrays for something else: no state may lean on them
                kept[name][...] = 7.0
        return answer, state

    with put_back(function):
        for who, grad in turns:
            asked.append((who, np.array(thetas[who]), np.array(grad), states[who]))
            thetas[who], states[who] = step(*asked[-1])
            found.append(thetas[who])
        repeated = [step(*asked[turn])[0] for turn in again]
    return {"thetas": found, "again": repeated, "unchanged": unchanged}


def agree_steps(args, expected, answer):
    """The distance of the parameters; in words, what is wrong where these are right."""
    from course_utils.agreement import deviation

    far = deviation(expected["thetas"], answer["thetas"])
    changed = [name for name, same in answer["unchanged"].items() if not same]
    if far <= 1 and changed:
        return "it changes one of its arguments: " + " and ".join(changed)
    if far <= 1 and deviation(expected["again"], answer["again"]) > 1:
        return "a step taken again, from an earlier state, gives another answer"
    return far


def expected_of(step: Callable[..., Any]) -> Callable[..., Any]:
    """What a right step brings back."""
    return lambda *args: ask_steps(step, args)


def telling(
    step: Callable[..., Any], wrong: Sequence[Misconception], settings: Callable[..., Any]
) -> Callable[[np.random.Generator], list[Case]]:
    """Return what draws cases on which no mistake hides."""
    asked = [expected_of(known.function) for known in wrong]

    def draw(rng: np.random.Generator) -> list[Case]:
        def good(cases: list[Case]) -> bool:
            with np.errstate(all="ignore"):
                return tells_from(expected_of(step), asked, [case.args for case in cases])

        return draw_until(lambda: drawn(rng, settings(rng)), good)

    return draw


def drawn(rng: np.random.Generator, settings: Sequence[tuple[float, ...]]) -> list[Case]:
    """Draw cases for every optimizer; `settings` has six: the fourth has TINY as its ε, the sixth USUAL."""

    def normal(*shape: int) -> np.ndarray:
        values = rng.normal(size=shape)
        return values + np.sign(values) * 0.3

    def case(
        shows: str,
        shapes: Sequence[tuple[int, ...]],
        order: Sequence[int],
        sizes: Sequence[float],
        chosen: tuple[float, ...],
        again: Sequence[int] = (),
    ) -> Case:
        starts = [normal(*shape) for shape in shapes]
        turns = [(w, s * normal(*shapes[w])) for w, s in zip(order, sizes, strict=True)]
        return Case((starts, turns, chosen, list(again)), shows)

    ordinary, other, third, small, last, usual = settings
    with_zeros = case("zeros", [(5,)], [0] * 4, [1.0, 1.0, 2.0, 0.7], third)
    for number, place in ((1, 0), (1, 2), (2, 1), (3, slice(None))):
        with_zeros.args[1][number][1][place] = 0.0
    nothing = case("zeros", [(5,)], [0] * 5, [0.0, 1.0, 0.0, 1.4, 0.6], third)
    never = case("zeros", [(3,)], [0] * 3, [1.0, 0.6, 1.5], other)
    for _, grad in never.args[1]:
        grad[1] = 0.0
    around = case("small", [(6,)], [0] * 4, [1.0] * 4, usual)
    for (_, grad), factor in zip(around.args[1], (1.0, 0.5, -2.0, 1.0), strict=True):
        grad[...] = factor * rng.uniform(0.8, 1.25) * np.array(AROUND_IT)
    return [
        case("value", [(5,)], [0], [2.0], ordinary),
        case("value", [(3,)], [0] * 4, [1.0, 3.0, 0.4, 1.7], other),
        case("value", [(2,)], [0] * 5, [1.0, 0.5, 2.0, 0.3, 1.1], ordinary),
        case("small", [(4,)], [0] * 3, [3 * TINY, 0.5 * TINY, TINY], small),
        around,
        with_zeros,
        nothing,
        never,
        case("far", [(5,)], [0] * 5, [1.0, 1e3, 2.0, 600.0, 40.0], other),
        case("far", [(3,)], [0] * 30, rng.uniform(0.3, 3, size=30).tolist(), last),
        case("turns", [(3,), (3,)], [0, 1, 0, 1, 1, 0], [1, 2, 0.5, 1, 3, 1.3], last),
        case("again", [(3,)], [0] * 4, [1.0, 2.0, 0.6, 1.4], ordinary, [1, 2, 1, 0]),
        case("shape", [(2, 3)], [0] * 3, [1.0, 0.5, 2.0], other),
        case("shape", [()], [0] * 3, [1.0, 2.0, 0.5], third),
    ]
