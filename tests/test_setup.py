"""From a clone to an environment: what `make` does, without installing anything here."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from autograder import doctor
from autograder.course import REPO

PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (REPO / "requirements.lock").read_text(encoding="utf-8")
PINS = {canonicalize_name(name): version for name, version in doctor._pins(LOCK)}
OURS = ("pyproject.toml", "requirements.lock", "environment.yml", "Makefile", ".ci/run")
WORKFLOW = REPO / ".github" / "workflows" / "ci.yml"

# Stands for Python: notes how it is called, makes environments of itself, and fails when told to.
STUB = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  "-m venv --clear .venv") mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  *" -r "*) if [ -e fail ]; then rm fail; exit 1; fi ;;
  "-V") echo "Python {version}.7" ;;
  "-c "*) echo "{version}" ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    if shutil.which("make") is None:
        pytest.skip("no make")
    folder = tmp_path / "a clone"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(REPO / name, folder)
    return folder


def stub(folder: Path, name: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(STUB.format(version=version, log=folder / "log"))
    path.chmod(0o755)
    return path


def make(
    clone: Path, *arguments: str, path: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run make in the clone, with `path` before everything else on PATH."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "MAKEFLAGS")}
    env["PATH"] = f"{path}{os.pathsep}{env['PATH']}" if path else env["PATH"]
    command = ["make", "-C", str(clone), "--no-print-directory", *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)


# The Python.


@pytest.mark.parametrize("said", ["3.9", "Python 3.9.18", "2.7"])
def test_an_old_python_is_one_clear_line(clone: Path, said: str) -> None:
    old = stub(clone.parent / "bin", "old", said)
    done = make(clone, "demo", f"PYTHON={old}")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and not (clone / ".venv").exists()
    assert f"{old} is Python {said.removeprefix('Python ')}; the course needs Python 3.11" in line
    assert "make demo PYTHON=python3.12" in line


def test_a_real_python_that_calls_itself_old_is_one_clear_line(clone: Path) -> None:
    old = clone.parent / "python3"
    patch = "import sys; sys.version_info = (3, 10, 4, 'final', 0); exec(sys.argv[1])"
    old.write_text(f'#!/bin/sh\nshift; exec "{sys.executable}" -c "{patch}" "$@"\n')
    old.chmod(0o755)
    done = make(clone, "test", f"PYTHON={old}")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and not (clone / ".venv").exists()
    assert "is Python 3.10; the course needs Python 3.11" in line and "make test PYTHON=" in line


def test_an_old_python_is_refused_beside_an_environment_that_is_ready(clone: Path) -> None:
    make(clone, ".venv/ready", f"PYTHON={stub(clone.parent / 'bin', 'python3', '3.12')}")
    done = make(clone, ".venv/ready", f"PYTHON={stub(clone.parent / 'bin', 'old', '3.9')}")
    assert done.returncode == 2 and "is Python 3.9" in done.stderr


def test_a_python_that_is_not_there_is_one_clear_line(clone: Path) -> None:
    done = make(clone, "lab", "PYTHON=python9")
    (line,) = done.stderr.splitlines()
    assert done.returncode == 2 and "there is no python9" in line


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        ({"python3": "3.11", "python3.13": "3.13"}, "python3"),
        ({"python3": "3.10", "python3.13": "3.13", "python3.12": "3.12"}, "python3.13"),
        ({"python3": "3.9", "python3.13": "", "python3.12": "3.12"}, "python3.12"),
        ({"python3": "3.14"}, "python3"),
    ],
)
def test_plain_python_is_used_if_new_enough_else_one_with_a_version(
    clone: Path, versions: dict[str, str], chosen: str
) -> None:
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        stub(clone.parent / "bin", name, versions.get(name, ""))
    done = make(clone, "-n", ".venv/ready", path=clone.parent / "bin")
    assert f'"{chosen}" -m venv' in done.stdout, done.stderr


# The steps.


@pytest.fixture
def set_up(clone: Path) -> Callable[[], tuple[int, list[str]]]:
    """Run the set-up with a stub; returns make's exit code and how the stub was called since."""
    python = stub(clone.parent / "bin", "python3", "3.12")
    log = clone.parent / "bin" / "log"

    def run() -> tuple[int, list[str]]:
        log.unlink(missing_ok=True)
        done = make(clone, ".venv/ready", path=python.parent)
        steps = log.read_text().splitlines() if log.exists() else []
        return done.returncode, [s for s in steps if re.search("venv|install", s)]

    return run


