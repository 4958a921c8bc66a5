"""Random weights of small GPTs, as data that the student's side builds the dataclasses from."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

MODULE = "course_utils.gpt.weights"


def draw_block(rng: np.random.Generator, width: int, inner: int, *, eps: float) -> dict[str, Any]:
    """One block; every number matters: gains are not near 1, biases not near 0."""

    def normal(*shape: int, spread: float = 1.0, centre: float = 0.0) -> torch.Tensor:
        return torch.from_numpy(rng.normal(size=shape) * spread + centre)

    block: dict[str, Any] = {"class": f"{MODULE}.Block", "eps": eps}
    for norm in ("norm1", "norm2"):
        block[f"{norm}_gain"] = normal(width, spread=0.6, centre=1.4)
        block[f"{norm}_bias"] = normal(width)
    for name in "qkvo":
        block[f"W_{name}"] = normal(width, width, spread=0.9)
        block[f"b_{name}"] = normal(width)
    block |= {"W_in": normal(width, inner), "b_in": normal(inner)}
    return block | {"W_out": normal(inner, width, spread=0.7), "b_out": normal(width)}


def draw_gpt(
    rng: np.random.Generator,
    *,
    num_layers: int,
    num_heads: int,
    width: int,
    vocabulary_size: int,
    num_positions: int,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters and Config of a whole GPT, whose final norm has an eps of its own."""
    inner = width + 1

    def table(rows: int) -> torch.Tensor:
        return torch.from_numpy(rng.normal(size=(rows, width)))

    config = {
        "class": f"{MODULE}.Config",
        "num_layers": num_layers,
        "num_heads": num_heads,
        "width": width,
        "vocabulary_size": vocabulary_size,
        "num_positions": num_positions,
        "feed_forward_width": inner,
        "eps": 0.3,
    }
    parameters = {
        "class": f"{MODULE}.Parameters",
        "token_table": table(vocabulary_size),
        "position_table": table(num_positions),
        "blocks": [draw_block(rng, width, inner, eps=0.3) for _ in range(num_layers)],
        "final_norm_gain": table(1)[0] + 2,
        "final_norm_bias": table(1)[0],
    }
    return parameters, config
