"""The copy task: what was the first symbol? An RNN and attention, trained alike.

A line is one symbol, then noise, then a question mark; the answer is the symbol. Only memory helps.
Both models embed the symbols, have one layer with 32 numbers a token, and are trained on the same
lines in the same order. Attention knows positions, because without them it could not tell which
symbol came first.

Source: S. Hochreiter and J. Schmidhuber, "Long Short-Term Memory", Neural Computation 9 (1997), and Y.
Bengio and others 1994, for tasks with a long gap.
Leaves out: gates (an LSTM solves longer gaps), tuning of each model by itself, and the feed-forward
layers of a transformer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from course_utils.device import device
from course_utils.progress import track

PROVIDED = ("*",)  # whole in the student's copy

NUM_SYMBOLS = 8  # the answer is one of these; guessing is right once in eight
WIDTH = 32
GAPS = (1, 3, 10, 30, 100)
SEEDS = (0, 1)


@dataclass(frozen=True)
class CopyResults:
    """Which test lines each model got right."""

    gaps: tuple[int, ...]  # symbols of noise between the first symbol and the question
    seeds: tuple[int, ...]
    correct: NDArray[np.int64]  # (2, seeds, gaps, lines), 0 or 1; model 0 is the RNN, 1 attention

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """The share of right lines, (2, seeds, gaps)."""
        return self.correct.mean(axis=-1)

    def pairs(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """For each gap: what attention got right, and what the RNN did, on the first seed's lines."""
        for gap in range(len(self.gaps)):
            yield self.correct[1, 0, gap], self.correct[0, 0, gap]


class RecurrentReader(nn.Module):
    """Embeds, reads from left to right, and answers from the last hidden vector."""

    def __init__(self) -> None:
        """Make a plain tanh RNN."""
        super().__init__()
        self.embedding = nn.Embedding(NUM_SYMBOLS + 1, WIDTH)
        self.rnn = nn.RNN(WIDTH, WIDTH, batch_first=True)
        self.output = nn.Linear(WIDTH, NUM_SYMBOLS)

    def forward(self, lines: Tensor) -> Tensor:
        """(B, T) symbols -> (B, NUM_SYMBOLS) scores."""
        return self.output(self.rnn(self.embedding(lines))[0][:, -1])


class AttentiveReader(nn.Module):
    """Embeds symbols and positions; the last one looks at all, and answers from what it finds."""

    def __init__(self, length: int) -> None:
        """Make queries, keys and values for lines of this length."""
        super().__init__()
        self.embedding = nn.Embedding(NUM_SYMBOLS + 1, WIDTH)
        self.positions = nn.Embedding(length, WIDTH)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.output = nn.Linear(WIDTH, NUM_SYMBOLS)

    def forward(self, lines: Tensor) -> Tensor:
        """(B, T) symbols -> (B, NUM_SYMBOLS) scores."""
        x = self.embedding(lines) + self.positions.weight  # (B, T, WIDTH)
        q, k, v = self.query(x[:, -1:]), self.key(x), self.value(x)
        found = nn.functional.scaled_dot_product_attention(q, k, v)  # (B, 1, WIDTH)
        return self.output(found[:, 0])


def copy_lines(num_lines: int, gap: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return lines (num_lines, gap + 2) and their answers (num_lines,).

    >>> lines, answers = copy_lines(2, 3, torch.Generator().manual_seed(0))
    >>> lines.shape, bool((lines[:, 0] == answers).all()), lines[0, -1].item()
    (torch.Size([2, 5]), True, 8)
    """
    symbols = torch.randint(NUM_SYMBOLS, (num_lines, gap + 1), generator=generator)
    question = torch.full((num_lines, 1), NUM_SYMBOLS)
    return torch.cat([symbols, question], dim=1), symbols[:, 0]


def run_copy_task(
    gaps: tuple[int, ...] = GAPS,
    seeds: tuple[int, ...] = SEEDS,
    *,
    num_steps: int = 250,
    num_test_lines: int = 300,
    progress: bool = True,
) -> CopyResults:
    """Train both models for every gap and seed, and test them on lines they have not seen."""
    runs = [(i, j) for i in range(len(seeds)) for j in range(len(gaps))]
    correct = np.zeros((2, len(seeds), len(gaps), num_test_lines), dtype=np.int64)
    for i, j in track(runs, "copy task") if progress else runs:
        for m in range(2):
            torch.manual_seed(seeds[i])
            model = AttentiveReader(gaps[j] + 2) if m else RecurrentReader()
            correct[m, i, j] = _trained(model, gaps[j], seeds[i], num_steps, num_test_lines)
    return CopyResults(tuple(gaps), tuple(seeds), correct)


def _trained(
    model: nn.Module, gap: int, seed: int, num_steps: int, num_test_lines: int
) -> NDArray[np.int64]:
    place = device()
    model.to(place)
    generator = torch.Generator().manual_seed(1000 + seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(num_steps):
        lines, answers = copy_lines(64, gap, generator)
        loss = nn.functional.cross_entropy(model(lines.to(place)), answers.to(place))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    lines, answers = copy_lines(num_test_lines, gap, torch.Generator().manual_seed(77 + seed))
    with torch.inference_mode():
        guesses = model(lines.to(place)).argmax(dim=-1).cpu()
    return (guesses == answers).long().numpy()
