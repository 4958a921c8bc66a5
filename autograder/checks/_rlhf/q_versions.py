"""Versions of the Q-learning loss: right ones, and parts to make wrong ones from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_utils.rlhf import q_learning_loss


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
