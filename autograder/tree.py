"""The file tree in the README: each file with the first line of its own docstring."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from autograder.errors import CourseError

BEGIN, END = "<!-- file tree: made by `course build` -->", "<!-- end of file tree -->"
FOLDERS = ("notebooks", "course_utils", "autograder", "tests")
OTHERS = {
    "notebooks/01_significance.py": "Unit 01, the source: edit this one.",
    "notebooks/01_significance/significance.ipynb": "Unit 01, built from it: never edited.",
    "autograder/bundle_files/README.md": "What stands in each bundle's README.",
}


def refresh(repo: Path, *, check: bool = False) -> bool:
    """Bring the tree in `README.md` up to date; return whether it was out of date."""
    path = repo / "README.md"
    text = path.read_text(encoding="utf-8")
    if BEGIN not in text or END not in text:
        raise CourseError(f"{path} has no lines {BEGIN!r} and {END!r}: put them back")
    before, rest = text.split(BEGIN, 1)
    fresh = f"{before}{BEGIN}\n```\n{file_tree(repo)}```\n{END}{rest.split(END, 1)[1]}"
    if fresh != text and not check:
        path.write_text(fresh, encoding="utf-8")
    return fresh != text


def file_tree(repo: Path) -> str:
    """One line for each file, folder by folder."""
    lines = []
    for folder in FOLDERS:
        files = sorted(path for path in (repo / folder).rglob("*") if _counts(path))
        width = max(len(str(path.relative_to(repo))) for path in files)
        for path in files:
            name = path.relative_to(repo).as_posix()
            lines.append(f"{name:<{width}}  {_about(path, name)}")
        lines.append("")
    return "\n".join(lines)


def _counts(path: Path) -> bool:
    parts = set(path.parts)
    made = {"__pycache__", "public_cases", ".ipynb_checkpoints"} & parts
    return path.is_file() and not made and path.suffix in (".py", ".ipynb", ".md")


def _about(path: Path, name: str) -> str:
    if name in OTHERS:
        return OTHERS[name]
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py" or re.match(r"\d\d_", path.name):
        raise CourseError(f"{name} has no line in autograder/tree.py: add one to OTHERS")
    docstring = ast.get_docstring(ast.parse(text))
    if not docstring:
        raise CourseError(f"{name} has no docstring: its first line stands in the README")
    return docstring.splitlines()[0]
