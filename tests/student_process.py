"""For tests that talk to student processes: a library for them, and short words for long requests."""

from __future__ import annotations

import shutil
from pathlib import Path

from autograder.course import REPO
from autograder.sandboxes.processes import StudentProcess
from course_utils.plain import encode

ASK_SECONDS = 1.0


def make_library(folder: Path) -> Path:
    """What a student process may import: `inside` and `course_utils`."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPO / "autograder" / "inside", folder / "inside", ignore=ignore)
    shutil.copytree(REPO / "course_utils", folder / "course_utils", ignore=ignore)
    return folder


def run(student: StudentProcess, source: str, seconds: float = 2) -> dict:
    return student.request({"op": "cell", "source": source, "seconds": seconds}, seconds)


def said(reply: dict) -> str:
    """Everything that a cell showed, errors with their last lines."""
    shown = []
    for output in reply["outputs"]:
        shown.append(str(output.get("text") or output.get("evalue") or output))
        shown += output.get("traceback", [])
    return " ".join(shown)


def ask(
    student: StudentProcess, function: str, *cases: tuple, seconds: float = ASK_SECONDS
) -> list:
    request = {"op": "ask", "function": function, "ask": "call_twice", "not_allowed": []}
    request |= {"seconds": seconds, "cases": [encode(case) for case in cases]}
    return student.request(request, 6 * seconds + 5)["answers"]
