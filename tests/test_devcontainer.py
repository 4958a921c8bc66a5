"""The dev container, as far as it can be tried without an engine: its keys are known, its commands are ours."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from autograder.course import REPO

PLACE = REPO / ".devcontainer" / "devcontainer.json"
# of the reference at containers.dev, those for a container that is made from an image
KNOWN = {
    *("name", "image", "runArgs", "features", "forwardPorts", "portsAttributes", "remoteUser"),
    *("containerEnv", "remoteEnv", "customizations", "hostRequirements", "mounts", "init"),
    *("onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand"),
}


@pytest.fixture(scope="module")
def container() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PLACE.read_text(encoding="utf-8"))
    return found


def test_its_keys_are_those_of_the_reference(container: dict[str, Any]) -> None:
    assert set(container) <= KNOWN
    assert isinstance(container["name"], str) and isinstance(container["image"], str)
    for key in ("runArgs", "forwardPorts"):
        assert isinstance(container[key], list)


def test_its_python_is_that_of_the_grading_container(container: dict[str, Any]) -> None:
    found = re.fullmatch(r"docker\.io/library/python:(3\.\d+)-(\w+)", container["image"])
    assert found
    recipe = (REPO / "autograder" / "Containerfile").read_text(encoding="utf-8")
    assert f"FROM docker.io/library/python:{found[1]}-slim-{found[2]}\n" in recipe
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert found[1] in SpecifierSet(project["requires-python"])


def test_its_commands_are_targets_of_the_makefile(
    container: dict[str, Any], tmp_path: Path
) -> None:
    if shutil.which("make") is None:
        pytest.skip("no make")
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPO / name, tmp_path)
    for key in ("onCreateCommand", "postCreateCommand"):
        program, *targets = shlex.split(container[key])
        assert program == "make" and targets
        done = subprocess.run(
            ["make", "--dry-run", *targets], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr


def test_its_system_packages_are_all_that_the_tests_use(container: dict[str, Any]) -> None:
    assert container["onCreateCommand"] == "make system"
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    assert "\nNEEDS = $(BWRAP) $(CHROMIUM) $(POSTGRES)\n" in makefile
    assert container["remoteUser"] == "root"  # make system installs as root only


def test_it_lets_bubblewrap_make_namespaces_as_the_recipe_says(container: dict[str, Any]) -> None:
    recipe = (REPO / "autograder" / "Containerfile").read_text(encoding="utf-8")
    flags = [word for word in container["runArgs"] if word != "--security-opt"]
    assert flags and all(f"--security-opt {flag}" in recipe for flag in flags)
