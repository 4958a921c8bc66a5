"""Fill a student's folder: the masked library, the data the unit needs, README and requirements."""

from __future__ import annotations

import ast
import json
import logging
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Template

from autograder.bundles.masking import masked_library
from autograder.course import REPO, Unit
from course_utils.data import data_dir
from course_utils.data.carriers import carriers_for

TEMPLATES = REPO / "autograder" / "bundle_files"

_log = logging.getLogger("course.bundle")

# pyproject's dependencies under "what instructors need"; a student's requirements are the others.
INSTRUCTOR_ONLY = {"copydetect", "cryptography", "filelock", "jinja2", "jupytext", "latex2mathml"}
INSTRUCTOR_ONLY |= {"nbgrader", "sandlock", "typer"}


def fill_bundle(unit: Unit, bundle: Path) -> None:
    """Put beside the released notebook everything that a student needs to work offline."""
    library = masked_library(unit, bundle)
    copy_data(unit, library / "data" / "files")
    project = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    torch = "torch" in imports_of(unit, bundle)
    _write(bundle / "requirements.txt", "".join(requirements(project["dependencies"], torch=torch)))
    template = Template((TEMPLATES / "README.md").read_text(encoding="utf-8"))
    readme = template.substitute(
        title=_title(bundle / unit.built.name),
        notebook=unit.built.name,
        folder=unit.name,
        python=_python_versions(project["requires-python"]),
    )
    _write(bundle / "README.md", readme)


def copy_data(unit: Unit, folder: Path) -> None:
    """Copy the reduced data sets of this unit, if their licence allows; log which are missing."""
    for carrier in carriers_for([unit.name]):
        if not carrier.shareable:
            continue
        if not carrier.is_ready():
            _log.warning(
                "%s is released without %s: run `course data` and release again",
                *(unit.name, ", ".join(carrier.files)),
            )
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for name in carrier.files:
            shutil.copyfile(data_dir() / name, folder / name)


def requirements(dependencies: list[str], *, torch: bool) -> Iterator[str]:
    """Yield the lines of a student's requirements.txt.

    >>> list(requirements(["numpy>=2", "nbgrader>=0.9.6", "torch>=2.5,<3"], torch=False))
    ['numpy>=2\\n']
    """
    for dependency in dependencies:
        name = re.split(r"[^A-Za-z0-9_.-]", dependency, maxsplit=1)[0].lower()
        if name not in INSTRUCTOR_ONLY and (torch or name != "torch"):
            yield dependency + "\n"


def imports_of(unit: Unit, bundle: Path) -> set[str]:
    """Return the packages that the unit's notebook and its own part of the library import.

    Counted are the notebook, the unit's topics and figures with every import in them, and what they
    import of the library, there only what is imported at once.
    """
    found: set[str] = set()
    notebook = json.loads((bundle / unit.built.name).read_text(encoding="utf-8"))
    cells = [c["source"] for c in notebook["cells"] if c["cell_type"] == "code"]
    waiting = [_imports("".join(cell), deep=True) for cell in cells]
    seen: set[Path] = set()
    while waiting:
        for module in waiting.pop():
            found.add(module.partition(".")[0])
            path = _file_of(module, bundle)
            if path and path not in seen:
                seen.add(path)
                own = any(topic in path.relative_to(bundle).as_posix() for topic in unit.topics)
                waiting.append(_imports(path.read_text(encoding="utf-8"), deep=own))
    return found


def _imports(code: str, *, deep: bool) -> set[str]:
    """The modules that code imports; `from a import b` counts as both `a` and `a.b`."""
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))]
    tree = ast.parse("\n".join(lines))
    found: set[str] = set()
    for node in ast.walk(tree) if deep else tree.body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def _file_of(module: str, bundle: Path) -> Path | None:
    """The file of a module of the bundle's library, or None."""
    base = bundle.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if module.startswith("course_utils") and path.is_file():
            return path
    return None


def _python_versions(requirement: str) -> str:
    """Say a range of versions in words.

    >>> _python_versions(">=3.11,<3.15")
    '3.11 or newer, below 3.15'
    """
    words = {">=": "{} or newer", "<": "below {}", "<=": "up to {}", ">": "after {}"}
    bounds = re.findall(r"([<>]=?) *([0-9.]+)", requirement)
    return ", ".join(words[sign].format(version) for sign, version in bounds)


def _title(notebook: Path) -> str:
    document = json.loads(notebook.read_text(encoding="utf-8"))
    text = "\n".join(
        "".join(c["source"]) for c in document["cells"] if c["cell_type"] == "markdown"
    )
    found = re.search(r"^# +(.+)$", text, flags=re.M)
    return found[1].strip() if found else notebook.stem


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