def test_torch_is_installed_before_what_could_choose_it(set_up: Callable) -> None:
    code, (venv, torch, lock, ours) = set_up()
    assert code == 0 and venv.startswith("-m venv")
    assert re.search(r"install .*torch==2\.13\.0$", torch)
    assert lock.endswith("install -r requirements.lock")
    assert ours.endswith("--no-deps -e .")


def test_a_set_up_that_was_interrupted_is_taken_up_again(clone: Path, set_up: Callable) -> None:
    (clone / "fail").touch()
    code, steps = set_up()
    assert code == 2 and steps[-1].endswith("-r requirements.lock")
    assert not (clone / ".venv" / "ready").exists()
    code, steps = set_up()
    assert code == 0 and len(steps) == 3 and "venv" not in steps[0]
    assert set_up() == (0, [])


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_an_environment_older_than_the_pins_is_refreshed(
    clone: Path, set_up: Callable, name: str
) -> None:
    set_up()
    os.utime(clone / ".venv" / "ready", (1_000_000_000, 1_000_000_000))
    os.utime(clone / name, (1_100_000_000, 1_100_000_000))
    code, steps = set_up()
    assert code == 0 and len(steps) == 3
    assert set_up() == (0, [])


def test_an_environment_without_its_python_is_made_anew(clone: Path, set_up: Callable) -> None:
    set_up()
    (clone / ".venv" / "bin" / "python").unlink()
    code, steps = set_up()
    assert code == 0 and steps[0].startswith("-m venv --clear")


def test_another_python_asked_for_by_name_makes_the_environment_anew(clone: Path) -> None:
    make(clone, ".venv/ready", f"PYTHON={stub(clone.parent / 'bin', 'one', '3.11')}")
    other = stub(clone.parent / "bin", "two", "3.12")
    assert make(clone, ".venv/ready", f"PYTHON={other}").returncode == 0
    assert (clone / ".venv" / "ready").read_text() == "Python 3.12.7\n"
    assert make(clone, "-q", ".venv/ready", f"PYTHON={other}").returncode == 0


def test_make_test_compares_before_it_builds_and_ends_with_pytest(clone: Path) -> None:
    shown = make(clone, "-n", "test").stdout.splitlines()
    steps = [line.split("PYTHONWARNINGS= ")[-1] for line in shown]
    wanted = ["ruff check .", "ruff format --check .", "mypy", "codespell", "course build --check"]
    wanted += ["course lint", "course data", "course build"]
    assert steps[-9:] == [*wanted, 'pytest -n 2 --dist loadscope -m "not slow"']
    assert make(clone, "-n", "test-all").stdout.rstrip().endswith("pytest -n 2 --dist loadscope")


def test_make_demo_ends_with_the_demo(clone: Path) -> None:
    done = make(clone, "-n", "demo")
    assert done.returncode == 0 and done.stdout.rstrip().endswith("course demo")
    assert not (clone / ".venv").exists()


# What came after GNU make 3.81, which macOS has.
NEWER = r"(?m)^\.(ONESHELL|SHELLFLAGS|RECIPEPREFIX)|^[^\t#]*(!=|::?:=|&:)|\$\((file|guile|let|intcmp) |^undefine"


def test_the_makefile_needs_no_newer_make_than_macos_has() -> None:
    text = (REPO / "Makefile").read_text(encoding="utf-8")
    assert re.findall(NEWER, text) == []
    assert all(re.search(NEWER, line) for line in (".ONESHELL:", "A != date", "x := $(file a)"))


def test_make_clean_leaves_what_people_wrote(clone: Path) -> None:
    kept = ["lab/01/answers.ipynb", "submitted/ada/x.ipynb", "gradebook.db", ".course/secret"]
    for name in (*kept, "demo/x", ".venv/ready", "release/x"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).touch()
    assert make(clone, "clean").returncode == 0
    assert all((clone / name).exists() for name in kept)
    assert not any((clone / name).exists() for name in ("demo", ".venv", "release"))


# What pip cannot bring.


