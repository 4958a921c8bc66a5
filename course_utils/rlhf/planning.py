"""The exact answer for a small world: what each action is worth when one plays as well as possible.

Source: R. Bellman, "Dynamic Programming", 1957; R. Sutton and A. Barto, "Reinforcement Learning",
2nd edition 2018, section 4.4 (value iteration).
Leaves out: worlds whose rules are not known. That is what learning is for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

PROVIDED = ("*",)  # whole in the student's copy

# What may happen: (probability, next state, reward, over), for each state and action.
Rules = Mapping[int, Mapping[int, Sequence[tuple[float, int, float, bool]]]]


def optimal_q_values(
    rules: Rules, gamma: float, *, tolerance: float = 1e-10
) -> NDArray[np.float64]:
    """Return Q*(s, a) = Σ p · (r + γ max_a' Q*(s', a')); nothing is earned after the end.

    Args:
        rules: as gymnasium's toy worlds give them in `env.unwrapped.P`.
        gamma: discount, from 0 to below 1.
        tolerance: stop when no value changes by more.

    Returns:
        (states, actions).

    Raises:
        ValueError: gamma is not from 0 to below 1.

    One state, two actions: 0 goes on and earns nothing, 1 earns 1 and ends the game.

    >>> optimal_q_values({0: {0: [(1.0, 0, 0.0, False)], 1: [(1.0, 0, 1.0, True)]}}, 0.9).tolist()
    [[0.9, 1.0]]
    """
    if not 0 <= gamma < 1:
        raise ValueError(f"gamma is {gamma}: from 0 to below 1, or the values do not settle")
    q = np.zeros((len(rules), len(rules[0])))
    while True:
        best = q.max(axis=1)
        new = np.array(
            [
                [
                    sum(p * (r + (0.0 if over else gamma * best[s])) for p, s, r, over in outcomes)
                    for outcomes in actions.values()
                ]
                for actions in rules.values()
            ]
        )
        if np.abs(new - q).max() <= tolerance:
            return new
        q = new
