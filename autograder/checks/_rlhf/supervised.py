"""rlhf.supervised_loss: the surprise at the tokens of the replies, and at no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.rlhf import supervised_loss


def made(
    *,
    counted: Callable[[Any], Any] = lambda mask: mask[:, 1:],
    target: Callable[[Any], Any] = lambda tokens: tokens[:, 1:],
    from_: Callable[[Any], Any] = lambda logits: logits[:, :-1],
    mean: Callable[[Any, Any], Any] = lambda s, m: (s * m).sum() / m.sum(),
    log: Callable[[Any], Any] = lambda logits: logits.log_softmax(dim=-1),
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(logits, tokens, response_mask):
        chosen = log(from_(logits)).gather(-1, target(tokens)[..., None])[..., 0]
        return mean(-chosen, counted(response_mask).to(logits.dtype))

    return version


def by_ignore_index(logits, tokens, response_mask):
    targets = torch.where(response_mask, tokens, -100)[:, 1:]
    return F.cross_entropy(logits[:, :-1].flatten(0, 1), targets.flatten())


def by_loop(logits, tokens, response_mask):
    losses = []
    for b in range(len(tokens)):
        for t in range(1, tokens.shape[1]):
            if response_mask[b, t]:
                row = logits[b, t - 1]
                losses.append(row.logsumexp(0) - row[tokens[b, t]])
    return sum(losses) / len(losses)


def by_transposed(logits, tokens, response_mask):
    each = F.cross_entropy(logits[:, :-1].mT, tokens[:, 1:], reduction="none")
    return each[response_mask[:, 1:]].mean()


def mean_of_means(surprises, mask):
    return ((surprises * mask).sum(dim=1) / mask.sum(dim=1)).mean()


def probability(surprises, mask):
    return ((1 - (-surprises).exp()) * mask).sum() / mask.sum()


def plain_number(logits, tokens, response_mask):
    return supervised_loss(logits, tokens, response_mask).item()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(
        shows: str, T: int, V: int, replies: list[tuple[int, int]], *, first: bool = False
    ) -> Case:
        """`replies`: from where to where the reply of each text goes."""
        B = len(replies)
        mask = np.zeros((B, T), dtype=bool)
        for b, (start, stop) in enumerate(replies):
            mask[b, start:stop] = True
        mask[:, 0] |= first
        logits, tokens = 2 * rng.normal(size=(B, T, V)), rng.integers(V, size=(B, T))
        return Case(tuple(torch.from_numpy(a) for a in (logits, tokens, mask)), shows)

    return [
        case("value", 7, 5, [(2, 5), (4, 6)]),
        case("value", 8, 4, [(3, 8), (2, 3), (5, 7)]),
        case("first", 6, 5, [(1, 3), (4, 5)], first=True),
        case("holes", 7, 3, [(2, 2), (3, 6)]),
        case("one", 2, 4, [(1, 2)]),
    ]


SUPERVISED: Check = Check(
    exercise="rlhf.supervised_loss",
    properties={
        "value": "gives the mean of −log p over the tokens of all replies",
        "first": "never counts position 0, which nothing predicts",
        "holes": "works when one text of the batch has no reply",
        "one": "works for a single token",
    },
    cases=draw,
    ask=call_twice_with_gradients,
    expect=value_and_gradients(supervised_loss),
    accepts=[made(), by_ignore_index, by_loop, by_transposed],
    misconceptions=[
        Misconception(
            "loss on the prompt",
            made(counted=lambda mask: torch.ones_like(mask[:, 1:])),
            "Every token counts, those of the prompts too. Only the tokens of the replies should: the "
            "model is not to learn to ask.",
        ),
        Misconception(
            "prompt for reply",
            made(counted=lambda mask: ~mask[:, 1:]),
            "The mask is turned round: the prompts are learned and the replies are not.",
        ),
        Misconception(
            "mask one too early",
            made(counted=lambda mask: mask[:, :-1]),
            "The mask is off by one: it belongs to the *targets*, so it has to be shifted like them.",
        ),
        Misconception(
            "no shift",
            made(counted=lambda m: m, target=lambda t: t, from_=lambda logits: logits),
            "Each position is asked for its own token. The logits of position t − 1 predict token t.",
        ),
        Misconception(
            "mean over all positions",
            made(mean=lambda s, m: (s * m).mean()),
            "The sum is divided by all positions of the batch. Divide by the number of tokens that "
            "count.",
        ),
        Misconception(
            "sum",
            made(mean=lambda s, m: (s * m).sum()),
            "This is the sum. Divide by the number of tokens that count.",
        ),
        Misconception(
            "divided by the batch",
            made(mean=lambda s, m: (s * m).sum() / len(s)),
            "The sum is divided by the number of texts. Divide by the number of tokens that count.",
        ),
        Misconception(
            "mean of means",
            made(mean=mean_of_means),
            "This is the mean of each reply's mean, so tokens of short replies weigh more. Take one "
            "mean over all.",
        ),
        Misconception(
            "softmax over positions",
            made(log=lambda logits: logits.log_softmax(dim=1)),
            "Softmax runs over the positions. The probabilities of all V tokens, at one position, sum "
            "to 1: the last axis.",
        ),
        Misconception(
            "no logarithm",
            made(mean=probability),
            "This is one minus the probability. Take −log of it.",
        ),
        Misconception(
            "sign",
            made(mean=lambda s, m: -(s * m).sum() / m.sum()),
            "The sign is wrong: a surprise is −log p, which is never negative.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
