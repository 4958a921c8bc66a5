"""An agent that learns to play by deep Q-learning: any game of gymnasium with a few buttons.

Numbers are read by a small network of fully connected layers, pictures by the convolutions of the Atari
paper. Everything else is the same.

Source: V. Mnih and others, "Human-level control through deep reinforcement learning", Nature 518
(2015); CMU 10-301/601, lecture 28, "Deep Q-learning".
Leaves out: many games at once.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from course_utils.device import device
from course_utils.progress import track
from course_utils.rlhf.q_learning import epsilon_greedy, q_learning_loss
from course_utils.rlhf.replay import Replay

PROVIDED = ("*",)  # whole in the student's copy: it is given their own loss and choice


@dataclass(frozen=True)
class AgentPlan:
    """How to learn."""

    num_steps: int
    learning_rate: float = 1e-3
    gamma: float = 0.99
    batch_size: int = 64
    learn_every: int = 1  # steps in the game for a step of learning
    freeze_for: int = 500  # steps of learning between two copies of the network; 1: never frozen
    first_random: int = 500  # steps before it learns
    explore: tuple[float, float, int] = (1.0, 0.05, 5000)  # epsilon: from, to, over so many steps
    capacity: int = 50_000  # of the memory
    seed: int = 0


@dataclass(frozen=True)
class Episode:
    """One game."""

    step: int  # steps in the game so far, of all episodes
    total: float  # reward


class Agent:
    """Two networks: one that learns, and its frozen copy."""

    def __init__(self, env: Any, plan: AgentPlan, *, hidden: tuple[int, ...] = (64, 64)) -> None:
        """Look at what the game shows and which buttons it has.

        Raises:
            ValueError: the game has no finite number of actions.
        """
        import gymnasium as gym

        if not isinstance(env.action_space, gym.spaces.Discrete):
            raise ValueError(f"the actions are {env.action_space}: a finite number is asked")
        self.env, self.plan = env, plan
        self.shape = env.observation_space.shape
        self.num_actions = int(env.action_space.n)
        torch.manual_seed(plan.seed)
        self.network = network_for(self.shape, self.num_actions, hidden).to(device())
        self.frozen = copy.deepcopy(self.network).requires_grad_(False)

    @torch.inference_mode()
    def q_values(self, states: np.ndarray) -> Tensor:
        """Return what each action is worth, (B, A), on the CPU."""
        return self.network(torch.as_tensor(states, device=device()).float()).cpu()

    def learn(
        self,
        *,
        loss: Callable[..., Tensor] = q_learning_loss,
        choose: Callable[..., int] = epsilon_greedy,
        progress: bool = True,
    ) -> Iterator[Episode]:
        """Play and learn, and yield each finished episode.

        Args:
            loss: see `q_learning_loss`.
            choose: see `epsilon_greedy`.
            progress: show a bar.
        """
        plan, rng = self.plan, np.random.default_rng(self.plan.seed)
        memory = Replay(plan.capacity, self.shape, self.env.observation_space.dtype.type)
        optimizer = torch.optim.Adam(self.network.parameters(), lr=plan.learning_rate, fused=True)
        state, _ = self.env.reset(seed=plan.seed)
        total, learned = 0.0, 0
        steps = range(plan.num_steps)
        for step in track(steps, "playing") if progress else steps:
            u, v = rng.random(2)
            action = choose(self.q_values(state[None])[0], self.epsilon(step), u, v)
            after, reward, over, out_of_time, _ = self.env.step(action)
            memory.add(state, action, float(reward), after, over)
            state, total = after, total + float(reward)
            if over or out_of_time:
                yield Episode(step + 1, total)
                total = 0.0
                state, _ = self.env.reset()
            if step >= plan.first_random and step % plan.learn_every == 0:
                if learned % plan.freeze_for == 0:
                    self.frozen.load_state_dict(self.network.state_dict())
                batch = memory.draw(plan.batch_size, rng, device())
                optimizer.zero_grad()
                loss(self.network, self.frozen, *batch, plan.gamma).backward()
                nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
                optimizer.step()
                learned += 1

    def epsilon(self, step: int) -> float:
        """Return how often it explores at this step."""
        first, last, steps = self.plan.explore
        return max(last, first + (last - first) * step / steps)

    def play(self, num_episodes: int, *, seed: int = 1000) -> list[float]:
        """Play without exploring; return the reward of each episode."""
        totals = []
        for episode in range(num_episodes):
            state, _ = self.env.reset(seed=seed + episode)
            total, over = 0.0, False
            while not over:
                action = int(self.q_values(state[None])[0].argmax())
                state, reward, ended, out_of_time, _ = self.env.step(action)
                total, over = total + float(reward), ended or out_of_time
            totals.append(total)
        return totals


def network_for(shape: tuple[int, ...], num_actions: int, hidden: tuple[int, ...]) -> nn.Module:
    """Return a network from what is seen to what each action is worth.

    Args:
        shape: (d,) numbers, or (4, 84, 84) for four pictures, 0 … 255.
        num_actions: A.
        hidden: sizes of the hidden layers, for numbers.

    Raises:
        ValueError: another shape.
    """
    if len(shape) == 1:
        sizes = [shape[0], *hidden]
        layers: list[nn.Module] = []
        for inner, outer in itertools.pairwise(sizes):
            layers += [nn.Linear(inner, outer), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(sizes[-1], num_actions))
    if shape[1:] == (84, 84):
        return nn.Sequential(
            _Ink(),
            *(nn.Conv2d(shape[0], 32, 8, stride=4), nn.ReLU()),
            *(nn.Conv2d(32, 64, 4, stride=2), nn.ReLU()),
            *(nn.Conv2d(64, 64, 3), nn.ReLU(), nn.Flatten()),
            *(nn.Linear(64 * 7 * 7, 512), nn.ReLU(), nn.Linear(512, num_actions)),
        )
    raise ValueError(f"states of shape {shape}: numbers (d,), or pictures (frames, 84, 84)")


class _Ink(nn.Module):
    """Pixels from 0 … 255 to 0 … 1."""

    def forward(self, x: Tensor) -> Tensor:
        return x / 255
