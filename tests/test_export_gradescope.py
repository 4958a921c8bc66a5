"""Our judge as a Gradescope autograder: the zip unpacked where Gradescope unpacks it, and really run.

Oracle: "Autograder Specifications" and "Submission Metadata" of Gradescope's documentation, written down
here as a JSON schema; bash and shellcheck for the scripts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.check import Verdict
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.exports import Options, export
from autograder.exports.gradescope import FILES, PROGRAMS
from autograder.exports.gradescope_results import refused_json, results_json
from autograder.integrity.flags import name_of
from autograder.judging.judge import Result
from autograder.samples import blank, hostile, learner, solved
from autograder.sandboxes.sandbox import try_level
from tests.conftest import missing
from tests.gradescope_place import Place, system_python_fits

VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
TEST = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "max_score": {"type": "number", "minimum": 0},
        "status": {"enum": ["passed", "failed"]},
        "name": {"type": "string"},
        "name_format": FORMAT,
        "number": {"type": "string"},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "tags": {"type": "array", "items": {"type": "string"}},
        "visibility": VISIBILITY,
        "extra_data": {"type": "object"},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [  # "optional, but required if not on each test case below", and the reverse
        {"required": ["score"]},
        {
            "required": ["tests"],
            "properties": {"tests": {"items": {"required": ["score"]}, "minItems": 1}},
        },
    ],
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number", "minimum": 0},
        "output": {"type": "string"},
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "tests": {"type": "array", "items": TEST},
        "leaderboard": {"type": "array"},
    },
}
SHORT = "cell_seconds = 8\nask_seconds = 2\n"  # the hostile sample uses up what it gets
NOTEBOOK = "significance.ipynb"
TELLTALE = "def holm(p_values, alpha):\n    raise KeyError(str(list(p_values)))"

# A solution that looks for what is closed to it, and tells what it found in its answer's error.
SPY = """
def holm(p_values, alpha):
    import glob, os
    found = []
    for path in ("/autograder/source/secret", "/autograder/source/desk.zip",
                 "/autograder/submission/significance.ipynb",
                 *glob.glob("/tmp/course-desk-*/notebooks/*")):
        try:
            found.append(path + " read: " + open(path, "rb").read(9).hex())
        except OSError as error:
            found.append(path + " closed")
    for path in ("/autograder/results/results.json", "/autograder/x", "/autograder/source/course/x"):
        try:
            open(path, "w").write("{\\"score\\": 40}")
            found.append(path + " written")
        except OSError as error:
            found.append(path + " closed")
    raise KeyError(" ".join(found) or "nothing")
