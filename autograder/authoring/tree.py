"""What is generated in the README: the file tree, and the table of what each sandbox level promises."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from autograder.errors import CourseError
from autograder.sandboxes.promises import table

TREE = ("<!-- file tree: made by `course build` -->", "<!-- end of file tree -->")
PROMISES = ("<!-- promises: made by `course build` -->", "<!-- end of promises -->")
FOLDERS = ("notebooks", "course_utils", "autograder", "tests")
OTHERS = {
    "autograder/bundle_files/README.md": "What stands in each bundle's README.",
    "autograder/docs/benchmarks.md": "The references against libraries that people use: the table, how to read it, how costs grow.",
    "autograder/docs/cluster.md": "Grading on many machines: one, SSH, Slurm, Kubernetes.",
    "autograder/docs/first_exercise.md": "Write your first exercise: from `course new-unit` to feedback that names a mistake.",
    "autograder/docs/instructors.md": "A term, from the first release to the final grades.",
    "autograder/docs/jupyterhub.md": "A JupyterHub for the class: the hub, the image, the link, handing in.",
    "autograder/docs/launch.md": "Binder, Colab, dev containers, and the repository that they open.",
    "autograder/docs/lms.md": "From Canvas, Moodle and Gradescope to grades, and back.",
    "autograder/docs/maintainers.md": "How it is built, with a picture, and what to run before a commit.",
    "autograder/docs/students.md": "For students: set up, work, hand in, what comes back.",
    "tests/benchmarks/curves.md": "How costs grow with size: exponents of n-grams, attention, writing, distributed work, grading.",
    "tests/benchmarks/results.md": "What `make bench` measured last, as a table.",
    "tests/benchmarks/scale.md": "What a class costs: 10 to 1 000 submissions measured, up to 100 000 simulated.",
    "tests/redteam/results.md": "The red team against ours and against plain nbgrader, as a table.",
    "tests/upstream/README.md": "What we work around in nbgrader: a table of all reports.",
}
UNIT = re.compile(r"notebooks/(\d\d)_")
NUMBERED = re.compile(r"\d\d_.*\.md")  # pages that the README of their folder lists


def refresh(repo: Path, *, check: bool = False) -> bool:
    """Bring `README.md` up to date; return whether it was out of date."""
    path = repo / "README.md"
    text = fresh = path.read_text(encoding="utf-8")
    tree = f"```\n{file_tree(repo)}```"
    for (begin, end), made in ((PROMISES, f"\n{table()}\n"), (TREE, tree)):
        if begin not in fresh or end not in fresh:
            raise CourseError(f"{path} has no lines {begin!r} and {end!r}: put them back")
        before, rest = fresh.split(begin, 1)
        fresh = f"{before}{begin}\n{made}\n{end}{rest.split(end, 1)[1]}"
    if fresh != text and not check:
        path.write_text(fresh, encoding="utf-8")
    return fresh != text


def file_tree(repo: Path) -> str:
    """One line for each file, folder by folder; a folder of parts (`_name`) has one line in all."""
    lines = []
    for folder in FOLDERS:
        files = sorted(path for path in (repo / folder).rglob("*") if _counts(path))
        about = {
            _name(path, repo): _about(path, path.relative_to(repo).as_posix()) for path in files
        }
        width = max(map(len, about))
        lines += [f"{name:<{width}}  {words}" for name, words in about.items()]
        lines.append("")
    return "\n".join(lines)


def _counts(path: Path) -> bool:
    parts = set(path.parts)
    made = {"__pycache__", "public_cases", ".ipynb_checkpoints"} & parts
    part = _is_of_parts(path.parent) and path.name != "__init__.py"
    part = part or NUMBERED.fullmatch(path.name) is not None
    return path.is_file() and not made and not part and path.suffix in (".py", ".ipynb", ".md")


def _is_of_parts(folder: Path) -> bool:
    return folder.name.startswith("_")


def _name(path: Path, repo: Path) -> str:
    shown = path.parent if _is_of_parts(path.parent) else path
    return shown.relative_to(repo).as_posix() + ("/" if shown is path.parent else "")


def _about(path: Path, name: str) -> str:
    if name in OTHERS:
        return OTHERS[name]
    if unit := UNIT.match(name):
        built = path.suffix == ".ipynb"
        return f"Unit {unit[1]}, {'built from it: never edited' if built else 'the source: edit this one'}."
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        raise CourseError(f"{name} has no line in autograder/authoring/tree.py: add one to OTHERS")
    docstring = ast.get_docstring(ast.parse(text))
    if not docstring:
        raise CourseError(f"{name} has no docstring: its first line stands in the README")
    return docstring.splitlines()[0]
