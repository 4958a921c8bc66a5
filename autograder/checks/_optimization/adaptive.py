"""optimization.adagrad_step and rmsprop_step: what each parameter's own learning rate is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Check, Misconception
from autograder.checks._optimization.adaptive_versions import (
    averaged,
    by_history,
    changes_grad,
    changes_state,
    changes_theta,
    eps_inside,
    eps_squared_inside,
    fading,
    in_float32,
    made,
    no_root,
    once_each,
    over_all,
    summed,
)
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
from autograder.checks._optimization.outside import (
    adagrad_begun_anew,
    adagrad_outside,
    rmsprop_begun_anew,
    rmsprop_outside,
)
from course_utils.optimization import adagrad_step, rmsprop_step


def common(
    grow: Callable[..., Any],
    letter: str,
    weights: Callable[..., Any],
    outside: Callable[..., Any],
    begun_anew: Callable[..., Any],
) -> list[Misconception]:
    """Mistakes in both."""
    return [
        Misconception(
            "ε inside the root",
            made(grow, divide=eps_inside),
            f"ε is added before the root is taken. It belongs after it: √{letter} + ε.",
        ),
        Misconception(
            "ε² inside the root",
            made(grow, divide=eps_squared_inside),
            f"√({letter} + ε²) is not √{letter} + ε, where gradients are as small as ε.",
        ),
        Misconception(
            "no root",
            made(grow, divide=no_root),
            f"The gradient is divided by {letter} itself. Take its root first, so that the units agree.",
        ),
        Misconception(
            "one rate for all",
            made(grow, divide=over_all),
            "All numbers share one divisor. Each parameter has its own: work element by element.",
        ),
        Misconception(
            "|g| for g²",
            made(grow, size=np.abs),
            "The gradient's absolute value is gathered. Gather its square.",
        ),
        Misconception(
            "sign",
            made(grow, sign=1.0),
            "The step goes uphill. Subtract it: the gradient points to where the loss grows.",
        ),
        Misconception(
            "state changed",
            changes_state(grow),
            "The old state is changed in place, so that a step cannot be taken again. Make a new one.",
        ),
        Misconception(
            "theta changed",
            changes_theta(grow),
            "theta is changed in place (by -= or theta[...] =). Return a new array.",
        ),
        Misconception(
            "grad changed",
            changes_grad(grow),
            "grad is changed in place (by *= or grad[...] =). It belongs to the caller: make a new array.",
        ),
        Misconception(
            "gradient itself kept",
            by_history(weights, keep=np.asarray),
            "The state holds the caller's own array, which may be used again for another gradient. Keep "
            "a copy.",
        ),
        Misconception("state kept outside", outside, OUTSIDE),
        Misconception("state outside, begun anew", begun_anew, OUTSIDE),
    ]


OUTSIDE = (
    "The state lives outside of the function, where all parameters share it. Take it from `state`, and "
    "return the new one."
)
ADAGRAD_MISTAKES = [
    *common(summed, "G", once_each, adagrad_outside, adagrad_begun_anew),
    Misconception(
        "last gradient only",
        made(lambda total, squared: squared),
        "Earlier gradients are forgotten, so every step is about as long as the learning rate. Add up "
        "all squares.",
    ),
    Misconception(
        "average for the sum",
        made(lambda total, squared: 0.9 * total + 0.1 * squared),
        "This is RMSProp's moving average. AdaGrad adds up all squares.",
    ),
    Misconception(
        "added too late",
        made(summed, late=True),
        "This gradient's square is added only after the step. Add it first, then divide.",
    ),
]


EPS = (0.3, 0.1, 0.05, TINY, 0.2, USUAL)


def adagrad_settings(rng: np.random.Generator) -> list[tuple[float, ...]]:
    rates = rng.uniform(0.5, 1.5, size=6)
    return [(float(rate), eps) for rate, eps in zip(rates, EPS, strict=True)]


ADAGRAD: Check = Check(
    exercise="optimization.adagrad_step",
    properties=STEPS,
    cases=telling(adagrad_step, ADAGRAD_MISTAKES, adagrad_settings),
    ask=ask_steps,
    agree=agree_steps,
    expect=expected_of(adagrad_step),
    not_allowed=FORBIDDEN,
    accepts=[made(summed), by_history(once_each), in_float32(summed)],
    misconceptions=ADAGRAD_MISTAKES,
)

RMSPROP_MISTAKES = [
    *common(averaged, "v", fading, rmsprop_outside, rmsprop_begun_anew),
    Misconception(
        "sum for the average",
        made(summed),
        "This is AdaGrad's sum, which only grows. RMSProp keeps a moving average.",
    ),
    Misconception(
        "decay swapped",
        made(lambda total, squared, decay: (1 - decay) * total + decay * squared),
        "decay and 1 − decay are exchanged: decay is the share of the *old* average that stays.",
    ),
    Misconception(
        "no 1 − decay",
        made(lambda total, squared, decay: decay * total + squared),
        "The new square is added in full. In an average its share is 1 − decay.",
    ),
    Misconception(
        "added too late",
        made(averaged, late=True),
        "The average is renewed only after the step. Renew it first, then divide.",
    ),
]


def rmsprop_settings(rng: np.random.Generator) -> list[tuple[float, ...]]:
    rates, decays = rng.uniform(0.3, 1.0, size=6), rng.uniform(0.6, 0.85, size=6)
    chosen = zip(rates, decays, EPS, strict=True)
    return [(float(rate), float(decay), eps) for rate, decay, eps in chosen]


RMSPROP: Check = Check(
    exercise="optimization.rmsprop_step",
    properties=STEPS,
    cases=telling(rmsprop_step, RMSPROP_MISTAKES, rmsprop_settings),
    ask=ask_steps,
    agree=agree_steps,
    expect=expected_of(rmsprop_step),
    not_allowed=FORBIDDEN,
    accepts=[
        made(averaged),
        by_history(fading),
        in_float32(averaged),
    ],
    misconceptions=RMSPROP_MISTAKES,
)
