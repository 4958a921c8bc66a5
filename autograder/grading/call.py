"""One submission as a pure call: bytes in, plain data out, so that it may be made in any process.

A call gets a desk (see `desk`), one submission and that student's key. It has no gradebook, no course
secret, and nothing of other students.
"""

from __future__ import annotations

import gc
from functools import cache
from pathlib import Path
from typing import Any

from autograder.grading.results import to_json
from autograder.intake.reading import read_notebook
from autograder.judging.desk import Desk
from autograder.judging.judge import judge_at
from autograder.judging.rebuild import rebuild
from autograder.phases import measured, phase


def judge_call(
    desk: Desk, name: str, content: bytes, student_key: bytes
) -> tuple[dict[str, Any], dict[str, float]]:
    """What a worker does: bytes in, a result as plain data out, and the seconds of each phase."""
    with measured() as phases:
        with phase("rebuild"):
            instructor = desk.unit.notebook(Path(name).stem)
            rebuilt = rebuild(instructor, read_notebook(content, name))
        result = judge_at(desk, rebuilt, student_key)
    _settle()
    return to_json(result), dict(phases)


@cache
def _settle() -> None:
    """After its first submission a worker has imported everything: collecting that again takes 70 ms."""
    gc.collect()
    gc.freeze()
