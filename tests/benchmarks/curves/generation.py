"""Writing by the number of tokens: with keys and values kept, each new token reads once what was written.

Without them the whole text is read again for each token. At these lengths the layers cost more than looking back,
so the first is nearly linear and the second nearly quadratic.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch

from course_utils.gpt.generate import generate_tokens
from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config
from tests.benchmarks.curves.growth import Curve, Line
from tests.gpt2 import as_gpt2, greedily

LENGTHS = (32, 64, 128, 256, 512, 1024)
CONFIG = Config(num_layers=4, num_heads=4, width=256, vocabulary_size=80, num_positions=1100)
PROMPT = [1, 2, 3, 4]


@cache
def model() -> GPT:
    torch.set_num_threads(1)
    return GPT(CONFIG, seed=1).eval()


@cache
def gpt2() -> Any:
    return as_gpt2(model()).eval()


def kept(length: int) -> Callable[[], Any]:
    return lambda: list(generate_tokens(model(), PROMPT, [0.0] * length, temperature=0.0))


def read_again(length: int) -> Callable[[], Any]:
    @torch.inference_mode()
    def write() -> list[int]:
        text = list(PROMPT)
        for _ in range(length):
            text.append(int(model()(torch.tensor([text]))[0, -1].argmax()))
        return text[len(PROMPT) :]

    return write


CURVE = Curve(
    name="generation",
    title="Writing with a GPT of 4 layers, 256 wide",
    size="tokens",
    cost="seconds",
    lines=(
        Line("ours, keys and values kept", LENGTHS, kept, 1.0, fit_from=128),
        Line("ours, the text read again", LENGTHS[:5], read_again, 2.0, fit_from=64),
        Line(
            "transformers, kept",
            LENGTHS,
            lambda length: lambda: greedily(gpt2(), PROMPT, length),
            1.0,
            fit_from=128,
        ),
    ),
    packages=("torch", "transformers"),
)
