"""Shared by all tests: a fresh course workspace that uses the clone's notebooks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.course import Course, Unit

# programs that nbgrader starts by their bare names lie beside this Python
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

# a busy machine is no failure: hypothesis otherwise allows each example 200 ms
settings.register_profile("course", deadline=None)
settings.load_profile("course")


def missing(reason: str) -> None:
    """Something this machine should have is not there: skip loudly, but fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def unit(course: Course) -> Unit:
    return course.unit("01_significance")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the marks in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stays together when tests run side by side: the tests of one exercise, else of one module."""
    for item in items:
        exercise = getattr(item, "callspec", None) and item.callspec.params.get("exercise")
        group = f"exercise {exercise}" if exercise else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
