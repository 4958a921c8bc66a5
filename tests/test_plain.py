"""Plain data: what is written down comes back the same, and text from a stranger can only be refused."""

from __future__ import annotations

import base64
import io
import json
import math
import pickle
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from course_utils.plain import MAX_DEPTH, Code, NotPlain, decode, encode


def over_the_wire(value: Any) -> Any:
    return decode(json.loads(json.dumps(encode(value))))


def npy(header: str, body: bytes = b"", version: bytes = b"\x01\x00") -> dict[str, str]:
    """An npy file with any header at all."""
    text = header.encode("latin-1")
    raw = b"\x93NUMPY" + version + len(text).to_bytes(2, "little") + text + body
    return {"npy": base64.b64encode(raw).decode("ascii")}


def header(descr: str, shape: str, fortran: bool = False) -> str:
    return f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}}}\n"


def same(first: Any, second: Any) -> bool:
    """Equal in type, dtype, shape and value; nan equals nan."""
    if type(first) is not type(second):
        return False
    if isinstance(first, np.ndarray):
        alike = first.dtype == second.dtype and first.shape == second.shape
        return alike and np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict):
        return list(first) == list(second) and all(same(first[k], second[k]) for k in first)
    if isinstance(first, float):
        return first.hex() == second.hex()
    return first == second


# --- there and back -----------------------------------------------------------------------------

ARRAYS = {
    "no axes": np.array(2.5),
    "empty": np.zeros(0),
    "empty with axes": np.zeros((0, 3, 2), np.int32),
    "Fortran order": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "transposed": np.arange(12).reshape(3, 4).T,
    "every second": np.arange(12)[::2],
    "backwards": np.arange(5.0)[::-1],
    "repeated by stride 0": np.broadcast_to(np.array([1.0, 2.0]), (3, 2)),
    "booleans": np.array([True, False]),
    "bytes": np.array([0, 255], np.uint8),
    "large unsigned": np.array([2**64 - 1], np.uint64),
    "float16": np.array([1.5, np.inf], np.float16),
    "float32": np.array([0.1, np.nan], np.float32),
    "other byte order": np.array([1, 2], ">i4"),
    "not finite": np.array([np.nan, np.inf, -np.inf, -0.0]),
    "read only": np.frombuffer(b"12345678", np.int64),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_keeps_dtype_shape_and_values(name: str) -> None:
    array = ARRAYS[name]
    back = over_the_wire(array)
    assert same(back, np.asarray(array))
    assert back.flags.writeable


VALUES = [
    None,
    True,
    0,
    -(2**63),
    2**1024 - 1,
    0.1,
    -0.0,
    5e-324,
    math.inf,
    -math.inf,
    math.nan,
    "",
    "naïve ✓",
    [],
    (),
    {},
    (1, (2, [3, ()])),
    {"a": {1: (2,), (3, "b"): [None]}, None: True, 2.5: {}},
    {"tuple": [1], "npy": "not an array"},
    {"dict": [[1, 2]]},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_values_come_back_the_same(value: Any) -> None:
    assert same(over_the_wire(value), value)


@given(
    st_numpy.arrays(
        st_numpy.boolean_dtypes() | st_numpy.integer_dtypes() | st_numpy.floating_dtypes(),
        st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    )
)
@settings(max_examples=60, deadline=None)
def test_any_array_of_numbers_comes_back_the_same(array: np.ndarray) -> None:
    assert same(over_the_wire(array), array)


@pytest.mark.parametrize(
    ("scalar", "kind"),
    [
        (np.float32(0.1), float),
        (np.int8(3), int),
        (np.bool_(True), bool),
        (np.str_("a"), str),
        (np.longdouble(1.5), float),
        (np.float64("nan"), float),
    ],
    ids=repr,
)
def test_a_numpy_scalar_comes_back_as_pythons(scalar: Any, kind: type) -> None:
    back = over_the_wire(scalar)
    assert type(back) is kind
    assert back == scalar or back != back


def test_a_long_double_array_is_written_as_float64() -> None:
    assert same(over_the_wire(np.array([0.5], np.longdouble)), np.array([0.5]))


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor([[0.5, math.nan]], requires_grad=True),
        torch.nn.Parameter(torch.ones(2, 3)),
        torch.ones(2, dtype=torch.bfloat16),
        torch.tensor(1.5, dtype=torch.float16, requires_grad=True),
        torch.arange(6).reshape(2, 3).T,
        torch.tensor([True, False]),
        torch.zeros(0, 2, dtype=torch.float64),
        torch.tensor([255], dtype=torch.uint8),
        torch.tensor([1.0 + 2.0j]).conj().imag,
    ],
    ids=lambda tensor: str(tensor.dtype),
)
def test_a_tensor_keeps_dtype_values_and_requires_grad(tensor: torch.Tensor) -> None:
    back = over_the_wire(tensor)
    assert back.dtype is tensor.dtype
    assert back.requires_grad == tensor.requires_grad
    assert torch.equal(back.nan_to_num(7.0), tensor.detach().nan_to_num(7.0))


