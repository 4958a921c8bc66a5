"""What `course doctor` finds, and that each fault comes with the way out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import doctor
from autograder.course import Course
from autograder.doctor import Line
from autograder.sandboxes.sandbox import Level
from course_utils.data.carriers import CARRIERS


def test_the_doctor_looks_at_everything(tmp_path: Path) -> None:
    lines = doctor.report(Course(tmp_path))
    names = {line.name for line in lines}
    wanted = {"python", "packages", "sandbox", "promised", "nbgrader", "alembic", "browser"}
    assert names - {"not"} == wanted | {"data", "gpu", "disk"}
    assert all(line.ok or line.fix for line in lines)
    assert all("\n" not in str(line) for line in lines)
    assert {str(line).index(line.what) for line in lines} == {13}  # aligned


def test_the_doctor_shows_a_fix_only_for_what_is_wrong() -> None:
    assert str(Line(True, "x", "fine", "do this")) == "✓ x          fine"
    assert str(Line(False, "x", "bad", "do this")) == "✗ x          bad  ->  do this"


def test_the_doctor_names_packages_that_are_not_as_pinned(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "# made so\npytest==1.0\nno-such-package==2\npip-only-on-mars==1 ; os_name == 'x'\n"
    )
    (line,) = doctor._packages(lock)
    assert not line.ok and line.what.startswith("0 of 2 as pinned; pytest ")
    assert "no-such-package missing (pinned 2)" in line.what
    (line,) = doctor._packages(tmp_path / "nowhere.lock")
    assert not line.ok and "there is no nowhere.lock" in line.what


def test_the_doctor_names_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    monkeypatch.setattr(doctor, "probe", lambda: Level("limits", "no `bwrap` on PATH"))
    bad = {line.name: str(line) for line in doctor.report(Course(tmp_path)) if not line.ok}
    assert {"sandbox", "nbgrader", "alembic", "browser", "data"} <= set(bad)
    assert (
        "limits, because no `bwrap`" in bad["sandbox"]
        and "apt-get install bubblewrap" in bad["sandbox"]
    )
    assert bad["data"].endswith("->  course data")
    assert all("  ->  " in line for line in bad.values())


@pytest.mark.parametrize(
    ("why", "way"),
    [
        ("namespaces needs Linux; this is darwin", "Containerfile"),
        ("namespaces needs Linux; this is win32", "Containerfile"),
        ("bwrap: setting up uid map: Permission denied", "apparmor_restrict_unprivileged_userns=0"),
        ("bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted", "apparmor_restrict"),
        ("bwrap: No permissions to create new namespace, likely", "unprivileged_userns_clone=1"),
        (
            "bwrap: Creating new namespace failed: max_*_namespaces exceeded (ENOSPC)",
            "max_user_name",
        ),
        ("bwrap: Failed to make / slave: Operation not permitted", "in a container"),
        ("landlock: this kernel has version -1 of Landlock; 6 came with Linux 6.12", "6.12"),
    ],
)
def test_the_doctor_knows_the_way_up(why: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "probe", lambda: Level("limits", why))
    lines = list(doctor._sandbox())
    assert [line.name for line in lines] == ["sandbox", "promised", "not"]
    assert why in lines[0].what and way in str(lines[0])
    assert "reads no file but Python's" in lines[2].what and not lines[2].ok


def test_the_doctor_says_what_landlock_leaves_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        doctor, "probe", lambda: Level("landlock", "namespaces: no `bwrap` on PATH")
    )
    strength, promised, left = doctor._sandbox()
    assert strength.ok and "reaches no network" in promised.what
    assert "does not see which files and processes there are" in left.what


def test_the_doctor_says_when_nothing_can_be_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    why = "limits: students run as another user then, and /root is open to its owner only"
    monkeypatch.setattr(doctor, "probe", lambda: Level("none", why))
    (line,) = doctor._sandbox()
    assert "nothing is graded" in line.what and "do not grade as root" in str(line)


def test_the_doctor_names_a_torch_that_does_not_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    line = doctor._gpu()
    assert not line.ok and "torch does not import" in line.what and line.fix


def test_the_doctor_names_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPACE_WANTED", 2**40)
    line = doctor._disk(tmp_path)
    assert not line.ok and str(tmp_path) in line.what and line.fix


@pytest.mark.parametrize("pip", ["", "# numpy==1", "-e .", "numpy", "not a line at all =="])
def test_what_is_no_pin_is_passed_over(pip: str) -> None:
    assert list(doctor._pins(pip)) == []


def test_the_command_prints_a_line_for_each_finding_on_a_machine_without_anything(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "doctor"]
    env = {**os.environ, "PATH": "/nowhere", "COURSE_DATA": str(tmp_path)}
    done = subprocess.run(
        [*command, "--root", str(tmp_path)], capture_output=True, text=True, env=env, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) >= 9 and all(line[:2] in ("✓ ", "✗ ") for line in lines)
    assert all("  ->  " in line for line in lines if line.startswith("✗"))
    data = [line for line in lines if line[2:6] == "data"]
    assert len(data) == len(CARRIERS) and all(line.startswith("✗") for line in data)
    assert list(tmp_path.iterdir()) == []
