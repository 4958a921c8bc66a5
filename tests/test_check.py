"""How a check weighs answers, on a toy exercise: the mean of a list, refused when there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.check import Case, Check, Misconception, Verdict, share_earned
from course_utils.asking import Answer
from course_utils.plain import decode, encode


def mean(values: Any) -> float:
    if len(values) == 0:
        raise ValueError("no values")
    return float(np.mean(values))


def median(values: Any) -> float:
    return float(np.median(values)) if len(values) else 0.0


def total(values: Any) -> float:
    if len(values) == 0:
        raise ValueError("no values")
    return float(np.sum(values))


def cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case((rng.normal(size=7),), "value"),
        Case((rng.normal(size=4),), "value"),
        Case((np.array([np.inf, 1.0]),), "infinite"),
        Case((np.array([3.25]),), "one"),
        Case((np.array([]),), "empty"),
    ]


CHECK = Check(
    exercise="toy.mean",
    properties={
        "value": "gives the mean",
        "infinite": "accepts infinities",
        "one": "accepts a single value",
        "empty": "raises ValueError when there is none",
    },
    cases=cases,
    expect=mean,
    misconceptions=[
        Misconception("median", median, "This is the median."),
        Misconception("sum", total, "This is the sum: divide by the count."),
    ],
)


def judged(function: Callable[..., Any], check: Check = CHECK, points: float = 8.0) -> Verdict:
    drawn = check.draw(np.random.default_rng(0))
    return check.verdict(drawn, [check.answer_of(function, case) for case in drawn], points)


class EmptyInput(ValueError):
    """A kind of ValueError of a student's own."""


def raising(error: Exception) -> Callable[..., Any]:
    def version(values: Any) -> float:
        if len(values) == 0:
            raise error
        return mean(values)

    return version


# --- shares -------------------------------------------------------------------------------------

FOUR = {"heart": "…", "a": "…", "b": "…", "c": "…"}


@pytest.mark.parametrize(
    ("failures", "share"),
    [
        ([], 1.0),
        (["a"], 5 / 6),
        (["a", "b"], 4 / 6),
        (["a", "b", "c"], 0.5),
        (["heart"], 0.0),
        (["heart", "a", "b", "c"], 0.0),
    ],
)
def test_the_heart_is_worth_half_and_the_others_share_the_rest(failures: Any, share: float) -> None:
    assert share_earned(FOUR, failures) == pytest.approx(share, abs=1e-6)


def test_a_check_of_one_property_is_all_or_nothing() -> None:
    assert share_earned({"heart": "…"}, []) == 1.0
    assert share_earned({"heart": "…"}, ["heart"]) == 0.0


# --- verdicts -----------------------------------------------------------------------------------


def test_a_right_version_is_full_and_nothing_is_said() -> None:
    verdict = judged(mean)
    assert verdict == Verdict("toy.mean", 8.0, 8.0)
    assert verdict.full


def test_a_failing_heart_earns_nothing_whatever_else_holds() -> None:
    verdict = judged(lambda values: mean(values) + (len(values) > 3))
    assert verdict.points == 0
    assert [message for message in verdict.messages if "found" in message] == [
        "Expected that mean gives the mean; found: the values differ."
    ]


def test_one_case_of_a_property_is_enough_to_fail_it() -> None:
    verdict = judged(lambda values: mean(values) + (len(values) == 4))
    assert verdict.points == 0


def test_a_failing_side_property_costs_its_share_only() -> None:
    verdict = judged(lambda values: mean(values) + (len(values) == 1))
    assert verdict.points == pytest.approx(8 * 5 / 6, abs=0.005)  # points have two decimals
    assert len(verdict.messages) == 1


def test_points_have_two_decimals_and_never_pass_the_maximum() -> None:
    assert judged(raising(KeyError()), points=1.0).points == 0.83
    assert judged(mean, points=0.333).points <= 0.333


def test_a_mistake_that_coincides_everywhere_is_named_with_its_hint() -> None:
    verdict = judged(total)
    assert verdict.misconception == "sum"
    assert verdict.messages[-1] == "This is the sum: divide by the count."


def test_a_mistake_that_coincides_on_all_cases_but_one_is_not_named() -> None:
    verdict = judged(lambda values: total(values) + (len(values) == 4))
    assert verdict.misconception is None
    assert verdict.points == 0


def test_a_missing_refusal_does_not_hide_a_mistake_in_the_values() -> None:
    verdict = judged(lambda values: float(np.sum(values)))
    assert verdict.misconception == "sum"
    assert any("raises ValueError" in message for message in verdict.messages)


def test_a_missing_refusal_alone_is_not_taken_for_a_mistake_in_the_values() -> None:
    verdict = judged(lambda values: mean(values) if len(values) else 0.0)
    assert verdict.misconception is None
    assert verdict.points == pytest.approx(8 * 5 / 6, abs=0.005)


def test_a_mistake_that_refuses_wrongly_everywhere_is_not_named_by_its_refusals() -> None:
    def refuses(values: Any) -> float:
        raise ValueError("no")

    verdict = judged(refuses)
    assert verdict.points == 0
    assert verdict.misconception is None


