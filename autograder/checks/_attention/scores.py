"""attention.attention_scores: how well each key fits each query."""

from __future__ import annotations

from math import sqrt

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.attention import attention_scores


def dots(queries, keys):
    return np.einsum("...td,...jd->...tj", np.asarray(queries), np.asarray(keys))


def divided_by(size):
    """A version that divides by something else."""
    return lambda queries, keys: dots(queries, keys) / size(np.shape(queries), np.shape(keys))


def swapped(queries, keys):
    return np.swapaxes(attention_scores(queries, keys), -1, -2)


def softmaxed(queries, keys):
    scores = attention_scores(queries, keys)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def cosine(queries, keys):
    q = queries / np.linalg.norm(queries, axis=-1, keepdims=True)
    return dots(q, keys / np.linalg.norm(keys, axis=-1, keepdims=True))


def distance(queries, keys):
    q, k = np.asarray(queries)[..., :, None, :], np.asarray(keys)[..., None, :, :]
    return -np.square(q - k).sum(axis=-1) / sqrt(q.shape[-1])


def without_leading(queries, keys):
    queries, keys = np.asarray(queries), np.asarray(keys)
    return queries @ keys.T / sqrt(queries.shape[-1])


def in_place(queries, keys):
    queries /= sqrt(queries.shape[-1])
    return dots(queries, keys)


def own_keys_only(queries, keys):
    count = min(np.shape(queries)[-2], np.shape(keys)[-2])
    some = np.asarray(queries)[..., :count, :] * np.asarray(keys)[..., :count, :]
    return some.sum(axis=-1) / sqrt(np.shape(keys)[-1])


def negative(queries, keys):
    return -attention_scores(queries, keys)


def by_loop(queries, keys):
    queries, keys = np.asarray(queries), np.asarray(keys)
    if queries.ndim > 2:
        return np.stack([by_loop(q, k) for q, k in zip(queries, keys, strict=True)])
    d = len(keys[0])
    return [[sum(a * b for a, b in zip(q, k, strict=True)) / d**0.5 for k in keys] for q in queries]


def scaled_first(queries, keys):
    root = np.shape(keys)[-1] ** 0.25
    return (np.asarray(queries) / root) @ np.swapaxes(np.asarray(keys) / root, -2, -1)


def by_torch(queries, keys):
    import torch

    q, k = torch.as_tensor(np.asarray(queries)), torch.as_tensor(np.asarray(keys))
    return torch.einsum("...td,...jd->...tj", q, k) / q.shape[-1] ** 0.5


def in_float32(queries, keys):
    q, k = (np.asarray(array, dtype=np.float32) for array in (queries, keys))
    return dots(q, k) / np.sqrt(np.float32(q.shape[-1]))


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, T: int, J: int, d_k: int, *leading: int) -> Case:
        q, k = rng.normal(size=(*leading, T, d_k)), rng.normal(size=(*leading, J, d_k))
        return Case((2 * q, k + 0.3), shows)

    return [
        case("value", 5, 3, 7),
        case("value", 2, 7, 3),
        case("square", 4, 4, 5),
        case("leading", 3, 2, 5, 2),
        case("leading", 2, 5, 3, 4, 3),
        case("one", 1, 1, 6),
    ]


SCORES: Check = Check(
    exercise="attention.attention_scores",
    properties={
        "value": "gives the dot product of key j and query t over √d_k, row t, column j",
        "square": "has a row for each query where there are as many keys",
        "leading": "works with leading dimensions",
        "one": "works for one query and one key",
    },
    cases=draw,
    expect=attention_scores,
    accepts=[by_loop, scaled_first, by_torch, in_float32],
    misconceptions=[
        Misconception(
            "no scale",
            divided_by(lambda q, k: 1),
            "The dot products are not scaled. Divide by √d_k, or long vectors get large scores.",
        ),
        Misconception(
            "d_k for √d_k",
            divided_by(lambda q, k: k[-1]),
            "This is what you get when you divide by d_k instead of √d_k.",
        ),
        Misconception(
            "half of d_k",
            divided_by(lambda q, k: k[-1] / 2),
            "This divides by d_k / 2: `d_k ** 1 / 2` is not `d_k ** (1 / 2)`.",
        ),
        Misconception(
            "√ of the number of keys",
            divided_by(lambda q, k: sqrt(k[-2])),
            "This divides by the root of the number of keys. d_k is the length of *one* key.",
        ),
        Misconception(
            "√ of the number of queries",
            divided_by(lambda q, k: sqrt(q[-2])),
            "This divides by the root of the number of queries. d_k is the length of one key.",
        ),
        Misconception(
            "times √d_k",
            divided_by(lambda q, k: 1 / sqrt(k[-1])),
            "The scores are multiplied by √d_k. Divide.",
        ),
        Misconception(
            "keys and queries exchanged",
            swapped,
            "The table lies on its side: row t belongs to query t, column j to key j.",
        ),
        Misconception(
            "softmax already",
            softmaxed,
            "These are shares. The scores themselves are asked; softmax comes later.",
        ),
        Misconception(
            "cosine",
            cosine,
            "These are cosines: each vector was divided by its own length. Divide by √d_k only.",
        ),
        Misconception(
            "distances",
            distance,
            "These are distances with a minus. The dot product is asked.",
        ),
        Misconception(
            "sign", negative, "The sign is wrong: a key that fits well has a *large* score."
        ),
        Misconception(
            "no leading dimensions",
            without_leading,
            "With leading dimensions .T turns *all* axes round. Exchange only the last two: "
            "np.swapaxes(keys, -1, -2).",
        ),
        Misconception(
            "each query with its own key only",
            own_keys_only,
            "Each query meets only the key of the same number. Every query meets every key.",
        ),
        Misconception(
            "queries changed",
            in_place,
            "The queries are divided in place, so the caller's array changes. Make a new one.",
        ),
    ],
)
