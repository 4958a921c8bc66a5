"""attention.rnn_language_model: one vector for everything that was said so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.attention import rnn_language_model


def made(
    *,
    squash: Callable[[Any], Any] = np.tanh,
    start: Callable[[Any], Any] = lambda h0: h0,
    mix: Callable[[Any], Any] = lambda W_hh: W_hh,
    memory: float = 1.0,
    hidden_bias: bool = True,
    output_bias: bool = True,
    order: int = 1,
    previous: bool = False,
    squash_logits: Callable[[Any], Any] = lambda logits: logits,
    finish: Callable[[Any, Any, Any], Any] = lambda hidden, logits, h0: (hidden, logits),
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
        h, hidden, logits = start(np.asarray(h0)), [], []
        for x in np.asarray(token_vectors)[::order]:
            before = h
            h = squash(x @ W_xh + memory * (h @ mix(W_hh)) + (b_h if hidden_bias else 0))
            hidden.append(h)
            logits.append((before if previous else h) @ W_hy + (b_y if output_bias else 0))
        return finish(np.array(hidden), squash_logits(np.array(logits)), h0)

    return version


def softmaxed(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def one_array(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    hidden, _ = rnn_language_model(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y)
    hidden = np.repeat(hidden[-1:], len(hidden), axis=0)
    return hidden, hidden @ W_hy + b_y


def bias_outside(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    h, hidden = h0, []
    for x in token_vectors:
        h = np.tanh(x @ W_xh + h @ W_hh) + b_h
        hidden.append(h)
    return np.array(hidden), np.array(hidden) @ W_hy + b_y


def always_from_h0(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    hidden = np.tanh(np.asarray(token_vectors) @ W_xh + np.asarray(h0) @ W_hh + b_h)
    return hidden, hidden @ W_hy + b_y


def squeezed(hidden, logits, h0):
    return np.squeeze(hidden, 0) if len(hidden) == 1 else hidden, np.squeeze(logits, 0) if len(
        logits
    ) == 1 else logits


def by_lists(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    columns = list(zip(*np.vstack([W_xh, W_hh]), strict=True))
    h, hidden = list(h0), []
    for x in token_vectors:
        both = [*x, *h]
        h = [
            np.tanh(sum(a * b for a, b in zip(both, column, strict=True)) + bias)
            for column, bias in zip(columns, b_h, strict=True)
        ]
        hidden.append(h)
    return hidden, [[float(v) for v in np.dot(h, W_hy) + b_y] for h in hidden]


def by_float32(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    arrays = (token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y)
    return made()(*(np.asarray(array, dtype=np.float32) for array in arrays))


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, T: int, d: int, H: int, V: int, *, still: bool = False) -> Case:
        shapes = ((T, d), (H,), (d, H), (H, H), (H,), (H, V), (V,))
        arrays = [rng.normal(size=shape) * 0.8 for shape in shapes]
        if still:
            arrays[0] = arrays[0] * 0
        return Case(tuple(arrays), shows)

    return [
        case("value", 5, 3, 2, 7),
        case("value", 3, 2, 5, 4),
        case("start", 2, 3, 3, 5, still=True),
        case("one", 1, 2, 3, 5),
        case("long", 23, 2, 3, 2),
    ]


RNN: Check = Check(
    exercise="attention.rnn_language_model",
    properties={
        "value": "gives h = tanh(x W_xh + h W_hh + b_h) word by word, and logits h W_hy + b_y",
        "start": "begins with h0",
        "one": "keeps the axis for a single word",
        "long": "works for a longer text",
    },
    cases=draw,
    expect=rnn_language_model,
    not_allowed=["torch.nn.RNN", "torch.nn.RNNCell", "torch.rnn_tanh"],
    accepts=[made(), by_lists, by_float32],
    misconceptions=[
        Misconception(
            "no tanh",
            made(squash=lambda z: z),
            "The sum is the new hidden vector as it is. The tanh around it is missing.",
        ),
        Misconception(
            "sigmoid",
            made(squash=lambda z: 1 / (1 + np.exp(-z))),
            "The sum is squashed by a sigmoid. Elman's network, and ours, takes tanh.",
        ),
        Misconception(
            "no memory",
            made(memory=0.0),
            "The hidden vector before is not used: the term h W_hh is missing.",
        ),
        Misconception(
            "h0 ignored",
            made(start=lambda h0: np.zeros_like(h0)),
            "It begins with zeros. Begin with the h0 that is handed in.",
        ),
        Misconception(
            "always from h0",
            always_from_h0,
            "Every word is mixed into h0. The second goes into h_1, the third into h_2, and so on.",
        ),
        Misconception(
            "W_hh transposed",
            made(mix=np.transpose),
            "W_hh is used the other way round. h is a row: h @ W_hh.",
        ),
        Misconception(
            "no b_h", made(hidden_bias=False), "The intercept b_h of the hidden vectors is missing."
        ),
        Misconception(
            "no b_y", made(output_bias=False), "The intercept b_y of the logits is missing."
        ),
        Misconception(
            "b_h outside", bias_outside, "b_h is added after tanh. It belongs inside the brackets."
        ),
        Misconception(
            "read backwards",
            made(order=-1),
            "The text is read from the end. The first word comes first.",
        ),
        Misconception(
            "logits of the vector before",
            made(previous=True),
            "The logits come from the hidden vector before. Those at t come from h_t, which has read "
            "word t.",
        ),
        Misconception(
            "h0 in front",
            made(finish=lambda hidden, logits, h0: (np.vstack([h0, hidden]), logits)),
            "The hidden vectors begin with h0. They should begin with h_1, one for each word.",
        ),
        Misconception(
            "last one only",
            made(finish=lambda hidden, logits, h0: (hidden[-1], logits[-1])),
            "Only the last word's vectors come back. Return those of all words.",
        ),
        Misconception(
            "probabilities",
            made(squash_logits=softmaxed),
            "These are probabilities. Logits are asked: the scores before softmax.",
        ),
        Misconception(
            "tanh of the logits",
            made(squash_logits=np.tanh),
            "The logits are squashed by tanh. They may be any numbers.",
        ),
        Misconception(
            "the same vector everywhere",
            one_array,
            "All rows hold the last hidden vector: one array was written into again and again. "
            "Append a new one each time.",
        ),
        Misconception(
            "axis lost",
            made(finish=squeezed),
            "For a single word the first axis is lost. The shapes are (1, H) and (1, V).",
        ),
        Misconception(
            "logits first",
            made(finish=lambda hidden, logits, h0: (logits, hidden)),
            "The two answers are exchanged: (hidden, logits).",
        ),
    ],
)
