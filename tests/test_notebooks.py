"""nbval on every built notebook: the solved one passes whole; the released one stops only at blanks."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from autograder.bundles.masking import masked_library
from autograder.course import REPO, Course
from autograder.judging.rebuild import released
from tests.running_notebooks import (
    BUDGET_SECONDS,
    LONGEST_CELL_SECONDS,
    failures,
    run_nbval,
    seconds_of,
)

UNITS = Course(REPO).units()
LONG = {
    "gpt",
    "pretraining_and_rlhf",
    "optimization_and_distributed_training",
}  # half a minute and more


@pytest.mark.parametrize("path", [p for u in UNITS for p in u.notebooks()], ids=lambda p: p.stem)
def test_the_solved_notebook_passes_whole_and_in_its_budget(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    cells, seconds = run_nbval(copy, library=REPO)
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert len(cells) == len(code)
    assert failures(cells) == {}
    assert seconds < BUDGET_SECONDS
    assert max(map(seconds_of, cells)) < LONGEST_CELL_SECONDS


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.slow] if path.stem in LONG else [])
        for unit in UNITS
        for path in unit.notebooks()
    ],
    ids=lambda path: path.stem,
)
def test_the_solved_notebook_passes_whole_without_any_fetched_data(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    (tmp_path / "nothing").mkdir()
    cells, _ = run_nbval(copy, library=REPO, data=tmp_path / "nothing")
    assert failures(cells) == {}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_released_notebook_stops_only_where_a_student_has_to_write(
    unit: Course, tmp_path: Path
) -> None:
    library = masked_library(unit, tmp_path / "bundle")  # type: ignore[arg-type]
    for path in unit.notebooks():  # type: ignore[attr-defined]
        copy = tmp_path / "bundle" / path.name
        nbformat.write(released(path), copy)
        cells, _ = run_nbval(copy, library=library.parent)
        stopped = failures(cells)
        assert stopped
        for name, text in stopped.items():
            assert "NotImplementedError" in text, (name, text[-1500:])
