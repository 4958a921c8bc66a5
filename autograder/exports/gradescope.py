"""The whole judge of one unit as a Gradescope autograder: a zip with `setup.sh` and `run_autograder`.

Format: Gradescope's documentation, "Autograder Specifications". In the zip are

    setup.sh, run_autograder          what Gradescope calls (`gradescope_files`)
    requirements.txt, .lock           what pip installs, and the exact versions
    course/                           this package and course_utils
    desk.zip                          the unit's notebook, masked library and budgets (`desk`)
    data/                             the data sets that the unit reads
    secret                            from which inputs are drawn

Our code is not installed as a package: student code may read installed packages, and ours hold the answers.
It lies in /autograder/source, which is closed to student code at every level of the sandbox. So is the
secret. It is made from the course's own, which cannot be found from it: exported again, it is the same, so
that a submission that is judged again gets the same inputs.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import nbformat

from autograder.authoring.unit_pages import PERSON, PROGRAM, graded
from autograder.course import REPO, Course, Unit
from autograder.errors import CourseError
from autograder.exports.options import Exported, write
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.zips import zipped
from course_utils.data import data_dir
from course_utils.data.carriers import carriers_for

FILES = Path(__file__).parent / "gradescope_files"
PROGRAMS = ("setup.sh", "run_autograder")
CODE = (".py", ".json")
NOT_NEEDED = {"__pycache__", "public_cases"}  # the masked library has those of its unit


def export_gradescope(course: Course, unit: Unit, output: Path | None) -> Exported:
    """Write `dist/<unit>-gradescope.zip`. It holds solutions and a secret: it is the owner's only."""
    place = output or course.root / "dist" / f"{unit.name}-gradescope.zip"
    if not output:
        place.parent.mkdir(exist_ok=True)
    write(place, zipped(_files(course, unit), PROGRAMS), mode=0o600)
    by_program, by_people = _points(unit)
    notes = [
        f"autograder points in Gradescope: {by_program:g}; by a person (manual grading): {by_people:g}",
        "give the container one CPU, 3 GB of memory and a timeout of 20 minutes, or more",
        "it holds solutions and a secret: upload it, and give it to nobody",
    ]
    return Exported([place], notes)


def _files(course: Course, unit: Unit) -> dict[str, bytes]:
    files = {name: (FILES / name).read_bytes() for name in PROGRAMS}
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files["requirements.txt"] = "".join(f"{line}\n" for line in project["dependencies"]).encode()
    files["requirements.lock"] = (REPO / "requirements.lock").read_bytes()
    for package in ("autograder", "course_utils"):
        for path in sorted((REPO / package).rglob("*")):
            if path.suffix in CODE and not NOT_NEEDED & set(path.parts):
                files[f"course/{path.relative_to(REPO).as_posix()}"] = path.read_bytes()
    files["desk.zip"] = Desk.of(course, unit).packed()
    for carrier in carriers_for([unit.name]):
        if not carrier.is_ready():
            raise CourseError(f"{unit.name} needs {', '.join(carrier.files)}: run `course data`")
        for name in carrier.files:
            files[f"data/{name}"] = (data_dir() / name).read_bytes()
    secret = seeds.derive(seeds.course_secret(course), "gradescope", unit.name)
    return files | {"secret": secret.hex().encode()}


def _points(unit: Unit) -> tuple[float, float]:
    """The points that the program gives, and those that people give."""
    notebooks = [nbformat.read(path, as_version=4) for path in unit.notebooks()]
    given = [(by, points) for notebook in notebooks for _, points, by in graded(notebook)]
    by_program, by_people = (
        sum(points for by, points in given if by == who) for who in (PROGRAM, PERSON)
    )
    return by_program, by_people