def system(clone: Path, *, root: bool, apt: str | None, needs: str = "nope:nopkg") -> list[str]:
    """The lines of `make system` where `id` and `apt-get` are as told."""
    folder = clone.parent / "tools"
    folder.mkdir()
    for name in ("bash", "sh", "cat", "rm", "chmod", "touch"):
        (folder / name).symlink_to(shutil.which(name) or name)
    scripts = {"id": f"echo {0 if root else 1000}", "apt-get": apt}
    for name, script in scripts.items():
        if script is not None:
            (folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (folder / name).chmod(0o755)
    command = [shutil.which("make") or "make", "-C", str(clone), "--no-print-directory", "system"]
    done = subprocess.run(
        [*command, f"NEEDS={needs}"], env={"PATH": str(folder)}, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout.splitlines()


def test_root_on_debian_gets_what_is_missing_with_one_line(clone: Path) -> None:
    made = clone.parent / "tools" / "nope"
    apt = f'case "$*" in *install*nopkg) touch "{made}"; chmod 755 "{made}";; esac'
    assert system(clone, root=True, apt=apt) == ["Installing nopkg with apt-get"]


@pytest.mark.parametrize(("root", "apt"), [(False, "exit 0"), (True, None), (True, "exit 100")])
def test_without_a_system_package_one_line_says_what_is_lost(
    clone: Path, root: bool, apt: str | None
) -> None:
    *_, line = system(clone, root=root, apt=apt)
    assert line == (
        "Without nopkg tests in a browser are skipped (Debian, Ubuntu: sudo apt-get install nopkg)"
    )


def test_what_is_there_is_not_mentioned(clone: Path) -> None:
    assert system(clone, root=False, apt=None, needs="cat:cats") == []


# The lists of packages.


def test_the_lock_pins_torch_first_and_everything_exactly() -> None:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    assert lines[0] == "torch==2.13.0"
    exact = [line.partition(" ; ")[0] for line in lines]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in exact)
    here = [line for line in lines if not (on := Requirement(line).marker) or on.evaluate()]
    assert len(PINS) == len(here)


def test_what_exists_for_linux_only_is_asked_for_there_only() -> None:
    """In the list of dependencies, in the lock, and in the command that makes a new one."""
    dependencies = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    for name in ("sandlock", "atheris"):
        (wanted,) = [line for line in dependencies if line.startswith(name)]
        marker = Requirement(wanted).marker
        (pinned,) = [line for line in LOCK.splitlines() if line.startswith(name)]
        assert marker and marker == Requirement(pinned).marker
        assert not marker.evaluate({"sys_platform": "darwin", "platform_machine": "arm64"})
        assert str(marker).replace('"', "'") in (REPO / "Makefile").read_text(encoding="utf-8")


def test_the_lock_says_how_it_was_made() -> None:
    assert "make lock PYTHON=python3.11" in LOCK.split("torch==", 1)[0]


def test_the_lock_holds_every_dependency_in_a_version_that_is_allowed() -> None:
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]:
        wanted = Requirement(line)
        if wanted.marker and not wanted.marker.evaluate():
            continue
        assert Version(PINS[canonicalize_name(wanted.name)]) in wanted.specifier, line


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_leaves_nothing_to_chance_on_any_python(python: str) -> None:
    """Every requirement of every pinned package that is installed here is pinned too."""
    linux = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "linux",
    }
    installed = {canonicalize_name(d.name): d for d in importlib.metadata.distributions()}
    missing = set()
    for name, version in PINS.items():
        found = installed.get(name)
        if found is None or found.version.partition("+")[0] != version:
            continue
        requirements = found.requires or []
        for requirement in map(Requirement, requirements):
            marker = requirement.marker
            if marker is None or marker.evaluate({**linux, "extra": ""}):
                missing |= {canonicalize_name(requirement.name)} - set(PINS)
    cuda = re.compile("nvidia-|triton|cuda-")  # torch's own, where it is not built for the CPU
    assert {name for name in missing if not cuda.match(name)} == set()


def test_every_dependency_says_what_it_is_for() -> None:
    text = (REPO / "pyproject.toml").read_text(encoding="utf-8")
    block = text[text.index("dependencies = [") : text.index("[project.scripts]")]
    lines = [line for line in block.splitlines() if re.match(r' *"', line)]
    assert len(lines) > 20 and all(re.search(r'",\s+# \w', line) for line in lines)


def test_no_file_of_the_set_up_names_a_registry() -> None:
    for path in (*(REPO / name for name in OURS), WORKFLOW):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|index-url|find-links|pypi\.org|/opt/|/root/", text), path


# What CI runs.


def test_ci_calls_make_test_and_hides_nothing() -> None:
    text = (REPO / ".ci" / "run").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]
    assert os.access(REPO / ".ci" / "run", os.X_OK)


def test_the_workflow_tests_each_python_and_the_oldest_versions() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    commands = [step.get("run", "") for step in jobs["oldest-versions"]["steps"]]
    assert any("--resolution lowest-direct" in c and "-o oldest.txt" in c for c in commands)
    assert commands[-1].startswith("make pytest PYTHON=python LOCK=oldest.txt")
