"""The games: a frozen lake, a pole on a cart, and Atari.

Source: gymnasium's FrozenLake and CartPole (A. Barto, R. Sutton and C. Anderson, "Neuronlike
adaptive elements that can solve difficult learning control problems", 1983); the Arcade Learning
Environment (M. Bellemare and others, 2013), preprocessed as in V. Mnih and others 2015.
Leaves out: slippery ice.
"""

from __future__ import annotations

from typing import Any

import numpy as np

PROVIDED = ("*",)  # whole in the student's copy


def frozen_lake() -> Any:
    """Make the 4 × 4 lake without slipping; a state is 16 numbers, a 1 where one stands."""
    import gymnasium as gym

    lake = gym.make("FrozenLake-v1", is_slippery=False)
    seen = gym.spaces.Box(0.0, 1.0, (16,), np.float32)
    return gym.wrappers.TransformObservation(
        lake, lambda place: np.eye(16, dtype=np.float32)[place], seen
    )


def cart_pole() -> Any:
    """Make CartPole-v1: keep the pole up for 500 steps. A state is 4 numbers."""
    import gymnasium as gym

    return gym.make("CartPole-v1")


def atari(name: str = "Pong") -> Any:
    """Make an Atari game: four grey pictures of 84 × 84, each button held for four frames.

    Raises:
        ValueError: a package is missing: they come with the extra `rl`.
    """
    import gymnasium as gym

    try:
        import ale_py
        import cv2  # noqa: F401 (gymnasium shrinks the pictures with it)
    except ImportError as error:
        raise ValueError(
            f"Atari needs {error.name}: pip install ale-py opencv-python-headless"
        ) from None
    gym.register_envs(ale_py)
    game = gym.make(f"ALE/{name}-v5", frameskip=1)
    game = gym.wrappers.AtariPreprocessing(game, frame_skip=4, screen_size=84)
    return gym.wrappers.FrameStackObservation(game, 4)
