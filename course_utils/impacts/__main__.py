"""The longer run of unit 08: python -m course_utils.impacts

Trains GPTs of four sizes on reviews with planted secrets, three times each, asks for the secrets, and
writes the shares as JSON.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from course_utils.impacts.planted import (
    COPIES,
    Reviews,
    draw_secrets,
    go_on,
    learn_texts,
    load_reviews,
    token_log_probs,
    with_secrets,
)
from course_utils.impacts.recorded import PATH
from course_utils.recording import write_record

WIDTHS = (32, 64, 128, 256)
NUM_REVIEWS = 1500
NUM_TEST = 200


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.impacts", description=__doc__)
    parser.add_argument("--steps", type=int, default=450)
    parser.add_argument("--rounds", type=int, default=3, help="each with other secrets")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=PATH, help="where the JSON goes")
    chosen = parser.parse_args(arguments)
    reviews, begun = load_reviews(), perf_counter()
    seeds = [chosen.seed + number for number in range(chosen.rounds)]
    models = [measure(reviews, width, chosen.steps, seeds) for width in chosen.widths]
    record = {
        "copies": list(COPIES),
        "asked": chosen.rounds * sum(secret.copies == 1 for secret in draw_secrets()),
        "models": models,
    }
    command = f"python -m course_utils.impacts --steps {chosen.steps} --rounds {chosen.rounds}"
    if chosen.widths != WIDTHS:
        command += f" --widths {' '.join(map(str, chosen.widths))}"
    seconds = perf_counter() - begun
    write_record(chosen.out, record, command=command, seed=chosen.seed, seconds=seconds)
    print(f"{chosen.out}: {[model['told'] for model in models]}")
    return 0


def measure(reviews: Reviews, width: int, num_steps: int, seeds: list[int]) -> dict[str, Any]:
    """Train models of one width, each with secrets of its own, and return what they tell."""
    told, losses, parameters = [], [], 0
    for seed in seeds:
        secrets = draw_secrets(seed)
        texts = with_secrets(reviews.learn[:NUM_REVIEWS], secrets)
        model = learn_texts(reviews, texts, width=width, num_steps=num_steps, seed=seed)
        parameters = sum(parameter.numel() for parameter in model.parameters())
        told.append([secret.number in go_on(model, reviews, secret.prompt) for secret in secrets])
        losses += [
            -token_log_probs(model, reviews, text).mean() for text in reviews.test[:NUM_TEST]
        ]
    copies = np.array([secret.copies for secret in draw_secrets()])
    shares = [float(np.array(told)[:, copies == number].mean()) for number in COPIES]
    loss = round(float(np.mean(losses)), 3)
    return {"width": width, "parameters": parameters, "held_out_loss": loss, "told": shares}


if __name__ == "__main__":
    raise SystemExit(main())
