"""Answers that no honest function gives: absurd values, alone or in the place of one part of the right one."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch


def nested(depth: int) -> list[Any]:
    """An empty list in a list in a list, …"""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ABSURD: list[Any] = [
    None,
    True,
    0,
    -1,
    7,
    10**9,
    2**63,
    2**1023,
    -(2**1023),
    math.nan,
    math.inf,
    -math.inf,
    1e308,
    5e-324,
    "",
    "nan",
    "x" * 10_000,
    "\ud800\u202e\x1b[2J\n",
    [],
    (),
    {},
    {"value": 1, "gradients": []},
    {None: [1], 2.5: {"a": ()}, ("a", 1): math.nan},
    {"a\n\x1b[2J\u202e": 1},
    nested(15),
    [1] * 10_000,
    [[1, 2], [3]],
    [1, "a", None],
    [["a" * 2000, *range(2000)]],
    [(1 << 61) * k - k for k in range(2000)],
    [2**1023, -(2**1023), 0.5],
    np.zeros((0, 1 << 20)),
    np.zeros((1,) * 20),
    np.full((3, 3), math.nan, np.float16),
    np.arange(4, dtype=">i2"),
    np.array([2**64 - 1], np.uint64),
    np.ones(100_000, bool),
    torch.full((2, 2), math.inf, dtype=torch.bfloat16),
    torch.zeros(0, 3, requires_grad=True),
]


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a value: keys and positions."""
    yield above
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*above, key))
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from places(part, (*above, number))
    elif isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "biuf":
        yield from ((*above, number) for number in range(min(3, len(value))))


def with_part(value: Any, place: tuple[Any, ...], part: Any) -> Any:
    """The same value with another part in one place."""
    if not place:
        return part
    first, *others = place
    inner = with_part(value[first], tuple(others), part)
    if isinstance(value, dict):
        return {**value, first: inner}
    changed = copy.copy(list(value))
    changed[first] = inner
    return tuple(changed) if isinstance(value, tuple) else changed
