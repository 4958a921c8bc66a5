"""What a student sees at once: ✓ or ✗ for each property, an example, a hint; never our internals."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.authoring.places import headings_of
from autograder.authoring.public_cases import write_topic
from autograder.authoring.source import read_source
from autograder.checks import all_checks
from autograder.course import REPO, Course
from course_utils import selfcheck as module
from course_utils.selfcheck import CannotCheck, NotWritten, SelfCheckFailed, examine, selfcheck
from course_utils.significance import paired_bootstrap

CHECKS = all_checks()
RIGHT = [(e, n) for e, check in CHECKS.items() for n in range(len(check.accepts))]
WRONG = [(e, m.name) for e, check in CHECKS.items() for m in check.misconceptions]
EXERCISE = "significance.paired_bootstrap"


@pytest.fixture(scope="session")  # compiling them takes longer than all tests of an exercise
def public_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `course build` puts beside the library."""
    folder = tmp_path_factory.mktemp("public_cases")
    for unit in Course(REPO).units():
        for topic in unit.topics:
            write_topic(topic, folder, headings_of(read_source(unit.source)))
    return folder


@pytest.fixture(autouse=True)
def compiled(public_cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PUBLIC_CASES", public_cases)


def own(exercise: str) -> Callable[..., Any] | None:
    return CHECKS[exercise].own


def rendered(error: BaseException) -> list[str]:
    """The lines that a notebook shows for an exception."""
    return error._render_traceback_()  # type: ignore[attr-defined]


def joined(printed: str) -> str:
    return " ".join(printed.split())


@pytest.mark.parametrize(("exercise", "number"), RIGHT)
def test_a_right_version_prints_only_ticks(exercise: str, number: int, capsys: Any) -> None:
    selfcheck(exercise, CHECKS[exercise].accepts[number], own=own(exercise))
    lines = capsys.readouterr().out.splitlines()
    function = exercise.partition(".")[2]
    assert lines == [f"✓ {function} {told}" for told in CHECKS[exercise].properties.values()]


@pytest.mark.parametrize(("exercise", "name"), WRONG)
def test_a_known_mistake_fails_and_its_hint_is_printed_in_lines_that_fit(
    exercise: str, name: str, capsys: Any
) -> None:
    (known,) = [m for m in CHECKS[exercise].misconceptions if m.name == name]
    with pytest.raises(SelfCheckFailed, match=r"not hold yet$"):
        selfcheck(exercise, known.function, own=own(exercise))
    printed = capsys.readouterr().out
    assert "✗ " in printed and "called: " in printed
    assert f"Hint: {joined(known.hint)}" in joined(printed)
    assert printed.count("Hint: ") == 1
    assert max(map(len, printed.splitlines())) <= 110


@pytest.mark.parametrize("exercise", CHECKS)
def test_an_unwritten_function_is_said_to_be_unwritten(exercise: str, capsys: Any) -> None:
    def blank(*args: Any) -> None:
        raise NotImplementedError("write this function first")

    with pytest.raises(NotImplementedError, match="is not written yet") as caught:
        selfcheck(exercise, blank, own=own(exercise))
    assert rendered(caught.value) == [
        f"NotImplementedError: {exercise.partition('.')[2]} is not written yet"
    ]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("exercise", CHECKS)
def test_an_exception_is_told_with_its_message_in_lines_that_fit(
    exercise: str, capsys: Any
) -> None:
    def raising(*args: Any) -> None:
        raise IndexError("row 7 of " + "x" * 280 + "\nand a second line")

    with pytest.raises(SelfCheckFailed):
        selfcheck(exercise, raising, own=own(exercise))
    printed = capsys.readouterr().out
    assert "raised IndexError" in joined(printed)
    assert "got: " not in printed
    assert max(map(len, printed.splitlines())) <= 110


@pytest.mark.parametrize("exercise", CHECKS)
@pytest.mark.parametrize(
    "answer",
    [None, "x" * 500, [], {}, {1, 2}, len, list, 2**5000, [[1], [2, 3]], np.ones((50, 50)), 1j],
    ids=lambda answer: type(answer).__name__,
)
def test_an_answer_of_any_kind_is_told_in_lines_that_fit(
    exercise: str, answer: Any, capsys: Any
) -> None:
    with pytest.raises(SelfCheckFailed):
        selfcheck(exercise, lambda *args: answer, own=own(exercise))
    assert max(map(len, capsys.readouterr().out.splitlines())) <= 110


@pytest.mark.parametrize("thing", [None, 3, "paired_bootstrap", [], np.ones(2), json], ids=repr)
def test_a_thing_that_is_no_function_gives_one_clear_line(thing: Any, capsys: Any) -> None:
    with pytest.raises(CannotCheck, match="needs the function paired_bootstrap itself") as caught:
        selfcheck(EXERCISE, thing)
    assert len(rendered(caught.value)) == 1
    assert "\n" not in rendered(caught.value)[0]
    assert capsys.readouterr().out == ""


def test_a_failure_says_what_was_called_with_what_and_where_to_read_again(capsys: Any) -> None:
    with pytest.raises(SelfCheckFailed):
        selfcheck("significance.holm", lambda p_values, alpha: [True] * len(p_values))
    printed = capsys.readouterr().out
    assert "    called:   holm(p_values, alpha)\n    with:     p_values = array(" in printed
    assert re.search(r"^ {14}alpha = 0\.\d+$", printed, re.MULTILINE)
    heading = "Exercise 9: several comparisons at once (4 points)"
    assert f"Read again: “{heading}”, above in this notebook" in joined(printed)


def test_an_ask_of_its_own_says_what_it_does_and_names_what_it_is_handed(capsys: Any) -> None:
    with pytest.raises(SelfCheckFailed):
        selfcheck("significance.bootstrap_sample", lambda n, b, rng: np.zeros((b, n), int))
    printed = capsys.readouterr().out
    assert "called:   Draw with two generators of one seed and one of another" in printed
    assert "with:     n = " in printed and re.search(r"^ {14}seed = \d+$", printed, re.MULTILINE)


@pytest.mark.parametrize("exercise", CHECKS)
def test_every_exercise_stands_under_a_heading_of_its_notebook(exercise: str) -> None:
    topic, _, name = exercise.partition(".")
    heading = module._load(exercise)["reread"]
    source = Course(REPO).unit(topic).source.read_text(encoding="utf-8")
    before, _, _ = source.partition(f'"grade_id": "{name}"')
    last = re.findall(r"^# #{2,4} (.+)$", before, re.MULTILINE)[-1]
    assert heading == re.sub(r"[`*]", "", last).strip()


class Seen(HTMLParser):
    """The words of a page, its links, and what could run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.links, self.tags = "", [], set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        self.tags.add(tag)
        self.links += [value for name, value in attributes if name == "href"]
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("exercise", CHECKS)
def test_the_page_says_what_the_text_says(exercise: str) -> None:
    report = examine(exercise, CHECKS[exercise].misconceptions[0].function, own=own(exercise))
    seen = Seen(report._repr_html_())
    text = joined(repr(report)).replace(f"{report.title} ", "")
    told = joined(seen.words)
    for one in report.properties:
        assert joined(one.sentence) in told and joined(one.sentence) in text
        for word, value in one.wrong.rows() if one.wrong else ():
            assert (
                joined(word) in told
                and joined(value) in told
                and joined(value) in joined(repr(report))
            )
    assert joined(report.hints[0]) in told
    assert report.reread in told


def test_what_a_student_returns_runs_nothing_in_the_page() -> None:
    answer = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    page = examine("significance.holm", lambda p_values, alpha: answer)._repr_html_()
    assert not Seen(page).tags & {"script", "img", "style", "iframe"}
    assert "&lt;script&gt;" in page


def test_the_page_sets_no_colour_of_paper_or_of_words() -> None:
    """So that it can be read in light and in dark: only marks have a colour."""
    report = examine("significance.holm", lambda p_values, alpha: 1)
    page = report._repr_html_()
    assert "background:none" in page and page.count("background") == page.count("background:none")
    words = re.sub(r'<span role="img"[^>]*>[✓✗]</span>', "", page).replace("border-left", "")
    assert set(re.findall(r"[^-]color:([^;\"]+)", words)) == {"inherit"}


def test_a_notebook_gets_both_and_a_terminal_the_text() -> None:
    from IPython.core.formatters import DisplayFormatter

    report = examine("significance.holm", CHECKS["significance.holm"].accepts[0])
    data, _ = DisplayFormatter().format(report)
    assert data["text/plain"] == repr(report) and data["text/html"].startswith("<div")
    assert "Read again" not in data["text/plain"]


def test_a_random_answer_is_never_held_against_one_example(capsys: Any) -> None:
    permuted = next(
        m for m in CHECKS["significance.bootstrap_sample"].misconceptions if "without" in m.name
    )
    with pytest.raises(SelfCheckFailed):
        selfcheck("significance.bootstrap_sample", permuted.function)
    printed = capsys.readouterr().out
    assert "expected" not in printed
    assert "got:      array(1500, 5)" in printed


@pytest.mark.parametrize("exercise", ["attention.causal_mask", "gpt.training_step"])
def test_a_plain_wrong_value_is_shown_beside_the_right_one(exercise: str, capsys: Any) -> None:
    """These are asked in their own way, but their answers are not random."""
    with pytest.raises(SelfCheckFailed):
        selfcheck(exercise, CHECKS[exercise].misconceptions[0].function)
    printed = capsys.readouterr().out
    assert "the values differ" in printed and "all but impossible" not in printed
    assert "expected: " in printed


def test_a_wrong_shape_of_a_random_answer_is_named(capsys: Any) -> None:
    with pytest.raises(SelfCheckFailed):
        selfcheck("significance.bootstrap_sample", lambda n, b, rng: rng.integers(0, n, (n, b)))
    assert "expected shape (1500, 5), got (5, 1500)" in joined(capsys.readouterr().out)


def test_an_unknown_mistake_gets_an_example_but_no_hint(capsys: Any) -> None:
    with pytest.raises(SelfCheckFailed):
        selfcheck(EXERCISE, lambda a, b, rows: 0.123)
    printed = capsys.readouterr().out
    assert "the values differ" in printed
    assert "got:      0.123" in printed
    assert "Hint" not in printed


def test_a_function_that_changes_its_arguments_is_told_so(capsys: Any) -> None:
    def careless(a: Any, b: Any, rows: Any) -> float:
        right = paired_bootstrap(a, b, rows)
        rows[...] = 0
        return right

    with pytest.raises(SelfCheckFailed):
        selfcheck(EXERCISE, careless)
    assert "it changes one of its arguments" in capsys.readouterr().out


def test_one_failing_property_leaves_the_others_ticked(capsys: Any) -> None:
    known = next(m for m in CHECKS[EXERCISE].misconceptions if m.name == "means of floats compared")
    with pytest.raises(SelfCheckFailed, match=r"^1 of \d properties does not hold yet$") as caught:
        selfcheck(EXERCISE, known.function)
    count = len(CHECKS[EXERCISE].properties)
    assert rendered(caught.value) == [f"SelfCheckFailed: 1 of {count} properties does not hold yet"]
    assert capsys.readouterr().out.count("✓") == len(CHECKS[EXERCISE].properties) - 1


def test_missing_public_cases_are_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PUBLIC_CASES", tmp_path)
    with pytest.raises(CannotCheck, match=r"no public cases for 'significance'.*course build") as e:
        selfcheck(EXERCISE, paired_bootstrap)
    (line,) = rendered(e.value)
    assert line.startswith("CannotCheck: no public cases") and "\n" not in line


@pytest.mark.parametrize("exercise", ["significance.nothing", "significance", "significance."])
def test_an_unknown_exercise_is_one_line_that_names_those_there_are(exercise: str) -> None:
    with pytest.raises(CannotCheck, match=r"no exercise .*significance\.holm") as caught:
        selfcheck(exercise, paired_bootstrap)
    (line,) = rendered(caught.value)
    assert "\n" not in line


def test_a_tester_without_ones_own_version_is_asked_for_it() -> None:
    with pytest.raises(CannotCheck, match="own="):
        selfcheck("significance.find_the_bug_significance", lambda candidate: True)


def right_tester(candidate: Callable[..., Any]) -> bool:
    return CHECKS["significance.find_the_bug_significance"].accepts[0](candidate)


def test_a_tester_waits_for_ones_own_version_to_be_written(capsys: Any) -> None:
    def paired_bootstrap(correct_a: Any, correct_b: Any, resamples: Any) -> float:
        raise NotImplementedError("write this function first")

    with pytest.raises(NotWritten) as caught:
        selfcheck("significance.find_the_bug_significance", right_tester, own=paired_bootstrap)
    (line,) = rendered(caught.value)
    assert line == (
        "NotImplementedError: paired_bootstrap is not written yet, and find_the_bug_significance "
        "is checked with it"
    )
    assert capsys.readouterr().out == ""


def test_a_tester_waits_for_ones_own_version_to_be_right(capsys: Any) -> None:
    def paired_bootstrap(correct_a: Any, correct_b: Any, resamples: Any) -> float:
        return 0.5

    with pytest.raises(CannotCheck, match="your own paired_bootstrap, which does not pass"):
        selfcheck("significance.find_the_bug_significance", right_tester, own=paired_bootstrap)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("error", [SelfCheckFailed, NotWritten, CannotCheck])
def test_every_error_is_shown_as_one_line(error: type[Exception]) -> None:
    assert len(rendered(error("something"))) == 1


def test_public_cases_hold_no_reference_code(public_cases: Path) -> None:
    for path in public_cases.glob("*.json"):
        for exercise, public in json.loads(path.read_text()).items():
            shipped = [public["ask"], public["agree"]]
            shipped += [m["recognise"] for m in public["misconceptions"].values()]
            told = "\n".join(source or "" for source in shipped)
            for theirs in (
                "agreement import deviation",
                "attention.computation_graph import Node",
                "putting_back import put_back",
            ):
                told = told.replace(f"from course_utils.{theirs}", "")
            assert "course_utils" not in told and "autograder" not in told, exercise


def test_what_the_judge_cannot_compare_fails_here_too(capsys: Any) -> None:
    right = CHECKS["significance.holm"].expect
    with pytest.raises(SelfCheckFailed):
        selfcheck("significance.holm", lambda p, alpha: deque(right(p, alpha)))
    assert "holds a collections.deque, which cannot be compared" in joined(capsys.readouterr().out)
