"""How far an answer is from the right one, and how to say it.

One number decides everywhere, in the student's self-check and in the judge:

    deviation = max |answer - expected| / (tolerance * (1 + |expected|))

At most 1 agrees. A wrong shape, a wrong kind (a float where an integer is asked, text where a number
is asked) or a misplaced nan is infinitely far; only 0 and 1 pass for False and True. The tolerance of
1e-5 lets a right answer computed in float32 pass; checks choose their inputs so that a known mistake
deviates by at least 30.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

TOLERANCE = 1e-5


def deviation(expected: Any, answer: Any, tolerance: float = TOLERANCE) -> float:
    """Distance of `answer` from `expected` in units of the tolerance; inf when they cannot be compared.

    >>> deviation(0.5, 0.5), deviation(0.5, 0.6) > 30, deviation([1, 2], [1, 2, 3])
    (0.0, True, inf)
    """
    if type(expected) is type(answer) is int:  # at once, because tables of counts hold many
        return 0.0 if expected == answer else math.inf
    if type(expected) is type(answer) is float:  # likewise, and numpy is slow with single numbers
        return _deviation_of_floats(expected, answer, tolerance)
    if isinstance(expected, Mapping):
        if not isinstance(answer, Mapping) or set(expected) != set(answer):
            return math.inf
        return max((deviation(expected[k], answer[k], tolerance) for k in expected), default=0.0)
    if expected is None:
        return 0.0 if answer is None else math.inf
    if isinstance(expected, str):  # numpy's str_ is one too
        return 0.0 if isinstance(answer, str) and answer == expected else math.inf
    if isinstance(expected, list | tuple) and _as_array(expected) is None:
        if not isinstance(answer, list | tuple) or len(answer) != len(expected):
            return math.inf
        pairs = zip(expected, answer, strict=True)
        return max((deviation(e, a, tolerance) for e, a in pairs), default=0.0)
    right = _as_array(expected)
    if right is None or (isinstance(answer, list | tuple) and right.shape[:1] != (len(answer),)):
        return math.inf  # a long list is not looked into
    given = _as_array(answer)
    if given is None or right.shape != given.shape:
        return math.inf
    if right.size == 0:
        return 0.0
    if _asks_for_whole_numbers(right) and not _asks_for_whole_numbers(given):
        return math.inf
    if given.dtype.kind == "b" and right.dtype.kind != "b":
        return math.inf
    return _numeric_deviation(right, given, tolerance)


def explain(expected: Any, answer: Any) -> str:
    """Say in a few words what differs in kind or shape, without giving away a value.

    >>> explain(np.zeros((2, 3)), np.zeros((3, 2)))
    'expected an array of shape (2, 3), got an array of shape (3, 2)'
    """
    if (
        isinstance(expected, Mapping)
        and isinstance(answer, Mapping)
        and set(expected) != set(answer)
    ):
        keys = ", ".join(sorted(repr(key)[:40] for key in answer)[:12])
        return f"expected other keys ({len(expected)} in all), got the keys: {keys or 'none'}"
    wanted, given = describe(expected), describe(answer)
    if wanted == given or _in_another_packing(_as_array(expected), _as_array(answer)):
        return "the values differ"
    if wanted in ("nan", "inf", "-inf"):
        wanted = "a number that is not finite"
    return f"expected {wanted}, got {given}"


def describe(value: Any) -> str:
    """Name the kind of a value: `a number`, `an integer`, `an array of shape (2, 3)`, …"""
    if value is None:
        return "None (was a `return` forgotten?)"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "a dict"
    array = _as_array(value)
    if array is None:
        if isinstance(value, list | tuple):  # one passes for the other
            return f"a list of {len(value)}"
        return f"an object of type {type(value).__name__[:40]}"
    kind = {"b": "boolean", "f": "number"}.get(array.dtype.kind, "integer")
    if array.shape == ():
        if kind == "number" and not np.isfinite(array):
            return str(float(array))
        return f"{'an' if kind == 'integer' else 'a'} {kind}"
    noun = {"boolean": "array of booleans", "integer": "array of integers", "number": "array"}[kind]
    return f"an {noun} of shape {array.shape}"


def _as_array(value: Any) -> np.ndarray | None:
    """Numbers in any usual packing as a numpy array; None for anything else."""
    if isinstance(value, list | tuple) and _holds_text(value):
        return None
    try:
        array = np.asarray(without_torch(value))
    except Exception:  # ragged, sparse, or an object with a mind of its own
        return None
    if array.dtype.kind == "O" and _holds_only(array, int):
        return array  # integers beyond 64 bits
    return array if array.dtype.kind in "biuf" else None


def without_torch(value: Any) -> Any:
    """The same, with numpy arrays for tensors."""
    torch = sys.modules.get("torch")
    if torch is None:
        return value
    if isinstance(value, list | tuple):
        return [without_torch(item) for item in value]
    if isinstance(value, torch.Tensor):
        tensor = value.detach().cpu().resolve_neg()
        return (tensor.float() if tensor.dtype is torch.bfloat16 else tensor).numpy()
    return value


def _holds_text(items: list[Any] | tuple[Any, ...]) -> bool:
    """Whether text or a dict is anywhere in lists: numpy would make room for the longest text everywhere."""
    return any(
        isinstance(item, str | Mapping) or (isinstance(item, list | tuple) and _holds_text(item))
        for item in items
    )


def _holds_only(array: np.ndarray, kind: type) -> bool:
    return array.size > 0 and all(isinstance(item, kind) for item in array.flat)


def _in_another_packing(right: np.ndarray | None, given: np.ndarray | None) -> bool:
    """True for integers where numbers are asked, and for 0 and 1 where booleans are: no mistake in itself."""
    if right is None or given is None or right.shape != given.shape:
        return False
    if right.dtype.kind == "b":
        return given.dtype.kind in "iu" and bool(np.isin(given, (0, 1)).all())
    return right.dtype.kind == "f" and given.dtype.kind in "iuO"


def _asks_for_whole_numbers(array: np.ndarray) -> bool:
    return array.dtype.kind in "biuO"


def _deviation_of_floats(right: float, given: float, tolerance: float) -> float:
    """As `_numeric_deviation`, for one number of Python's."""
    if right == given or (math.isnan(right) and math.isnan(given)):
        return 0.0
    distance = abs(given - right) / (tolerance * (1 + abs(right)))
    return distance if math.isfinite(distance) else math.inf


def _numeric_deviation(right: np.ndarray, given: np.ndarray, tolerance: float) -> float:
    if _asks_for_whole_numbers(right):
        return 0.0 if bool(np.all(right == given)) else math.inf
    try:
        with np.errstate(over="ignore"):
            right, given = right.astype(np.float64), given.astype(np.float64)
    except OverflowError:  # an integer beyond every float
        return math.inf
    same = (right == given) | (np.isnan(right) & np.isnan(given))  # infinities of one sign agree
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(given - right) / (tolerance * (1 + np.abs(right)))
    distance = np.where(same, 0.0, np.where(np.isfinite(distance), distance, math.inf))
    return float(distance.max())
