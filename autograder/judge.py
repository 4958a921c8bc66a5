"""From one submission to its verdicts. Student code runs elsewhere; here it is only asked.

The canonical notebook's cells are run, one by one, in a student process. At each check cell fresh cases
are drawn and asked; the plain data that comes back is all that counts. A process that ends or hangs is
replaced: the cells that had run are run again without the one that broke it, and judging goes on.
"""

from __future__ import annotations

import atexit
import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder import seeds
from autograder.budgets import budgets_of
from autograder.check import Check, Verdict
from autograder.checks import checks_of
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.executed import (
    announce,
    error_output,
    make_harmless,
    trusted_outputs,
    verdict_outputs,
)
from autograder.inside import wire
from autograder.inside.told import KILLED
from autograder.integrity import Flag, flags_of
from autograder.library import imports_of, student_library
from autograder.memorized import public_answers
from autograder.processes import StudentProcess, WarmProcess
from autograder.provenance import made_with
from autograder.reading import read_notebook
from autograder.rebuild import Rebuilt, exercise_cell, is_skipped, rebuild
from autograder.sandbox import Budgets, Level, choose, marks
from autograder.trusted import shows_programs, silent, trusted_answers
from course_utils.asking import Answer, shipped
from course_utils.data import data_dir
from course_utils.plain import encode

LARGEST_OUTPUTS = 16 << 20  # characters of all outputs of a notebook


@dataclass
class Result:
    """What judging one notebook gave."""

    unit: str
    verdicts: list[Verdict] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    sandbox: str = ""
    executed: NotebookNode | None = None
    content_hash: str = ""
    made_with: dict[str, Any] = field(default_factory=dict)  # see `provenance`
    evidence: list[Flag] = field(
        default_factory=list
    )  # see `integrity`; verdicts hold the sentences

    def flag(self, flags: Sequence[Flag]) -> None:
        """Add flags: on its exercise's verdict if it is about one, else on every verdict."""
        for flag in flags:
            if flag in self.evidence:
                continue
            self.evidence.append(flag)
            own = [v for v in self.verdicts if v.exercise.partition(".")[2] == flag.cell]
            for verdict in own or self.verdicts:
                verdict.integrity.append(str(flag))

    @property
    def points(self) -> float:
        return round(sum(verdict.points for verdict in self.verdicts), 2)

    @property
    def max_points(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts)

    def summary(self) -> dict[str, Any]:
        """The stable JSON of `course judge --json`."""
        return {
            "unit": self.unit,
            "points": self.points,
            "max_points": self.max_points,
            "verdicts": [asdict(verdict) for verdict in self.verdicts],
            "repairs": self.repairs,
            "sandbox": self.sandbox,
        }


def judge_notebook(
    course: Course, unit: Unit, path: Path, *, student: str = "", sandbox: str = "auto"
) -> Result:
    """Judge one notebook file. Raises CourseError when it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror}") from None
    rebuilt = rebuild(instructor_notebook(unit, path.stem), read_notebook(content, path.name))
    return judge_rebuilt(course, unit, rebuilt, student=student, sandbox=sandbox)


def instructor_notebook(unit: Unit, stem: str = "") -> Path:
    """The built notebook that a submission answers: the one of its name, or the unit's only one."""
    notebooks = unit.notebooks()
    if not notebooks:
        raise CourseError(f"{unit.name} is not built: run `course build`")
    named = [path for path in notebooks if path.stem == stem]
    if not named and len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks)
        raise CourseError(
            f"{stem}.ipynb is no notebook of {unit.name}: rename it to one of {names}"
        )
    return (named or notebooks)[0]


def judge_rebuilt(
    course: Course,
    unit: Unit,
    rebuilt: Rebuilt,
    *,
    student: str = "",
    sandbox: str = "auto",
    budgets: Budgets | None = None,
) -> Result:
    """Judge a canonical notebook; the executed one comes back in the result."""
    level = choose(sandbox)
    key = seeds.derive(seeds.course_secret(course), unit.name, student, rebuilt.content_hash)
    checks = {check.function_name: check for topic in unit.topics for check in checks_of(topic)}
    library, budgets = student_library(course, unit), budgets or budgets_of(course)
    warm = warm_process(library, rebuilt.notebook, level, list(checks.values()))
    flags = [Flag("tampering", told) for told in rebuilt.flags]
    flags += [Flag("sandbox", told) for told in marks(level)]
    result = Result(unit.name, repairs=rebuilt.repairs, sandbox=level.level)
    result.content_hash = rebuilt.content_hash
    result.executed = rebuilt.notebook
    flags += flags_of(rebuilt.notebook, checks, public_answers(library, unit.topics), unit.topics)
    with Sitting(warm, budgets) as sitting:
        for cell in rebuilt.notebook.cells:
            name = exercise_cell(cell)
            if name is not None:
                verdict = sitting.judge(
                    checks[name], key, float(cell.metadata["nbgrader"]["points"])
                )
                result.verdicts.append(verdict)
                cell.outputs = verdict_outputs(verdict)
            elif cell.cell_type == "code" and not is_skipped(cell):
                cell.outputs = sitting.run(cell.source)
    result.made_with = made_with(
        [checks[verdict.exercise.partition(".")[2]] for verdict in result.verdicts],
        library=library,
        instructor=rebuilt.instructor_hash,
        seed=key,
        budgets=budgets,
    )
    result.flag(flags)
    make_harmless(rebuilt.notebook)
    announce(rebuilt.notebook, result.verdicts, rebuilt.repairs)
    return result


