"""Our judge inside nbgrader: its commands and its formgrader page give the verdicts of `course grade`.

nbgrader itself is unmodified. `configure` puts our preprocessors into its lists; it is called from
`nbgrader_config.py`, which nbgrader reads from the folder it is started in.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Unicode
from traitlets.config import Config

from autograder.author_cells import DropAuthorCells
from autograder.certificates.certificate import issue
from autograder.course import Course, Unit
from autograder.intake.submissions import Submission
from autograder.judging.judge import Result, judge_rebuilt
from autograder.judging.rebuild import Rebuilt, rebuild
from autograder.pages.formulas import SetFormulas
from autograder.settings import CODE_STUB, TEXT_STUB


def configure(config: Config, root: Path | str) -> None:
    """Set up nbgrader for the course workspace `root`."""
    course = Course.find(Path(root))
    # nbgrader starts `alembic` by its bare name when it makes a gradebook
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.source_directory = str(course.notebooks)
    config.ClearSolutions.code_stub = CODE_STUB
    config.ClearSolutions.text_stub = TEXT_STUB
    config.ClearMarkScheme.enforce_metadata = False  # rubrics stand in the model answers
    usual = GenerateAssignment.class_traits()["preprocessors"].default()
    config.GenerateAssignment.preprocessors = [DropAuthorCells, *usual]
    config.Autograde.sanitize_preprocessors = [RebuildSubmission]
    config.Autograde.autograde_preprocessors = [
        JudgeSubmission,
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]
    usual = GenerateFeedback.class_traits()["preprocessors"].default()
    config.GenerateFeedback.preprocessors = [*usual, SetFormulas]
    for plugin in (RebuildSubmission, JudgeSubmission):
        config[plugin.__name__].root = str(course.root)


CONFIG = '''"""nbgrader reads this file from the folder that it is started in."""

from pathlib import Path

from autograder.nbgrader_plugins import configure

configure(get_config(), root=Path(__file__).parent)
'''


def write_config(course: Course) -> None:
    """Wire the judge into nbgrader in this workspace, unless it has a configuration already."""
    path = course.root / "nbgrader_config.py"
    if not path.exists():
        path.write_text(CONFIG, encoding="utf-8")


class CoursePreprocessor(NbGraderPreprocessor):
    """A preprocessor that knows the course workspace it works in."""

    root = Unicode(".", help="The folder of the course.").tag(config=True)

    @property
    def course(self) -> Course:
        return Course.find(Path(self.root))


class RebuildSubmission(CoursePreprocessor):
    """Replace a submitted notebook by the instructor's with the student's text in it."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        unit = self.course.unit(about["assignment"])
        rebuilt = rebuild(unit.notebook(about["notebook"]), nb)
        rebuilt.notebook.metadata["course"] = {
            "repairs": rebuilt.repairs,
            "flags": rebuilt.flags,
            "content_hash": rebuilt.content_hash,
            "instructor_hash": rebuilt.instructor_hash,
        }
        return rebuilt.notebook, resources


class JudgeSubmission(CoursePreprocessor):
    """Fill in outputs and verdicts; nbgrader's own SaveAutoGrades then reads the points."""

    sandbox = Unicode(
        "auto", help="auto, require, or a level: namespaces, landlock, limits, off"
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        about = resources["nbgrader"]
        told = nb.metadata.pop("course")
        rebuilt = Rebuilt(nb, **told)
        unit = self.course.unit(about["assignment"])
        result = judge_rebuilt(
            self.course, unit, rebuilt, student=about["student"], sandbox=self.sandbox
        )
        assert result.executed is not None
        self._certify(unit, about, result)
        return result.executed, resources

    def _certify(self, unit: Unit, about: dict[str, str], result: Result) -> None:
        """Certify the result of what lies in `submitted/`, where nbgrader has read it."""
        name = f"{about['notebook']}.ipynb"
        path = self.course.root / "submitted" / about["student"] / unit.name / name
        if path.is_file():  # else nbgrader was told of another folder, and `course verify` says so
            submission = Submission.of(about["student"], path)
            issue(self.course, unit, submission, result)