@pytest.mark.parametrize(
    "error",
    [EmptyInput(), KeyError("x"), TypeError(), ZeroDivisionError(), UnicodeError()],
    ids=lambda error: type(error).__name__,
)
def test_only_exactly_ValueError_is_a_refusal(error: Exception) -> None:
    verdict = judged(raising(error))
    assert verdict.messages == [
        "Expected that mean raises ValueError when there is none; found: it should raise "
        f"ValueError, and it raised {type(error).__name__}."
    ]


def test_the_words_of_a_refusal_are_the_students_own() -> None:
    assert judged(raising(ValueError("anything"))).full
    assert judged(raising(ValueError())).full


def test_a_refusal_where_an_answer_is_asked_is_told_with_its_words() -> None:
    def refuses_infinities(values: Any) -> float:
        if not np.isfinite(values).all():
            raise ValueError("only finite values")
        return mean(values)

    (message,) = judged(refuses_infinities).messages
    assert message.endswith("found: it raised ValueError: only finite values.")


def test_changing_an_argument_is_wrong_although_the_answer_is_right() -> None:
    def careless(values: Any) -> float:
        answer = mean(values)
        values += 1
        return answer

    verdict = judged(careless)
    assert verdict.points == 0
    assert "it changes one of its arguments" in verdict.messages[0]


def test_sorting_an_argument_in_place_is_a_change() -> None:
    def sorting(values: Any) -> float:
        values.sort()
        return mean(values)

    assert judged(sorting).points == 0


def test_another_answer_the_second_time_is_wrong() -> None:
    seen: list[bytes] = []

    def forgetful(values: Any) -> float:
        seen.append(values.tobytes())
        return mean(values) + seen.count(values.tobytes()) - 1

    verdict = judged(forgetful)
    assert verdict.points == 0
    assert "called a second time" in verdict.messages[0]


def test_a_blank_is_told_in_one_sentence() -> None:
    def blank(values: Any) -> float:
        raise NotImplementedError("write this function first")

    verdict = judged(blank)
    assert (verdict.points, verdict.misconception) == (0, None)
    assert verdict.messages == ["mean is not written yet."]


def test_no_answer_is_no_point_and_its_reason_is_told() -> None:
    drawn = CHECK.draw(np.random.default_rng(0))
    answers = [CHECK.answer_of(mean, case) for case in drawn]
    answers[0] = Answer(missing="took over 10 s")
    verdict = CHECK.verdict(drawn, answers, 8.0)
    assert verdict.points == 0
    assert verdict.misconception is None
    assert "found: took over 10 s." in verdict.messages[0]


def test_a_missing_answer_is_no_refusal() -> None:
    drawn = CHECK.draw(np.random.default_rng(0))
    answers = [CHECK.answer_of(mean, case) for case in drawn]
    answers[-1] = Answer(missing="the process ended")
    assert not CHECK.verdict(drawn, answers, 8.0).full


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        8.0,
        [1.0, 1.0],
        [1.0, 1.0, None],
        [1.0, 1.0, []],
        {"points": 8},
        [2**300, 2**300, [0]],
        [10**300 * 10**8, 1.0, [[1]]],
        "full",
    ],
    ids=repr,
)
def test_whatever_comes_back_in_place_of_an_answer_earns_nothing(value: Any) -> None:
    drawn = CHECK.draw(np.random.default_rng(0))
    verdict = CHECK.verdict(drawn, [Answer(value=value)] * len(drawn), 8.0)
    assert verdict.points == 0


def test_an_ask_that_gives_strange_tensors_is_judged_all_the_same() -> None:
    torch = pytest.importorskip("torch")
    strange = decode(encode([torch.ones(2, requires_grad=True)] * 2))
    drawn = CHECK.draw(np.random.default_rng(0))
    answers = [Answer(value=[strange, strange, [case.args[0]]]) for case in drawn]
    assert CHECK.verdict(drawn, answers, 8.0).points == 0


def test_an_agree_that_trips_over_an_answer_takes_it_for_wrong() -> None:
    def agree(args: Any, expected: Any, answer: Any) -> float:
        raise OverflowError("an answer that nobody thought of")

    check = Check(
        exercise="toy.mean",
        properties={"value": "gives the mean"},
        cases=lambda rng: [Case((np.ones(2),), "value")],
        expect=mean,
        misconceptions=[],
        ask=lambda function, args: [function(*args)],
        agree=agree,
    )
    assert judged(mean, check).points == 0


def test_a_property_without_a_case_is_our_mistake() -> None:
    check = Check("toy.mean", {"value": "…", "more": "…"}, cases, mean, [])
    with pytest.raises(AssertionError, match=r"toy\.mean"):
        check.draw(np.random.default_rng(0))


@pytest.mark.parametrize("points", [-1.0, 8.5, float("nan"), float("inf")])
def test_a_verdict_has_possible_points_only(points: float) -> None:
    with pytest.raises(AssertionError):
        Verdict("toy.mean", points, 8.0)


def test_no_sentence_gives_away_an_input_or_a_right_answer() -> None:
    def constant(values: Any) -> float:
        return 0.5

    drawn = CHECK.draw(np.random.default_rng(0))
    told = " ".join(judged(constant).messages)
    for case in drawn[:2]:
        for number in [*case.args[0], mean(case.args[0])]:
            assert f"{number:.3f}"[:5] not in told
    assert "3.25" not in told and "inf;" not in told
