"""Deep Q-learning against linear programming, in gymnasium's worlds."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from scipy.optimize import linprog
from torch import nn

from course_utils.rlhf import q_learning_loss
from course_utils.rlhf.agent import Agent, AgentPlan, network_for
from course_utils.rlhf.games import atari, cart_pole, frozen_lake
from course_utils.rlhf.planning import optimal_q_values
from course_utils.rlhf.recorded import load_recorded_run
from course_utils.rlhf.replay import Replay


def by_linear_programming(rules: Any, gamma: float) -> np.ndarray:
    """Q* from the smallest values that no action exceeds, which is another way to define it."""
    states, actions = len(rules), len(rules[0])
    rows, limits = [], []
    for s in range(states):
        for a in range(actions):
            row = np.zeros(states)
            row[s] -= 1
            for p, after, _, over in rules[s][a]:
                row[after] += gamma * p * (not over)
            rows.append(row)
            limits.append(-sum(p * r for p, _, r, _ in rules[s][a]))
    values = linprog(np.ones(states), A_ub=rows, b_ub=limits, bounds=(None, None)).x
    q = -np.array(limits) + gamma * np.array(
        [sum(p * values[after] * (not over) for p, after, _, over in rules[s][a])
         for s in range(states) for a in range(actions)]
    )  # fmt: skip
    return q.reshape(states, actions)


@pytest.mark.parametrize(("world", "gamma"), [("FrozenLake-v1", 0.95), ("CliffWalking-v1", 0.8)])
def test_value_iteration_agrees_with_linear_programming(world: str, gamma: float) -> None:
    rules = gym.make(world).unwrapped.P
    np.testing.assert_allclose(
        optimal_q_values(rules, gamma), by_linear_programming(rules, gamma), atol=1e-7
    )


@pytest.mark.parametrize("gamma", [-0.1, 1.0])
def test_a_discount_that_does_not_settle_is_refused(gamma: float) -> None:
    with pytest.raises(ValueError, match=f"gamma is {gamma}"):
        optimal_q_values({0: {0: [(1.0, 0, 1.0, False)]}}, gamma)


def test_the_agent_learns_what_actions_are_worth_on_the_lake() -> None:
    lake = frozen_lake()
    exact = by_linear_programming(lake.unwrapped.P, 0.9)
    plan = AgentPlan(
        4000, gamma=0.9, freeze_for=100, explore=(1.0, 0.2, 3000), first_random=200,
        capacity=5000, batch_size=32,
    )  # fmt: skip
    agent = Agent(lake, plan, hidden=(32,))
    episodes = list(agent.learn(progress=False))
    ice = [i for i, square in enumerate(lake.unwrapped.desc.flatten()) if square in b"SF"]
    found = agent.q_values(np.eye(16, dtype=np.float32)).numpy()
    np.testing.assert_allclose(found[ice], exact[ice], atol=0.02)
    assert agent.play(1) == [1.0] and {e.total for e in episodes} == {0.0, 1.0}
    assert all(a.step < b.step for a, b in pairwise(episodes))


def test_the_students_loss_and_choice_are_what_the_agent_uses() -> None:
    asked = []

    def choose(q: torch.Tensor, epsilon: float, u: float, v: float) -> int:
        asked.append((q.shape, epsilon, u, v))
        return 1

    def loss(*arguments: Any) -> torch.Tensor:
        asked.append("loss")
        return q_learning_loss(*arguments)

    plan = AgentPlan(30, first_random=20, batch_size=4, explore=(1.0, 0.5, 10))
    list(Agent(frozen_lake(), plan).learn(loss=loss, choose=choose, progress=False))
    steps = [entry for entry in asked if entry != "loss"]
    assert asked.count("loss") == 10 and len(steps) == 30
    assert [steps[i][1] for i in (0, 5, 10, 29)] == [1.0, 0.75, 0.5, 0.5]
    assert all(shape == (4,) and 0 <= u < 1 and 0 <= v < 1 for shape, _, u, v in steps)


def test_a_game_that_runs_out_of_time_is_not_over() -> None:
    """Q-learning would otherwise believe that nothing follows."""
    short = gym.make("CartPole-v1", max_episode_steps=5)
    kept: list[Any] = []

    def loss(*arguments: Any) -> torch.Tensor:
        kept.append(arguments[6].any())
        return q_learning_loss(*arguments)

    agent = Agent(short, AgentPlan(200, first_random=100, batch_size=32))
    episodes = list(agent.learn(loss=loss, progress=False))
    assert max(e.total for e in episodes) == 5 and not any(kept)  # it cannot fall in five steps


def test_where_all_states_are_the_last_nothing_follows() -> None:
    def network(states: torch.Tensor) -> torch.Tensor:
        return torch.zeros(len(states), 2)

    def unknown(states: torch.Tensor) -> torch.Tensor:
        return torch.full((len(states), 2), torch.inf)

    states, over = torch.zeros(3, 1), torch.ones(3, dtype=torch.bool)
    rewards = torch.tensor([1.0, 2.0, 3.0])
    actions = torch.zeros(3, dtype=torch.long)
    loss = q_learning_loss(network, unknown, states, actions, rewards, states, over, 0.9)
    assert float(loss) == pytest.approx(14 / 3)


def test_the_memory_forgets_the_oldest_and_keeps_steps_whole() -> None:
    memory = Replay(3, (2,))
    with pytest.raises(ValueError, match="nothing was seen yet"):
        memory.draw(1, np.random.default_rng(0), torch.device("cpu"))
    for i in range(7):
        memory.add(np.full(2, i), i, 10.0 * i, np.full(2, i + 1), i % 2 == 0)
    states, actions, rewards, after, dones = memory.draw(
        200, np.random.default_rng(0), torch.device("cpu")
    )
    assert len(memory) == 3 and set(actions.tolist()) == {4, 5, 6}
    assert torch.equal(states[:, 0], actions.float()) and torch.equal(after, states + 1)
    assert torch.equal(rewards, 10.0 * actions) and torch.equal(dones, actions % 2 == 0)


def test_networks_fit_numbers_and_the_pictures_of_the_paper() -> None:
    pictures = network_for((4, 84, 84), 6, (1,))
    assert pictures(torch.full((2, 4, 84, 84), 255.0)).shape == (2, 6)
    sizes = [tuple(p.shape) for p in pictures.parameters() if p.ndim > 1]
    assert sizes == [(32, 4, 8, 8), (64, 32, 4, 4), (64, 64, 3, 3), (512, 3136), (6, 512)]
    numbers = network_for((5,), 3, (7,))
    assert [tuple(m.weight.shape) for m in numbers if isinstance(m, nn.Linear)] == [(7, 5), (3, 7)]
    with pytest.raises(ValueError, match=r"states of shape \(3, 9\)"):
        network_for((3, 9), 2, (4,))


def test_a_game_without_buttons_is_refused() -> None:
    with pytest.raises(ValueError, match="a finite number is asked"):
        Agent(gym.make("Pendulum-v1"), AgentPlan(10))


def test_the_recorded_agent_solves_cart_pole_and_a_short_run_learns() -> None:
    run = load_recorded_run("cartpole")
    assert run["command"] == "python -m course_utils.rlhf cartpole --seed 0"
    assert len(run["played"]) == 100 and np.mean(run["played"]) >= 475
    assert max(run["played"]) <= 500 and run["episodes"][-1][0] <= run["plan"]["num_steps"]
    plan = AgentPlan(5000, freeze_for=100, explore=(1.0, 0.02, 3000), batch_size=128, learn_every=2)
    agent = Agent(cart_pole(), plan, hidden=(128, 128))
    list(agent.learn(progress=False))
    assert np.mean(agent.play(20)) > 100  # whoever presses any button lasts 22 steps


def test_the_same_agent_plays_atari() -> None:
    pytest.importorskip("ale_py", reason="ale-py is missing: it comes with the extra `rl`")
    pytest.importorskip("cv2", reason="opencv is missing: it comes with the extra `rl`")
    plan = AgentPlan(1200, first_random=1150, batch_size=4, learn_every=25, capacity=1200)
    game = atari("Pong")
    agent = Agent(game, plan)
    weights = [p.clone() for p in agent.network.parameters()]
    episodes = list(agent.learn(progress=False))
    assert game.observation_space.shape == (4, 84, 84) and agent.num_actions == 6
    assert episodes and -21 <= episodes[0].total <= 21
    assert not all(
        torch.equal(a, b) for a, b in zip(weights, agent.network.parameters(), strict=True)
    )


def test_without_atari_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ale_py", None)
    with pytest.raises(ValueError, match=r"Atari needs ale_py: pip install ale-py"):
        atari()
