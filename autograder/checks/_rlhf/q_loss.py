"""rlhf.q_learning_loss: two networks, a batch of steps, and gradients where they belong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
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


def made(
    *,
    future: Callable[[Any, Any], Any] = lambda q, actions: q.max(dim=1).values,
    who: Callable[[Any, Any], Any] = lambda online, copy: copy,
    at: Callable[[Any, Any], Any] = lambda states, next_states: next_states,
    goes_on: Callable[[Any], Any] = lambda dones: ~dones,
    reward: Callable[[Any], Any] = lambda rewards: rewards,
    discount: Callable[[float], float] = lambda gamma: gamma,
    cut: Callable[[Any], Any] = lambda target: target.detach(),
    done_reward: bool = True,
    chosen: Callable[[Any, Any], Any] = lambda q, a: q[torch.arange(len(a)), a],
    loss: Callable[[Any], Any] = lambda error: (error**2).mean(),
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(q_network, target_network, states, actions, rewards, next_states, dones, gamma):
        values = future(who(q_network, target_network)(at(states, next_states)), actions)
        earned = reward(rewards) * (1 if done_reward else ~dones)
        target = cut(earned + discount(gamma) * values * goes_on(dones))
        return loss(target - chosen(q_network(states), actions))

    return version


def by_where(q_network, target_network, states, actions, rewards, next_states, dones, gamma):
    with torch.no_grad():
        best = target_network(next_states).amax(dim=-1)
        target = torch.where(dones, rewards, rewards + gamma * best)
    guess = torch.gather(q_network(states), 1, actions.view(-1, 1)).squeeze(1)
    return torch.nn.functional.mse_loss(guess, target)


def by_loop(q_network, target_network, states, actions, rewards, next_states, dones, gamma):
    total = torch.zeros((), dtype=states.dtype)
    for i in range(len(states)):
        target = rewards[i]
        if not dones[i]:
            target = target + gamma * target_network(next_states[i : i + 1]).detach().max()
        total = total + (q_network(states[i : i + 1])[0, actions[i]] - target) ** 2
    return total / len(states)


def by_one_hot(q_network, target_network, states, actions, rewards, next_states, dones, gamma):
    q = q_network(states)
    picked = (q * torch.nn.functional.one_hot(actions, q.shape[1])).sum(1)
    best, _ = target_network(next_states).data.max(1)
    return (rewards + gamma * best.masked_fill(dones, 0.0) - picked).pow(2).mean()


def with_the_online_choice(q_network, target_network, s, a, rewards, next_states, dones, gamma):
    best = q_network(next_states).argmax(dim=1)
    values = target_network(next_states)[torch.arange(len(best)), best]
    target = (rewards + gamma * values * ~dones).detach()
    return ((target - q_network(s)[torch.arange(len(a)), a]) ** 2).mean()


def table_of_errors(q_network, target_network, s, a, rewards, next_states, dones, gamma):
    best = target_network(next_states).detach().max(dim=1).values
    target = rewards + gamma * best * ~dones
    return ((target - q_network(s).gather(1, a[:, None])) ** 2).mean()


def plain_number(*args):
    return q_learning_loss(*args).item()


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, B: int, d: int, A: int, ends: list[int], *, same: bool = False) -> Case:
        def network() -> list[torch.Tensor]:
            sizes = ((d, 6), (6, A), (A,))
            return [torch.tensor(rng.normal(size=size) * 1.5) for size in sizes]

        dones = np.zeros(B, dtype=bool)
        dones[ends] = True
        columns = (
            rng.normal(size=(B, d)),
            rng.integers(A, size=B),
            rng.normal(size=B) * 2,
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
            "beyond the end",
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
