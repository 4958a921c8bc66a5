"""Unit 08: the oracles are scipy, published figures, and counting by hand."""

from __future__ import annotations

from itertools import pairwise, product
from math import inf
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import binomtest

from course_utils.impacts import (
    breakeven_days,
    contamination,
    memorization_rate,
    template_gap,
    training_emissions,
    watermark_z,
)


def test_the_published_energy_of_gpt_3() -> None:
    """Patterson and others 2021, table 4: 3.14e23 operations, 24.6 TFLOP/s at 330 W, PUE 1.10."""
    found = training_emissions(3.14e23, 24.6e12 / 330, 1.10, 0.429)
    assert_allclose(found["kwh"], 1_287_000, rtol=0.01)
    assert_allclose(found["kg_co2"], 552_100, rtol=0.01)


def test_an_interval_holds_every_case_and_reaches_its_ends() -> None:
    ranges = [(1e20, 3e20), (2e10, 9e10), (1.1, 1.6), (0.05, 0.7)]
    found = training_emissions(*ranges)
    single = [training_emissions(*corner) for corner in product(*ranges)]
    for name in ("kwh", "kg_co2"):
        values = [one[name] for one in single]
        assert_allclose(found[name], (min(values), max(values)))


def test_one_interval_makes_both_answers_intervals() -> None:
    found = training_emissions(3.6e15, 1e9, 1.0, [0.2, 0.3])  # type: ignore[arg-type]
    assert found["kwh"] == (1.0, 1.0) and found["kg_co2"] == (0.2, 0.3)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((1e20, 0.0, 1.1, 0.4), "flops_per_joule"),
        ((1e20, (2e9, 1e9), 1.1, 0.4), "flops_per_joule"),
        ((-1.0, 1e9, 1.1, 0.4), "flops is"),
        ((1e20, 1e9, 1.1, (-0.1, 0.4)), "kg_co2_per_kwh"),
    ],
)
def test_impossible_energies_are_refused_by_name(arguments: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        training_emissions(*arguments)


def test_answering_costs_as_much_one_day() -> None:
    assert breakeven_days(1_287_000, 3.0, 10_000_000) == 42.9
    assert breakeven_days(1.0, 0.3, 0) == inf == breakeven_days(1.0, 0.0, 5)
    with pytest.raises(ValueError, match="negative"):
        breakeven_days(1.0, -0.3, 5)


def test_runs_are_counted_once_and_end_with_their_text() -> None:
    samples, corpus = ["abcab", "ab"], ["xabc", "ca"]
    assert memorization_rate(samples, corpus, 2) == 1.0  # ab, bc, ca
    assert memorization_rate(samples, corpus, 3) == 1 / 3  # abc of abc, bca, cab
    assert memorization_rate(samples, ["ab", "c"], 3) == 0.0
    assert memorization_rate(["ab"], corpus, 3) == 0.0 == memorization_rate([], corpus, 1)


def test_memorization_agrees_with_looking_for_text() -> None:
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abc"), size=30)) for _ in range(6)]
    for k in (1, 3, 5, 8):
        runs = {text[i : i + k] for text in texts[:3] for i in range(30 - k + 1)}
        found = sum(any(run in text for text in texts[3:]) for run in runs)
        assert_allclose(memorization_rate(texts[:3], texts[3:], k), found / len(runs))


def test_contamination_agrees_with_looking_for_text() -> None:
    rng = np.random.default_rng(1)
    items = ["".join(rng.choice(list("abcd"), size=n)) for n in (3, 9, 9, 2, 14)]
    corpus = ["".join(rng.choice(list("abcd"), size=120)) for _ in range(2)]
    wanted = [
        any(item[i : i + 4] in text for text in corpus for i in range(len(item) - 3))
        for item in items
    ]
    found = contamination(items, corpus, 4)
    assert found.dtype == bool and found.tolist() == wanted and not found[3]
    with pytest.raises(ValueError, match="at least 1"):
        contamination(items, corpus, 0)


def test_gaps_come_template_by_template_and_weigh_tokens_alike() -> None:
    def log_prob(text: str) -> list[float]:
        return [-float(len(word)) for word in text.split()]

    gaps = template_gap(log_prob, ["{} sat down", "the {}"], ["Al", "Bo Li"], ["Eve", "Zoe"])
    assert_allclose(gaps, [1 / 3, -2.75 + 10 / 3, 0.5, -7 / 3 + 3])
    with pytest.raises(ValueError, match="1 words against 2"):
        template_gap(log_prob, ["{}"], ["a"], ["b", "c"])
    with pytest.raises(ValueError, match="exactly one"):
        template_gap(log_prob, ["{} and {}"], ["a"], ["b"])


@pytest.mark.parametrize("fraction", [0.25, 0.5])
def test_z_is_that_of_a_binomial(fraction: float) -> None:
    rng = np.random.default_rng(2)
    tokens = rng.permutation(400).tolist()  # no pair twice
    green = {tuple(pair) for pair in pairwise(tokens) if rng.random() < 0.6}
    z = watermark_z(tokens, lambda *pair: pair in green, fraction)
    test = binomtest(len(green), 399, fraction)
    assert_allclose(z, (test.statistic - fraction) / np.sqrt(fraction * (1 - fraction) / 399))


def test_a_repeated_pair_tells_nothing_new() -> None:
    def is_green(previous: Any, token: Any) -> bool:
        return token == 1

    once, often = watermark_z([0, 1], is_green, 0.5), watermark_z([0, 1] * 50, is_green, 0.5)
    assert once == 1.0 and often == 0.0  # (0, 1) is green, (1, 0) is not
    assert watermark_z([7], is_green, 0.5) == 0.0 == watermark_z([], is_green, 0.5)
    with pytest.raises(ValueError, match="fraction"):
        watermark_z([1, 2], is_green, 1.0)
