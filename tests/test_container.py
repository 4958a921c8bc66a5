"""The container recipe, as far as it can be tried without an engine: it was never built by a test.

Its lines parse, what it copies is there and suffices to grade, its versions are ours, its commands run.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser
from packaging.specifiers import SpecifierSet

from autograder.course import REPO
from tests.conftest import missing

RECIPE = REPO / "autograder" / "Containerfile"
START = """
import autograder.cli
assert autograder.cli.__file__ == "{place}/autograder/cli.py"
autograder.cli.main()
"""
RIGHT = "import numpy as np\ndef accuracy_difference(a, b): return np.mean(a) - np.mean(b)\n"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The instructions and what they say, as an engine reads them."""
    copy = tmp_path_factory.mktemp("recipe") / "Dockerfile"  # the parser wants this name
    shutil.copyfile(RECIPE, copy)
    read = DockerfileParser(str(copy)).structure
    return [
        (line["instruction"], line["value"]) for line in read if line["instruction"] != "COMMENT"
    ]


@pytest.fixture(scope="module")
def copied(lines: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what COPY takes, and nothing else."""
    place = tmp_path_factory.mktemp("image")
    for words in (shlex.split(value) for name, value in lines if name == "COPY"):
        *sources, target = words
        for source in sources:
            if (REPO / source).is_dir():
                ignore = shutil.ignore_patterns("__pycache__")
                shutil.copytree(REPO / source, place / target, ignore=ignore)
            else:
                shutil.copy(REPO / source, place / target)
    return place


def of(lines: list[tuple[str, str]], name: str) -> list[str]:
    return [value for instruction, value in lines if instruction == name]


def test_every_line_is_an_instruction_in_an_order_that_makes_sense(
    lines: list[tuple[str, str]],
) -> None:
    names = [name for name, _ in lines]
    assert set(names) == {*("FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD")}
    assert names[0] == "FROM"
    assert names.index("USER") > max(i for i, name in enumerate(names) if name in ("RUN", "COPY"))


def test_it_does_not_run_as_root(lines: list[tuple[str, str]]) -> None:
    (user,) = of(lines, "USER")
    assert user == "grader"
    (made,) = [value for value in of(lines, "RUN") if "useradd" in value]
    assert re.search(rf"--uid 1000 {user}\b", made)


def test_its_python_is_one_that_we_support_and_ci_tests(lines: list[tuple[str, str]]) -> None:
    version = re.fullmatch(r"docker\.io/library/python:(3\.\d+)-slim-\w+", of(lines, "FROM")[0])
    assert version
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert version[1] in SpecifierSet(project["requires-python"])
    workflow = (REPO / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f'"{version[1]}"' in workflow
    span = re.search(r"for Python (3\.\d+) to (3\.\d+)", (REPO / "requirements.lock").read_text())
    assert span and version[1] in SpecifierSet(f">={span[1]},<={span[2]}")


def test_packages_come_from_the_lock_by_the_makefile_and_nothing_by_another_way(
    lines: list[tuple[str, str]],
) -> None:
    runs = " ".join(of(lines, "RUN"))
    assert "pip install" not in runs and "make .venv/ready" in runs
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    assert "BWRAP := bwrap:bubblewrap" in makefile and " bubblewrap " in runs
    assert ".venv/ready: pyproject.toml $(LOCK)" in makefile


def test_the_make_commands_find_all_their_files(lines: list[tuple[str, str]], copied: Path) -> None:
    if not shutil.which("make"):
        missing("make is not here")
    (command,) = [value for value in of(lines, "RUN") if value.startswith("make ")]
    done = subprocess.run(
        [*shlex.split(command), "--dry-run"], cwd=copied, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "requirements.lock" in done.stdout and "course build" in done.stdout


def test_what_is_copied_suffices_to_grade(copied: Path, tmp_path: Path) -> None:
    """The entry point, with the image's files only, in the folder of a class."""
    (tmp_path / "right.py").write_text(RIGHT)
    command = [sys.executable, "-P", "-c", START.format(place=copied), "check"]
    done = subprocess.run(
        [*command, "significance.accuracy_difference", "right.py", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(copied)},
    )
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert verdict["points"] == verdict["max_points"] > 0


def test_the_shell_lines_parse(lines: list[tuple[str, str]]) -> None:
    for value in of(lines, "RUN"):
        subprocess.run(["bash", "-nc", value], check=True)


def test_the_commands_for_people_start_the_entry_point(lines: list[tuple[str, str]]) -> None:
    text = re.sub(r"\\\n#\s*", "", RECIPE.read_text(encoding="utf-8"))
    starts = re.findall(r"#\s+((?:podman|docker) run .*)", text)
    assert len(starts) == 2
    for start in starts:
        words = shlex.split(start)
        assert words[words.index("course") + 1 :] == ["grade", "01_significance"]
        assert "$PWD/class:/class" in words and of(lines, "WORKDIR")[-1] == "/class"
        assert words[words.index("--network") + 1] == "none"
    assert json.loads(of(lines, "ENTRYPOINT")[0]) == ["course"]
