"""The page "Write your first exercise", done as it is written, in a copy of the clone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from autograder.course import REPO
from tests.clone import copy_of_the_clone, run

PAGE = REPO / "autograder" / "docs" / "first_exercise.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.M | re.S)
MAKE = re.compile(r"Make the file `([^`]+)`:\s*\Z")
END = re.compile(r"At the end of `([^`]+)`, put:\s*\Z")
AT_LINE = re.compile(r"In `([^`]+)`, (below|in the place of) the line\s+`([^`]+)`, put:\s*\Z")


@dataclass(frozen=True)
class Step:
    """A block of the page: its language, its text, and the sentence before it."""

    language: str
    text: str
    before: str


def steps(page: str) -> list[Step]:
    found, end = [], 0
    for block in BLOCK.finditer(page):
        found.append(Step(block[1], block[2], page[end : block.start()]))
        end = block.end()
    return found


def edit(step: Step, clone: Path) -> None:
    """Do what the sentence before a block says."""
    if made := MAKE.search(step.before):
        path = clone / made[1]
        assert path.parent.is_dir(), path
        path.write_text(step.text, encoding="utf-8")
    elif ending := END.search(step.before):
        with (clone / ending[1]).open("a", encoding="utf-8") as file:
            file.write(step.text)
    else:
        told = AT_LINE.search(step.before)
        assert told, f"nothing says where this goes: {step.before[-200:]!r}"
        path, line = clone / told[1], told[3] + "\n"
        text = path.read_text(encoding="utf-8")
        assert text.count("\n" + line) == 1, (told[3], text.count("\n" + line))
        kept = line if told[2] == "below" else ""
        path.write_text(text.replace("\n" + line, "\n" + kept + step.text), encoding="utf-8")


def is_told(expected: str, output: str) -> bool:
    """Whether the lines stand in an output, in this order; … stands for anything, spaces count once."""
    place = 0
    squeezed = "\n".join(" ".join(line.split()) for line in output.splitlines())
    for line in expected.splitlines():
        parts = map(re.escape, (" ".join(part.split()) for part in line.split("…")))
        found = re.compile(r".*?".join(parts)).search(squeezed, place)
        if not found:
            return False
        place = found.end()
    return True


def test_the_steps_of_a_page_are_found_with_what_is_said_before_them() -> None:
    page = "Make the file `a.py`:\n\n```python\nx = 1\n```\n\nThen\n\n```sh\nls\n```\n"
    assert steps(page) == [
        Step("python", "x = 1\n", "Make the file `a.py`:\n\n"),
        Step("sh", "ls\n", "\n\nThen\n\n"),
    ]


def test_an_output_is_compared_line_by_line_in_order() -> None:
    assert is_told("a … 1\nb", "a   lot  1\nother\nb\n")
    assert not is_told("b\na", "a\nb\n")
    assert not is_told("a … 2", "a 1\n2")


def exit_code(told: Step) -> int:
    """How the command ends whose output is shown: refused, with findings of lint, or well."""
    if told.language != "text":
        return 0
    return 2 if told.text.startswith("course: ") else 1 if told.text.endswith("]\n") else 0


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_the_clone(tmp_path_factory.mktemp("page") / "clone")


def test_every_step_of_the_page_does_what_it_says(clone: Path) -> None:
    todo = steps(PAGE.read_text(encoding="utf-8"))
    output = ""
    for step, then in pairwise([*todo, todo[0]]):
        if step.language == "text":
            assert is_told(step.text, output), output
        elif step.language == "sh":
            *commands, last = step.text.splitlines()
            done = [run(command, clone) for command in (*commands, last)]
            output = "".join(one.stdout + one.stderr for one in done)
            codes = [0] * len(commands) + [exit_code(then)]
            assert [one.returncode for one in done] == codes, output
        else:
            edit(step, clone)
    ours = "autograder course_utils notebooks tests"
    done = run(f"ruff check --no-cache {ours} && ruff format --check --no-cache {ours}", clone)
    assert done.returncode == 0, done.stdout
    page = clone.parent / "class" / "feedback" / "learner" / "09_vocabulary" / "vocabulary.html"
    told = " ".join(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")).split())
    assert "Each of your windows begins where the last one ended" in told
    assert "These are per cent. A share is asked for: between 0 and 1." in told
