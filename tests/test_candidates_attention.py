"""The candidates that testers of attention are graded on: each label holds against torch's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.checks._attention.candidates import POOL, PUBLIC, Candidate

Arrays = tuple[np.ndarray, ...]


def library(queries: Any, keys: Any, values: Any, mask: Any = None) -> Any:
    """Torch's attention; its weights are what it makes of the identity matrix."""
    q, k, v = (torch.tensor(np.array(array)) for array in (queries, keys, values))
    allowed = None if mask is None else torch.tensor(np.array(mask))
    some = True if allowed is None else allowed.any(-1, keepdim=True)
    identity = torch.eye(k.shape[-2], dtype=k.dtype).expand(*k.shape[:-1], k.shape[-2])
    answers = [F.scaled_dot_product_attention(q, k, x, attn_mask=allowed) for x in (v, identity)]
    zero = torch.zeros((), dtype=k.dtype)
    outputs, weights = (torch.where(torch.as_tensor(some), x, zero).numpy() for x in answers)
    return outputs, weights


def draw(T: int, J: int, d_k: int, d_v: int, *leading: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = ((T, d_k), (J, d_k), (J, d_v))
    return [1.5 * rng.normal(size=(*leading, *shape)) + 0.2 for shape in shapes]


def masked(T: int, J: int, seed: int, *, hollow: bool = False) -> np.ndarray:
    mask = np.random.default_rng(seed).random((T, J)) < 0.5
    mask[:, -1] = True
    if hollow:
        mask[0] = False
    return mask


SIZES = ((5, 3, 2, 4), (3, 6, 5, 2), (5, 7, 3, 2))
EQUAL = [tuple(draw(4, 4, 4, 4, seed=s)) for s in range(4)]
PLAIN = [tuple(draw(*sizes, seed=s)) for sizes in SIZES for s in range(3)]
MASKED = [
    (*draw(T, J, d_k, d_v, seed=s), masked(T, J, s)) for T, J, d_k, d_v in SIZES for s in range(3)
]
HOLLOW = [(*draw(4, 3, 2, 5, seed=s), masked(4, 3, s, hollow=True)) for s in range(3)]
LEADING = [tuple(draw(4, 3, 2, 5, *lead, seed=1)) for lead in ((2,), (3, 2))]


def far_away(seed: int) -> Arrays:
    q, k, v = draw(3, 4, 5, 2, seed=seed)
    q[0] *= 900
    return q, k, v


FAR = [far_away(s) for s in range(4)]


def is_off(function: Callable[..., Any], args: Arrays) -> bool:
    """Off by more than 1e-5 (1 + |right|), another shape, changed arguments, or an exception."""
    handed = [np.array(array) for array in args]
    try:
        outputs, weights = (np.asarray(array) for array in function(*handed))
    except Exception:
        return True
    if any(not np.array_equal(a, b) for a, b in zip(args, handed, strict=True)):
        return True
    pairs = zip((outputs, weights), library(*args), strict=True)
    return not all(a.shape == b.shape and np.allclose(a, b, 1e-5, 1e-5) for a, b in pairs)


def test_the_oracle_is_right_by_hand() -> None:
    outputs, weights = library(np.zeros((1, 1)), np.array([[5.0], [7.0]]), np.array([[1.0], [3.0]]))
    assert outputs.tolist() == [[2.0]] and weights.tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("candidate", [*POOL, *PUBLIC], ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_labelled_as_it_behaves(candidate: Candidate) -> None:
    function = candidate.code.load(library)
    everything = [*PLAIN, *MASKED, *HOLLOW, *LEADING, *FAR, *EQUAL, *PLAIN, *MASKED]
    assert any(is_off(function, args) for args in everything) == candidate.wrong


RIGHT_ON = {
    "sizes": EQUAL,
    "mask": [*PLAIN, *LEADING],
    "empty": [*PLAIN, *MASKED, *LEADING],
    "far": [*PLAIN, *MASKED, *HOLLOW, *LEADING],
    "leading": [*PLAIN, *MASKED, *HOLLOW, *FAR],
}
LIMITED = [c for c in [*POOL, *PUBLIC] if c.shows in RIGHT_ON]


@pytest.mark.parametrize("candidate", LIMITED, ids=lambda c: f"{c.shows}-{c.body[-40:]}")
def test_a_candidate_is_wrong_only_where_its_name_says(candidate: Candidate) -> None:
    function = candidate.code.load(library)
    assert not any(is_off(function, args) for args in RIGHT_ON[candidate.shows])


def test_outputs_alone_do_not_show_wrong_weights() -> None:
    for candidate in [c for c in [*POOL, *PUBLIC] if c.shows == "weights"]:
        outputs, _ = candidate.code.load(library)(*MASKED[0])
        assert np.allclose(outputs, library(*MASKED[0])[0])


def test_no_two_hidden_candidates_are_the_same_program() -> None:
    assert len({candidate.code for candidate in POOL}) == len(POOL)
    assert sum(not candidate.wrong for candidate in POOL) >= 5
    assert sum(candidate.wrong for candidate in POOL) >= 12


@pytest.mark.parametrize("candidate", [c for c in [*POOL, *PUBLIC] if not c.wrong])
def test_a_right_candidate_takes_lists(candidate: Candidate) -> None:
    arrays = [*draw(3, 2, 4, 5), masked(3, 2, 0)]
    found = candidate.code.load(library)(*(array.tolist() for array in arrays))
    for answer, right in zip(found, library(*arrays), strict=True):
        assert np.allclose(answer, right, 1e-5, 1e-5)
