"""Testers of attention: right ones, and ones with a blind spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograder.check_parts.testers import hunting
from autograder.checks._attention.attention_versions import by_loop, by_torch
from course_utils.attention import find_the_bug_attention


def _inputs(*, masks: bool, empty: bool, far: bool, leading: bool, sizes: bool) -> Iterator[Any]:
    rng = np.random.default_rng(3)
    for repeat in range(2):
        for T, J, d_k, d_v in (
            ((5, 3, 2, 4), (3, 6, 5, 2), (5, 7, 3, 2)) if sizes else ((4, 4, 4, 4),) * 2
        ):
            for lead in ((), (2,), (3, 2)) if leading else ((),):
                q, k, v = (
                    1.4 * rng.normal(size=(*lead, *shape)) + 0.1
                    for shape in ((T, d_k), (J, d_k), (J, d_v))
                )
                yield q, k, v
                if far:
                    spread = np.ones((T, 1))
                    spread[repeat] = 900.0
                    yield q * spread, k, v
                if masks:
                    mask = rng.random((T, J)) < 0.6
                    mask[~mask.any(axis=1), 0] = True
                    yield q, k, v, mask
                    yield q, k, v, np.broadcast_to(mask, (*lead, T, J)).copy()
                if masks and empty:
                    hollow = rng.random((T, J)) < 0.6
                    hollow[1] = False
                    yield q, k, v, hollow


def tester(
    *,
    masks: bool = True,
    empty: bool = True,
    far: bool = True,
    leading: bool = True,
    sizes: bool = True,
    weights: bool = True,
    manners: bool = True,
    tolerance: float = 1e-4,
    raising_is_wrong: bool = True,
    right: Callable[..., Any] = by_loop,
) -> Callable[[Callable], bool]:
    """A tester with chosen blind spots."""

    def differs(one: Any, other: Any) -> bool:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
        if one.shape != other.shape:
            return manners or one.size != other.size or differs(one.reshape(other.shape), other)
        return not np.allclose(one, other, rtol=tolerance, atol=tolerance)

    def is_wrong(candidate: Callable, *args: Any) -> bool:
        handed = [np.array(arg) for arg in args]
        expected = right(*args)
        answer = candidate(*handed)
        if not manners and not isinstance(answer, tuple):
            answer = (answer, expected[1])
        outputs, shares = answer
        if manners and any(not np.array_equal(a, b) for a, b in zip(args, handed, strict=True)):
            return True
        return differs(outputs, expected[0]) or (weights and differs(shares, expected[1]))

    return hunting(
        is_wrong,
        lambda: _inputs(masks=masks, empty=empty, far=far, leading=leading, sizes=sizes),
        raising_is_wrong=raising_is_wrong,
    )


by_torchs_softmax = tester(right=by_torch)


def lets_it_escape(candidate):
    for args in _inputs(masks=True, empty=True, far=True, leading=True, sizes=True):
        candidate(*(np.array(arg) for arg in args))
    return find_the_bug_attention(candidate)
