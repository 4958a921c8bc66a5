"""Every rule of `course lint` fires on its defect, and is silent on what is sound."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.authoring.page import Finding, Page, as_released, page_of
from autograder.authoring.policies import broken
from autograder.authoring.source import read_source
from autograder.checks import all_checks
from autograder.course import REPO, Course, Unit
from autograder.lint import figures as figure_rules
from autograder.lint.checks import given_away, place_of, problems_of_check
from autograder.lint.docstrings import of_reference
from autograder.lint.everything import less_excused, of_page
from autograder.lint.exercises import of_exercises
from autograder.lint.figures import describes
from autograder.lint.margins import right_versions, too_small
from autograder.lint.running import Budget, execute, of_executed
from tests.lint_defects import (
    CHECK_DEFECTS,
    DEFECTS,
    UNIT,
    Cells,
    near,
    page,
    sound,
    sound_check,
    with_hint,
)

UNITS = Course(REPO).units()


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    real = __import__("autograder.checks", fromlist=["checks_of"]).checks_of
    known = [SimpleNamespace(function_name="double")]
    monkeypatch.setattr(
        "autograder.checks.checks_of", lambda topic: known if topic == "toy" else real(topic)
    )


def findings(cells: Cells) -> list[Finding]:
    whole = page(cells)
    return less_excused(whole, [*broken(whole), *of_page(whole)])


def test_a_sound_notebook_is_not_told_anything() -> None:
    assert findings(sound()) == []


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_of_a_notebook_is_told_by_its_rule_and_cell(defect: str) -> None:
    rule, cell, make = DEFECTS[defect]
    cells = sound()
    make(cells)
    told = [found for found in findings(cells) if found.rule == rule]
    if cell in cells:
        assert f"cell {cell}" in {found.where for found in told}, findings(cells)
    assert told and all(found.told for found in told)


def test_every_rule_about_notebooks_has_a_defect() -> None:
    sources = [
        *(REPO / "autograder" / "lint").glob("*.py"),
        REPO / "autograder" / "authoring" / "policies.py",
    ]
    used = {
        rule
        for path in sources
        if path.stem not in ("running", "checks", "everything")
        for rule in re.findall(r'finding\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used - {rule for rule, *_ in DEFECTS.values()} == {"check"}  # tested with the policies


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_our_units_fall_short_of_nothing_that_is_seen_without_running_them(unit: Unit) -> None:
    whole = page_of(unit)
    told = less_excused(whole, [*broken(whole), *of_page(whole)])
    assert told == [], "\n".join(map(str, told))


# Excuses.


def test_a_cell_is_excused_with_a_reason_and_from_that_rule_only() -> None:
    cells = sound()
    cells["figure"].source += "\nplt.plot([1])" + "\nx = 1" * 15
    cells["figure"].metadata["lint"] = "code-lines: one drawing"
    assert [found.rule for found in findings(cells)] == ["alt-text"]


@pytest.mark.parametrize(
    ("excuse", "told"), [("recap: as we like it", "for nothing"), ("recap", "without a reason")]
)
def test_an_excuse_without_a_reason_or_for_nothing_is_told(excuse: str, told: str) -> None:
    cells = sound()
    cells["recap"].metadata["lint"] = excuse
    if "reason" in told:
        cells["recap"].source += "\n- four"
    (found,) = [found for found in findings(cells) if found.rule == "excuse"]
    assert told in found.told


def test_an_excuse_does_not_reach_the_built_notebook(tmp_path: Path) -> None:
    source = tmp_path / "01_toy.py"
    source.write_text('# %% lint="code-lines: a table"\nx = 1\n', encoding="utf-8")
    assert "lint" not in read_source(source).cells[0].metadata


# Places.


def test_a_finding_names_the_line_of_the_source(tmp_path: Path) -> None:
    source = tmp_path / "90_toy.py"
    source.write_text("# %% [markdown]\n# # A\n#\n# text\n\n# %% [markdown]\n# #### B\n")
    whole = page_of(Unit("90_toy", 90, "toy", source, tmp_path / "90_toy"))
    (found,) = [found for found in broken(whole) if found.rule == "heading"]
    assert str(found).startswith(f"{source}:7: cell cell-002: heading '#### B' skips a level")


def test_a_check_is_found_where_it_stands() -> None:
    path, line = place_of(all_checks()["significance.holm"], "step-up")
    assert path.name.startswith("holm")
    assert '"step-up"' in path.read_text(encoding="utf-8").splitlines()[line - 1]


def test_what_students_do_not_get_does_not_count() -> None:
    text = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nx = 2"
    assert as_released(text) == "def f():\n    ...\nx = 2"


# Figures.


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ("return f.describe('a line')", True),
        ("return drawn()", True),
        ("return f", False),
    ],
)
def test_a_figure_function_describes_what_it_draws(
    body: str, good: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "course_utils" / "figures").mkdir(parents=True)
    text = (
        f"def draw() -> Figure:\n    {body}\n\ndef drawn() -> Figure:\n    return f.describe('x')\n"
    )
    (tmp_path / "course_utils" / "figures" / f"toy{len(body)}.py").write_text(text)
    monkeypatch.setattr(figure_rules, "REPO", tmp_path)
    assert describes(f"course_utils.figures.toy{len(body)}", "draw") is good


# The README's table of units.


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("| 90 toy | double | 5 | 2 + 3 |", []),
        ("| 90 toy | double | 5 | 2 + 4 |", ["2 + 4 points: there are 2 + 3"]),
        ("| 90 toy | double | 6 | 2 + 3 |", ["6 minutes, the notebook 5"]),
        ("| 91 other | double | 5 | 2 + 3 |", ["no row of unit 90"]),
    ],
)
def test_the_table_of_units_has_the_numbers_of_the_notebook(
    row: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text(f"# Units\n\n{row}\n", encoding="utf-8")
    monkeypatch.setattr("autograder.lint.exercises.REPO", tmp_path)
    whole = page(sound())
    here = replace(whole, unit=replace(UNIT, source=tmp_path / "90_toy.py"))
    found = [one for one in of_exercises(here) if one.path.name == "README.md"]
    assert [one.rule for one in found] == ["points"] * len(told)
    assert all(text in one.told for text, one in zip(told, found, strict=True))


# Docstrings of references.


def test_a_reference_with_an_undocumented_parameter_is_told() -> None:
    def reference(tokens: list, window: int) -> None:
        """Count the tokens."""

    (found,) = of_reference(reference)
    assert found.rule == "parameter" and "window" in found.told


# Checks.


def test_a_sound_check_is_not_told_anything() -> None:
    assert list(problems_of_check(sound_check())) == []


@pytest.mark.parametrize("defect", CHECK_DEFECTS)
def test_a_defect_of_a_check_is_told_by_its_rule(defect: str) -> None:
    rule, make = CHECK_DEFECTS[defect]
    assert {told[0] for told in problems_of_check(make())} == {rule}


def test_a_hint_that_holds_a_line_of_the_solution_is_told() -> None:
    lines = ["    total = sum(values) / len(values)  # the mean"]
    giving = with_hint("Divide: total = sum( values )/len(values), and nothing else, please.")
    assert [line for line, _ in given_away(giving, lines)] == ["total = sum(values) / len(values)"]
    assert list(given_away(sound_check(), lines)) == []


@pytest.mark.parametrize(("distance", "told"), [(29.0, ["near"]), (31.0, []), (0.5, ["near"])])
def test_a_mistake_nearer_than_thirty_tolerances_is_told(
    distance: float, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.lint.margins.reference", lambda check: check.expect)
    check = near(distance)
    assert set(right_versions(check)) == {"reference", "accepted 0", "accepted 1"}
    assert [name for name, _ in too_small(check, range(2))] == told


# Running.


def executed(*sources: str, budget: Budget = Budget()) -> list[Finding]:  # noqa: B008  # frozen
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    whole = Page(UNIT, notebook)
    return list(of_executed(whole, execute(notebook, budget), budget))


def test_a_run_tells_what_stops_and_which_images_have_no_alt_text() -> None:
    png = "import base64; from IPython.display import Image, display; data = base64.b64decode('iVBORw0KGgo=')"
    told = executed(
        png,
        "display(Image(data, format='png'))",
        "display(Image(data, format='png', alt='a dot'))",
        "1 / 0",
    )
    assert [found.rule for found in told] == ["alt-text", "stops"]
    assert "ZeroDivisionError" in told[1].told


def test_a_run_knows_a_progress_bar_when_it_sees_one() -> None:
    bar = "from course_utils.progress import track\nfor _ in track(range(3), 'counting'): pass"
    told = executed("x = 1", bar, budget=Budget(silent=0.0))
    assert [(found.rule, found.where) for found in told] == [("silent-cell", told[0].where)]
    assert "shows nothing" in told[0].told


def timed(seconds: float, *outputs: Any) -> Any:
    cell = new_code_cell("", outputs=list(outputs))
    ends = ("2026-01-01T00:00:00.000000Z", f"2026-01-01T00:{seconds / 60:02.0f}:00.000000Z")
    names = ("iopub.execute_input", "shell.execute_reply")
    cell.metadata["execution"] = dict(zip(names, ends, strict=True))
    return cell


BAR = new_output("stream", name="stderr", text="training: 40%|████      | 4/10")


@pytest.mark.parametrize(
    ("cells", "rules"),
    [
        ([timed(60, BAR)], []),
        ([timed(60)], ["silent-cell"]),
        ([timed(120, BAR)], ["slow-cell"]),
        ([timed(60, BAR) for _ in range(4)], ["slow-notebook"]),
        ([timed(0)], []),
    ],
)
def test_what_takes_too_long_or_shows_nothing_is_told(cells: list[Any], rules: list[str]) -> None:
    notebook = new_notebook(cells=cells)
    told = of_executed(Page(UNIT, notebook), notebook, Budget())
    assert [found.rule for found in told] == rules


# The command.


def course(*words: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from autograder.cli import main; main()", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=300)


def own_unit(folder: Path, change: Callable[[str], str]) -> None:
    """A workspace with its own copy of unit 08."""
    (folder / "notebooks").mkdir()
    text = (REPO / "notebooks" / "08_societal_impacts.py").read_text(encoding="utf-8")
    (folder / "notebooks" / "08_societal_impacts.py").write_text(change(text), encoding="utf-8")


def test_the_command_is_silent_and_0_when_nothing_falls_short(tmp_path: Path) -> None:
    own_unit(tmp_path, lambda text: text)
    done = course("lint", "8", root=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_command_tells_a_line_or_json_and_1_when_something_does(tmp_path: Path) -> None:
    own_unit(tmp_path, lambda text: text.replace("## 1 Before we compute", "#### 1 Before"))
    done = course("lint", "8", root=tmp_path)
    assert done.returncode == 1
    assert "08_societal_impacts.py:" in done.stdout and done.stdout.endswith("[heading]\n")
    (told,) = json.loads(course("lint", "8", "--json", root=tmp_path).stdout)
    assert list(told) == ["path", "line", "where", "rule", "told"]
    assert told["rule"] == "heading" and isinstance(told["line"], int)


def test_a_unit_that_is_not_there_is_one_line_and_2(tmp_path: Path) -> None:
    done = course("lint", "77", root=tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
