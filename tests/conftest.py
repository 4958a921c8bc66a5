"""Shared by all tests: a fresh course workspace that uses the clone's notebooks."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from autograder.course import Course, Unit
from autograder.sandboxes.sandbox import probe

# programs that nbgrader starts by their bare names lie beside this Python
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

# what a script starts in the background ignores Ctrl-C, and so would every command that a test starts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

torch.set_num_threads(1)  # tests run side by side, and threads that wait for each other are slow

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


@pytest.fixture(scope="session")
def namespaces() -> None:
    """Student code runs in the strong sandbox."""
    if probe().level != "namespaces":
        missing(f"no bubblewrap: {probe().why}")


LONG = (
    *("test_notebooks.py", "test_demo.py", "test_student.py", "test_nbgrader.py"),
    *("test_crash_storage.py", "test_crash_safety.py", "test_watch.py", "test_cluster.py"),
    *("test_new_unit.py", "test_first_exercise.py", "test_export_gradescope.py", "test_docs.py"),
    *("test_site.py", "test_pages.py", "test_instructor.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first, or one worker would still be busy with them when the other has nothing left.

    Notebooks have a budget: they run before the demo, which keeps both cores busy.
    """
    last = len(LONG)
    items.sort(key=lambda i: LONG.index(i.path.name) if i.path.name in LONG else last)


class ByExercise(LoadScopeScheduling):
    """Side by side: the tests of one exercise stay together, and so do those of any other module.

    Notebooks are run one by one.
    """

    def _split_scope(self, nodeid: str) -> str:
        if "test_notebooks.py" in nodeid:
            return nodeid
        exercise = re.search(r"\[([a-z0-9_]+\.\w+)", nodeid)
        return exercise[1] if exercise else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByExercise | None:
    config.option.loadscopereorder = False  # the order is that of `pytest_collection_modifyitems`
    return ByExercise(config, log) if config.getoption("dist") == "loadscope" else None
