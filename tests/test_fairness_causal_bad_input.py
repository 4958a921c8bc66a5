"""What is no causal model, no predictor and no question is refused, and named."""

from __future__ import annotations

import math
from typing import Any

import pytest

from course_utils.fairness import counterfactual, is_counterfactually_fair

COIN = {0: 0.5, 1: 0.5}
SAME = {(0,): 0, (1,): 1}
GOOD: dict[str, Any] = {
    "exogenous": {"u": COIN, "v": COIN},
    "functions": {"a": (("u",), SAME), "x": (("v",), SAME)},
}
PREDICTOR: Any = (("x",), {(0,): 0.1, (1,): 0.9})


@pytest.mark.parametrize(
    ("part", "more", "offence"),
    [
        ("exogenous", {"w": {0: 0.5, 1: 0.4}}, "'w' sums to 0.9"),
        ("exogenous", {"w": {0: 0.5, 1: 0.6}}, "'w' sums to 1.1"),
        ("exogenous", {"w": {0: 1.5, 1: -0.5}}, "'w'"),
        ("exogenous", {"w": {0: math.nan, 1: 1.0}}, "'w'"),
        ("exogenous", {"w": {}}, "'w' sums to 0"),
        ("functions", {"b": (("b",), SAME)}, "'b' uses 'b', which does not come before"),
        ("functions", {"b": (("c",), SAME), "c": (("b",), SAME)}, "'b' uses 'c'"),  # a cycle
        ("functions", {"b": (("z",), SAME)}, "'b' uses 'z'"),
        ("functions", {"b": (("a",), {(0,): 0})}, r"'b' has no row for \(1,\)"),
        ("functions", {"u": (("v",), SAME)}, "'u' is exogenous and has a function"),
    ],
)
def test_what_is_no_model_is_refused_and_named(part, more, offence):
    model = {**GOOD, part: {**GOOD[part], **more}}
    with pytest.raises(ValueError, match=offence):
        counterfactual(model, {}, {}, "x")
    with pytest.raises(ValueError, match=offence):
        is_counterfactually_fair(model, PREDICTOR, "a", 0.0)


@pytest.mark.parametrize(
    ("evidence", "assignment", "target", "offence"),
    [
        ({}, {}, "z", "'z' is unknown"),
        ({"z": 0}, {}, "x", "'z' is unknown"),
        ({}, {"z": 0}, "x", "'z' is unknown"),
        ({}, {"u": 0}, "x", "'u' is unknown"),  # an exogenous variable has no function to replace
        ({"a": 2}, {}, "x", "'a': 2.* has probability 0"),
        ({"u": 0, "a": 1}, {}, "x", "'u': 0, 'a': 1.* has probability 0"),
    ],
)
def test_a_question_that_has_no_answer_is_refused_and_named(evidence, assignment, target, offence):
    with pytest.raises(ValueError, match=offence):
        counterfactual(GOOD, evidence, assignment, target)


@pytest.mark.parametrize(
    ("predictor", "protected", "tolerance", "offence"),
    [
        (PREDICTOR, "z", 0.0, "'z' is unknown"),
        (PREDICTOR, "u", 0.0, "'u' is unknown"),
        ((("z",), PREDICTOR[1]), "a", 0.0, "'z' is unknown"),
        ((("v",), PREDICTOR[1]), "a", 0.0, "'v' is unknown"),  # nobody sees an exogenous variable
        ((("x",), {(0,): 0.1}), "a", 0.0, r"the predictor has no row for \(1,\)"),
        (PREDICTOR, "a", -0.1, "tolerance = -0.1"),
        (PREDICTOR, "a", math.nan, "tolerance = nan"),
    ],
)
def test_what_is_no_predictor_is_refused_and_named(predictor, protected, tolerance, offence):
    with pytest.raises(ValueError, match=offence):
        is_counterfactually_fair(GOOD, predictor, protected, tolerance)
