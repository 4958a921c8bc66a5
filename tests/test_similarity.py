"""Whose code is alike: renamed copies are found, independent solutions are not, and nothing else counts."""

from __future__ import annotations

import ast
import functools
import inspect
import io
import random
import textwrap
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import nbformat
import pytest
from bs4 import BeautifulSoup
from copydetect import CodeFingerprint, compare_files

from autograder.checks import checks_of
from autograder.course import Course, Unit
from autograder.inline import judge_in_process
from autograder.report.side_by_side import LONGEST_SHOWN, MOST_CELLS, beside
from autograder.report.similarity import COMMON, THRESHOLD, K, similar
from autograder.report.unit_page import Class, write_unit_page
from autograder.report.work import Work
from autograder.samples import solved
from tests.ordinary_solutions import ORDINARY

UNITS = [str(number) for number in range(1, 9)]


def work(student: str, code: dict[str, str]) -> Work:
    return Work(student, 0.0, 1.0, [], code=code)


def source_of(function: Callable[..., object]) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    found = function if inspect.isfunction(function) else type(function)
    return textwrap.dedent(inspect.getsource(found))


def independent(unit: Unit) -> list[Work]:
    """Students each of whom wrote another version: of every exercise one that its check accepts."""
    versions: dict[str, list[str]] = {}
    seen: set[str] = set()  # some checks share a version
    for check in (check for topic in unit.topics for check in checks_of(topic)):
        own = [
            source for source in dict.fromkeys(map(source_of, check.accepts)) if source not in seen
        ]
        versions[check.function_name] = own
        seen.update(own)
    numbers = range(max(map(len, versions.values())))
    return [
        work(f"s{i}", {name: those[i] for name, those in versions.items() if i < len(those)})
        for i in numbers
    ]


def functions_of(code: str) -> dict[str, str]:
    """The functions of a program, by name."""
    found = (node for node in ast.parse(code).body if isinstance(node, ast.FunctionDef))
    return {node.name: ast.get_source_segment(code, node) or "" for node in found}


