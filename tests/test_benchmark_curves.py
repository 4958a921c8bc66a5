"""Cost curves: the fit against powers that are known, the pages against what was measured."""

from __future__ import annotations

import json

import numpy as np
import pytest

from autograder.course import REPO
from tests.benchmarks import docs_page, report
from tests.benchmarks.curves import page
from tests.benchmarks.curves.growth import Curve, Line, fit, measure

SIZES = (10, 20, 50, 100, 1000)


@pytest.mark.parametrize("power", [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0])
def test_a_power_is_found_again(power):
    found = fit(SIZES, [7.0 * size**power for size in SIZES], fit_from=10)
    assert found["exponent"] == pytest.approx(power, abs=1e-4)
    assert found["low"] == pytest.approx(power) and found["high"] == pytest.approx(power)


def test_small_sizes_do_not_count():
    costs = [100.0, 100.0, *(float(size) for size in SIZES[2:])]
    assert fit(SIZES, costs, fit_from=50)["exponent"] == pytest.approx(1.0, abs=1e-4)
    assert fit(SIZES, costs, fit_from=10)["exponent"] < 0.8
    with pytest.raises(ValueError, match="2 sizes from 100 on"):
        fit(SIZES, costs, fit_from=100)


def test_nineteen_of_twenty_intervals_hold_the_power():
    rng = np.random.default_rng(0)
    sizes = np.array(SIZES)
    held = 0
    for _ in range(1000):
        costs = 3 * sizes**1.5 * np.exp(rng.normal(0, 0.1, len(sizes)))
        found = fit(SIZES, costs.tolist(), fit_from=10)
        held += found["low"] <= 1.5 <= found["high"]
    assert 925 <= held <= 975  # 950 ± 3.6 standard deviations


def test_a_line_tells_medians_and_their_range():
    asked = []

    def make(size: int):
        answers = iter([size * 1.0, size * 3.0, size * 2.0])
        asked.append(size)
        return lambda: next(answers)

    line = Line("doubling", (1, 2, 4), make, 1.0, fit_from=1, measured=True)
    told = measure(Curve("n", "t", "s", "c", (line,)), rounds=3)
    (only,) = told["lines"]
    assert asked == [1, 2, 4] and told["rounds"] == 3
    assert only["costs"] == [2, 4, 8]
    assert (only["lowest"], only["highest"]) == ([1, 2, 4], [3, 6, 12])
    assert only["exponent"] == pytest.approx(1.0)


def test_work_is_done_often_enough_for_the_clock():
    done = []
    line = Line("quick", (1, 2, 3), lambda size: lambda: done.append(size), 0.0, fit_from=1)
    measure(Curve("n", "t", "s", "c", (line,)), rounds=2)
    assert min(done.count(size) for size in (1, 2, 3)) > 1000  # an append takes far less than 20 µs


MEASURED = json.loads((REPO / "tests/benchmarks/curves.json").read_text(encoding="utf-8"))
LINES = [
    pytest.param(curve, line, id=f"{curve['name']}: {line['label']}")
    for curve in MEASURED["curves"]
    for line in curve["lines"]
]


def test_every_curve_is_there():
    names = [curve["name"] for curve in MEASURED["curves"]]
    assert names == [
        *("grading", "n-grams", "attention", "generation"),
        *("distributed: sums", "distributed: pipeline"),
    ]


@pytest.mark.parametrize(("curve", "line"), LINES)
def test_the_exponents_are_those_of_the_points(curve, line):
    """By numpy's own fit."""
    points = [
        (size, cost)
        for size, cost in zip(line["sizes"], line["costs"], strict=True)
        if size >= line["fit_from"]
    ]
    slope, _ = np.polyfit(*np.log(np.array(points)).T, 1)
    assert line["exponent"] == pytest.approx(slope, abs=1e-3)


def test_costs_grow_as_the_course_says():
    """With a wide margin: of the course's own lines only."""
    by = {
        (c["name"], line["label"]): line["exponent"]
        for c in MEASURED["curves"]
        for line in c["lines"]
    }
    assert 0.9 < by["n-grams", "ours"] < 1.35
    assert 1.6 < by["attention", "ours"] < 2.4
    assert 0.8 < by["generation", "ours, keys and values kept"] < 1.35
    assert 1.4 < by["generation", "ours, the text read again"] < 2.3
    assert 0.7 < by["distributed: sums", "ours"] < 1.3
    assert -1.2 < by["distributed: pipeline", "ours"] < -0.7
    assert all(0.8 < exponent < 1.15 for (name, _), exponent in by.items() if name == "grading")


def test_the_pages_tell_what_was_measured():
    assert page.page(MEASURED) == (REPO / "tests/benchmarks/curves.md").read_text(encoding="utf-8")
    results = report.read()
    told = docs_page.PAGE.read_text(encoding="utf-8")
    assert docs_page.filled(told, results, MEASURED) == told
    assert report.markdown(results) == (REPO / "tests/benchmarks/results.md").read_text("utf-8")


def test_a_page_without_a_place_for_the_table_is_an_error():
    with pytest.raises(ValueError, match="no line <!-- table -->"):
        docs_page.filled("# A page", report.read(), None)
