"""A real JupyterHub with the example's configuration: a student logs in, follows the link, and has the unit."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import nbformat
import pytest
from dockerfile_parse import DockerfileParser

from autograder.course import REPO, Course
from autograder.judging.rebuild import released
from tests.chromium import chromium

CONFIG = REPO / "autograder" / "hub" / "jupyterhub_config.py"
PAGE = (REPO / "autograder" / "docs" / "jupyterhub.md").read_text(encoding="utf-8")
RECIPE = REPO / "autograder" / "student.Containerfile"
PASSWORD = "one for all"
NEEDED = [name for name in ("jupyterhub", "nbgitpuller") if importlib.util.find_spec(name) is None]
NEEDED += ["configurable-http-proxy"] * (shutil.which("configurable-http-proxy") is None)


def free_port() -> int:
    """A port p such that p, p + 1 and p + 81 are free."""
    for port in range(20_000, 60_000, 97):
        with suppress(OSError):
            for number in (port, port + 1, port + 81):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", number))
            return port
    raise AssertionError("no port is free")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository that holds a released unit, made by the commands of the page about it."""
    folder = tmp_path_factory.mktemp("students")
    unit = Course(REPO).unit("1")
    for name in (unit.name, "08_societal_impacts"):
        (folder / "release" / name).mkdir(parents=True)
        (folder / "release" / name / "requirements.txt").write_text("numpy\n")
    nbformat.write(released(unit.built), folder / "release" / unit.name / unit.built.name)
    page = (REPO / "autograder" / "docs" / "launch.md").read_text(encoding="utf-8")
    section = page.partition("## A repository for students\n")[2].partition("\nPush it")[0]
    commands = [line.strip() for line in section.splitlines() if line.startswith("    ")]
    assert len(commands) == 6
    who = {
        f"GIT_{role}_{part}": "ada"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    for command in [*commands, "git clone --bare release course.git"]:
        words = ["bash", "-ec", command]
        subprocess.run(
            words, cwd=folder, env={**os.environ, **who}, check=True, capture_output=True
        )
    return folder / "course.git"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A running hub: its address, and the folder of its students."""
    if NEEDED:
        pytest.skip(
            f"NO HUB WAS TRIED: {', '.join(NEEDED)} missing (autograder/docs/jupyterhub.md)"
        )
    folder, port = tmp_path_factory.mktemp("hub"), free_port()
    environment = {
        **os.environ,
        "HOME": str(folder),
        "COURSE_HUB": str(folder / "hub"),
        "COURSE_HUB_PORT": str(port),
        "COURSE_HUB_PASSWORD": PASSWORD,
    }
    command = [sys.executable, "-m", "jupyterhub", "--config", str(CONFIG)]
    with open(folder / "hub.log", "w") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(240):
                with suppress(OSError):
                    urllib.request.urlopen(f"{address}/hub/login", timeout=2).close()
                    break
                assert process.poll() is None, (folder / "hub.log").read_text()[-3000:]
                time.sleep(0.25)
            yield address, folder / "hub" / "students"
        finally:
            process.terminate()
            process.wait(60)


def link(address: str, repository: str) -> str:
    """The link of the page about it, for this hub and this repository."""
    (shown,) = re.findall(r"https://HUB/\S+", PAGE)
    shown = shown.replace(
        quote("https://github.com/OWNER/NAME", safe=""), quote(repository, safe="")
    )
    return shown.replace("https://HUB", address)


@pytest.mark.browser
def test_a_student_logs_in_follows_the_link_and_has_the_unit(
    hub: tuple[str, Path], repository: Path
) -> None:
    address, students = hub
    with chromium() as browser:
        page: Any = browser.new_page()
        page.goto(link(address, repository.as_uri()))
        page.fill("#username_input", "ada")
        page.fill("#password_input", PASSWORD)
        page.click("#login_submit")
        page.wait_for_selector(".jp-NotebookPanel-notebook h1", timeout=180_000)
        assert "Significance" in page.locator(".jp-NotebookPanel-notebook h1").first.inner_text()
        assert "/user/ada/lab" in page.url
    brought = students / "ada" / "course" / "01_significance" / "significance.ipynb"
    expected = released(Course(REPO).unit("1").built)
    assert nbformat.read(brought, as_version=4).cells == nbformat.from_dict(expected).cells


def test_a_wrong_password_is_refused(hub: tuple[str, Path]) -> None:
    address, students = hub
    with chromium() as browser:
        page: Any = browser.new_page()
        page.goto(f"{address}/hub/login")
        page.fill("#username_input", "eve")
        page.fill("#password_input", "guessed")
        page.click("#login_submit")
        assert "Invalid username or password" in page.locator(".login_error").inner_text()
    assert not (students / "eve").exists()


def test_the_link_opens_the_notebook_where_it_is_brought() -> None:
    asked = parse_qs(urlsplit(link("http://hub", "https://github.com/OWNER/NAME")).query)
    unit = Course(REPO).unit("1")
    (target,) = asked["targetPath"]
    assert asked["urlpath"] == [f"lab/tree/{target}/{unit.name}/{unit.built.name}"]
    assert asked["repo"] == ["https://github.com/OWNER/NAME"] and asked["branch"] == ["main"]


# The image.


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    copy = tmp_path_factory.mktemp("recipe") / "Dockerfile"  # the parser wants this name
    shutil.copyfile(RECIPE, copy)
    read = DockerfileParser(str(copy)).structure
    return [
        (line["instruction"], line["value"]) for line in read if line["instruction"] != "COMMENT"
    ]


def test_the_image_for_students_holds_no_file_of_ours_but_two_lists_of_packages(
    lines: list[tuple[str, str]],
) -> None:
    copied = [shlex.split(value)[:-1] for name, value in lines if name in ("COPY", "ADD")]
    assert copied == [["requirements.lock", "release/08_societal_impacts/requirements.txt"]]
    ignored = (REPO / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "release" not in ignored  # else the engine would not see the list


def test_the_image_for_students_has_a_server_for_the_hub_and_does_not_run_as_root(
    lines: list[tuple[str, str]],
) -> None:
    (install,) = [value for name, value in lines if name == "RUN" and "pip install" in value]
    assert {"jupyterhub", "nbgitpuller", "nbgrader"} <= set(shlex.split(install))
    assert shlex.split(install)[-2:] == ["-c", "/srv/course/requirements.lock"]
    names = [name for name, _ in lines]
    assert dict(lines)["USER"] == "student" and names.index("USER") > names.index("COPY")
    assert "jupyterhub-singleuser" in dict(lines)["CMD"]
    for name, value in lines:
        if name == "RUN":
            subprocess.run(["bash", "-nc", value], check=True)


def test_both_images_have_the_same_python(lines: list[tuple[str, str]]) -> None:
    recipe = (REPO / "autograder" / "Containerfile").read_text(encoding="utf-8")
    assert f"FROM {dict(lines)['FROM']}\n" in recipe
