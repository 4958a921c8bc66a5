"""rlhf.ppo_loss: four quadrants (good or bad action, likelier or not), values and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.rlhf import ppo_loss


def made(
    *,
    ratio: Callable[[Any, Any], Any] = lambda new, old: (new - old).exp(),
    limits: Callable[[float], tuple[float, float]] = lambda clip: (1 - clip, 1 + clip),
    choose: Callable[[Any, Any], Any] = torch.minimum,
    sign: float = -1.0,
    over: Callable[[Any], Any] = torch.mean,
    advantage: Callable[[Any], Any] = lambda A: A.detach(),
    old_is: Callable[[Any], Any] = lambda old: old.detach(),
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(log_prob, log_prob_old, advantages, clip):
        A = advantage(advantages)
        r = ratio(log_prob, old_is(log_prob_old))
        return sign * over(choose(r * A, r.clamp(*limits(clip)) * A))

    return version


def by_cases(log_prob, log_prob_old, advantages, clip):
    with torch.no_grad():
        A = advantages.clone()
        old = log_prob_old.clone()
    r = torch.exp(log_prob - old)
    good = torch.minimum(r, torch.full_like(r, 1 + clip))
    bad = torch.maximum(r, torch.full_like(r, 1 - clip))
    return -(torch.where(A >= 0, good, bad) * A).mean()


def by_loop(log_prob, log_prob_old, advantages, clip):
    total, count = 0.0, 0
    olds, gains = log_prob_old.detach().flatten(), advantages.detach().flatten()
    for new, old, A in zip(log_prob.flatten(), olds, gains, strict=True):
        r = new.exp() / old.exp()
        held = min(max(float(r.detach()), 1 - clip), 1 + clip)
        outside = held * A < r.detach() * A
        total, count = total - (held * A if outside else r * A), count + 1
    return total / count


def as_maximum_of_losses(log_prob, log_prob_old, advantages, clip):
    A = -advantages.data
    r = (log_prob - log_prob_old.data).exp()
    return torch.max(A * r, A * torch.clamp(r, 1 - clip, 1 + clip)).mean()


def clip_only(unclipped, clipped):
    return clipped


def no_clip(unclipped, clipped):
    return unclipped


def plain_number(log_prob, log_prob_old, advantages, clip):
    return ppo_loss(log_prob, log_prob_old, advantages, clip).item()


def clipped_logarithm(log_prob, log_prob_old, advantages, clip):
    A, moved = advantages.detach(), log_prob - log_prob_old.detach()
    return -torch.minimum(moved.exp() * A, moved.clamp(-clip, clip).exp() * A).mean()


def draw(rng: np.random.Generator) -> list[Case]:
    clip = float(rng.uniform(0.15, 0.3))
    within = 1 + clip * rng.uniform(-0.8, 0.8, size=3)
    above, below = 1 + clip * rng.uniform(1.6, 3, 3), 1 - clip * rng.uniform(1.5, 2.5, 3)

    def case(shows: str, ratios: np.ndarray, signs: np.ndarray, *shape: int) -> Case:
        order = rng.permutation(len(ratios))
        old = -rng.uniform(0.5, 2.5, size=len(ratios))
        A = signs * rng.uniform(0.5, 2.0, size=len(ratios))
        rows = [(old + np.log(ratios))[order], old[order], A[order]]
        tensors = [torch.tensor(row.reshape(shape or (-1,))) for row in rows]
        return Case((*tensors, clip), shows)

    ones = np.ones(3)
    everything = np.concatenate([within, above, below, within[:2], above[:2], below[:2]])
    signs = np.concatenate([ones, ones, ones, -ones[:2], -ones[:2], -ones[:2]])
    unmoved = np.array([1.0, 1.0, 1.0, above[0], below[0], within[0]])  # and no advantage for three
    return [
        case("value", everything, signs),
        case("value", everything[[0, 3, 6, 9, 11, 13]], signs[[0, 3, 6, 9, 11, 13]]),
        case("value", unmoved, np.array([1.0, -1.0, 0.0, 0.0, 0.0, 1.0])),
        case("inside", within, np.array([1.0, -1.0, 1.0])),
        case("too good", above, ones),
        case("too bad", below, -ones),
        case("wrong way", np.concatenate([above[:2], below]), np.array([-1.0, -1, 1, 1, 1])),
        case("shape", everything[:12], signs[:12], 3, 4),
        case("shape", above[:1], -ones[:1], 1),
    ]


CLIPPED: Check = Check(
    exercise="rlhf.ppo_loss",
    properties={
        "value": "gives −mean min(ratio · A, clip(ratio) · A)",
        "inside": "leaves ratios between 1 − ε and 1 + ε as they are",
        "too good": "gains nothing more from a good action beyond 1 + ε",
        "too bad": "gains nothing more from a bad action below 1 − ε",
        "wrong way": "counts a step in the wrong direction in full",
        "shape": "works for any shape",
    },
    cases=draw,
    ask=call_twice_with_gradients,
    expect=value_and_gradients(ppo_loss),
    accepts=[made(), by_cases, by_loop, as_maximum_of_losses],
    misconceptions=[
        Misconception(
            "max for min",
            made(choose=torch.maximum),
            "The larger of the two is taken. The smaller: it is the careful one.",
        ),
        Misconception(
            "ratio inverted",
            made(ratio=lambda new, old: (old - new).exp()),
            "The ratio is turned round. The new probability is above, the old one below.",
        ),
        Misconception(
            "clip only",
            made(choose=clip_only),
            "Only the clipped ratio counts. Then a step in the wrong direction gets no gradient to come "
            "back: take the minimum of both.",
        ),
        Misconception(
            "no clip",
            made(choose=no_clip),
            "The ratio is not clipped at all, so nothing holds back a large step.",
        ),
        Misconception(
            "no exponential",
            made(ratio=lambda new, old: new - old),
            "The difference of the logarithms is used as it is. The ratio is e to the power of it.",
        ),
        Misconception(
            "ratio of the logarithms",
            made(ratio=lambda new, old: new / old),
            "The logarithms are divided. Divide the probabilities: e to the power of the difference.",
        ),
        Misconception(
            "new probability for the ratio",
            made(ratio=lambda new, old: new.exp()),
            "The new probability stands in the place of the ratio. Divide it by the old one.",
        ),
        Misconception(
            "sign",
            made(sign=1.0),
            "The sign is wrong. A loss is made small, so it is *minus* what is to grow.",
        ),
        Misconception(
            "sum", made(over=torch.sum), "This is the sum. Take the mean over all of it."
        ),
        Misconception(
            "clipped from above only",
            made(limits=lambda clip: (0.0, 1 + clip)),
            "The ratio is clipped from above only. From below too, at 1 − ε.",
        ),
        Misconception(
            "clipped from below only",
            made(limits=lambda clip: (1 - clip, 1e9)),
            "The ratio is clipped from below only. From above too, at 1 + ε.",
        ),
        Misconception(
            "clipped around 0",
            made(limits=lambda clip: (-clip, clip)),
            "The ratio is clipped to −ε … ε. It is about 1, not about 0.",
        ),
        Misconception(
            "limits of the logarithm",
            clipped_logarithm,
            "The difference of the logarithms is clipped. Clip the ratio.",
        ),
        Misconception(
            "absolute advantage",
            made(advantage=lambda A: A.detach().abs()),
            "The advantages have lost their signs. A bad action is to become less likely.",
        ),
        Misconception(
            "gradient through the advantages",
            made(advantage=lambda A: A),
            "The value is right, but a gradient flows through the advantages. They are what was "
            "measured: constants.",
        ),
        Misconception(
            "gradient through the old policy",
            made(old_is=lambda old: old),
            "The value is right, but a gradient flows through the old log-probabilities. They are what "
            "was done: constants.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
