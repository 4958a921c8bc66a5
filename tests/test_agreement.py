"""One number decides whether an answer is right; one sentence says what differs, never the answer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.agreement import deviation, explain

NAN, INF = math.nan, math.inf

AGREE = {
    "the same number": (0.5, 0.5),
    "float32": (0.1, np.float32(0.1)),
    "array in float32": (np.linspace(0, 1, 7), np.linspace(0, 1, 7, dtype=np.float32)),
    "large numbers in float32": (1e6 / 3, np.float32(1e6 / 3)),
    "an integer for a number": (2.0, 2),
    "a list for an array": (np.array([1.5, 2.0]), [1.5, 2]),
    "a tuple for a list": ([1.5, "a"], (1.5, "a")),
    "a tensor for an array": (np.ones((2, 1)), torch.ones(2, 1, requires_grad=True)),
    "a list of tensors": (np.ones((2, 3)), [torch.ones(3, requires_grad=True)] * 2),
    "bfloat16": (np.array([1.5]), torch.tensor([1.5], dtype=torch.bfloat16)),
    "an array for a tensor": (torch.ones(2), np.ones(2)),
    "a number without axes": (0.5, np.array(0.5)),
    "whole numbers of any width": (np.array([1, 2]), np.array([1, 2], np.uint8)),
    "Fortran order": (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3))),
    "1 for True": (True, 1),
    "numpy's True": (True, np.bool_(True)),
    "nan in its place": ([NAN, 1.0], [NAN, 1.0]),
    "infinities in their places": ([INF, -INF], [INF, -INF]),
    "None": (None, None),
    "text": ("a", "a"),
    "numpy's text": (["a"], [np.str_("a")]),
    "empty": ([], np.array([])),
    "empty with axes": (np.zeros((0, 2)), np.zeros((0, 2))),
    "empty dict": ({}, {}),
    "a dict in another order": ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}),
    "a nested dict": ({"a": {1: (0.5, "x")}}, {"a": {1: [0.5, "x"]}}),
    "a tuple of unequal shapes": ((np.ones(2), np.ones(3)), [[1, 1], [1.0, 1, 1]]),
    "ragged lists": ([[1], [2, 3]], [[1], [2, 3]]),
    "the same huge integer": (2**200, 2**200),
    "a huge integer for a number": (float(2**200), 2**200),
    "huge integers in a list": ([2**70, 1], (2**70, 1)),
    "an unsigned integer over 63 bits": (2**64 - 1, np.uint64(2**64 - 1)),
    "the other byte order": (np.array([1.5]), np.array([1.5], ">f8")),
}

DISAGREE = {
    "another number": (0.5, 0.50002),
    "a small part of an array": (np.zeros(3), [0, 0, 2e-5]),
    "wrong sign": (0.5, -0.5),
    "one longer": ([1, 2], [1, 2, 3]),
    "transposed": (np.zeros((2, 3)), np.zeros((3, 2))),
    "an axis more": (0.5, [0.5]),
    "an axis less": (np.array([0.5]), 0.5),
    "an empty array of another shape": (np.zeros((0, 2)), np.zeros((2, 0))),
    "a column for a row": (np.ones(3), np.ones((3, 1))),
    "nan elsewhere": ([NAN, 1.0], [1.0, NAN]),
    "nan for a number": (0.5, NAN),
    "a number for nan": (NAN, 0.5),
    "infinity for a number": (0.5, INF),
    "a number for infinity": (INF, 1e308),
    "the other infinity": (INF, -INF),
    "nan for infinity": (INF, NAN),
    "both ends of the floats": (1e308, -1e308),
    "a float for an integer": (3, 3.0),
    "floats for integers": (np.arange(3), np.arange(3.0)),
    "a float for a boolean": (True, 1.0),
    "2 for True": (True, 2),
    "a boolean for a number": (1.0, True),
    "booleans for numbers": (np.ones(2), [True, True]),
    "a boolean for an integer": (1, True),
    "text for a number": (0.5, "0.5"),
    "a number for text": ("0.5", 0.5),
    "other text": ("a", "b"),
    "None for a number": (0.5, None),
    "a number for None": (None, 0),
    "None in a list": ([1.0, 2.0], [1.0, None]),
    "a dict for a number": (0.5, {"a": 0.5}),
    "a number for a dict": ({"a": 0.5}, 0.5),
    "a key missing": ({"a": 1.0, "b": 2.0}, {"a": 1.0}),
    "a key more": ({"a": 1.0}, {"a": 1.0, "b": 2.0}),
    "deep inside": ({"a": {1: (0.5, "x")}}, {"a": {1: (0.6, "x")}}),
    "a part of another shape": ((np.ones(2), np.ones(3)), (np.ones(3), np.ones(2))),
    "a part missing": ((np.ones(2), np.ones(3)), (np.ones(2),)),
    "ragged for even": ([[1, 2], [3, 4]], [[1, 2], [3]]),
    "an integer next to a huge one": (2**200, 2**200 + 1),
    "an integer that no float holds": (0.5, 10**400),
    "a negative integer that no float holds": ([0.5], [-(10**400)]),
    "a neighbour over 53 bits": (2**60, 2**60 + 1),
    "a complex number": (0.5, 0.5 + 0j),
    "a function": (0.5, len),
    "a class with a length": (0.5, list),
    "a set": ([1, 2], {1, 2}),
    "bytes": ("a", b"a"),
    "an array of text": ([0.5], np.array(["0.5"])),
    "an array of objects": (0.5, np.array(object())),
    "a sparse tensor": (np.eye(2), torch.eye(2).to_sparse()),
    "a tensor without data": (np.ones(2), torch.ones(2, device="meta")),
    "a complex tensor": (np.ones(2), torch.ones(2, dtype=torch.complex64)),
}


@pytest.mark.parametrize("name", AGREE)
def test_a_right_answer_agrees_in_every_packing(name: str) -> None:
    assert deviation(*AGREE[name]) <= 1


@pytest.mark.parametrize("name", DISAGREE)
def test_a_wrong_answer_does_not_agree(name: str) -> None:
    assert deviation(*DISAGREE[name]) > 1


@pytest.mark.parametrize("name", DISAGREE)
def test_every_difference_can_be_told_in_one_short_line(name: str) -> None:
    told = explain(*DISAGREE[name])
    assert 0 < len(told) < 200
    assert "\n" not in told


def test_the_deviation_is_measured_in_tolerances_of_the_expected_size() -> None:
    assert deviation(0.0, 3e-5) == pytest.approx(3, abs=1e-6)
    assert deviation(99.0, 99.003) == pytest.approx(3, abs=1e-6)
    assert deviation(1.0, 1.5, tolerance=0.25) == pytest.approx(1, abs=1e-6)


def test_the_largest_deviation_counts() -> None:
    assert deviation([0.0, 0.0], [1e-5, 4e-5]) == pytest.approx(4, abs=1e-6)
    assert deviation({"a": 0.0, "b": 0.0}, {"a": 4e-5, "b": 0}) == pytest.approx(4, abs=1e-6)


@pytest.mark.parametrize(
    ("expected", "answer", "told"),
    [
        (np.zeros((2, 3)), np.zeros(6), "expected an array of shape (2, 3), got an array of shape (6,)"),
        (3, 3.0, "expected an integer, got a number"),
        (True, 0.5, "expected a boolean, got a number"),
        (0.5, None, "expected a number, got None (was a `return` forgotten?)"),
        (0.5, "a", "expected a number, got text"),
        (0.5, NAN, "expected a number, got nan"),
        (NAN, 0.5, "expected a number that is not finite, got a number"),
        (0.5, 2**200, "the values differ"),
        (np.ones(2), [1, 2], "the values differ"),
        (np.ones(2), [1, 2, 3], "expected an array of shape (2,), got an array of integers of shape (3,)"),
        (np.arange(2), [True, False], "expected an array of integers of shape (2,), got an array of booleans of shape (2,)"),
        ({"a": 1.0}, {"b": 1.0}, "expected other keys (1 in all), got the keys: 'b'"),
        ({"a": 1.0}, {}, "expected other keys (1 in all), got the keys: none"),
        ({"a": 1.0}, {"a": 2.0}, "the values differ"),
        ({"a": 1.0}, 1.0, "expected a dict, got a number"),
        (("a", 1), ["b", 1], "the values differ"),
        (("a", 1), ["a"], "expected a list of 2, got a list of 1"),
        (0.5, len, "expected a number, got an object of type builtin_function_or_method"),
    ],
)  # fmt: skip
def test_a_difference_in_kind_or_shape_is_named(expected: Any, answer: Any, told: str) -> None:
    assert explain(expected, answer) == told


SECRETS = [
    73.25,
    7325,
    -INF,
    "secret",
    [73.25, 1.0],
    np.full(3, 73.25),
    {"secret": 1.0},
    {7325: "secret"},
    [["secret"], 7325],
    10**30 + 7325,
    torch.full((2,), 73.25),
]


@pytest.mark.parametrize("expected", SECRETS, ids=repr)
@pytest.mark.parametrize(
    "answer", [0.0, 1, True, None, "a", [], {}, {"a": 1}, [1.0, 2.0], NAN, np.zeros(3)], ids=repr
)
def test_the_sentence_never_holds_a_value_of_the_right_answer(expected: Any, answer: Any) -> None:
    told = explain(expected, answer)
    assert not any(secret in told for secret in ("73", "secret", "inf", "1000000"))


def test_keys_that_a_student_makes_up_are_cut_short() -> None:
    assert len(explain({"a": 1}, {f"{'x' * 1000}{i}": 1 for i in range(100)})) < 700


NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.booleans()
VALUES = st.recursive(
    NUMBERS | st.text(max_size=3) | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=2) | st.integers(0, 3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES)
def test_every_plain_value_agrees_with_itself(value: Any) -> None:
    assert deviation(value, value) == 0


@given(VALUES, VALUES)
def test_any_two_plain_values_can_be_compared_and_told_apart(expected: Any, answer: Any) -> None:
    assert deviation(expected, answer) >= 0
    assert "\n" not in explain(expected, answer)


FLOATS = st.floats() | st.sampled_from([0.0, -0.0, NAN, INF, -INF, 1e308, -1e308, 1e-320])


@given(FLOATS, FLOATS)
def test_a_number_of_pythons_deviates_as_it_does_in_an_array(right: float, given: float) -> None:
    assert deviation(right, given) == deviation(np.array([right]), np.array([given]))


def test_zero_and_one_pass_for_booleans_and_so_are_no_mistake_in_kind() -> None:
    assert explain(True, 0) == explain(False, 1) == "the values differ"
    assert explain(True, 2) == "expected a boolean, got an integer"