class Sitting:
    """One submission's time with the judge: a student process, its replacement after each accident."""

    def __init__(self, warm: WarmProcess, budgets: Budgets) -> None:
        self._warm, self._budgets = warm, budgets
        self._stack = ExitStack()
        self._survived: list[str] = []  # sources of cells that ran without breaking the process
        self._process: StudentProcess | None = None
        self._shown = 0  # characters of outputs

    def __enter__(self) -> Sitting:
        self._deadline = time.monotonic() + self._budgets.total_seconds
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self, source: str) -> list[NotebookNode]:
        """Run one cell, and return its outputs."""
        try:
            reply = self._request(self._cell(source), self._budgets.cell_seconds)
        except wire.WireError as error:
            late = isinstance(error, wire.Late)
            return [error_output("Stopped" if late else "ProcessEnded", self._failed(error))]
        self._survived.append(source)
        return self._within_bounds(trusted_outputs(reply))

    def _within_bounds(self, outputs: list[NotebookNode]) -> list[NotebookNode]:
        """The outputs of a cell, unless those of the notebook are too large by now."""
        self._shown += len(json.dumps(outputs))
        if self._shown <= LARGEST_OUTPUTS:
            return outputs
        size = f"{LARGEST_OUTPUTS >> 20} MiB"
        told = f"left out: this notebook's outputs are larger than {size} together\n"
        return [new_output("stream", name="stderr", text=told)]

    def judge(self, check: Check, key: bytes, max_points: float) -> Verdict:
        """Draw fresh cases for one exercise, ask them, and weigh the answers."""
        begun = time.monotonic()
        cases = check.draw(seeds.generator(seeds.derive(key, check.exercise)))
        request = {
            "op": "ask",
            "function": check.function_name,
            "ask": shipped(check.ask),
            "not_allowed": list(check.not_allowed),
            "cases": [encode(case.args) for case in cases],
            "seconds": self._budgets.ask_seconds,
        }
        try:
            seconds = 4 * self._budgets.ask_seconds + len(cases)
            answers = trusted_answers(self._request(request, seconds), len(cases))
            if any(answer.missing == KILLED for answer in answers):
                answers = trusted_answers(self._request(request, seconds), len(cases))
            if shows_programs(cases):
                answers = [silent(answer, check.function_name) for answer in answers]
        except wire.WireError as error:
            answers = [Answer(missing=self._failed(error))] * len(cases)
        if shows_programs(cases):  # the process holds them now, and later cells could print them
            self._forget()
        verdict = check.verdict(cases, answers, max_points)
        verdict.seconds = round(time.monotonic() - begun, 3)
        return verdict

    def _cell(self, source: str) -> dict[str, Any]:
        return {"op": "cell", "source": source, "seconds": self._budgets.cell_seconds}

    def _request(self, message: dict[str, Any], seconds: float) -> Any:
        """Have something done; if the process is killed, once more: only what happens twice is its doing."""
        try:
            return self._request_once(message, seconds)
        except wire.Gone as error:
            reason = self._failed(error)
            if reason not in (KILLED, str(error)):
                raise wire.WireError(reason) from error
            return self._request_once(message, seconds)

    def _request_once(self, message: dict[str, Any], seconds: float) -> Any:
        if self._process is None:
            self._left()
            self._process = self._stack.enter_context(self._warm.student(self._budgets))
            for source in list(self._survived):  # after an accident: come back to where we were
                seconds_again = min(self._budgets.cell_seconds, self._left())
                self._process.request(self._cell(source), seconds_again)
        seconds = min(seconds, self._left())
        try:
            return self._process.request(message, seconds)
        except wire.Late:
            raise wire.Late(f"it took over {seconds:.0f} s and was stopped") from None

    def _left(self) -> float:
        """The seconds that this notebook still has."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise wire.Late(f"the notebook used up its {self._budgets.total_seconds:g} s")
        return left

    def _forget(self) -> None:
        """End the present process; the next request starts a new one."""
        self._stack.close()
        self._process = None

    def _failed(self, error: wire.WireError) -> str:
        """End the present process, and say why it gave no answer."""
        self._stack.close()
        reason = self._process.reason if self._process else ""
        self._forget()
        return reason if reason and isinstance(error, wire.Gone) else str(error)


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
        _WARM[key] = WarmProcess(library, modules=modules, level=level, data=data_dir())
    return _WARM[key]


def close_warm_processes() -> None:
    """End every warm process of this process; they are started again when needed."""
    while _WARM:
        _WARM.popitem()[1].close()


atexit.register(close_warm_processes)
