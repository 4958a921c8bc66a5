"""A class of attackers, graded in one batch: no points for wrong answers, no leak, nobody else affected."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from autograder.sandboxes import sandbox
from tests.conftest import missing
from tests.redteam import leaks
from tests.redteam.attack import ALL, POINTS, Attack
from tests.redteam.benign import TWIN, TWINS
from tests.redteam.classroom import HONEST, Class, comparable, hold, read
from tests.redteam.everyone import ATTACKS, ROWS
from tests.redteam.unchanged import left_behind, running

GRADED = [attack for attack in ATTACKS if not attack.aside and not attack.refused]
ASIDE = [attack for attack in ATTACKS if attack.aside]
REFUSED = [attack for attack in ATTACKS if attack.refused]


def each(attacks: list[Attack]) -> pytest.MarkDecorator:
    ids = [f"row {attack.row}: {attack.name}" for attack in attacks]
    return pytest.mark.parametrize("attack", attacks, ids=ids)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """The class, graded once."""
    if sandbox.probe().level != "namespaces":
        missing(f"attacks are only tried behind walls: {sandbox.probe().why}")
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv("REDTEAM_PASSWORD", "")  # `hold` plants a canary here
        patch.setattr("autograder.pages.feedback.PAGE_SECONDS", 30.0)
        yield hold(tmp_path_factory.mktemp("redteam"), home)


@each(GRADED)
def test_only_right_answers_earn_points(hall: Class, attack: Attack) -> None:
    outcome = hall.outcomes[attack.name]
    assert outcome.result, outcome.reason
    earned = {v.exercise.partition(".")[2]: v.points for v in outcome.result.verdicts}
    assert earned == {name: POINTS[name] if name in attack.keeps else 0.0 for name in ALL}


@each([attack for attack in GRADED if attack.flag])
def test_tampering_that_is_plain_to_see_is_flagged(hall: Class, attack: Attack) -> None:
    outcome = hall.outcomes[attack.name]
    assert outcome.result, outcome.reason
    flags = [flag for verdict in outcome.result.verdicts for flag in verdict.integrity]
    assert any(attack.flag in flag for flag in flags), flags
    page = (hall.course.root / "report" / f"{hall.unit.name}.html").read_text(encoding="utf-8")
    (table,) = BeautifulSoup(page, "html.parser").find_all("table", class_="look")
    assert attack.name in {row.td.text for row in table.find_all("tr") if row.td}


@each([attack for attack in GRADED if attack.says])
def test_the_student_is_told_why(hall: Class, attack: Attack) -> None:
    assert attack.says in read(hall.outcomes[attack.name], attack, hall)


@each(ASIDE)
def test_what_cannot_be_judged_is_set_aside_with_a_reason(hall: Class, attack: Attack) -> None:
    outcome = hall.outcomes[attack.name]
    assert outcome.result is None
    assert attack.aside in outcome.status
    assert "\n" not in outcome.status


@each(REFUSED)
def test_what_is_no_submission_is_refused_at_the_door(hall: Class, attack: Attack) -> None:
    assert attack.name not in hall.outcomes
    notes = [note for note in hall.report.notes if attack.name in note]
    assert any(attack.refused in note for note in notes), notes


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_get_what_they_get_alone(hall: Class, student: str) -> None:
    assert hall.verdicts(student) == comparable(hall.alone[student])
    assert [verdict["points"] for verdict in hall.verdicts(student)] == [2.0, 6.0, 0.0]
    assert hall.verdicts(student)[2]["misconception"] == "Bonferroni"


def test_no_secret_stands_in_what_leaves_the_course(hall: Class) -> None:
    """In executed notebooks, feedback, report, points and logs. An honest student's own hold what is theirs."""
    secrets = {name: text.encode() for name, text in hall.canaries.items()}
    secrets["secret"] = bytes.fromhex(hall.canaries["secret"])
    found = leaks.found(hall.course.root, secrets)
    own = {f"{kind}/{student}" for kind in ("autograded", "feedback") for student in HONEST}
    outside = ("notebooks/", "submitted/", ".course/", "gradebook.db")
    escaped = [
        place
        for place in found
        if not place.startswith(outside)
        and not (place.endswith("holds submission") and place.startswith(tuple(own)))
    ]
    assert escaped == []


