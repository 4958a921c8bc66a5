"""The student's `course_utils`: whole up to the unit before, then only signatures and docstrings.

In the folder of each topic of this unit or a later one, every function and method loses its body
and raises NotReleasedYet; private helpers that nothing kept needs are left out. A module keeps the
bodies of what it names in `PROVIDED = ("name", "Class", "Class.method")`; with `("*",)` it stays whole.
Everything else stays as written: signatures, docstrings with their doctests, constants, comments
between functions.

Left out: lambdas, refused where they are given a name, because a lambda has no body to hide.
"""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

from autograder.bundles.masked_module import MaskedModule, names_in
from autograder.course import REPO, TOPICS, Unit
from autograder.errors import CourseError

LIBRARY = REPO / "course_utils"
SHARED_FOLDERS = {"figures", "data", "public_cases"}
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "files", "public_cases")


def masked_library(unit: Unit, destination: Path, library: Path | None = None) -> Path:
    """Write the student's library to `destination/course_utils` and return that folder."""
    library = library or LIBRARY
    target = destination / "course_utils"
    if target.exists():
        raise CourseError(f"{target} is already there: choose an empty folder")
    modules = masked_modules(unit, library)
    shutil.copytree(library, target, ignore=_IGNORED)
    for path, module in modules.items():
        (target / path).write_text(module.text, encoding="utf-8", newline="\n")
    _copy_public_cases(unit, library, target)
    return target


def masked_modules(unit: Unit, library: Path | None = None) -> dict[Path, MaskedModule]:
    """Mask every module that this unit or a later one owns; keys are paths inside the library."""
    library = library or LIBRARY
    home = homes(unit)
    masked = set(withheld_topics(unit, library))
    texts = {
        path.relative_to(library): path.read_text(encoding="utf-8")
        for path in sorted(library.rglob("*.py"))
    }
    used: set[str] = set()
    modules: dict[Path, MaskedModule] = {}
    for path, text in texts.items():
        topic = path.parts[0]
        if topic in masked:
            modules[path] = MaskedModule(text, path, topic, home[topic])
        else:
            used |= names_in(ast.parse(text))
    while True:  # a private helper that is needed may need another one
        before = len(used)
        for module in modules.values():
            used |= module.names_needed(used)
        if len(used) == before:
            break
    for module in modules.values():
        module.settle(used)
    return modules


def withheld_topics(unit: Unit, library: Path | None = None) -> list[str]:
    """Return the topic folders whose functions are masked for students of this unit."""
    number_of = {topic: int(name[:2]) for topic, name in homes(unit).items()}
    withheld = []
    for folder in sorted(path for path in (library or LIBRARY).iterdir() if path.is_dir()):
        if folder.name in SHARED_FOLDERS or not any(folder.rglob("*.py")):
            continue
        if folder.name not in number_of:
            raise CourseError(
                f"course_utils/{folder.name} belongs to no unit: "
                "add its topic to TOPICS in autograder/course.py"
            )
        if number_of[folder.name] >= unit.number:
            withheld.append(folder.name)
    return withheld


def homes(unit: Unit) -> dict[str, str]:
    """Return the unit that each topic belongs to."""
    known = {topic: name for name, topics in TOPICS.items() for topic in topics}
    return known | dict.fromkeys(unit.topics, unit.name)


def _copy_public_cases(unit: Unit, library: Path, target: Path) -> None:
    """Copy the compiled cases of this unit and of those before it."""
    for topic, home in sorted(homes(unit).items()):
        source = library / "public_cases" / f"{topic}.json"
        if int(home[:2]) <= unit.number and source.is_file():
            (target / "public_cases").mkdir(exist_ok=True)
            shutil.copyfile(source, target / "public_cases" / source.name)
