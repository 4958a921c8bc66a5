"""Hidden tests for unit 04 as an instructor without our grader would write them: asserts against the reference."""

from __future__ import annotations

GIVEN = "import course_utils.attention as reference\nrng = np.random.default_rng(7)\n"
TESTS = {
    "backpropagate": """
from course_utils.attention import Node
_x = Node("constant", "x", value=3.0)
_y = Node("multiply", "y", (_x, _x), value=9.0, local_gradients=(3.0, 3.0))
_z = Node("add", "z", (_y, _x), value=12.0, local_gradients=(1.0, 1.0))
assert backpropagate(_z) == reference.backpropagate(_z)
assert backpropagate(_y) == reference.backpropagate(_y)
""",
    "rnn_language_model": """
_args = [rng.normal(size=s) for s in [(6, 3), (4,), (3, 4), (4, 4), (4,), (4, 5), (5,)]]
for _mine, _right in zip(rnn_language_model(*_args), reference.rnn_language_model(*_args)):
    np.testing.assert_allclose(_mine, _right, rtol=1e-6)
""",
    "attention_scores": """
for _shape in [(5, 4), (2, 3, 8)]:
    _q, _k = rng.normal(size=_shape), rng.normal(size=_shape)
    np.testing.assert_allclose(attention_scores(_q, _k), reference.attention_scores(_q, _k), rtol=1e-6)
""",
    "softmax": """
for _x, _axis in [(rng.normal(size=(3, 4)), 0), (rng.normal(size=(3, 4)), 1), (np.array([1000.0, 999.0]), 0)]:
    np.testing.assert_allclose(softmax(_x, axis=_axis), reference.softmax(_x, axis=_axis), rtol=1e-6)
""",
    "causal_mask": """
for _n in (1, 2, 5):
    np.testing.assert_array_equal(causal_mask(_n), reference.causal_mask(_n))
""",
    "scaled_dot_product_attention": """
_q, _k, _v = rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
for _mask in (None, np.tril(np.ones((5, 5), bool))):
    _mine = scaled_dot_product_attention(_q, _k, _v, _mask)
    _right = reference.scaled_dot_product_attention(_q, _k, _v, _mask)
    np.testing.assert_allclose(_mine[0], _right[0], rtol=1e-6)
    np.testing.assert_allclose(_mine[1], _right[1], rtol=1e-6)
""",
    "find_the_bug_attention": """
def _unscaled(q, k, v, mask=None):
    return reference.scaled_dot_product_attention(np.asarray(q) * np.shape(q)[-1] ** 0.5, k, v, mask)
def _unmasked(q, k, v, mask=None):
    return reference.scaled_dot_product_attention(q, k, v)
assert find_the_bug_attention(_unscaled) and find_the_bug_attention(_unmasked)
assert not find_the_bug_attention(reference.scaled_dot_product_attention)
""",
    "multi_head_attention": """
_X, _Ws = rng.normal(size=(6, 8)), [rng.normal(size=(8, 8)) for _ in range(4)]
for _heads in (1, 2, 4):
    for _mask in (None, np.tril(np.ones((6, 6), bool))):
        _mine = multi_head_attention(_X, *_Ws, _heads, _mask)
        _right = reference.multi_head_attention(_X, *_Ws, _heads, _mask)
        np.testing.assert_allclose(_mine, _right, rtol=1e-6)
""",
    "count_connections": """
for _n, _l in [(1, 1), (3, 2), (7, 3)]:
    for _kind in ("rnn", "transformer"):
        assert count_connections(_n, _l, _kind) == reference.count_connections(_n, _l, _kind)
""",
    "attention_step": """
_cache = {"keys": np.zeros((0, 4)), "values": np.zeros((0, 3))}
for _ in range(5):
    _args = rng.normal(size=4), rng.normal(size=4), rng.normal(size=3)
    _mine, _right = attention_step(*_args, _cache), reference.attention_step(*_args, _cache)
    np.testing.assert_allclose(_mine[0], _right[0], rtol=1e-6)
    np.testing.assert_allclose(_mine[1]["keys"], _right[1]["keys"])
    _cache = _right[1]
""",
}


def hidden_tests(name: str) -> str:
    """The source of an exercise's check cell."""
    text = GIVEN + TESTS[name].strip()
    return f"# Graded when you submit.\n### BEGIN HIDDEN TESTS\n{text}\n### END HIDDEN TESTS"
