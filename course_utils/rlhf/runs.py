"""What is recorded of each longer run."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import torch

from course_utils.gpt.model import GPT
from course_utils.gpt.trainer import passage_losses
from course_utils.recording import write_record
from course_utils.rlhf.agent import Agent, AgentPlan
from course_utils.rlhf.games import atari, cart_pole
from course_utils.rlhf.judge import Judge, accuracy, human_ceiling
from course_utils.rlhf.pipeline import NUM_PAIRS, Pipeline
from course_utils.rlhf.scorer import Scorer, rewards_of

PROVIDED = ("*",)  # whole in the student's copy

BETA = 0.1  # the price at which the small model is tuned
BETAS = (0.5, 0.2, BETA, 0.03, 0.0)  # for the frontier, and beyond it
NUM_ROUNDS = 120
CARTPOLE = AgentPlan(
    40_000,
    learn_every=2,
    batch_size=128,
    freeze_for=100,
    explore=(1.0, 0.02, 8000),
    capacity=40_000,
)


def record_movies(folder: Path, out: Path, *, seed: int = 0) -> None:
    """Make all models, let them write after the same prompts, and let the judge decide."""
    begun = perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "seconds.txt"  # of the times before, if it was stopped
    before = float(clock.read_text(encoding="utf-8")) if clock.exists() else 0.0
    try:
        record = _movies(Pipeline(folder, seed))
    finally:
        seconds = before + perf_counter() - begun
        clock.write_text(f"{seconds:.1f}\n", encoding="utf-8")
    write_record(
        out, record, command="python -m course_utils.rlhf movies", seed=seed, seconds=seconds
    )


def _movies(run: Pipeline) -> dict[str, Any]:
    judge = Judge(run.parts["judge"])
    rng = np.random.default_rng(run.seed)
    people = run.parts["prompt"]
    pairs = people.pairs(4000, rng)
    rewards = {choices: run.reward_model(choices) for choices in NUM_PAIRS}
    models = {
        "pre-trained, small": run.pretrained("small"),
        "pre-trained, large": run.pretrained("large"),
        "fine-tuned, small": run.fine_tuned(),
        "tuned by PPO, small": run.tuned(BETA, NUM_ROUNDS)[0],
    }
    written = {name: _written(run, model, rewards["many"], judge) for name, model in models.items()}
    agreed = {
        f"reward model, {NUM_PAIRS[choices]:,} choices": rewards_of(model, run.held_out).numpy()
        for choices, model in rewards.items()
    }
    agreed["judge"] = judge.scores(people.texts)
    for name, entry in written.items():
        run.say(f"{name:22} judge {np.mean(entry['judged']):+.3f}   {entry['texts'][0]}")
    return {
        "parameters": {name: _size(model) for name, model in models.items()},
        "held_out": {name: _nats_a_token(run, model) for name, model in models.items()},
        "accuracy": {
            **{name: round(accuracy(scores, pairs), 4) for name, scores in agreed.items()},
            "one person": round(human_ceiling(people, 4000, rng), 4),
        },
        "judged": {name: entry["judged"] for name, entry in written.items()},
        "texts": {name: entry["texts"][:6] for name, entry in written.items()},
        "prices": {
            f"{NUM_PAIRS[choices]:,} choices": [
                _at(run, beta, choices, reward, judge) for beta in BETAS
            ]
            for choices, reward in rewards.items()
        },
    }


def _at(run: Pipeline, beta: float, choices: str, reward: Scorer, judge: Judge) -> dict[str, Any]:
    """What became of the fine-tuned model at one price."""
    policy, rounds = run.tuned(beta, NUM_ROUNDS, choices)
    entry = _written(run, policy, reward, judge)
    return {
        "beta": beta,
        "kl": round(float(np.mean([last.kl for last in rounds[-10:]])), 3),
        "reward": round(float(np.mean(entry["rewards"])), 3),
        "judge": round(float(np.mean(entry["judged"])), 3),
        "curve": [[r.number, round(r.reward, 3), round(r.kl, 3)] for r in rounds[::10]],
        "sample": entry["texts"][0],
    }


def _written(run: Pipeline, model: GPT, reward: Scorer, judge: Judge) -> dict[str, Any]:
    replies, texts = run.replies(model)
    with torch.inference_mode():
        rewards = reward.at(replies.tokens, replies.last).cpu()
    return {
        "texts": texts,
        "rewards": rewards.tolist(),
        "judged": [round(float(score), 3) for score in judge.scores(texts)],
    }


def _nats_a_token(run: Pipeline, model: GPT) -> float:
    return round(float(passage_losses(model, run.unseen, 64).mean()), 3)


def _size(model: GPT) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def record_cartpole(out: Path, *, seed: int = 0) -> None:
    """Learn to balance the pole, then play 100 games without exploring."""
    begun = perf_counter()
    env = cart_pole()
    agent = Agent(env, AgentPlan(**{**vars(CARTPOLE), "seed": seed}), hidden=(128, 128))
    episodes = [[episode.step, episode.total] for episode in agent.learn()]
    played = agent.play(100)
    record = {"plan": vars(agent.plan), "episodes": episodes, "played": played}
    write_record(
        out,
        record,
        command="python -m course_utils.rlhf cartpole",
        seed=seed,
        seconds=perf_counter() - begun,
    )
    print(f"mean reward of 100 games: {np.mean(played):.1f}")


def record_atari(game: str, steps: int, *, seed: int = 0) -> None:
    """The same agent before a screen; a few million steps are needed to play well."""
    plan = AgentPlan(
        steps, learning_rate=1e-4, batch_size=32, learn_every=4, freeze_for=2500, seed=seed,
        first_random=min(10_000, steps // 2), explore=(1.0, 0.05, 1_000_000), capacity=20_000,
    )  # fmt: skip
    for number, episode in enumerate(Agent(atari(game), plan).learn(), start=1):
        print(f"{game}, game {number}: {episode.total:+.0f} after {episode.step} steps")
