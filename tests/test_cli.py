"""The `course` command as scripts use it: JSON that stays the same, and one line for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course import REPO, Course

COURSE = Path(sys.executable).with_name("course")
EXERCISE = "significance.paired_bootstrap"
VERDICT = {
    "exercise": str,
    "points": float,
    "max_points": float,
    "misconception": str | None,
    "messages": list,
    "integrity": list,
    "seconds": float,
}
RIGHT = """
import numpy as np

def paired_bootstrap(correct_a, correct_b, resamples):
    d = np.asarray(correct_a).astype(int) - np.asarray(correct_b).astype(int)
    return float(np.mean(d[np.asarray(resamples)].sum(axis=1) > 2 * d.sum()))
"""


def course(*words: str, root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(COURSE), *words, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=120)


def is_a_verdict(told: dict) -> bool:
    return list(told) == list(VERDICT) and all(isinstance(told[k], VERDICT[k]) for k in told)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["release", "nonsense"], ["nonsense", "01_significance"]),
        (["check", "significance.nothing", "right.py"], ["significance.nothing", EXERCISE]),
        (["check", EXERCISE, "missing.py"], ["missing.py"]),
        (["judge", "1", "broken.ipynb", "--json"], ["broken.ipynb", "not JSON"]),
        (["check", EXERCISE, "right.py", "--sandbox", "nonsense"], ["nonsense", "require"]),
        (["export", "pdf"], ["pdf", "csv"]),
        (["nonsense"], ["nonsense", "--help"]),
    ],
    ids=lambda value: "-".join(value),
)
def test_bad_input_is_one_line_that_names_it_and_exit_code_2(
    words: list[str], named: list[str], tmp_path: Path
) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    (tmp_path / "broken.ipynb").write_text("{'cells': [}\n")
    done = course(*words, root=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("course: ")
    assert all(word in line for word in named)


@pytest.mark.parametrize(
    ("source", "points", "misconception"),
    [(RIGHT, 8.0, None), (RIGHT.replace("2 * d.sum()", "d.sum()"), 0.0, "compared with δ(D)")],
    ids=["right", "wrong"],
)
def test_one_function_gets_the_documented_json_whatever_its_points(
    source: str, points: float, misconception: str | None, tmp_path: Path
) -> None:
    (tmp_path / "answer.py").write_text(source, encoding="utf-8")
    done = course("check", EXERCISE, "answer.py", "--json", root=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert is_a_verdict(told)
    assert (told["exercise"], told["points"], told["max_points"]) == (EXERCISE, points, 8.0)
    assert told["misconception"] == misconception
    assert bool(told["messages"]) == (points < 8)


def test_one_notebook_gets_the_documented_json(tmp_path: Path) -> None:
    (unit,) = [unit for unit in Course(REPO).units() if unit.name == "01_significance"]
    done = course("judge", "1", str(unit.built), "--json", root=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert list(told) == ["unit", "points", "max_points", "verdicts", "repairs", "sandbox"]
    assert told["unit"] == "01_significance"
    assert told["points"] == told["max_points"] == sum(v["max_points"] for v in told["verdicts"])
    assert all(is_a_verdict(verdict) for verdict in told["verdicts"])
    assert all(isinstance(repair, str) for repair in told["repairs"])
    assert told["sandbox"] in ("namespaces", "limits")
