"""What was seen, to be learned from again: experience replay.

Source: L.-J. Lin, "Self-improving reactive agents based on reinforcement learning, planning and
teaching", Machine Learning 8 (1992); V. Mnih and others 2015.
Leaves out: replay by priority.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

PROVIDED = ("*",)  # whole in the student's copy


class Replay:
    """The last `capacity` steps; the oldest make room for new ones."""

    def __init__(self, capacity: int, shape: tuple[int, ...], dtype: type = np.float32) -> None:
        """Make room for states of this shape."""
        self.states: np.ndarray = np.zeros((capacity, *shape), dtype=dtype)
        self.next_states: np.ndarray = np.zeros((capacity, *shape), dtype=dtype)
        self.actions = np.zeros(capacity, dtype=np.int64)
        self.rewards = np.zeros(capacity, dtype=np.float32)
        self.dones = np.zeros(capacity, dtype=bool)
        self.seen = 0  # steps in all

    def __len__(self) -> int:
        return min(self.seen, len(self.actions))

    def add(
        self, state: np.ndarray, action: int, reward: float, next_state: np.ndarray, done: bool
    ) -> None:
        """Keep one step. `done` means that the game was over, not that the time was up."""
        i = self.seen % len(self.actions)
        self.states[i], self.next_states[i] = state, next_state
        self.actions[i], self.rewards[i], self.dones[i] = action, reward, done
        self.seen += 1

    def draw(
        self, size: int, rng: np.random.Generator, place: torch.device
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Return `size` steps: states, actions, rewards, next states, dones.

        Raises:
            ValueError: nothing was seen yet.
        """
        if not len(self):
            raise ValueError("nothing was seen yet: add steps before drawing some")
        i = rng.integers(len(self), size=size)
        columns = (self.states, self.actions, self.rewards, self.next_states, self.dones)
        drawn = [torch.from_numpy(column[i]).to(place) for column in columns]
        return drawn[0].float(), drawn[1], drawn[2], drawn[3].float(), drawn[4]
