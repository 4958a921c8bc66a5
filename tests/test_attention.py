"""Unit 04's references, against torch, finite differences and properties of the definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.attention import (
    Node,
    attention_scores,
    attention_step,
    backpropagate,
    causal_mask,
    count_connections,
    find_the_bug_attention,
    multi_head_attention,
    rnn_language_model,
    scaled_dot_product_attention,
    softmax,
)

RNG = np.random.default_rng(0)


def draw(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


def test_softmax_equals_torchs_along_every_axis() -> None:
    x = draw(3, 4, 5) * 10
    for axis in (-1, 0, 1):
        right = torch.softmax(torch.from_numpy(x), dim=axis).numpy()
        np.testing.assert_allclose(softmax(x, axis), right, rtol=1e-12)


def test_softmax_survives_large_logits_and_rows_of_nothing() -> None:
    x = np.array([[1e4, 1e4 - 1, -np.inf], [-1e4, -np.inf, -np.inf], [-np.inf] * 3])
    share = 1 / (1 + math.exp(-1))
    np.testing.assert_allclose(softmax(x, -1), [[share, 1 - share, 0], [1, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize("leading", [(), (2,), (2, 3)])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_equals_torchs(leading: tuple[int, ...], masked: bool) -> None:
    q, k, v = draw(*leading, 5, 3), draw(*leading, 7, 3), draw(*leading, 7, 2)
    mask = (RNG.random((5, 7)) < 0.6) | (np.arange(7) == 2) if masked else None
    outputs, weights = scaled_dot_product_attention(q, k, v, mask)
    tensors = [torch.from_numpy(array) for array in (q, k, v)]
    allowed = None if mask is None else torch.from_numpy(mask)
    right = F.scaled_dot_product_attention(*tensors, attn_mask=allowed)
    np.testing.assert_allclose(outputs, right.numpy(), atol=1e-12)
    np.testing.assert_allclose(weights.sum(axis=-1), 1)


def test_a_token_that_may_look_at_nothing_gets_zeros() -> None:
    mask = np.array([[False, False], [True, False]])
    outputs, weights = scaled_dot_product_attention(draw(2, 3), draw(2, 3), draw(2, 4), mask)
    assert not outputs[0].any() and not weights[0].any()
    assert weights[1].tolist() == [1, 0]


def test_attention_keeps_its_promises() -> None:
    q, k, v = draw(6, 3), draw(6, 3), draw(6, 2)
    mask = causal_mask(6)
    assert mask.dtype == np.bool_ and mask.tolist() == [
        [j <= t for j in range(6)] for t in range(6)
    ]
    outputs, _ = scaled_dot_product_attention(q, k, v, mask)
    later = np.arange(6) >= 4
    edited, _ = scaled_dot_product_attention(q, k + later[:, None], v - later[:, None], mask)
    np.testing.assert_array_equal(outputs[:4], edited[:4])  # the future changes nothing
    assert np.abs(outputs[4:] - edited[4:]).max() > 0.1
    order = RNG.permutation(6)
    plain, _ = scaled_dot_product_attention(q, k, v)
    mixed, _ = scaled_dot_product_attention(q, k[order], v[order])
    np.testing.assert_allclose(plain, mixed)  # pairs may stand in any order
    mean, _ = scaled_dot_product_attention(0 * q, k, v)
    np.testing.assert_allclose(mean, np.tile(v.mean(axis=0), (6, 1)))
    assert (plain <= v.max(axis=0) + 1e-12).all() and (plain >= v.min(axis=0) - 1e-12).all()


def test_scores_are_scaled_so_that_their_variance_is_one() -> None:
    q, k = draw(400, 64), draw(400, 64)
    scores = attention_scores(q, k)
    assert scores.shape == (400, 400)
    assert abs(scores.var() - 1) < 0.1  # 160 000 nearly independent numbers
    with pytest.raises(ValueError, match="a query has 64 numbers and a key 63"):
        attention_scores(q, k[:, :63])


@pytest.mark.parametrize("num_heads", [1, 2, 5])
def test_many_heads_equal_torchs(num_heads: int) -> None:
    size, T = 10, 6
    theirs = nn.MultiheadAttention(
        size, num_heads, bias=False, batch_first=True, dtype=torch.float64
    )
    W_q, W_k, W_v = (w.T.detach().numpy() for w in theirs.in_proj_weight.chunk(3))
    W_o = theirs.out_proj.weight.T.detach().numpy()
    X = draw(2, T, size)
    mask = causal_mask(T)
    x = torch.from_numpy(X)
    right, _ = theirs(x, x, x, attn_mask=torch.from_numpy(~mask), need_weights=False)
    ours = multi_head_attention(X, W_q, W_k, W_v, W_o, num_heads, mask)
    np.testing.assert_allclose(ours, right.detach().numpy(), atol=1e-12)


def test_heads_are_independent_attentions_of_their_own_columns() -> None:
    X, W_q, W_k, W_v = draw(5, 4), draw(4, 6), draw(4, 6), draw(4, 4)
    mixed = multi_head_attention(X, W_q, W_k, W_v, np.eye(4), 2)
    for head in range(2):
        wide, narrow = slice(3 * head, 3 * head + 3), slice(2 * head, 2 * head + 2)
        alone, _ = scaled_dot_product_attention(
            X @ W_q[:, wide], X @ W_k[:, wide], X @ W_v[:, narrow]
        )
        np.testing.assert_allclose(mixed[:, narrow], alone)


def test_columns_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ValueError, match="6 columns do not divide into 4 heads"):
        multi_head_attention(draw(2, 3), draw(3, 6), draw(3, 6), draw(3, 4), draw(4, 2), 4)
    with pytest.raises(ValueError, match="5 columns"):
        multi_head_attention(draw(2, 3), draw(3, 6), draw(3, 6), draw(3, 5), draw(5, 2), 2)


def test_the_rnn_equals_torchs() -> None:
    T, d, H, V = 7, 3, 5, 4
    theirs = nn.RNN(d, H, dtype=torch.float64)
    X, h0, W_hy, b_y = draw(T, d), draw(H), draw(H, V), draw(V)
    hidden, logits = rnn_language_model(
        X, h0, theirs.weight_ih_l0.T.detach(), theirs.weight_hh_l0.T.detach(),
        (theirs.bias_ih_l0 + theirs.bias_hh_l0).detach(), W_hy, b_y,
    )  # fmt: skip
    right, _ = theirs(torch.from_numpy(X), torch.from_numpy(h0)[None])
    np.testing.assert_allclose(hidden, right.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(logits, right.detach().numpy() @ W_hy + b_y, atol=1e-12)


def test_one_token_at_a_time_equals_all_at_once_and_old_caches_stay() -> None:
    q, k, v = draw(6, 3), draw(6, 3), draw(6, 2)
    right, _ = scaled_dot_product_attention(q, k, v, causal_mask(6))
    cache = {"keys": np.zeros((0, 3)), "values": np.zeros((0, 2))}
    kept = []
    for t in range(6):
        kept.append((cache, {name: array.copy() for name, array in cache.items()}))
        output, cache = attention_step(q[t], k[t], v[t], cache)
        np.testing.assert_allclose(output, right[t], atol=1e-12)
    for then, copy in kept:
        assert all(np.array_equal(then[name], copy[name]) for name in copy)
    np.testing.assert_array_equal(cache["keys"], k)


def test_connections_are_counted_one_by_one() -> None:
    for T in range(1, 7):
        for L in range(1, 4):
            vectors = [(layer, t) for layer in range(1, L + 1) for t in range(T)]
            rnn = sum(1 + (t > 0) for _, t in vectors)
            transformer = sum(len(range(t + 1)) for _, t in vectors)
            assert count_connections(T, L, "rnn") == rnn
            assert count_connections(T, L, "transformer") == transformer
    with pytest.raises(ValueError, match='use "rnn" or "transformer"'):
        count_connections(3, 2, "cnn")


def test_gradients_equal_torchs_where_nodes_are_shared() -> None:
    def node(function: str, inputs: tuple[Node, ...], value: float, *local: float) -> Node:
        return Node(function, "", inputs, value, local)

    x, w = Node("constant", "x", value=0.7), Node("parameter", "w", value=-1.3)
    a = node("multiply", (x, w), x.value * w.value, w.value, x.value)
    b = node("tanh", (a,), math.tanh(a.value), 1 - math.tanh(a.value) ** 2)
    c = node("add", (a, b), a.value + b.value, 1.0, 1.0)
    y = node("multiply", (c, c), c.value**2, c.value, c.value)
    tx, tw = (torch.tensor(n.value, dtype=torch.float64, requires_grad=True) for n in (x, w))
    ((tx * tw + torch.tanh(tx * tw)) ** 2).backward()
    gradients = backpropagate(y)
    assert set(gradients) == {x, w, a, b, c, y} and gradients[y] == 1.0
    assert gradients[x] == pytest.approx(float(tx.grad)) and gradients[w] == pytest.approx(
        float(tw.grad)
    )
    assert backpropagate(y) == gradients


def test_a_graph_of_any_depth_and_with_many_paths_takes_linear_time() -> None:
    node = x = Node("constant", "x", value=1.0)
    for _ in range(5000):  # 2^5000 paths
        node = Node("mean", "", (node, node), 1.0, (0.5, 0.5))
    gradients = backpropagate(node)
    assert len(gradients) == 5001 and gradients[x] == pytest.approx(1.0)


def no_scale(q, k, v, mask=None):
    return scaled_dot_product_attention(np.asarray(q) * math.sqrt(q.shape[-1]), k, v, mask)


def mask_inverted(q, k, v, mask=None):
    return scaled_dot_product_attention(q, k, v, None if mask is None else ~mask)


def no_zeros(q, k, v, mask=None):
    scores = attention_scores(q, k)
    scores = scores if mask is None else np.where(mask, scores, -1e9)
    weights = softmax(scores, -1)
    return weights @ v, weights


def by_torch(q, k, v, mask=None):
    tensors = [torch.from_numpy(np.ascontiguousarray(array)) for array in (q, k, v)]
    scores = tensors[0] @ tensors[1].mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~torch.from_numpy(mask), -torch.inf)
    weights = torch.nan_to_num(torch.softmax(scores, -1))
    return (weights @ tensors[2]).numpy(), weights.numpy()


@pytest.mark.parametrize("wrong", [no_scale, mask_inverted, no_zeros])
def test_the_bug_hunt_finds_bugs(wrong) -> None:
    assert find_the_bug_attention(wrong) is True


@pytest.mark.parametrize("right", [scaled_dot_product_attention, by_torch])
def test_the_bug_hunt_accuses_no_right_version(right) -> None:
    assert find_the_bug_attention(right) is False
