"""What an instructor sees while a class is graded, and afterwards: how far it is, and where the time went."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.grading.many import TWICE, Judged
from autograder.grading.standing import Standing
from autograder.phases import measured, phase, table
from tests.crash_class import UNIT, make_class

pytestmark = pytest.mark.usefixtures("namespaces")
COURSE = Path(sys.executable).with_name("course")


def test_a_run_shows_how_far_it_is_and_what_was_set_aside(capsys: pytest.CaptureFixture) -> None:
    with Standing(UNIT, 4) as standing:
        standing.one(Judged("ada"))
        standing.one(Judged("ben", reason=TWICE))
        time.sleep(0.2)
        standing.one(Judged("cem", reason="it is no notebook"))
    shown = capsys.readouterr().err.split("\r")[-1]
    assert shown.startswith(f"grading {UNIT}:  75%") and "3/4" in shown
    assert re.search(r"\[00:0\d<00:0\d, +\d+\.\d+ submissions/s, 2 set aside, 1 failed\]", shown)


def test_phases_are_added_up_and_cost_nothing_when_nobody_measures() -> None:
    with measured() as phases:
        for _ in range(2):
            with phase("sleeping"):
                time.sleep(0.02)
        with phase("nothing"):
            pass
    with phase("nobody looks"):
        pass
    assert set(phases) == {"sleeping", "nothing"}
    assert phases["sleeping"] >= 0.04 > phases["nothing"]
    lines = table({"a": 3.0, "b": 1.0}, 4, 8.0).splitlines()  # type: ignore[arg-type]
    assert [line.split() for line in lines[1:]] == [
        ["a", "3.00", "75.0%", "750.0"],
        ["b", "1.00", "25.0%", "250.0"],
        ["wall", "8.00", "2000.0"],
    ]


def test_the_profile_names_the_phases_of_workers_and_of_the_one_that_writes(tmp_path: Path) -> None:
    course = make_class(tmp_path / "class", 4)
    done = subprocess.run(
        [str(COURSE), "grade", UNIT, "--fresh", "--profile", "--root", str(course.root)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = {line[:26].strip(): line[26:].split() for line in done.stdout.splitlines()}
    for name in ("start processes", "cells", "asks", "gradebook", "store", "certificates"):
        assert float(rows[name][0]) > 0, name
    assert float(rows["wall"][0]) > max(float(rows[n][0]) for n in ("gradebook", "store"))
