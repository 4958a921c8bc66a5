"""Every worked example in a docstring gives what it says, and every reference has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import course_utils

MODULES = sorted(
    info.name for info in pkgutil.walk_packages(course_utils.__path__, "course_utils.")
)
NOT_REFERENCES = {"data", "figures"}  # packages of loaders and of pictures


def references() -> Iterator[Any]:
    """The functions that the units' packages offer."""
    for name in MODULES:
        module = importlib.import_module(name)
        if hasattr(module, "__path__") and name.split(".")[1] not in NOT_REFERENCES:
            for public in getattr(module, "__all__", ()):
                if inspect.isfunction(member := getattr(module, public)):
                    yield pytest.param(member, id=f"{name}.{public}")


def examples_of(module: ModuleType) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name, capsys):
    for test in examples_of(importlib.import_module(name)):
        failed, _ = doctest.DocTestRunner().run(test)
        assert not failed, capsys.readouterr().out


@pytest.mark.parametrize("function", references())
def test_every_reference_has_an_example(function):
    assert doctest.DocTestFinder(recurse=False).find(function)[0].examples


def test_a_wrong_example_would_be_found():
    module = ModuleType("wrong", ">>> 1 + 1\n3\n")
    (test,) = examples_of(module)
    assert doctest.DocTestRunner().run(test, out=lambda text: None).failed == 1
