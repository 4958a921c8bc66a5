"""The longer run of unit 05: python -m course_utils.gpt

Trains a GPT on Shakespeare's characters, can be interrupted and taken up again, and writes the curve
and samples as JSON.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from course_utils.data import DataError
from course_utils.gpt.generate import generate_tokens
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.recorded import PATH
from course_utils.gpt.text import CharacterTokenizer, shakespeare_texts
from course_utils.gpt.trainer import passage_losses, train
from course_utils.gpt.weights import Config
from course_utils.recording import write_record

SAMPLED_AFTER = (0, 100, 500, 2000, 4000)
LENGTH_OF_SAMPLES = 160


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when the data are missing."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.gpt", description=__doc__)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=PATH, help="where the JSON goes")
    parser.add_argument("--checkpoint", type=Path, help="a .safetensors file to go on from")
    chosen = parser.parse_args(arguments)
    try:
        train_text, held_out_text = shakespeare_texts()
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    tokenizer = CharacterTokenizer(train_text)
    config = Config(4, 4, 128, len(tokenizer), num_positions=64)
    plan = Plan(chosen.steps, batch_size=24, learning_rate=4e-3, seed=chosen.seed)
    model = GPT(config, seed=chosen.seed)
    begun = perf_counter()
    uniforms = np.random.default_rng(28).random(LENGTH_OF_SAMPLES).tolist()

    def sample() -> str:
        ids = generate_tokens(model, tokenizer.encode("\n"), uniforms, temperature=0.8)
        return tokenizer.decode(ids)

    samples = {"0": sample()}
    curve = []
    text, held_out = (torch.tensor(tokenizer.encode(t)) for t in (train_text, held_out_text))
    for report in train(model, text, plan, held_out=held_out, checkpoint=chosen.checkpoint):
        curve.append(
            [report.step, round(report.train_loss, 4), round(report.held_out_loss or 0, 4)]
        )
        if report.step in SAMPLED_AFTER:
            samples[str(report.step)] = sample()
    by_passage = passage_losses(model, held_out, plan.num_tokens)
    record = {
        "curve": curve,  # [step, training loss, held-out loss], nats per character
        "samples": samples,
        "held_out_losses": [round(loss, 3) for loss in by_passage.tolist()],
    }
    command = f"python -m course_utils.gpt --steps {chosen.steps}"
    write_record(
        chosen.out, record, command=command, seed=chosen.seed, seconds=perf_counter() - begun
    )
    print(f"{chosen.out}: {curve[-1][2] if curve else '?'} nats per character on held-out text")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
