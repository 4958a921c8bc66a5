"""Importing the library loads nothing heavy until a unit needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.rows.importing import fresh


@pytest.mark.parametrize(
    ("module", "needs"),
    [
        ("course_utils", set()),
        ("course_utils.data", set()),
        ("course_utils.significance", set()),
        ("course_utils.fairness", set()),
        ("course_utils.ngrams", set()),
        ("course_utils.attention", set()),
        ("course_utils.optimization", set()),
        ("course_utils.distributed", set()),
        ("course_utils.impacts", set()),
        ("course_utils.selfcheck", set()),
        ("course_utils.figures", {"matplotlib"}),
        ("course_utils.gpt", {"torch"}),
        ("course_utils.pretraining", {"torch"}),
        ("course_utils.rlhf", {"torch"}),
    ],
)
def test_a_module_loads_only_what_it_needs(module: str, needs: set[str]) -> None:
    _, loaded = fresh(f"import {module}")
    assert set(loaded) == needs


def test_the_package_alone_does_not_even_load_numpy() -> None:
    code = "import sys, course_utils; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
