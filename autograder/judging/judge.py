"""From one submission to its verdicts. Student code runs elsewhere; here it is only asked.

The canonical notebook's cells are run, one by one, in a student process (`sitting`). At each check cell
fresh cases are drawn and asked; the plain data that comes back is all that counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.cells import is_skipped
from autograder.check import Verdict
from autograder.checks import checks_of
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.intake.reading import read_notebook
from autograder.integrity.flags import Flag, flags_of
from autograder.integrity.memorized import public_answers
from autograder.judging import seeds
from autograder.judging.desk import Desk
from autograder.judging.executed import (
    announce,
    make_harmless,
    verdict_outputs,
)
from autograder.judging.provenance import made_with
from autograder.judging.rebuild import Rebuilt, exercise_cell, rebuild
from autograder.judging.sitting import Sitting
from autograder.phases import phase
from autograder.sandboxes.sandbox import Budgets, choose, marks
from autograder.sandboxes.warm_processes import warm_process


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
    rebuilt = rebuild(unit.notebook(path.stem), read_notebook(content, path.name))
    return judge_rebuilt(course, unit, rebuilt, student=student, sandbox=sandbox)


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
    desk = Desk.of(course, unit, sandbox)
    if budgets:
        desk = replace(desk, budgets=budgets)
    return judge_at(desk, rebuilt, seeds.student_key(course, unit.name, student))


def judge_at(desk: Desk, rebuilt: Rebuilt, student_key: bytes) -> Result:
    """Judge a canonical notebook with what lies on a desk: nothing else of the course is needed."""
    level, unit, library, budgets = choose(desk.sandbox), desk.unit, desk.library, desk.budgets
    key = seeds.submission_key(student_key, rebuilt.content_hash)
    checks = {check.function_name: check for topic in unit.topics for check in checks_of(topic)}
    with phase("warm process"):
        warm = warm_process(library, rebuilt.notebook, level, list(checks.values()))
    flags = [Flag("tampering", told) for told in rebuilt.flags]
    flags += [Flag("sandbox", told) for told in marks(level)]
    result = Result(unit.name, repairs=rebuilt.repairs, sandbox=level.level)
    result.content_hash = rebuilt.content_hash
    result.executed = rebuilt.notebook
    with phase("integrity flags"):
        flags += flags_of(
            rebuilt.notebook, checks, public_answers(library, unit.topics), unit.topics
        )
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
    with phase("fingerprints"):
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