"""


@dataclass
class Uploaded:
    """A zip at Gradescope, and a way to hand in."""

    place: Place
    unit: Unit
    docker: bool = False

    def judged(
        self, *files: tuple[str, NotebookNode | bytes], users: tuple[int, ...] = (7,)
    ) -> Any:
        contents = {
            name: made if isinstance(made, bytes) else nbformat.writes(made).encode()
            for name, made in files
        }
        self.place.hand_in(contents, users)
        self.done = self.place.run(docker=self.docker)
        return self.place.results()


def sample(unit: Unit, make: Callable[[Unit, NotebookNode], NotebookNode]) -> NotebookNode:
    return make(unit, nbformat.read(unit.built, as_version=4))


def answering(unit: Unit, answer: str) -> NotebookNode:
    """The solved notebook with another answer to one exercise."""
    notebook = sample(unit, solved)
    for cell in notebook.cells:
        if name_of(cell) == "holm":
            cell.source = answer
    return notebook


def holm_of(told: Any) -> dict[str, Any]:
    """The test case of that exercise."""
    (found,) = [test for test in told["tests"] if test["name"] == "significance.holm"]
    return found


@pytest.fixture(scope="module")
def archive(course: Course, unit: Unit) -> Path:
    (course.root / "budgets.toml").write_text(SHORT)
    (path,) = export(course, "gradescope", unit, Options()).paths
    return path


@pytest.fixture(scope="module")
def uploaded(
    archive: Path, unit: Unit, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Uploaded]:
    if shutil.which("bwrap") is None:
        missing("no bubblewrap to show a folder as /autograder")
    folder = tmp_path_factory.mktemp("gradescope")
    for parent in (folder, *folder.parents):
        if parent.is_relative_to("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    yield Uploaded(Place.unpack(archive, folder / "autograder"), unit)


@pytest.fixture(params=["landlock", "limits"])
def in_docker(uploaded: Uploaded, request: pytest.FixtureRequest) -> Iterator[Uploaded]:
    """The same for the root of a container, where no namespaces can be made."""
    if os.geteuid() != 0 or not system_python_fits():
        pytest.skip("needs root, and a system's Python of this one's version")
    if (
        request.param == "landlock"
        and (why := try_level("landlock"))
        and "open to its owner" not in why
    ):
        pytest.skip(f"no landlock: {why}")
    uploaded.place.force(request.param)
    uploaded.docker = True
    yield uploaded
    uploaded.place.force("auto")
    uploaded.docker = False


def test_the_archive_has_its_scripts_at_the_root_and_they_can_be_executed(archive: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        names = set(found.namelist())
        for name in PROGRAMS:
            assert found.getinfo(name).external_attr >> 16 & 0o111
            assert found.read(name).startswith(b"#!")
    folders = {name.split("/")[0] for name in names}
    assert folders == {
        *PROGRAMS,
        *("requirements.txt", "requirements.lock", "course", "desk.zip", "data", "secret"),
    }
    assert not {name for name in names if name.endswith((".pyc", ".pem")) or "/tests/" in name}
    assert archive.stat().st_mode & 0o077 == 0


def test_exported_again_it_is_the_same_and_another_units_secret_is_another(
    archive: Path, course: Course, tmp_path: Path
) -> None:
    again = tmp_path / "again.zip"
    export(course, "gradescope", course.unit("1"), Options(output=again))
    assert again.read_bytes() == archive.read_bytes()
    with zipfile.ZipFile(archive) as found:
        secret = bytes.fromhex(found.read("secret").decode())
        assert len(secret) == 32
        own = (course.state / "secret").read_bytes()
        assert own not in archive.read_bytes() and own.hex().encode() not in found.read("secret")
    other = tmp_path / "other.zip"
    export(course, "gradescope", course.unit("4"), Options(output=other))
    with zipfile.ZipFile(other) as found:
        assert bytes.fromhex(found.read("secret").decode()) != secret


def test_missing_data_is_one_clear_line(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(CourseError, match="run `course data`"):
        export(course, "gradescope", course.unit("1"), Options())


def test_the_scripts_are_sound() -> None:
    scripts = [str(FILES / name) for name in PROGRAMS]
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    shellcheck = shellcheck or shutil.which("shellcheck")
    if shellcheck is None:
        missing("no shellcheck")
    subprocess.run([shellcheck, *scripts], check=True)


def test_the_solved_notebook_earns_everything(uploaded: Uploaded) -> None:
    told = uploaded.judged((NOTEBOOK, sample(uploaded.unit, solved)))
    jsonschema.validate(told, SCHEMA)
    assert told["score"] == sum(test["max_score"] for test in told["tests"]) == 40
    assert {test["status"] for test in told["tests"]} == {"passed"}
    assert f"Sandbox: {told['extra_data']['sandbox']}." in told["output"]
    assert told["stdout_visibility"] == "hidden"


def test_the_blank_one_earns_nothing(uploaded: Uploaded) -> None:
    told = uploaded.judged((NOTEBOOK, sample(uploaded.unit, blank)))
    jsonschema.validate(told, SCHEMA)
    assert told["score"] == 0 and {test["score"] for test in told["tests"]} == {0}


def test_the_learner_reads_what_the_mistake_is_called(uploaded: Uploaded) -> None:
    told = uploaded.judged((NOTEBOOK, sample(uploaded.unit, learner)))
    jsonschema.validate(told, SCHEMA)
    tests = {test["name"]: test for test in told["tests"]}
    assert 0 < told["score"] < 40
    assert tests["significance.holm"]["tags"] == ["Bonferroni"]
    assert "Holm" in tests["significance.holm"]["output"]
    assert tests["significance.holm"]["visibility"] == "visible"


def test_the_hostile_one_earns_nothing_and_its_flags_are_for_instructors(
    uploaded: Uploaded,
) -> None:
    told = uploaded.judged((NOTEBOOK, sample(uploaded.unit, hostile)))
    jsonschema.validate(told, SCHEMA)
    assert told["score"] == 0
    (hidden,) = [test for test in told["tests"] if test["visibility"] == "hidden"]
    assert hidden["output"] and "score" not in hidden and "max_score" not in hidden


def test_the_same_submission_meets_the_same_inputs_and_other_students_others(
    uploaded: Uploaded,
) -> None:
    notebook = answering(uploaded.unit, TELLTALE)
    first, again = (uploaded.judged((NOTEBOOK, notebook), users=(3, 4)) for _ in range(2))
    other = uploaded.judged((NOTEBOOK, notebook), users=(5,))
    inputs = [holm_of(told)["output"] for told in (first, again, other)]
    assert inputs[0] == inputs[1] != inputs[2] and "0." in inputs[0]


def test_a_docker_container_gives_the_same_points(
    in_docker: Uploaded, request: pytest.FixtureRequest
) -> None:
    told = in_docker.judged((NOTEBOOK, sample(in_docker.unit, solved)))
    assert told["score"] == 40
    assert told["extra_data"]["sandbox"] == request.node.callspec.params["in_docker"]


def test_student_code_reads_no_solution_and_no_secret_and_writes_no_result(
    in_docker: Uploaded,
) -> None:
    """Down to the weakest level: what is for its owner only stays closed."""
    told = in_docker.judged((NOTEBOOK, answering(in_docker.unit, SPY)))
    found = holm_of(told)["output"]
    assert "/autograder/source/secret closed" in found and told["score"] < 40
    assert " read" not in found and " written" not in found


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "there is no notebook: hand in significance.ipynb"),
        ([("report.pdf", b"%PDF")], "there is no notebook"),
        ([("a/significance.ipynb", b"{}"), ("b/significance.ipynb", b"{}")], "which one is it"),
        ([(NOTEBOOK, b"not a notebook")], NOTEBOOK),
        ([(".ipynb_checkpoints/significance.ipynb", b"{}")], "there is no notebook"),
    ],
)
def test_what_the_student_can_mend_is_zero_and_one_line(
    uploaded: Uploaded, files: list[tuple[str, bytes]], told: str
) -> None:
    found = uploaded.judged(*files)
    jsonschema.validate(found, SCHEMA)
    assert found["score"] == 0 and found["visibility"] == "visible"
    assert told in found["output"] and "\n" not in found["output"]


def test_the_notebook_is_found_among_other_files(uploaded: Uploaded) -> None:
    notebook = sample(uploaded.unit, blank)
    told = uploaded.judged(
        ("my work/significance (1).ipynb", notebook), ("my work/scratch.ipynb", b"{}")
    )
    assert len([test for test in told["tests"] if "max_score" in test]) > 5


def test_when_the_grader_fails_there_is_no_result_that_looks_like_a_grade(
    uploaded: Uploaded,
) -> None:
    assert uploaded.judged()["score"] == 0  # which must not stay there
    secret = uploaded.place.folder / "source" / "secret"
    before = secret.read_bytes()
    secret.unlink()
    try:
        assert uploaded.judged((NOTEBOOK, sample(uploaded.unit, blank))) is None
    finally:
        secret.write_bytes(before)
    assert uploaded.done.returncode != 0 and "secret" in uploaded.done.stderr


def test_every_text_is_shown_as_text() -> None:
    """Gradescope would show `html` and `md` as a part of its page; `text` it escapes."""
    evil = "<script>alert(1)</script> \x1b[31m \ud800"
    verdict = Verdict("toy.f", 1.0, 3.0, misconception=evil, messages=[evil], integrity=[evil])
    told = results_json(Result("09_toy", [verdict], [evil], "limits"))
    for found in (told, refused_json("09_toy", evil)):
        jsonschema.validate(found, SCHEMA)
        assert found["output_format"] == "text"
    formats = {test["output_format"] for test in told["tests"]}
    assert formats == {"text"} and told["tests"][0]["output"] == evil
    assert evil not in [test["output"] for test in told["tests"] if "score" in test][1:]
