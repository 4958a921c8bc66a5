"""SECURITY.md promises nothing without a test, and says what each level of the sandbox holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.certificates.signing import private_path, public_path
from autograder.course import REPO, Course
from autograder.sandboxes import sandbox

PAGE = (REPO / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = [
    row.strip("|").split("|")
    for row in PAGE.split("## Layers")[0].splitlines()
    if row.startswith("| ") and not row.startswith("| promise")
]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+(?:\.py)?)`", PAGE)))


def test_every_promise_says_how_it_is_kept_and_names_its_tests() -> None:
    assert len(PROMISES) >= 12
    for promise, how, tested in PROMISES:
        assert promise.strip() and how.strip()
        assert re.search(r"`tests/[\w/.]+`", tested), promise


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_is_there(name: str) -> None:
    path = REPO / name
    tests = [path] if path.suffix else list(path.rglob("test_*.py"))
    assert tests, f"{name} holds no tests"
    assert all(re.search(r"^def test_", file.read_text(encoding="utf-8"), re.M) for file in tests)


@pytest.mark.parametrize("level", sandbox.LEVELS)
def test_each_level_of_the_sandbox_is_explained(level: str) -> None:
    assert re.search(rf"^ *- `{level}`: \w", PAGE, re.M)


def test_the_page_names_the_files_of_the_key_and_the_secret_as_they_are() -> None:
    course = Course(Path("/course"))
    for path in (private_path(course), public_path(course), course.state / "secret"):
        assert f"`{path.relative_to(course.root)}`" in PAGE