def test_where_torch_is_not_loaded_a_tensor_comes_back_as_an_array(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = encode(torch.ones(2))
    monkeypatch.delitem(sys.modules, "torch")
    assert same(decode(written), np.ones(2, np.float32))


def test_code_comes_back_only_where_it_is_allowed_and_is_never_run() -> None:
    written = encode([Code("raise SystemExit", "f")])
    assert decode(written, allow_code=True) == [Code("raise SystemExit", "f")]
    with pytest.raises(NotPlain):
        decode(written)


def test_code_loads_the_function_it_names_built_around_the_readers_own() -> None:
    assert Code("def f(x):\n    return own(x) + 1", "f").load(abs)(-2) == 3


# --- refusals -----------------------------------------------------------------------------------


def self_referencing() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


def nested(depth: int) -> list[Any]:
    items: list[Any] = []
    for _ in range(depth):
        items = [items]
    return items


@pytest.mark.parametrize(
    "value",
    [
        np.array([object()]),
        np.array(["text"]),
        np.array([1j]),
        np.array(["2020"], "M8[D]"),
        np.zeros(2, [("a", "f8")]),
        1j,
        np.complex64(1),
        len,
        lambda: 0,
        {1, 2},
        b"bytes",
        range(3),
        object(),
        2**1024,
        -(2**1024),
        nested(MAX_DEPTH + 1),
        {1: {2: [len]}},
        torch.ones(2, dtype=torch.complex64),
        torch.eye(2).to_sparse(),
        torch.ones(2).to(torch.float8_e4m3fn),
        torch.ones(2, device="meta"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_written_down_is_refused(value: Any) -> None:
    with pytest.raises(NotPlain):
        encode(value)


def test_a_list_that_holds_itself_is_refused() -> None:
    with pytest.raises(NotPlain, match="nested"):
        encode(self_referencing())


def test_a_refusal_names_the_kind_of_object() -> None:
    with pytest.raises(NotPlain, match=r"builtins\.set"):
        encode([{1}])


def pickled_npy() -> dict[str, str]:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    return {"npy": base64.b64encode(buffer.getvalue()).decode()}


def truncated() -> dict[str, str]:
    raw = base64.b64decode(encode(np.arange(4.0))["npy"])
    return {"npy": base64.b64encode(raw[:-8]).decode()}


REFUSED = {
    "size claimed without data": npy(header("<f8", "(1000000000000,)")),
    "size whose bytes overflow 64 bits": npy(header("<f8", f"({2**61}, 8)")),
    "negative size": npy(header("<f8", "(-1, -1)"), b"12345678"),
    "axis of size zero beside a huge one": npy(header("<f8", f"(0, {2**70})")),
    "too many axes": npy(header("<f8", str((1,) * 40)), b"12345678"),
    "size that is no whole number": npy(header("<f8", "(1.0,)"), b"12345678"),
    "more data than claimed": npy(header("<f8", "(1,)"), b"1234567890123456"),
    "truncated": truncated(),
    "truncated header": {"npy": base64.b64encode(b"\x93NUMPY\x01\x00\xff").decode()},
    "objects": npy(header("|O", "(1,)"), pickle.dumps([1])),
    "pickle inside npy": pickled_npy(),
    "bare pickle": {"npy": base64.b64encode(pickle.dumps([1])).decode()},
    "text dtype": npy(header("<U2", "(1,)"), b"12345678"),
    "complex": npy(header("<c16", "(1,)"), b"1" * 16),
    "long double": npy(header("<f16", "(1,)"), b"1" * 16),
    "record": npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}\n", b"1" * 8),
    "header with a call": npy("{'descr': '<f8', 'fortran_order': exit(), 'shape': (1,)}\n", b"1"),
    "header of brackets": npy("(" * 900),
    "version 2": npy(header("<f8", "(1,)"), b"12345678", b"\x02\x00"),
    "wrong base64": {"npy": "a"},
    "base64 with spaces": {"npy": " " + encode(np.ones(1))["npy"]},
    "npy that is no text": {"npy": 3},
    "npy that is a list": {"npy": ["a"]},
    "text beyond ASCII": {"npy": "\ud800"},
    "two keys": {"tuple": [], "dict": []},
    "no key": {},
    "unknown kind": {"pickle": "x"},
    "code": {"code": ["1", "f"]},
    "unknown float": {"float": "1e400"},
    "float of a list": {"float": ["nan"]},
    "tuple of a number": {"tuple": 3},
    "dict of a dict": {"dict": {"a": 1}},
    "pair of three": {"dict": [[1, 2, 3]]},
    "key that cannot be hashed": {"dict": [[[1], 2]]},
    "key of an unhashable tuple": {"dict": [[{"tuple": [[]]}, 2]]},
    "array as a key": {"dict": [[encode(np.ones(1)), 2]]},
    "tensor of two parts": {"tensor": ["a", "float32"]},
    "tensor of an unknown dtype": {"tensor": [encode(np.ones(1))["npy"], "load", False]},
    "tensor of a dtype that exists": {"tensor": [encode(np.ones(1))["npy"], "qint8", False]},
    "tensor whose dtype is a list": {"tensor": [encode(np.ones(1))["npy"], [], False]},
    "nested too deep": nested(MAX_DEPTH + 1),
    "integer too large": 2**1024,
    "not JSON": object(),
    "bytes": b"1",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_description_is_refused(name: str) -> None:
    with pytest.raises(NotPlain):
        decode(REFUSED[name])


def test_a_tensor_in_the_other_byte_order_is_read() -> None:
    written = {"tensor": [encode(np.array([1, 2], ">i4"))["npy"], "int32", False]}
    assert torch.equal(decode(written), torch.tensor([1, 2], dtype=torch.int32))


def test_reading_a_dtype_name_never_imports_a_part_of_torch() -> None:
    sys.modules.pop("torch._export", None)
    before = set(sys.modules)
    with pytest.raises(NotPlain):
        decode({"tensor": [encode(np.ones(1))["npy"], "_export", False]})
    assert set(sys.modules) == before


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["nan", "inf", "float32", "bool", "qint8", encode(np.ones(2))["npy"]])
)
HEADERS = st.builds(
    npy,
    st.builds(
        header,
        st.sampled_from(["<f8", ">i2", "|b1", "|O", "<c8", "<U1", "f2", "|V3", "junk"]),
        st.lists(st.integers(-2, 2**40), max_size=3).map(lambda sizes: str(tuple(sizes))),
        st.booleans(),
    ),
    st.binary(max_size=16),
)
KINDS = st.sampled_from(["float", "npy", "tuple", "dict", "tensor", "code", "other"])
ANYTHING = st.recursive(
    SCALARS | HEADERS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KINDS, inner, max_size=2)
        | st.builds(lambda kind, parts: {kind: parts}, KINDS, st.lists(inner, max_size=3))
        | st.builds(lambda pairs: {"dict": pairs}, st.lists(st.lists(inner, max_size=3)))
    ),
    max_leaves=12,
)


