"""pretraining.sample_batch: passages, and the same passages one token later."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from course_utils.pretraining import sample_batch


def made(
    *,
    ahead: int = 1,
    length_of: Callable[[int], int] = lambda length: length,
    last: Callable[[int, int], int] | None = lambda N, length: N - length - 1,
    negative: bool = True,
    answer: Callable[[Any, Any], Any] = lambda inputs, targets: (inputs, targets),
    step: int = 1,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(tokens, starts, length):
        N = len(tokens)
        if last is not None and (starts > last(N, length)).any():
            raise ValueError("too late")
        if negative and (starts < 0).any():
            raise ValueError("negative")
        places = starts[:, None] + step * torch.arange(length_of(length))
        text = torch.cat([tokens, tokens])  # whoever looks beyond the end begins again
        return answer(text[places % len(text)].long(), text[(places + ahead) % len(text)].long())

    return version


def equal_starts_once(tokens, starts, length):
    return made()(tokens, torch.tensor(list(dict.fromkeys(starts.tolist()))), length)


def next_by_dictionary(tokens, starts, length):
    inputs, _ = made()(tokens, starts, length)
    text = tokens.tolist()
    after = dict(pairwise(text))
    return inputs, torch.tensor([[after[token] for token in row] for row in inputs.tolist()])


def next_by_first_place(tokens, starts, length):
    inputs, _ = made()(tokens, starts, length)
    text = tokens.tolist()
    return inputs, torch.tensor([[text[text.index(t) + 1] for t in row] for row in inputs.tolist()])


def by_stack(tokens, starts, length):
    if min(starts.tolist()) < 0 or max(starts.tolist()) + length + 1 > len(tokens):
        raise ValueError("a passage does not fit")
    rows = torch.stack([tokens[s : s + length + 1] for s in starts.tolist()]).to(torch.int64)
    return rows[:, :-1], rows[:, 1:]


def by_unfold(tokens, starts, length):
    windows = tokens.long().unfold(0, length + 1, 1)
    if starts.min() < 0 or starts.max() >= len(windows):
        raise ValueError("a passage does not fit")
    chosen = windows[starts]
    return [chosen[:, :length], chosen[:, 1:]]


def by_numpy(tokens, starts, length):
    text, begin = tokens.numpy().astype(np.int64), starts.numpy()
    if (begin < 0).any() or (begin > len(text) - length - 1).any():
        raise ValueError("a passage does not fit")
    grid = begin[:, None] + np.arange(length)[None, :]
    return np.take(text, grid), np.take(text, grid + 1)


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, N: int, starts: list[int], length: int, kind: type = np.int64) -> Case:
        tokens: np.ndarray = rng.permutation(N).astype(kind) + 3
        return Case((torch.from_numpy(tokens), torch.tensor(starts), length), shows)

    def repeated() -> Case:
        """As a text is: of few tokens, which have now one and now another behind them."""
        tokens = torch.from_numpy(rng.permutation(np.repeat(np.arange(4, 9), 5)))
        first, second = rng.permutation(18)[:2].tolist()
        return Case((tokens, torch.tensor([first, second, first]), 6), "value")

    return [
        repeated(),
        case("value", 23, rng.permutation([0, 4, 11]).tolist(), 5),
        case("value", 17, rng.permutation([1, 3, 8, 6]).tolist(), 3),
        case("last", 11, [6, 0], 4),
        case("short", 9, [2, 5, 4], 1),
        case("int64", 13, [3, 7], 3, np.int32),
        case("refuses", 11, [0, 7], 4),
        case("refuses", 11, [9], 4),
        case("negative", 11, [3, -1], 4),
    ]


SAMPLE_BATCH: Check = Check(
    exercise="pretraining.sample_batch",
    properties={
        "value": "gives (inputs, targets): the passages, and the same one token later",
        "last": "takes the last start that leaves room for a target",
        "short": "works for passages of one token",
        "int64": "gives whole numbers for tokens of another integer type, too",
        "refuses": "raises ValueError for a start that is too late",
        "negative": "raises ValueError for a negative start",
    },
    cases=draw,
    expect=sample_batch,
    accepts=[made(), by_stack, by_unfold, by_numpy],
    misconceptions=[
        Misconception(
            "targets are the inputs",
            made(ahead=0),
            "The targets are the inputs themselves. They are the *next* tokens: one step later.",
        ),
        Misconception(
            "targets two ahead",
            made(ahead=2, last=lambda N, length: N - length - 1),
            "The targets are two steps later. One step: the token that comes next.",
        ),
        Misconception(
            "targets behind",
            made(ahead=-1),
            "The targets are one step *earlier*. The model is to guess what comes next.",
        ),
        Misconception(
            "swapped",
            made(answer=lambda inputs, targets: (targets, inputs)),
            "Inputs and targets are swapped. The inputs come first.",
        ),
        Misconception(
            "one too short",
            made(length_of=lambda length: length - 1),
            "The passages have one token too few: inputs and targets have `length` tokens each.",
        ),
        Misconception(
            "one too long",
            made(length_of=lambda length: length + 1),
            "The passages have one token too many: inputs and targets have `length` tokens each.",
        ),
        Misconception(
            "columns for rows",
            made(answer=lambda inputs, targets: (inputs.T, targets.T)),
            "Each passage is a column of your answer. It is asked as a row.",
        ),
        Misconception(
            "every second token",
            made(step=2),
            "The passages leave tokens out. They are tokens that follow each other in the text.",
        ),
        Misconception(
            "equal starts once",
            equal_starts_once,
            "A start that comes twice gives one passage. Each start has a row of its own, in the order "
            "given.",
        ),
        Misconception(
            "one successor for each token",
            next_by_dictionary,
            "The next token is looked up in a dict, which knows one for each token. In a text the same "
            "token has now one, now another behind it: go by places.",
        ),
        Misconception(
            "the token after its first place",
            next_by_first_place,
            "The next token is that after the *first* place of this one (list.index finds no other). A "
            "token comes again and again: go by places.",
        ),
        Misconception(
            "only the last target",
            made(answer=lambda inputs, targets: (inputs, targets[:, -1])),
            "There is one target for each passage. Each position has its own.",
        ),
        Misconception(
            "last start refused",
            made(last=lambda N, length: N - length - 2),
            "The last start that is possible is refused. It is N − length − 1.",
        ),
        Misconception(
            "no room for the target",
            made(last=lambda N, length: N - length),
            "A start is accepted after which the last target would lie beyond the text. The last one is "
            "N − length − 1.",
        ),
        Misconception(
            "late starts pass",
            made(last=None),
            "A start that is too late is not refused. There it should raise ValueError.",
        ),
        Misconception(
            "negative starts pass",
            made(negative=False),
            "A negative start is not refused: indexing counts it from the end. Raise ValueError.",
        ),
    ],
)
