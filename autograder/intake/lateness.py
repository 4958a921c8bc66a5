"""When a submission came in, and what lateness costs, in nbgrader's own terms.

`timestamp.txt` beside a submission says when it came in. Ours is written by `course collect`, from the clock
of the LMS or of this machine; a student's own is kept elsewhere and never read. The due date is the one that
the formgrader page sets, the penalty that of nbgrader's plugin (`c.LateSubmissionPlugin.penalty_method`).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.whole_file import write_whole

STAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # of nbgrader's exchange: who has it may fetch the feedback
LOG = logging.getLogger("course.lateness")
LOG.addHandler(logging.NullHandler())
LOG.propagate = False


def note(folder: Path, when: datetime) -> None:
    """Write down when a submission came in, where nbgrader reads it."""
    text = f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC\n".encode()
    stamp = folder / STAMP
    if not stamp.is_file() or stamp.is_symlink() or stamp.read_bytes() != text:
        write_whole(stamp, text)


def noted(folder: Path) -> dict[str, bytes]:
    """What is noted beside a submission, by the names of the files: when it came in, and the exchange's secret."""
    files = [folder / name for name in (STAMP, SECRET)]
    return {f.name: f.read_bytes() for f in files if f.is_file() and not f.is_symlink()}


def handed_in(folder: Path) -> datetime | None:
    """When a submission came in, in UTC and without a time zone, as nbgrader keeps dates; None if unknown.

    A file that holds no date is taken for none: nbgrader would stop the whole class there.
    """
    try:
        return parse_utc(noted(folder).get(STAMP, b"").decode().strip() or None)
    except (ValueError, OverflowError, AttributeError, TypeError):  # whatever dateutil makes of it
        return None


class Penalties:
    """The late penalties of a course, as nbgrader's own step would give them."""

    def __init__(self, config: Config) -> None:
        self._step = AssignLatePenalties(config=config, parent=None, log=LOG)
        self._step.init_plugin()

    def charge(self, submission: SubmittedAssignment, notebook: SubmittedNotebook) -> None:
        """Set the penalty of one notebook, after its points are there."""
        notebook.late_submission_penalty = None
        if (late := submission.total_seconds_late) > 0:
            plugin = self._step.plugin_inst
            penalty = plugin.late_submission_penalty(submission.student_id, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = self._step._check_late_penalty(notebook, penalty)
