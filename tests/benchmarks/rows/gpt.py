"""GPT against transformers' GPT-2 of the same shape, with the same weights and exact GELU."""

from __future__ import annotations

from copy import deepcopy

import torch

from course_utils.gpt.generate import generate_tokens
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan, make_optimizer
from course_utils.gpt.training import training_step
from course_utils.gpt.weights import Config
from tests.benchmarks.contest import Contest, Sides
from tests.gpt2 import as_gpt2, greedily

CONFIG = Config(num_layers=6, num_heads=6, width=384, vocabulary_size=80, num_positions=512)
PLAN = Plan(num_steps=1)
NUM_NEW = 256


def training() -> Sides:
    """One step each time: forward, loss, backward, clip, AdamW, on the same batch."""
    torch.set_num_threads(1)
    model = GPT(CONFIG)
    theirs = deepcopy(as_gpt2(model)).train()
    batch = torch.randint(80, (4, 256), generator=torch.Generator().manual_seed(0))
    our_optimizer, their_optimizer = make_optimizer(model, PLAN), make_optimizer(theirs, PLAN)

    def ours() -> float:
        return training_step(model, our_optimizer, batch, PLAN.max_norm)

    def transformers_() -> float:
        their_optimizer.zero_grad(set_to_none=True)
        loss = theirs(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), PLAN.max_norm)
        their_optimizer.step()
        return float(loss.detach())

    def same(one: float, other: float) -> bool:
        """The loss of the first step, and of the second: the weights moved alike."""
        return abs(one - other) < 1e-4 and abs(ours() - transformers_()) < 1e-4

    return Sides(ours, transformers_, same)


def generation() -> Sides:
    """The likeliest tokens, one after the other."""
    torch.set_num_threads(1)
    model = GPT(CONFIG, seed=1).eval()
    with torch.no_grad():
        for parameter in model.parameters():  # fresh weights would say the same token for ever
            parameter.mul_(4.0)
    theirs = as_gpt2(model).eval()
    prompt = [1, 2, 3, 4]

    def ours() -> list[int]:
        return list(generate_tokens(model, prompt, [0.0] * NUM_NEW, temperature=0.0))

    return Sides(ours, lambda: greedily(theirs, prompt, NUM_NEW), list.__eq__)


_SHAPE = "6 layers, 6 heads, 384 wide, V 80"
_PACKAGES = ("torch", "transformers")
CONTESTS = [
    Contest("GPT training step", "transformers GPT-2", 1.0,
            f"{_SHAPE}, B 4, T 256, float32: forward, backward, clip, AdamW", _PACKAGES, training),
    Contest("GPT generation", "transformers generate", 1.0,
            f"{_SHAPE}: 256 tokens after 4, greedy, keys and values kept", _PACKAGES, generation),
]  # fmt: skip
