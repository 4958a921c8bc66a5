"""rlhf.optimal_policy: reference times e to the reward over β, normalised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.rlhf import optimal_policy


def made(
    *,
    scaled: Callable[[Any, float], Any] = lambda rewards, beta: rewards / beta,
    weigh: Callable[[Any, Any], Any] = lambda p, w: p * w,
    shift: bool = True,
    normalise: Callable[[Any], Any] = lambda p: p / p.sum(dim=-1, keepdim=True),
    refuse: bool = True,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(reference, rewards, beta):
        if refuse and beta <= 0:
            raise ValueError(f"beta {beta}")
        if shift:
            possible = torch.where(reference > 0, rewards, -torch.inf)
            rewards = torch.where(reference > 0, rewards - possible.amax(dim=-1, keepdim=True), 0.0)
        return normalise(weigh(reference, scaled(rewards, beta).exp()))

    return version


def by_softmax(reference, rewards, beta):
    if not beta > 0:
        raise ValueError("a positive beta is needed")
    best = torch.where(reference > 0, rewards, -torch.inf).max(-1, keepdim=True).values
    logits = torch.where(reference > 0, (rewards - best) / beta, -torch.inf)
    return torch.softmax(logits + torch.log(reference), dim=-1)


def by_numpy(reference, rewards, beta):
    if beta <= 0:
        raise ValueError("a positive beta is needed")
    p, r = reference.numpy(), rewards.numpy()
    out = np.zeros_like(p)
    for row in np.ndindex(p.shape[:-1]):
        keep = p[row] > 0
        w = p[row][keep] * np.exp((r[row][keep] - r[row][keep].max()) / beta)
        out[row][keep] = w / w.sum()
    return out


def greedy(reference, rewards, beta):
    if beta <= 0:
        raise ValueError("a positive beta is needed")
    possible = torch.where(reference > 0, rewards, -torch.inf)
    return torch.nn.functional.one_hot(possible.argmax(-1), rewards.shape[-1]).to(rewards.dtype)


def over_first_axis(p):
    return p / p.sum(dim=0, keepdim=True)


def over_everything(p):
    return p / p.sum()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, beta: float, *shape: int, zeros: int = 0, centre: float = 0.0) -> Case:
        p = rng.dirichlet(np.full(shape[-1], 3.0), size=shape[:-1])
        if zeros:
            p[..., rng.permutation(shape[-1])[:zeros]] = 0.0
            p /= p.sum(axis=-1, keepdims=True)
        rewards = rng.normal(size=shape) * 1.3 + centre
        if zeros:
            rewards[p == 0] = 4.0  # the best replies are those that the reference never gives
        return Case((torch.tensor(p), torch.tensor(rewards), beta), shows)

    def beta() -> float:
        return float(rng.choice([rng.uniform(0.4, 0.7), rng.uniform(1.5, 2.5)]))

    p = torch.tensor(rng.dirichlet(np.full(5, 3.0)))
    whole = rng.permutation([1.0, 3.0, 2.0, 3.0, -1.0])
    return [
        case("value", float(rng.uniform(0.4, 0.7)), 5),
        case("value", float(rng.uniform(1.6, 2.6)), 4),
        case("rows", beta(), 3, 5),
        case("rows", beta(), 2, 3, 4),
        case("never", beta(), 6, zeros=2),
        case("never", beta(), 2, 5, zeros=1),
        case("small", 0.001, 5, centre=4.0),
        Case((p, torch.where(p == p.max(), 0.0, torch.tensor(whole)), beta()), "value"),
        Case((p, torch.tensor(whole), 0.002), "small"),  # two replies are the best
        case("refuses", 0.0, 4),
        case("refuses", -1.0, 4),
    ]


OPTIMUM: Check = Check(
    exercise="rlhf.optimal_policy",
    properties={
        "value": "gives π_ref · exp(r/β), normalised to 1",
        "rows": "works along the last axis",
        "never": "leaves at 0 what the reference never does",
        "small": "survives a small β",
        "refuses": "raises ValueError for a β that is not positive",
    },
    cases=draw,
    expect=optimal_policy,
    accepts=[made(), by_softmax, by_numpy],
    misconceptions=[
        Misconception(
            "times β",
            made(scaled=lambda rewards, beta: rewards * beta),
            "The reward is multiplied by β. Divide: the smaller the price, the more the reward counts.",
        ),
        Misconception(
            "β forgotten",
            made(scaled=lambda rewards, beta: rewards),
            "β is not used. The rewards are divided by it: it is the price of a nat.",
        ),
        Misconception(
            "sign of the reward",
            made(scaled=lambda rewards, beta: -rewards / beta, shift=False),
            "The reward has a minus. What earns more should become likelier.",
        ),
        Misconception(
            "reference forgotten",
            made(weigh=lambda p, w: w * torch.ones_like(p)),
            "The reference is not used: this is softmax of r/β. Multiply by the reference before "
            "normalising.",
        ),
        Misconception(
            "reference added",
            made(weigh=lambda p, w: p + w),
            "The reference is added to exp(r/β). Multiply the two.",
        ),
        Misconception(
            "reference divides",
            made(weigh=lambda p, w: torch.where(p > 0, w / p, 0.0)),
            "exp(r/β) is divided by the reference. Multiply by it.",
        ),
        Misconception(
            "not normalised",
            made(normalise=lambda p: p, shift=False),
            "The probabilities do not sum to 1. Divide by their sum.",
        ),
        Misconception(
            "normalised along the first axis",
            made(normalise=over_first_axis),
            "The sum runs over the first axis. The replies lie along the last one.",
        ),
        Misconception(
            "normalised over everything",
            made(normalise=over_everything),
            "One sum is taken over all rows. Each row is a policy of its own and sums to 1.",
        ),
        Misconception(
            "overflow",
            made(shift=False),
            "exp(r/β) overflows for a small β. Subtract the largest reward first, or use softmax of "
            "log π_ref + r/β.",
        ),
        Misconception(
            "greedy",
            greedy,
            "All probability goes to the best reply. That is the limit of β → 0; otherwise the others "
            "keep some.",
        ),
        Misconception(
            "any β",
            made(refuse=False),
            "A β of 0 or less is not refused. There it should raise ValueError.",
        ),
    ],
)
