"""rlhf.penalized_reward: the reward, less what leaving the reference costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients_before_ends
from course_utils.asking_torch import value_and_gradients_before_ends
from course_utils.rlhf import penalized_reward


def made(
    *,
    apart: Callable[[Any, Any], Any] = lambda new, old: new - old,
    over: Callable[[Any], Any] = lambda apart: apart.sum(dim=-1),
    together: Callable[[Any, Any, Any], Any] = lambda r, kl, beta: r - beta * kl,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(reward, log_prob, log_prob_reference, beta):
        return together(reward, over(apart(log_prob, log_prob_reference)), beta)

    return version


def sums_first(reward, log_prob, log_prob_reference, beta):
    return reward + beta * (log_prob_reference.sum(-1) - log_prob.sum(-1))


def by_einsum(reward, log_prob, log_prob_reference, beta):
    ones = torch.ones(log_prob.shape[-1], dtype=log_prob.dtype, device=log_prob.device)
    return reward - torch.einsum("...t,t->...", log_prob - log_prob_reference, beta * ones)


def token_by_token(reward, log_prob, log_prob_reference, beta):
    for t in range(log_prob.shape[-1]):
        reward = reward - beta * (log_prob[..., t] - log_prob_reference[..., t])
    return reward


def masked(reward, log_prob, log_prob_reference, beta):
    ended = (log_prob == 0) & (log_prob_reference == 0)
    apart = (log_prob - log_prob_reference).masked_fill(ended, 0.0)
    return reward - beta * apart.sum(-1)


def exact_kl(new, old):
    return new.exp() * (new - old)


def detached(reward, log_prob, log_prob_reference, beta):
    return penalized_reward(reward, log_prob.detach(), log_prob_reference.detach(), beta)


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, *shape: int, ends: list[int] | None = None) -> Case:
        new, old = -rng.uniform(0.2, 3.0, size=(2, *shape))
        for b, end in enumerate(ends or []):
            new[b, end:] = old[b, end:] = 0.0
        reward = rng.normal(size=shape[:-1])
        tensors = [torch.from_numpy(np.asarray(a)) for a in (reward, new, old)]
        return Case((*tensors, float(rng.uniform(0.2, 0.7))), shows)

    free = case("free", 2, 4)
    return [
        case("value", 3, 5),
        case("value", 5, 4),
        case("ends", 3, 6, ends=[2, 6, 4]),
        case("single", 5),
        Case((*free.args[:3], 0.0), "free"),
    ]


PENALTY: Check = Check(
    exercise="rlhf.penalized_reward",
    properties={
        "value": "gives r − β Σ (log π − log π_ref) for each reply",
        "ends": "works for replies of different lengths, with 0 after the end",
        "single": "works for a single reply, of shape (T,)",
        "free": "gives the reward itself for β = 0",
    },
    cases=draw,
    ask=call_twice_with_gradients_before_ends,
    expect=value_and_gradients_before_ends(penalized_reward),
    accepts=[made(), sums_first, by_einsum, token_by_token, masked],
    misconceptions=[
        Misconception(
            "KL reversed",
            made(apart=lambda new, old: old - new),
            "The penalty has the wrong sign: it pays for leaving the reference. It is log π − log π_ref "
            "that costs.",
        ),
        Misconception(
            "β on the reward",
            made(together=lambda r, kl, beta: beta * r - kl),
            "β multiplies the reward. It is the price of the penalty.",
        ),
        Misconception(
            "β on both",
            made(together=lambda r, kl, beta: beta * (r - kl)),
            "β multiplies the reward as well. Only the penalty has a price.",
        ),
        Misconception(
            "divided by β",
            made(together=lambda r, kl, beta: r - kl / beta if beta else r),
            "The penalty is divided by β. Multiply it: a higher price keeps the policy nearer.",
        ),
        Misconception(
            "β forgotten",
            made(together=lambda r, kl, beta: r - kl),
            "The penalty enters in full. Multiply it by β.",
        ),
        Misconception(
            "no penalty",
            made(together=lambda r, kl, beta: r + 0 * kl),
            "There is no penalty at all. Subtract β times the sum over the tokens.",
        ),
        Misconception(
            "mean over tokens",
            made(over=lambda apart: apart.mean(dim=-1)),
            "The mean over the tokens is taken, which makes long detours cheap. Sum over the tokens.",
        ),
        Misconception(
            "last token only",
            made(over=lambda apart: apart[..., -1]),
            "Only the last token pays. Sum over all tokens of the reply.",
        ),
        Misconception(
            "sum over the batch",
            made(over=lambda apart: apart.sum()),
            "The penalty is summed over the whole batch. Each reply pays for its own tokens.",
        ),
        Misconception(
            "never negative",
            made(over=lambda apart: apart.sum(dim=-1).clamp(min=0)),
            "The penalty is cut off at 0. A reply that is less likely than under the reference earns "
            "something: only the mean over many replies is never negative.",
        ),
        Misconception(
            "absolute values",
            made(apart=lambda new, old: (new - old).abs()),
            "Absolute differences are summed. Signs count: only then is the mean a divergence.",
        ),
        Misconception(
            "squares",
            made(apart=lambda new, old: (new - old) ** 2 / 2),
            "Squared differences are summed. That is another estimate; take the differences themselves.",
        ),
        Misconception(
            "weighted by π",
            made(apart=exact_kl),
            "Each difference is multiplied by π. The tokens were drawn from π already: their sum is "
            "enough.",
        ),
        Misconception(
            "ratio of probabilities",
            made(apart=lambda new, old: (new - old).exp() - 1),
            "This is the ratio of the probabilities less 1. Take the difference of the logarithms.",
        ),
        Misconception(
            "detached",
            detached,
            "The values are right, but no gradient reaches the log-probabilities. Leave out detach.",
        ),
    ],
)
