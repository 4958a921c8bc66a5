"""Let a function begin every example alike: what it keeps in global variables is put back afterwards.

    with put_back(student_step):
        student_step(...)        # may count its calls in a global variable
                                 # here the count is what it was

Otherwise a function that keeps something outside of its arguments would stumble over what an earlier
example of another shape left behind, and the student would read of shapes, not of the mistake.

Leaves out: what is kept in closures, or by other functions that are called.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import NoneType
from typing import Any

import numpy as np

PLAIN = (NoneType, bool, int, float, list, tuple, dict, set, np.ndarray, np.generic)


@contextmanager
def put_back(function: Callable[..., Any]) -> Iterator[None]:
    """Restore afterwards the plain global variables that a function names, and its attributes.

    >>> count = 0
    >>> def step():
    ...     global count
    ...     count += 1
    >>> with put_back(step):
    ...     step()
    >>> count
    0
    """
    names = getattr(getattr(function, "__code__", None), "co_names", ())
    everything = getattr(function, "__globals__", {})
    attributes = getattr(function, "__dict__", {})
    kept = [
        (space, {name: copy.deepcopy(space[name]) for name in named if _is_plain(space, name)})
        for space, named in ((everything, names), (attributes, list(attributes)))
    ]
    before = set(attributes)
    try:
        yield
    finally:
        for space, values in kept:
            space.update(values)
        for name in set(attributes) - before:
            del attributes[name]


def _is_plain(space: dict[str, Any], name: str) -> bool:
    return name in space and isinstance(space[name], PLAIN)
