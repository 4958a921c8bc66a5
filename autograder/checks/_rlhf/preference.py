"""rlhf.reward_model_loss: how surprising are the people's choices?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

from autograder.check import Case, Check, Misconception
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.rlhf import reward_model_loss


def made(
    *,
    lead: Callable[[Any, Any], Any] = lambda chosen, rejected: chosen - rejected,
    loss: Callable[[Any], Any] = lambda lead: -F.logsigmoid(lead),
    over: Callable[[Any], Any] = torch.mean,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""
    return lambda chosen, rejected: over(loss(lead(chosen, rejected)))


def by_softplus(chosen, rejected):
    return F.softplus(rejected - chosen, threshold=40).mean()


def by_two_way_softmax(chosen, rejected):
    both = torch.stack([chosen, rejected])
    return (both.logsumexp(dim=0) - chosen).sum() / chosen.numel()


def by_cross_entropy(chosen, rejected):
    lead = chosen - rejected
    return F.binary_cross_entropy_with_logits(lead, torch.ones_like(lead))


def by_logaddexp(chosen, rejected):
    return torch.logaddexp(torch.zeros_like(chosen), rejected - chosen).mean()


def mean_first(chosen, rejected):
    return -F.logsigmoid(chosen.mean() - rejected.mean())


def each_alone(chosen, rejected):
    return -(F.logsigmoid(chosen) + F.logsigmoid(-rejected)).mean()


def chosen_only(chosen, rejected):
    return -F.logsigmoid(chosen).mean()


def rejected_constant(chosen, rejected):
    return reward_model_loss(chosen, rejected.detach())


def plain_number(chosen, rejected):
    return reward_model_loss(chosen, rejected).item()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, *shape: int, scale: float = 1.0) -> Case:
        chosen, rejected = scale * rng.normal(size=(2, *shape))
        return Case((torch.tensor(chosen), torch.tensor(rejected)), shows)

    even = torch.from_numpy(rng.normal(size=3))  # the pair in the middle is equally good
    far = torch.tensor([1000.0, -1000.0, 0.5], dtype=torch.float64)
    return [
        case("value", 5),
        case("value", 7, scale=2.0),
        Case((even, even.flip(0)), "value"),
        Case((far, -far), "far"),
        case("shape", 2, 3),
        case("shape"),
    ]


PREFERENCE: Check = Check(
    exercise="rlhf.reward_model_loss",
    properties={
        "value": "gives the mean of −log σ(r_chosen − r_rejected)",
        "far": "survives rewards of 1000 and −1000",
        "shape": "works for any shape",
    },
    cases=draw,
    ask=call_twice_with_gradients,
    expect=value_and_gradients(reward_model_loss),
    accepts=[made(), by_softplus, by_two_way_softmax, by_cross_entropy, by_logaddexp],
    misconceptions=[
        Misconception(
            "swapped",
            made(lead=lambda chosen, rejected: rejected - chosen),
            "Chosen and rejected are swapped: this loss makes the model prefer what people rejected.",
        ),
        Misconception(
            "naive logarithm",
            made(loss=lambda lead: -torch.log(torch.sigmoid(lead))),
            "Far from 0 the sigmoid is 0 and its logarithm −inf. Compute the logarithm of the sigmoid "
            "in one function.",
        ),
        Misconception(
            "no logarithm",
            made(loss=lambda lead: -torch.sigmoid(lead)),
            "This is minus the probability. Take the logarithm of it.",
        ),
        Misconception(
            "probability of a mistake",
            made(loss=lambda lead: torch.sigmoid(-lead)),
            "This is the probability that the rejected one wins. −log of the other one is asked.",
        ),
        Misconception(
            "sign",
            made(loss=F.logsigmoid),
            "The sign is wrong: a loss is −log, which is never negative.",
        ),
        Misconception(
            "sum", made(over=torch.sum), "This is the sum over the pairs. Take their mean."
        ),
        Misconception(
            "bare difference",
            made(loss=lambda lead: -lead),
            "This is the difference alone. It would grow without end; −log σ of it levels off.",
        ),
        Misconception(
            "hinge",
            made(loss=lambda lead: F.relu(1 - lead)),
            "This is the hinge loss, max(0, 1 − lead). Bradley and Terry's model has −log σ.",
        ),
        Misconception(
            "squared",
            made(loss=lambda lead: (1 - torch.sigmoid(lead)) ** 2),
            "This is a squared error of the probability. −log of it is asked.",
        ),
        Misconception(
            "mean before the loss",
            mean_first,
            "The rewards are averaged first. Each pair has its own loss; average those.",
        ),
        Misconception(
            "each reply alone",
            each_alone,
            "Each reply is judged alone, as good or bad. People only said which of two is better: only "
            "the difference counts.",
        ),
        Misconception(
            "rejected ignored",
            chosen_only,
            "The rejected replies are not used. Only the difference of the two rewards counts.",
        ),
        Misconception(
            "bits",
            made(loss=lambda lead: -F.logsigmoid(lead) / 0.6931471805599453),
            "This is in bits. The natural logarithm is asked.",
        ),
        Misconception(
            "rejected detached",
            rejected_constant,
            "The value is right, but no gradient reaches the rejected replies. Leave out detach.",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
