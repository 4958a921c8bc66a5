"""rlhf.q_learning_loss: two networks, a batch of steps, and gradients where they belong."""

from __future__ import annotations

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.checks._rlhf.q_versions import (
    by_loop,
    by_one_hot,
    by_where,
    made,
    plain_number,
    table_of_errors,
    with_the_online_choice,
)
from course_utils.rlhf import q_learning_loss


def ask_q(function, args):
    """Build the networks from their weights; loss, and the gradients of both."""
    import torch

    weights, frozen, batch, gamma = args
    before = [tensor.clone() for tensor in batch]

    def leaves(values):
        return [value.clone().requires_grad_() for value in values]

    def network(parameters):
        return lambda states: torch.tanh(states @ parameters[0]) @ parameters[1] + parameters[2]

    online = leaves(weights)
    copy = online if frozen is None else leaves(frozen)
    q = network(online)
    loss = function(q, q if frozen is None else network(copy), *batch, gamma)
    parameters = online if frozen is None else [*online, *copy]
    found = [None] * len(parameters)
    unchanged = all(torch.equal(a, b) for a, b in zip(before, batch, strict=True))
    if unchanged and isinstance(loss, torch.Tensor) and loss.requires_grad:
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return {
        "value": loss.detach() if isinstance(loss, torch.Tensor) else loss,
        "gradients": [
            torch.zeros_like(p) if g is None else g for p, g in zip(parameters, found, strict=True)
        ],
        "unchanged": unchanged,
    }


def agree_q(args, expected, answer):
    """The distance of the loss; in words, gradients that are wrong where the loss is right."""
    from course_utils.agreement import deviation

    far = deviation(expected["value"], answer["value"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    if far <= 1 and deviation(expected["gradients"], answer["gradients"]) > 1:
        return "the values are right and their gradients are not"
    return far


def right_q(weights, frozen, batch, gamma):
    return ask_q(q_learning_loss, (weights, frozen, batch, gamma))


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, B: int, d: int, A: int, ends: list[int], *, same: bool = False) -> Case:
        def network() -> list[torch.Tensor]:
            sizes = ((d, 6), (6, A), (A,))
            return [torch.tensor(rng.normal(size=size) * 1.5) for size in sizes]

        dones = np.zeros(B, dtype=bool)
        dones[ends] = True
        rewards = rng.normal(size=B) * 2
        rewards[2:3] = 0.0  # nothing earned, and the game goes on
        columns = (
            rng.normal(size=(B, d)),
            rng.integers(A, size=B),
            rewards,
            rng.normal(size=(B, d)),
            dones,
        )
        batch = [torch.tensor(column) for column in columns]
        gamma = float(rng.uniform(0.6, 0.9))
        return Case((network(), None if same else network(), batch, gamma), shows)

    return [
        case("value", 6, 3, 4, []),
        case("value", 5, 4, 3, []),
        case("ends", 7, 3, 4, [1, 4, 5]),
        case("ends", 4, 2, 3, [0, 1, 2, 3]),
        case("same", 6, 3, 5, [2], same=True),
        case("one", 1, 4, 3, []),
    ]


Q_LOSS: Check = Check(
    exercise="rlhf.q_learning_loss",
    properties={
        "value": "gives the mean of (r + γ max Q_const(s', ·) − Q(s, a))², and moves Q alone",
        "ends": "expects nothing after the end of a game",
        "same": "keeps the target constant when both networks are one and the same",
        "one": "works for a single step",
    },
    cases=draw,
    ask=ask_q,
    agree=agree_q,
    expect=right_q,
    accepts=[made(), by_where, by_loop, by_one_hot],
    misconceptions=[
        Misconception(
            "bootstrapped past the last step",
            made(goes_on=lambda dones: 1),
            "Where the game is over it still expects a future. There the target is the reward alone.",
        ),
        Misconception(
            "only at the end",
            made(goes_on=lambda dones: dones),
            "dones is turned round: the future counts only where there is none.",
        ),
        Misconception(
            "no reward at the end",
            made(done_reward=False),
            "The reward of the last step is thrown away. It is the *future* that ends, not the reward.",
        ),
        Misconception(
            "online network in the target",
            made(who=lambda online, copy: online),
            "The network that is trained also makes the target, which then runs away from it. Use the "
            "frozen copy.",
        ),
        Misconception(
            "chosen by the online network",
            with_the_online_choice,
            "The network that is trained chooses the next action (that is double Q-learning). Here the "
            "frozen copy does both.",
        ),
        Misconception(
            "gradient through the target",
            made(cut=lambda target: target),
            "The value is right, but a gradient flows through the target. It is a constant: compute it "
            "without gradients.",
        ),
        Misconception(
            "maximum over the batch",
            made(future=lambda q, actions: q.max()),
            "The largest number of the whole batch is taken. Each step has its own next state: the "
            "maximum runs over its actions.",
        ),
        Misconception(
            "mean over the actions",
            made(future=lambda q, actions: q.mean(dim=1)),
            "The mean over the next actions is taken. One will play the best: take the maximum.",
        ),
        Misconception(
            "sum over the actions",
            made(future=lambda q, actions: q.sum(dim=1)),
            "The values of all next actions are summed. Take the largest.",
        ),
        Misconception(
            "the same action again",
            made(future=lambda q, actions: q[torch.arange(len(actions)), actions]),
            "The next value is that of the action just taken. Take the best action of the next state.",
        ),
        Misconception(
            "state for next state",
            made(at=lambda states, next_states: states),
            "The future is read off the state before the action. It belongs to the next state.",
        ),
        Misconception(
            "no discount",
            made(discount=lambda gamma: 1.0),
            "The future counts in full. Multiply it by gamma.",
        ),
        Misconception(
            "reward forgotten",
            made(reward=lambda rewards: 0 * rewards),
            "The reward is missing from the target, which is r plus what may still come.",
        ),
        Misconception(
            "best for taken",
            made(chosen=lambda q, a: q.max(dim=1).values),
            "The prediction is that of the best action. It is about the action that was taken.",
        ),
        Misconception(
            "sum",
            made(loss=lambda error: (error**2).sum()),
            "This is the sum over the batch. Take the mean.",
        ),
        Misconception(
            "half",
            made(loss=lambda error: (error**2).mean() / 2),
            "This is half of it. There is no factor ½ in this loss.",
        ),
        Misconception(
            "absolute error",
            made(loss=lambda error: error.abs().mean()),
            "These are absolute errors. Square them, then take the mean.",
        ),
        Misconception(
            "broadcast",
            table_of_errors,
            "Every target is compared with every prediction: shapes (B, 1) and (B,) make a table of "
            "B × B. Bring both to (B,).",
        ),
        Misconception(
            "no gradient",
            plain_number,
            "The value is right, but it is a plain number, through which no gradient can flow. Return "
            "a tensor.",
        ),
    ],
)
