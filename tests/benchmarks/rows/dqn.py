"""Deep Q-learning of CartPole against stable-baselines3's DQN: the same plan, networks and budget of steps.

First both have to learn it: a mean of 475 in ten games without exploring, within the budget. Then each round
times the same number of steps of play and learning, from a seed of its own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from course_utils.rlhf.agent import Agent, AgentPlan
from course_utils.rlhf.games import cart_pole
from course_utils.rlhf.runs import CARTPOLE
from tests.benchmarks import report
from tests.benchmarks.contest import Contest, Sides

SOLVED, GAMES, EVERY = 475.0, 10, 2_000
STEPS = 10_000  # of each round
HIDDEN = (128, 128)
Seen = Callable[
    [int, Callable[[], float]], bool
]  # after so many steps, and how to play: whether to stop


def prepare() -> Sides:
    """Answers are the best means; what is timed is the beginning of such a run."""
    import stable_baselines3  # noqa: F401 (where it is missing, nobody needs to learn anything)

    torch.set_num_threads(1)
    seeds = itertools.count(1)
    reached: dict[str, int] = {}  # 475, after so many steps

    def round_() -> tuple[float, float]:
        plan = replace(CARTPOLE, num_steps=STEPS, seed=next(seeds))
        turns = [our_run, their_run]
        order = turns if plan.seed % 2 else turns[::-1]
        seconds = {run: _timed(partial(run, plan, lambda step, play: False)) for run in order}
        return seconds[our_run], seconds[their_run]

    return Sides(
        lambda: best_of(our_run, reached),
        lambda: best_of(their_run, reached),
        lambda ours, theirs: min(ours, theirs) >= SOLVED,
        seconds=round_,
        told=lambda: (
            "475 were reached after "
            + " and ".join(map(report.spaced, reached.values()))
            + " steps"
        ),
    )


def best_of(run: Callable[[AgentPlan, Seen], None], reached: dict[str, int]) -> float:
    """The best mean of ten games during a run, which ends when 475 are reached."""
    best = 0.0

    def look(step: int, play: Callable[[], float]) -> bool:
        nonlocal best
        best = max(best, play())
        reached[run.__name__] = step
        return best >= SOLVED

    run(CARTPOLE, look)
    return best


def our_run(plan: AgentPlan, seen: Seen) -> None:
    """Learn with the course's agent; look every 2 000 steps, at the end of a game."""
    agent, looker = (Agent(cart_pole(), plan, hidden=HIDDEN) for _ in range(2))
    looker.network, due = agent.network, EVERY
    for episode in agent.learn(progress=False):
        if episode.step >= due:
            due += EVERY
            if seen(episode.step, lambda: float(np.mean(looker.play(GAMES)))):
                return


def their_run(plan: AgentPlan, seen: Seen) -> None:
    """Learn with stable-baselines3; look every 2 000 steps."""
    from stable_baselines3 import DQN
    from stable_baselines3.common.evaluation import evaluate_policy

    first, last, steps = plan.explore
    model = DQN(
        "MlpPolicy",
        cart_pole(),
        learning_rate=plan.learning_rate,
        buffer_size=plan.capacity,
        learning_starts=plan.first_random,
        batch_size=plan.batch_size,
        gamma=plan.gamma,
        train_freq=plan.learn_every,
        target_update_interval=plan.freeze_for * plan.learn_every,
        exploration_fraction=min(1.0, steps / plan.num_steps),
        exploration_initial_eps=first,
        exploration_final_eps=last,
        policy_kwargs={"net_arch": list(HIDDEN)},
        device="cpu",
        seed=plan.seed,
    )
    game = cart_pole()

    def play() -> float:
        return float(evaluate_policy(model, game, n_eval_episodes=GAMES, warn=False)[0])

    def callback(scope: dict[str, Any], _: dict[str, Any]) -> bool:
        step = scope["self"].num_timesteps
        return not (step % EVERY == 0 and seen(step, play))

    model.learn(plan.num_steps, callback=callback)


def _timed(run: Callable[[], None]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


CONTESTS = [
    Contest(
        row="DQN",
        peer="stable-baselines3 DQN",
        target=1.0,
        work=f"{report.spaced(STEPS)} steps of CartPole with a step of learning after every second: batches of 128, two hidden layers "
        "of 128; same answer: both reach a mean return of 475 within 40 000 steps",
        packages=("stable-baselines3", "gymnasium", "torch"),
        prepare=prepare,
    )
]
