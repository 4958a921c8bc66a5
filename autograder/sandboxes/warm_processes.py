"""The warm processes of this process: one for each unit and level, started when needed, kept for the next submission."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.check import Check
from autograder.sandboxes.library import imports_of
from autograder.sandboxes.processes import WarmProcess
from autograder.sandboxes.sandbox import Level
from course_utils.data import data_dir

_WARM: dict[tuple[Path, str], WarmProcess] = {}


def warm_process(
    library: Path, notebook: NotebookNode, level: Level, checks: Sequence[Check]
) -> WarmProcess:
    """This process's warm process for a unit; one that has died is replaced.

    It holds what the notebook imports, and the libraries whose functions the checks watch for.
    """
    key = (library, level.level)
    if key in _WARM and not _WARM[key].alive():
        _WARM.pop(key).close()
    if key not in _WARM:
        watched = {name.rpartition(".")[0] for check in checks for name in check.not_allowed}
        modules = [*imports_of(notebook), *sorted(watched)]
        if any(name.partition(".")[0] == "torch" for name in watched):
            modules.append("course_utils.not_allowed_torch")
        _WARM[key] = WarmProcess(library, modules=modules, level=level, data=data_dir())
    return _WARM[key]


def close_warm_processes() -> None:
    """End every warm process of this process; they are started again when needed."""
    while _WARM:
        _WARM.popitem()[1].close()


atexit.register(close_warm_processes)