class Renamed(ast.NodeTransformer):
    """Calls every argument and every variable of a program by another name."""

    def __init__(self, tree: ast.AST) -> None:
        stored = {
            n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        self.own = stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(f"my_{node.id}" if node.id in self.own else node.id, node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(f"my_{node.arg}")


def disguised(code: dict[str, str]) -> dict[str, str]:
    """The same programs with other names, comments, layout and order of cells."""
    found = {}
    for name, source in reversed(code.items()):
        tree = ast.parse(source)
        lines = ast.unparse(Renamed(tree).visit(tree)).splitlines()
        found[name] = "\n".join(f"{line}  # mine {number}" for number, line in enumerate(lines))
    return found


@pytest.fixture
def unit(course: Course) -> Unit:
    return course.unit("1")


@pytest.mark.parametrize("name", UNITS)
def test_independent_right_solutions_stay_below_the_threshold(course: Course, name: str) -> None:
    told = similar(course.unit(name), independent(course.unit(name)))
    assert len(told.highest) >= 2
    assert told.pairs == [] and max(told.highest) < THRESHOLD


@pytest.mark.parametrize("student", ORDINARY)
def test_the_ordinary_solutions_are_right(student: str) -> None:
    namespace: dict[str, Callable[..., object]] = {}
    exec(ORDINARY[student], namespace)
    for name in functions_of(ORDINARY[student]):
        verdict = judge_in_process(f"significance.{name}", namespace[name], seed=1)
        assert verdict.full, verdict.messages


def test_ordinary_right_solutions_stay_below_the_threshold(unit: Unit) -> None:
    told = similar(unit, [work(name, functions_of(code)) for name, code in ORDINARY.items()])
    assert len(told.highest) == 3 and max(told.highest) < THRESHOLD / 2


@pytest.mark.parametrize("name", UNITS)
def test_a_copy_with_other_names_layout_comments_and_order_is_found(
    course: Course, name: str
) -> None:
    unit = course.unit(name)
    works = independent(unit)
    copy = work("copier", disguised(works[0].code))
    (pair, *others) = similar(unit, [*works, copy]).pairs
    assert {pair.one.student, pair.other.student} == {"s0", "copier"} and others == []
    assert pair.score > THRESHOLD


def test_the_order_of_students_and_their_names_do_not_count(unit: Unit) -> None:
    works = independent(unit)
    works.append(work("copier", disguised(works[0].code)))
    shuffled = [replace(one, student=f"x{i}") for i, one in enumerate(works)]
    random.Random(0).shuffle(shuffled)
    one, other = similar(unit, works), similar(unit, shuffled)
    assert sorted(one.highest) == sorted(other.highest)
    assert [pair.score for pair in one.pairs] == [pair.score for pair in other.pairs]


def test_scores_agree_with_copydetects_own_comparison(unit: Unit) -> None:
    first, second, *_ = independent(unit)
    half = {**second.code, **dict(list(first.code.items())[:7])}
    (pair,) = similar(unit, [first, work("half", half)]).pairs

    def printed(one: Work) -> CodeFingerprint:
        code = "\n".join(one.code.values())
        return CodeFingerprint("x.py", K, 1, language="python", fp=io.StringIO(code))

    _, shares, _ = compare_files(printed(pair.one), printed(pair.other))
    assert (pair.share_of_one, pair.share_of_other) == pytest.approx(shares, abs=0.15)


def test_the_released_notebook_and_the_reference_are_nobodys_own(unit: Unit) -> None:
    notebook = solved(unit, nbformat.read(unit.built, as_version=4))
    code = {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }
    told = similar(unit, [work("ada", code), work("ben", code)])
    assert told.pairs == [] and [one.student for one in told.too_short] == ["ada", "ben"]


def test_what_many_of_a_class_have_is_common_and_not_their_own(unit: Unit) -> None:
    shared, *others = independent(unit)
    pair = [work(f"c{i}", shared.code) for i in range(2)]
    crowd = [work(f"c{i}", shared.code) for i in range(COMMON + 1)]
    assert similar(unit, [*pair, *others]).num_pairs == 1
    assert similar(unit, [*crowd, *others]).num_pairs == 0


def test_every_pair_of_a_few_copies_is_found_and_the_first_are_shown(unit: Unit) -> None:
    code = independent(unit)[0].code
    works = [work(f"c{i}", code) for i in range(COMMON)]
    told = similar(unit, works)
    found = {(pair.one.student, pair.other.student) for pair in told.pairs}
    assert told.num_pairs == COMMON * (COMMON - 1) / 2
    assert found < set(combinations([one.student for one in works], 2))


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_is_compared_with_nobody(unit: Unit, count: int) -> None:
    told = similar(unit, independent(unit)[:count])
    assert told.pairs == [] and told.highest == []


def test_side_by_side_shows_the_text_whole_bounded_and_with_the_passages_marked(unit: Unit) -> None:
    code = independent(unit)[0].code
    long = {name: f"{source}\n{'x = 1 + 2 + 3 + 4 + 5 + 6' * 400}" for name, source in code.items()}
    told = similar(unit, [work("ada", code), work("ben", long)])
    cells = beside(told.pairs[0], told.ignored)
    assert 1 <= len(cells) <= MOST_CELLS
    for cell in cells:
        assert "".join(piece for piece, _ in cell.one) == code[cell.cell]
        assert len("".join(piece for piece, _ in cell.other)) <= LONGEST_SHOWN + 2
        assert any(both and "return" in piece for piece, both in cell.one)


def test_the_page_shows_hostile_code_as_text_and_can_leave_the_comparison_out(
    course: Course, unit: Unit
) -> None:
    evil = "</pre></details><script>alert(1)</script>"
    code = {name: f"{source}\n'{evil}'" for name, source in independent(unit)[0].code.items()}
    told = Class(unit, [work("ada", code), work("ben", code)], [], [])
    page = BeautifulSoup(write_unit_page(course, told).read_text(encoding="utf-8"), "html.parser")
    assert len(page.find_all("script")) == 1
    (section,) = page.select("#similarity")
    assert evil in section.select("#pair-1 pre")[0].text
    assert "changes no points" in section.text
    left_out = write_unit_page(course, told, similarity=False).read_text(encoding="utf-8")
    assert "--no-similarity" in left_out and "pair-1" not in left_out