def test_no_line_of_a_reference_a_check_or_a_hidden_program_gets_out(hall: Class) -> None:
    handed_in = b"".join(
        path.read_bytes() for path in (hall.course.root / "submitted").rglob("*.ipynb")
    )
    assert leaks.lines_found(hall.unit, hall.course.root / "autograded", handed_in) == []


def test_nothing_is_left_running(hall: Class) -> None:
    assert running(hall.course) == []


def test_nothing_is_left_behind(hall: Class) -> None:
    assert left_behind() == []


def test_nobody_reached_a_server(hall: Class) -> None:
    assert hall.calls == []


def test_grading_writes_what_it_should_and_nothing_else(hall: Class) -> None:
    assert hall.after.kept == hall.before.kept
    planted = f"{hall.unit.name}/0.json"
    assert hall.after.results[planted] == hall.before.results[planted]
    graded = [row for row in hall.outcomes.values() if row.result]
    assert len(hall.after.results) == 1 + len(graded)
    assert sorted(hall.after.certificates) == sorted(
        f"{hall.unit.name}/{row.student}/significance.0001.json" for row in graded
    )
    for row in graded:
        assert row.result
        for verdict in row.result.verdicts:
            cell = "check-" + verdict.exercise.partition(".")[2]
            assert hall.after.points[row.student, cell] == verdict.points


def test_grading_again_changes_nothing(hall: Class) -> None:
    assert hall.again == hall.after


def test_nobody_found_a_note_of_a_student_before(hall: Class) -> None:
    for path in (hall.course.root / "autograded").glob("leaves-a-note-*/*/*.ipynb"):
        shown = [cell.get("outputs") for cell in json.loads(path.read_text())["cells"]]
        assert "NOTE FOUND" not in str(shown)


def test_pages_run_nothing_that_a_student_wrote(hall: Class) -> None:
    for student in ("scripts-in-prose", "scripts-in-outputs"):
        (page,) = (hall.course.root / "feedback" / student).rglob("*.html")
        tree = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        assert "redteam" in tree.text
        assert not [tag for tag in tree.find_all("script") if "redteam" in tag.text]
        assert not tree.find_all(["iframe", "form", "input", "svg", "details"])
        attributes = [pair for tag in tree.find_all() for pair in tag.attrs.items()]
        assert not [name for name, _ in attributes if name.startswith("on")]
        assert not [value for _, value in attributes if "javascript:" in str(value)]


def test_everybody_who_was_graded_gets_a_page_whatever_it_takes_to_show_it(hall: Class) -> None:
    graded = {row.student for row in hall.outcomes.values() if row.result}
    pages = (hall.course.root / "feedback").glob(f"*/{hall.unit.name}/*.html")
    assert {page.parent.parent.name for page in pages} == graded
    plain = hall.course.root / "feedback" / "blank-lines-in-code" / hall.unit.name
    told = (plain / "significance.html").read_text(encoding="utf-8")
    assert "took over 30 s" in told and "✓ significance.holm: 4 of 4 points" in told


def test_messages_hold_nothing_that_a_terminal_obeys(hall: Class) -> None:
    for row in hall.outcomes.values():
        for verdict in row.result.verdicts if row.result else []:
            told = "".join([*verdict.messages, *verdict.integrity])
            assert told.isprintable(), repr(told)


def test_what_attacks_replace_in_the_students_process_is_really_there() -> None:
    """An attack on a name that we have changed would fail for no reason of ours."""
    written = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py")
    )
    replaced = set(re.findall(r"\binside\.(\w+)\.(\w+) =", written))
    assert len(replaced) > 3
    for module, name in replaced:
        assert hasattr(importlib.import_module(f"autograder.inside.{module}"), name), (module, name)


def test_every_row_and_every_twin_of_the_list_is_tried() -> None:
    assert {attack.row for attack in ATTACKS} | {8} == set(ROWS)
    assert len([attack for attack in ATTACKS if attack.row == TWIN]) == len(TWINS) == 17
    names = [attack.name for attack in ATTACKS]
    assert len(set(names)) == len(names)
