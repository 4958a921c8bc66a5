"""The numbers of the instructor's report, against scipy, pandas and classes counted by hand."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from scipy import stats

from autograder.authoring.places import places
from autograder.check import Verdict
from autograder.checks import checks_of
from autograder.course import Course, Unit
from autograder.grading.grade import NOT_YET, Graded
from autograder.judging.judge import Result
from autograder.report.item_analysis import FEW, analyse, discrimination, glance
from autograder.report.limits import limit_in_output, limit_in_sentence
from autograder.report.misconceptions import not_understood, ranked
from autograder.report.timings import timings
from autograder.report.unit_page import Class
from autograder.report.work import Work

NAMES = ["significance.accuracy_difference", "significance.holm", "significance.bootstrap_sample"]
MOST = [2.0, 4.0, 2.0]
POINTS = np.array([[2, 4, 2], [2, 2, 0], [1, 0, 2], [0, 0, 0], [2, 4, 1], [0, 2, 2], [2, 0, 0]])


def work(student: str, points: list[float], *, seconds: float = 0.0, **told: str) -> Work:
    """A student with these points; `told` names the misconception of an exercise."""
    verdicts = []
    for name, earned, most in zip(NAMES, points, MOST, strict=True):
        known = told.get(name.partition(".")[2])
        said = [] if earned == most else ["Expected that it is right; found: it is not."]
        said += [f"hint for {known}"] if known else []
        verdicts.append(Verdict(name, float(earned), most, known, said, seconds=seconds))
    return Work(student, float(sum(points)), sum(MOST), verdicts)


WORKS = [work(f"s{number}", list(row)) for number, row in enumerate(POINTS)]


def test_discrimination_is_the_correlation_with_the_other_exercises() -> None:
    frame = pd.DataFrame(POINTS)
    for index, item in enumerate(analyse(WORKS)):
        expected = frame[index].corr(frame.drop(columns=index).sum(axis=1))
        assert item.discrimination == pytest.approx(expected, abs=1e-6)


def test_of_full_marks_or_nothing_it_is_the_point_biserial_correlation() -> None:
    rng = np.random.default_rng(0)
    passed, rest = rng.integers(0, 2, 50), rng.integers(0, 30, 50)
    expected = stats.pointbiserialr(passed, rest).statistic
    assert discrimination(passed.tolist(), rest.tolist()) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("points", "rest"),
    [([], []), ([1], [2]), ([0, 2], [3, 5]), ([2, 2, 2], [1, 2, 3]), ([0, 1, 2], [5, 5, 5])],
)
def test_discrimination_is_undefined_where_there_is_nothing_to_correlate(
    points: list[float], rest: list[float]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert discrimination(points, rest) is None


def test_points_that_differ_by_rounding_only_do_not_make_a_correlation() -> None:
    thirds = [0.1 + 0.2, 0.3, 0.3]  # not equal as floats
    works = [work(f"s{i}", [2, third, i % 3]) for i, third in enumerate(thirds)]
    assert analyse(works)[2].discrimination is None  # the rest is 2.3 for everybody


def test_shares_of_an_exercise_are_counted_as_by_hand() -> None:
    first, holm, _ = analyse(WORKS)
    assert (first.full, first.nothing) == (pytest.approx(4 / 7), pytest.approx(2 / 7))
    assert (holm.full, holm.nothing) == (pytest.approx(2 / 7), pytest.approx(3 / 7))
    assert holm.mean == pytest.approx(12 / 7) and holm.num_students == 7


def test_what_was_left_as_it_was_counts_as_not_written() -> None:
    left = work("s9", [0, 0, 0])
    left.verdicts[1].messages = ["holm is not written yet."]
    assert analyse([left, *WORKS])[1].unwritten == pytest.approx(1 / 8)


def test_a_small_class_and_a_negative_discrimination_are_warned_of() -> None:
    assert all(item.warning == f"rough: fewer than {FEW} students" for item in analyse(WORKS))
    turned = [work(f"s{i}", [2 * (i % 2), 4 * ((i + 1) % 2), 0]) for i in range(FEW)]
    negative, *_ = analyse(turned)
    assert negative.discrimination == pytest.approx(-1) and "negative" in negative.warning
    good = [work(f"s{i}", [2 * (i % 2), 4 * (i % 2), 0]) for i in range(FEW)]
    assert analyse(good)[0].warning == ""


def test_the_totals_and_their_distribution_are_numpys() -> None:
    told = glance(WORKS)
    totals = POINTS.sum(axis=1)
    assert told and (told.mean, told.median) == (totals.mean(), np.median(totals))
    assert told.counts == [1, 0, 1, 1, 0, 2, 0, 0, 1, 1]  # of 8: 8, 4, 3, 0, 7, 4, 2
    assert glance([]) is None


def test_misconceptions_are_ranked_by_students_with_their_hints(unit: Unit) -> None:
    works = [work(f"s{i}", [2, 0, 0], holm="Bonferroni") for i in range(3)]
    works += [work("t", [0, 0, 0], holm="no step-down", accuracy_difference="swapped")]
    known = ranked(works, places(unit))
    assert [(one.name, len(one.students)) for one in known] == [
        ("Bonferroni", 3), ("swapped", 1), ("no step-down", 1)
    ]  # fmt: skip
    assert known[0].hint == "hint for Bonferroni"
    assert [one.student for one in known[0].students] == ["s0", "s1", "s2"]


def test_what_a_class_has_not_understood_is_said_in_at_most_three_things(unit: Unit) -> None:
    where = places(unit)
    works = [work(f"s{i}", [2, 0, 0], holm="Bonferroni") for i in range(5)]
    first, second = not_understood(works, ranked(works, where), analyse(works), where)
    assert first.what == "“Bonferroni”: 5 of 5" and first.hint == "hint for Bonferroni"
    assert second.exercise == "significance.bootstrap_sample"
    assert second.what == (
        "5 of the 5 who wrote it got nothing; for 5 of them no known mistake explains it"
    )
    solved = [work(f"s{i}", MOST) for i in range(5)]
    assert not_understood(solved, [], analyse(solved), where) == []


def test_a_mistake_of_one_in_twenty_is_no_mistake_of_the_class(unit: Unit) -> None:
    works = [work(f"s{i}", MOST) for i in range(38)]
    works += [work(f"t{i}", [2, 0, 2], holm="Bonferroni") for i in range(2)]
    assert not_understood(works, ranked(works, {}), analyse(works), {}) == []


@pytest.mark.parametrize("number", range(1, 9))
def test_every_exercise_has_its_place_in_the_instructors_notebook(number: int) -> None:
    unit = Course.find().unit(str(number))
    (path,) = unit.notebooks()
    cells = nbformat.read(path, as_version=4).cells
    where = places(unit)
    for check in (check for topic in unit.topics for check in checks_of(topic)):
        place = where[check.function_name]
        for heading in (place.section, place.nearest):
            lines = cells[heading.cell - 1].source.splitlines()
            assert any(line.lstrip("# ") == heading.title and line[0] == "#" for line in lines)
        between = cells[place.nearest.cell : place.cell - 1]
        assert not any(c.source.startswith("#") for c in between if c.cell_type == "markdown")
        assert check.function_name in cells[place.cell - 1].source


def test_a_place_names_the_section_and_the_nearest_heading(unit: Unit) -> None:
    place = places(unit)["restart_interval"]
    assert str(place.section) == "2 Train again: random restarts (cell 13)"
    assert str(place).startswith(f"{place.section} › Exercise 2: the confidence interval")


def test_a_comment_in_a_block_of_code_is_no_heading(tmp_path: Path, unit: Unit) -> None:
    folder = tmp_path / "unit"
    folder.mkdir()
    prose = "## 1 Sums\n\n```python\n# not a heading\n```\n"
    about = {"nbgrader": {"grade_id": "add", "solution": True}}
    cells = [new_markdown_cell(prose), new_code_cell("def add(): …", metadata=about)]
    nbformat.write(new_notebook(cells=cells), folder / "unit.ipynb")
    assert str(places(replace(unit, folder=folder))["add"]) == "1 Sums (cell 1)"


@pytest.mark.parametrize(
    ("complaint", "limit"),
    [
        ("it took over 2 s", "it took over 2 s"),
        ("it took over 2.5 s and was stopped", "it took over 2.5 s and was stopped"),
        ("it used up its 1 s of processor time", "it used up its 1 s of processor time"),
        ("the notebook used up its 600 s", "the notebook used up its 600 s"),
        ("the answer is larger than 4 MiB", "the answer is larger than 4 MiB"),
        ("the process crashed (SIGSEGV)", "the process crashed (SIGSEGV)"),
        (
            "its processes together used more than 512 MiB of memory and were stopped",
            "its processes together used more than 512 MiB of memory and were stopped",
        ),
        (
            "it raised MemoryError: (when graded, each process has at most 2 GiB of memory)",
            "each process has at most 2 GiB of memory",
        ),
        ("the values differ", ""),
        ("it raised ValueError: it took over 2 s, she said", ""),
    ],
)
def test_limits_are_read_from_the_sentences_that_tell_them(complaint: str, limit: str) -> None:
    assert limit_in_sentence(f"Expected that f adds; found: {complaint}.") == limit


def test_limits_beside_a_cell_are_read_too() -> None:
    for name, value, lines, limit in (
        ("Stopped", "it took over 60 s and was stopped", [], "it took over 60 s and was stopped"),
        ("OSError", "[Errno 24]", ["…", "When graded, at most 256 files are open at a time."],
         "at most 256 files are open at a time"),
        ("ValueError", "it took over 60 s", ["ValueError: it took over 60 s"], ""),
    ):  # fmt: skip
        assert (
            limit_in_output(new_output("error", ename=name, evalue=value, traceback=lines)) == limit
        )


def test_the_slowest_student_of_each_exercise_is_named() -> None:
    works = [work(name, MOST, seconds=seconds) for name, seconds in (("a", 1), ("b", 7), ("c", 3))]
    for one in timings(works):
        assert (one.median, one.most, one.slowest.student) == (3, 7, "b")


def test_those_who_wait_for_grading_are_told_apart_from_those_set_aside(
    course: Course, unit: Unit
) -> None:
    rows = [
        Graded("a", reason=NOT_YET),
        Graded("b", reason="x.ipynb is empty"),
        Graded("c", Result("u")),
    ]
    told = Class.of(course, unit, rows)
    assert told.waiting == ["a"]
    assert [row.student for row in told.aside] == ["b"]
    assert [one.student for one in told.works] == ["c"]
