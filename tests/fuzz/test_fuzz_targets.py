"""Every target under many inputs: the corpus with all finds so far, bytes, and short runs with coverage."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import REPO
from tests.conftest import missing
from tests.fuzz.__main__ import CORPUS
from tests.fuzz.targets import TARGETS

SAVED = sorted(path for path in CORPUS.glob("*/*") if path.is_file())
QUICK = {"frame": 4000, "lines": 4000, "raw_notebook": 200}  # inputs: a few seconds each


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_was_found_once_stays_mended(saved: Path) -> None:
    TARGETS[saved.parent.name](saved.read_bytes())


def test_every_target_has_something_to_begin_with() -> None:
    assert {path.parent.name for path in SAVED} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_no_bytes_break_a_target(name: str) -> None:
    # what is drawn needs many bytes; a zip that is refused at once needs few examples
    size, examples = (2000, 15) if name in ("archive", "raw_archive") else (600, 60)

    @given(st.binary(max_size=size) | st.randoms(use_true_random=False).map(_long(size)))
    @settings(max_examples=examples, derandomize=True, database=None, deadline=None)
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


def _long(size: int):
    return lambda rng: rng.randbytes(rng.randrange(size))


@pytest.mark.parametrize("name", QUICK)
def test_a_short_run_with_coverage_finds_nothing(name: str, tmp_path: Path) -> None:
    run(name, tmp_path, seconds=600, runs=QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_a_longer_run_with_coverage_finds_nothing(name: str, tmp_path: Path) -> None:
    run(name, tmp_path, seconds=60)


def run(name: str, finds: Path, *, seconds: int, runs: int = -1) -> None:
    """Run a target with coverage in a process of its own; libFuzzer tells what it did on stderr."""
    if find_spec("atheris") is None:
        if sys.platform == "linux" and sys.version_info[:2] == (3, 11):
            missing("atheris is not installed: pip install -r requirements.lock")
        pytest.skip("atheris has no wheel for this system")
    command = [sys.executable, "-m", "tests.fuzz", name, "--seconds", str(seconds)]
    done = subprocess.run(
        [*command, "--runs", str(runs), "--finds", str(finds)],
        cwd=REPO,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert list(finds.iterdir()) == []
    count = re.search(r"number_of_executed_units:\s+(\d+)", done.stderr)
    assert count and int(count[1]) >= max(runs, 1), done.stderr[-1000:]
