"""Unit 07, second part, played in one process: the oracles are numpy, torch, and trying everything."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from course_utils.distributed import (
    bubble_fraction,
    column_parallel_linear,
    data_parallel_gradient,
    gpipe_schedule,
    megatron_mlp,
    ring_all_reduce,
    row_parallel_linear,
    terapipe_latency,
    terapipe_slices,
)


@pytest.mark.parametrize(("num_devices", "length"), [(1, 4), (2, 5), (3, 7), (5, 3), (4, 0)])
def test_a_ring_sums_everywhere_and_sends_what_it_must(num_devices: int, length: int) -> None:
    buffers = np.random.default_rng(0).normal(size=(num_devices, length))
    sums, sent = ring_all_reduce(list(buffers))
    for own in sums:
        assert_allclose(own, buffers.sum(axis=0), rtol=1e-12)
    assert not any(np.shares_memory(a, b) for a, b in combinations([*sums, buffers], 2))
    rounds = 2 * (num_devices - 1)
    low, high = length // num_devices, -(-length // num_devices)
    assert all(8 * rounds * low <= count <= 8 * rounds * high for count in sent)


def test_buffers_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(2,\), \(3,\)"):
        ring_all_reduce([np.zeros(2), np.zeros(3)])
    with pytest.raises(ValueError, match="none"):
        ring_all_reduce([])


@pytest.mark.parametrize("counts", [[4, 4], [1, 7, 3], [5, 0, 2], [6]])
def test_unequal_shards_give_the_serial_gradient(counts: list[int]) -> None:
    rng = np.random.default_rng(2)
    X, y = (
        torch.tensor(rng.normal(size=(sum(counts), 3))),
        torch.tensor(rng.normal(size=sum(counts))),
    )

    def gradient(rows: slice) -> np.ndarray:
        weights = torch.ones(3, dtype=torch.float64, requires_grad=True)
        if len(y[rows]) == 0:
            return np.zeros(3)
        loss = ((X[rows] @ weights - y[rows]) ** 2).mean()
        return torch.autograd.grad(loss, weights)[0].numpy()

    ends = np.cumsum([0, *counts])
    shards = [gradient(slice(a, b)) for a, b in pairwise(ends)]
    assert_allclose(data_parallel_gradient(shards, counts), gradient(slice(None)), rtol=1e-12)


@pytest.mark.parametrize(
    ("counts", "words"),
    [([1], "2 gradients, but 1"), ([0, 0], "not all 0"), ([3, -1], "0 or more")],
)
def test_impossible_counts_are_refused(counts: list[int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        data_parallel_gradient([np.ones(2), np.ones(2)], counts)


def test_columns_and_rows_together_are_the_whole_matrix() -> None:
    rng = np.random.default_rng(3)
    X, W, bias = rng.normal(size=(4, 5)), rng.normal(size=(5, 7)), rng.normal(size=7)
    columns = column_parallel_linear(X, np.split(W, [2, 3], axis=1))
    assert [part.shape for part in columns] == [(4, 2), (4, 1), (4, 4)]
    assert_allclose(np.concatenate(columns, axis=1), X @ W)
    rows = row_parallel_linear(np.split(X, [1, 3], axis=1), np.split(W, [1, 3]), bias)
    assert_allclose(rows, X @ W + bias)


def test_a_split_feed_forward_layer_is_torchs() -> None:
    rng = np.random.default_rng(4)
    X, A, B = rng.normal(size=(3, 4)), rng.normal(size=(4, 7)), rng.normal(size=(7, 5))
    a, b = rng.normal(size=7), rng.normal(size=5)
    calls: list[int] = []

    def all_reduce(parts: list[np.ndarray]) -> np.ndarray:
        calls.append(len(parts))
        return sum(parts[1:], parts[0])

    cuts = [1, 5]
    shards = np.split(A, cuts, axis=1), np.split(B, cuts), np.split(a, cuts)
    answer = megatron_mlp(X, *shards, b, all_reduce)
    tensors = [torch.tensor(array) for array in (X, A, a, B, b)]
    right = torch.nn.functional.gelu(tensors[0] @ tensors[1] + tensors[2]) @ tensors[3] + tensors[4]
    assert_allclose(answer, right.numpy(), rtol=1e-12)
    assert calls == [3]


@pytest.mark.parametrize(
    "call",
    [
        lambda: column_parallel_linear(np.ones((1, 2)), []),
        lambda: row_parallel_linear([], [], np.ones(2)),
        lambda: row_parallel_linear([np.ones((1, 1))], [np.ones((1, 1))] * 2, np.ones(1)),
        lambda: megatron_mlp(np.ones((1, 1)), [np.ones((1, 1))], [], [], np.ones(1), sum),
    ],
)
def test_shards_that_do_not_fit_are_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="shard"):
        call()


@pytest.mark.parametrize(("K", "M"), [(1, 1), (1, 5), (3, 1), (3, 4), (4, 2)])
def test_the_schedule_keeps_every_rule(K: int, M: int) -> None:
    schedule = gpipe_schedule(K, M)
    when = {(k, m, phase): tick for tick, k, m, phase in schedule}
    assert len(schedule) == len(when) == 2 * K * M
    assert len({(tick, k) for tick, k, *_ in schedule}) == 2 * K * M  # one at a time
    assert {tick for tick, *_ in schedule} == set(range(2 * (M + K - 1)))
    for m in range(M):
        for k in range(K - 1):
            assert when[k, m, "forward"] < when[k + 1, m, "forward"]
            assert when[k + 1, m, "backward"] < when[k, m, "backward"]
    last = max(tick for (*_, phase), tick in when.items() if phase == "forward")
    assert last < min(tick for (*_, phase), tick in when.items() if phase == "backward")
    idle = 1 - 2 * M / (2 * (M + K - 1))
    assert_allclose(bubble_fraction(K, M), idle)


def test_the_bubbles_of_four_stages() -> None:
    found = [round(bubble_fraction(4, M), 4) for M in (1, 4, 8, 32)]
    assert found == [0.75, 0.4286, 0.2727, 0.0857]


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (-1, 2)])
def test_no_stage_or_no_microbatch_is_refused(sizes: tuple[int, int]) -> None:
    for function in (gpipe_schedule, bubble_fraction):
        with pytest.raises(ValueError, match="at least one of each"):
            function(*sizes)


def lecture_time(length: int, context: int) -> float:
    return 0.5 + 0.2 * length + 0.05 * length * (context + length / 2)


def every_way(length: int) -> list[list[int]]:
    """All ways to cut a text."""
    ways = []
    for count in range(length):
        for cuts in combinations(range(1, length), count):
            ends = [0, *cuts, length]
            ways.append([b - a for a, b in pairwise(ends)])
    return ways


def test_the_worked_example_of_terapipe() -> None:
    latency, slices = terapipe_slices(lecture_time, 12, 4)
    assert_allclose(latency, 14.275)
    assert_allclose(terapipe_latency(slices, lecture_time, 4), latency)
    assert_allclose(terapipe_latency([4, 3, 2, 2, 1], lecture_time, 4), latency)
    equal = [terapipe_latency([12 // n] * n, lecture_time, 4) for n in (1, 2, 3, 4, 6, 12)]
    assert_allclose(min(equal), 15.0)


@pytest.mark.parametrize("num_stages", [1, 2, 5])
def test_no_way_to_cut_is_faster(num_stages: int) -> None:
    table = np.random.default_rng(num_stages).uniform(0.5, 3, size=(10, 10))

    def time(length: int, context: int) -> float:
        return float(table[length, context] + 0.7 * length)

    latency, slices = terapipe_slices(time, 9, num_stages)
    assert sum(slices) == 9
    assert_allclose(terapipe_latency(slices, time, num_stages), latency)
    assert_allclose(latency, min(terapipe_latency(w, time, num_stages) for w in every_way(9)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: terapipe_slices(lecture_time, 0, 3),
        lambda: terapipe_slices(lecture_time, 3, 0),
        lambda: terapipe_latency([2, 0], lecture_time, 3),
        lambda: terapipe_latency([], lecture_time, 3),
        lambda: terapipe_latency([2], lecture_time, 0),
    ],
)
def test_nothing_to_slice_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match="at least one"):
        call()
