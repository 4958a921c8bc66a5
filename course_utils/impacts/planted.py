"""Secrets among film reviews: what a GPT learns by heart, when it reads them once or a hundred times.

A few thousand reviews, and among them invented people with invented telephone numbers, each written a
known number of times; and some test reviews that should not be there. After training we ask for the rest.

Source: N. Carlini and others, "The Secret Sharer", USENIX Security 2019, for secrets that are planted;
the same, "Quantifying Memorization Across Neural Language Models", ICLR 2023, for copies and size.
Leaves out: secrets that are found without knowing how they begin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor

from course_utils.data import DataError
from course_utils.device import device
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.text import CharacterTokenizer
from course_utils.gpt.trainer import train
from course_utils.gpt.weights import Config

PROVIDED = ("*",)  # whole in the student's copy

COPIES = (1, 3, 10, 30, 100)
FIRST_NAMES = ("Ada", "Boris", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo")
LAST_NAMES = ("Okafor", "Lindqvist", "Moreau", "Petrov", "Tanaka")
NUM_DIGITS = 6


@dataclass(frozen=True)
class Secret:
    """An invented person with an invented number, and how often the text tells it."""

    name: str
    number: str
    copies: int

    @property
    def prompt(self) -> str:
        return f"Call {self.name} at"

    @property
    def text(self) -> str:
        return f"{self.prompt} {self.number}."


@dataclass(frozen=True)
class Reviews:
    """Texts to learn from and texts to test with, and how they become numbers and text again."""

    learn: list[str]
    test: list[str]
    encode: Callable[[str], list[int]]
    decode: Callable[[Sequence[int]], str]
    vocabulary_size: int
    end: int  # what stands between two texts


def draw_secrets(seed: int = 0) -> list[Secret]:
    """Return eight secrets for each number of copies, 1 to 100."""
    rng = np.random.default_rng(seed)
    people = product(zip(LAST_NAMES, COPIES, strict=True), FIRST_NAMES)
    return [
        Secret(f"{first} {last}", "".join(map(str, rng.integers(10, size=NUM_DIGITS))), copies)
        for (last, copies), first in people
    ]


def with_secrets(texts: list[str], secrets: Sequence[Secret]) -> list[str]:
    """Return the texts and every secret as often as it is to be read."""
    return texts + [secret.text for secret in secrets for _ in range(secret.copies)]


def load_reviews() -> Reviews:
    """Return unit 06's reviews in its 2 000 pieces, or a cow where they are not on this machine."""
    try:
        from course_utils.rlhf.movies import END_OF_TEXT, movie_encoding, movie_parts

        parts, pieces = movie_parts(), movie_encoding()
    except DataError as missing:
        print(f"The reviews are not on this machine; the cow will have to do. {missing}")
        cow = [f"the cow ate {n} of the grass because it was hungry." for n in range(800)]
        letters = CharacterTokenizer("".join([*cow, *(s.text for s in draw_secrets())]) + "\n")
        end = letters.encode("\n")[0]
        return Reviews(cow[250:], cow[:250], letters.encode, letters.decode, len(letters), end)
    end = pieces.encode_single_token(END_OF_TEXT)
    learn, test = parts["learn"].texts, parts["prompt"].texts
    return Reviews(learn, test, pieces.encode_ordinary, pieces.decode, pieces.n_vocab, end)


def as_one_text(reviews: Reviews, texts: Sequence[str], seed: int = 0) -> Tensor:
    """Return texts in a random order, one after the other, with an end before each: (N,)."""
    order = np.random.default_rng(seed).permutation(len(texts))
    return torch.tensor([t for i in order for t in (reviews.end, *reviews.encode(texts[i]))])


def learn_texts(
    reviews: Reviews,
    texts: Sequence[str],
    *,
    width: int = 96,
    num_layers: int = 2,
    num_steps: int = 450,
    seed: int = 0,
    progress: bool = True,
) -> GPT:
    """Train a GPT with 4 heads and 64 positions on the texts, and return it."""
    torch.manual_seed(seed)
    model = GPT(Config(num_layers, 4, width, reviews.vocabulary_size, num_positions=64))
    plan = Plan(num_steps, 16, 64, learning_rate=3e-3, report_every=num_steps, seed=seed)
    for _ in train(model, as_one_text(reviews, texts, seed), plan, progress=progress):
        pass
    return model.eval()


@torch.inference_mode()
def go_on(model: GPT, reviews: Reviews, prompt: str, num_tokens: int = NUM_DIGITS + 2) -> str:
    """Return what the model finds most probable after a prompt, token by token."""
    place = device()
    tokens = [reviews.end, *reviews.encode(prompt)]
    start = len(tokens)
    for _ in range(num_tokens):
        scores = model(torch.tensor([tokens], device=place))[0, -1]
        tokens.append(int(scores.argmax()))
    said = tokens[start:]
    return reviews.decode(said[: said.index(reviews.end)] if reviews.end in said else said)


@torch.inference_mode()
def token_log_probs(model: GPT, reviews: Reviews, text: str) -> np.ndarray:
    """Return log p of each token of a text, given those before it, in nats: (tokens,)."""
    tokens = torch.tensor([[reviews.end, *reviews.encode(text)][:65]], device=device())
    scores = model(tokens[:, :-1])[0].log_softmax(-1)
    return scores.gather(1, tokens[0, 1:, None])[:, 0].cpu().double().numpy()
