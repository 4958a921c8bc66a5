"""optimization.adam_step and adamw_step: Algorithm 1, and decay set apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Check, Misconception
from autograder.checks._optimization import adam_versions as versions
from autograder.checks._optimization.adam_versions import made
from autograder.checks._optimization.asking_steps import (
    FORBIDDEN,
    STEPS,
    TINY,
    USUAL,
    agree_steps,
    ask_steps,
    expected_of,
    telling,
)
from autograder.checks._optimization.outside import clock_begun_anew, shared_clock
from course_utils.optimization import adam_step, adamw_step

PROPERTIES = STEPS | {
    "value": "follows Algorithm 1 over several steps",
    "turns": "lets several parameters take turns, each with a state and a clock of its own",
}


def agree_adamw(args, expected, answer):
    """As for Adam; decay may come before the step or after it, the same way in the whole run."""
    from course_utils.agreement import deviation

    fars = [
        deviation(way["thetas"], answer["thetas"])
        for way in (expected["before"], expected["after"])
    ]
    way = expected["before"] if fars[0] <= fars[1] else expected["after"]
    changed = [name for name, same in answer["unchanged"].items() if not same]
    if min(fars) <= 1 and changed:
        return "it changes one of its arguments: " + " and ".join(changed)
    if min(fars) <= 1 and deviation(way["again"], answer["again"]) > 1:
        return "a step taken again, from an earlier state, gives another answer"
    return min(fars) if min(fars) <= 1 else "the values differ"


def after_the_step(theta, grad, state, learning_rate, beta1, beta2, eps, weight_decay):
    moved, state = adam_step(theta, grad, state, learning_rate, beta1, beta2, eps)
    return (1 - learning_rate * weight_decay) * moved, state


def both_ways(*args: Any) -> dict[str, Any]:
    return {"before": ask_steps(adamw_step, args), "after": ask_steps(after_the_step, args)}


def adam_settings(rng: np.random.Generator) -> list[tuple[float, ...]]:
    rates = rng.uniform(0.5, 1.2, size=6)
    ones, twos = rng.uniform(0.5, 0.7, size=6), rng.uniform(0.8, 0.9, size=6)
    ones[4], twos[4] = 0.9, 0.999
    chosen = zip(rates, ones, twos, (0.1, 1e-3, 0.05, TINY, 1e-8, USUAL), strict=True)
    return [(float(rate), float(b1), float(b2), eps) for rate, b1, b2, eps in chosen]


def adamw_settings(rng: np.random.Generator) -> list[tuple[float, ...]]:
    decays = rng.uniform(0.2, 0.5, size=6)
    return [(*s, float(decay)) for s, decay in zip(adam_settings(rng), decays, strict=True)]


def kept_decay(theta: Any, moved: Any, learning_rate: float, weight_decay: float) -> Any:
    return moved - learning_rate * weight_decay * theta


def mistakes(decay: Callable[..., Any] | None = None) -> list[Misconception]:
    """What goes wrong in Adam; with `decay`, in AdamW, too."""

    def wrong(**places: Any) -> Callable[..., Any]:
        return made(decay=decay, **places)

    return [
        Misconception(
            "ε inside the root",
            wrong(ratio=versions.eps_inside),
            "ε is added before the root is taken. It belongs after it: √v̂ + ε.",
        ),
        Misconception(
            "ε before the correction",
            versions.eps_before_correction,
            "ε is added to √v before the correction, and so is corrected, too. Algorithm 1 adds it to √v̂.",
        ),
        Misconception(
            "no root",
            wrong(ratio=versions.no_root),
            "The mean is divided by v̂ itself. Take its root first, so that the units agree.",
        ),
        Misconception(
            "no correction",
            wrong(correct_m=versions.uncorrected, correct_v=versions.uncorrected),
            "m and v start at 0 and are too small at first. Divide them by 1 − β1ᵗ and 1 − β2ᵗ.",
        ),
        Misconception(
            "m not corrected",
            wrong(correct_m=versions.uncorrected),
            "v is corrected and m is not. Divide m by 1 − β1ᵗ.",
        ),
        Misconception(
            "v not corrected",
            wrong(correct_v=versions.uncorrected),
            "m is corrected and v is not. Divide v by 1 − β2ᵗ.",
        ),
        Misconception(
            "corrections swapped",
            versions.corrections_swapped,
            "m is corrected with β2 and v with β1. Each is divided by what belongs to its own average.",
        ),
        Misconception(
            "no power of t",
            wrong(
                correct_m=lambda m, beta, t: m / (1 - beta),
                correct_v=lambda v, beta, t: v / (1 - beta),
            ),
            "The correction is 1 − β in every step. It is 1 − βᵗ, and fades as t grows.",
        ),
        Misconception(
            "clock from 0",
            wrong(clock=lambda t: t - 1),
            "t is 0 in the first step, and 1 − β⁰ = 0. Add 1 to t before you use it.",
        ),
        Misconception(
            "clock one ahead",
            wrong(clock=lambda t: t + 1),
            "t is 2 in the first step. It starts at 0 and is 1 there.",
        ),
        Misconception(
            "betas swapped",
            wrong(betas=lambda one, two: (two, one)),
            "β1 and β2 are exchanged: β1 belongs to the gradient, β2 to its square.",
        ),
        Misconception(
            "shares swapped",
            wrong(
                first=lambda m, g, beta: (1 - beta) * m + beta * g,
                second=lambda v, g, beta: (1 - beta) * v + beta * g**2,
            ),
            "β and 1 − β are exchanged: β is the share of the *old* average that stays.",
        ),
        Misconception(
            "no 1 − β",
            wrong(first=lambda m, g, beta: beta * m + g),
            "The new gradient enters m in full. In an average its share is 1 − β1.",
        ),
        Misconception(
            "|g| for g²",
            wrong(second=lambda v, g, beta: beta * v + (1 - beta) * np.abs(g)),
            "v gathers the gradient's absolute value. Gather its square.",
        ),
        Misconception(
            "g for m",
            wrong(use=lambda m, g: g),
            "The step uses the gradient itself, as RMSProp does. Adam uses its average, m̂.",
        ),
        Misconception(
            "one rate for all",
            wrong(ratio=versions.one_rate),
            "All numbers share one divisor. Each parameter has its own: work element by element.",
        ),
        Misconception(
            "state forgotten",
            wrong(remember=False),
            "Every step is like the first: `state` is not used. Take m, v and t from it.",
        ),
        Misconception(
            "sign",
            wrong(sign=1.0),
            "The step goes uphill. Subtract it: the gradient points to where the loss grows.",
        ),
        Misconception(
            "lazy moments",
            versions.lazy,
            "Where the gradient is 0 nothing moves here. The averages shrink there, and the step goes on.",
        ),
        Misconception(
            "state changed",
            versions.changes_state,
            "The old state is changed in place, so that a step cannot be taken again. Make a new one.",
        ),
        Misconception(
            "theta changed",
            versions.changes_theta,
            "theta is changed in place (by -= or theta[...] =). Return a new array.",
        ),
        Misconception(
            "grad changed",
            versions.changes_grad,
            "grad is changed in place (by *= or grad[...] =). It belongs to the caller: make a new array.",
        ),
        Misconception(
            "gradient itself kept",
            versions.keeps_the_gradient,
            "The state holds the caller's own array, which may be used again for another gradient. Keep "
            "a copy.",
        ),
        Misconception(
            "shared clock",
            shared_clock,
            "t counts the steps of all parameters together. Each has a clock of its own: keep t in the state.",
        ),
        Misconception(
            "shared clock, begun anew",
            clock_begun_anew,
            "t lives outside of the function, and begins again whenever one parameter begins. Each has a "
            "clock of its own: keep t in the state.",
        ),
    ]


RIGHT = [versions.in_another_order, versions.by_history, versions.in_float32]
ADAM_MISTAKES = mistakes()
ADAM: Check = Check(
    exercise="optimization.adam_step",
    properties=PROPERTIES,
    cases=telling(adam_step, ADAM_MISTAKES, adam_settings),
    ask=ask_steps,
    agree=agree_steps,
    expect=expected_of(adam_step),
    not_allowed=FORBIDDEN,
    accepts=[made(), *RIGHT],
    misconceptions=ADAM_MISTAKES,
)

ADAMW_MISTAKES = [
    *mistakes(kept_decay),
    Misconception(
        "L2 for decoupled",
        made(l2=lambda g, theta, decay: g + decay * theta),
        "The decay is added to the gradient, and then divided by √v̂: that is Adam with L2. Decoupled "
        "means: γ · λ · θ is subtracted beside Adam's step.",
    ),
    Misconception(
        "decay without the rate",
        made(decay=lambda theta, moved, rate, decay: moved - decay * theta),
        "λ · θ is subtracted without the learning rate. It is γ · λ · θ.",
    ),
    Misconception(
        "no decay",
        made(decay=lambda theta, moved, rate, decay: moved),
        "weight_decay is not used: this is Adam. Subtract γ · λ · θ, too.",
    ),
    Misconception(
        "decay grows",
        made(decay=lambda theta, moved, rate, decay: moved + rate * decay * theta),
        "The decay is added, so that weights grow with every step. Subtract it.",
    ),
    Misconception(
        "decay twice",
        made(
            l2=lambda g, theta, decay: g + decay * theta,
            decay=lambda theta, moved, rate, decay: moved - rate * decay * theta,
        ),
        "The decay comes twice: in the gradient, and beside the step. Only the second is AdamW.",
    ),
]
ADAMW: Check = Check(
    exercise="optimization.adamw_step",
    properties=PROPERTIES
    | {"value": "follows Algorithm 1 with decoupled decay over several steps"},
    cases=telling(adamw_step, ADAMW_MISTAKES, adamw_settings),
    ask=ask_steps,
    agree=agree_adamw,
    expect=both_ways,
    not_allowed=FORBIDDEN,
    accepts=[made(decay=kept_decay), after_the_step, *RIGHT],
    misconceptions=ADAMW_MISTAKES,
)