@given(ANYTHING)
@settings(max_examples=400, deadline=None)
def test_reading_any_json_raises_nothing_but_a_refusal(described: Any) -> None:
    try:
        value = decode(described)
    except NotPlain:
        return
    encode(value)  # what was read can be written down again


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_reading_any_bytes_as_an_array_raises_nothing_but_a_refusal(raw: bytes) -> None:
    for prefix in (b"", b"\x93NUMPY\x01\x00", b"\x93NUMPY\x01\x00\x60\x00"):
        try:
            decode({"npy": base64.b64encode(prefix + raw).decode()})
        except NotPlain:
            continue


@pytest.mark.parametrize("shape", ["(10**9,)", "(1000000000,)", "(100000, 100000)", "(0, 2**62)"])
def test_a_claimed_size_allocates_nothing(shape: str) -> None:
    described = npy(header("<f8", shape), b"12345678")
    tracemalloc.start()
    with pytest.raises(NotPlain):
        decode(described)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20


def test_keys_that_were_chosen_to_collide_are_refused_at_once() -> None:
    """A dict of 60 000 whole numbers with one hash takes minutes to fill."""
    pairs = [[number * (2**61 - 1), 0] for number in range(60_000)]
    with pytest.raises(NotPlain, match="one hash"):
        decode({"dict": pairs})
    assert len(decode({"dict": [[number, 0] for number in range(60_000)]})) == 60_000
