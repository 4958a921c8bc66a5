"""A class graded by `course grade` and by `nbgrader autograde`, as nbgrader ships it.

Nbgrader grades one submission after the other and needs a quarter of an hour for the class. So a round of ours
is the whole class, and a round of its is the next seventh of it: what these few take, beyond the start of the
command, is counted as often as the class is larger.
"""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tests.benchmarks.contest import Contest, Sides
from tests.benchmarks.grading_class import (
    SIZE,
    UNIT,
    Class,
    Full,
    copied,
    full,
    nbgrader,
    ours,
    the_class,
)

ROUNDS = 7
NBGRADER_ERRS = 0.1  # of its verdicts at most: a dead kernel loses the marks of earlier cells


@dataclass
class Match:
    """All rounds of both, in turns."""

    students: Class
    mine: Full = field(default_factory=dict)
    theirs: Full = field(default_factory=dict)
    whole: float = 0.0  # seconds of all that nbgrader did

    @cached_property
    def rounds(self) -> list[tuple[float, float]]:
        """Seconds for the class by ours and by nbgrader, of each round."""
        names = sorted({student for student, _ in self.students.due})
        pairs = []
        for number in range(ROUNDS):
            part = names[number::ROUNDS]
            turns = [self._ours, lambda part=part: self._nbgraders(part)]
            order = (0, 1) if number % 2 == 0 else (1, 0)
            seconds = {turn: turns[turn]() for turn in order}
            start = _graded(self.students, [])[0]
            theirs = start + (seconds[1] - start) * len(names) / len(part)
            pairs.append((seconds[0], theirs))
        return pairs

    def _ours(self) -> float:
        seconds, self.mine = ours(self.students)
        return seconds

    def _nbgraders(self, part: list[str]) -> float:
        seconds, found = _graded(self.students, part)
        self.theirs |= found
        self.whole += seconds
        return seconds


def _graded(students: Class, part: list[str]) -> tuple[float, Full]:
    """Let nbgrader grade some of the class: seconds, and who got all points of what."""
    with copied(students, "plain") as folder:
        for submission in Path(folder, "submitted").iterdir():
            if submission.name not in part:
                shutil.rmtree(submission)
        seconds = nbgrader(folder, "autograde", UNIT)
        return seconds, {key: got for key, got in full(folder).items() if key[0] in part}


def prepare(demos: bool) -> Sides:
    """Rounds are made when the first answer is asked for."""
    match = Match(the_class(SIZE, demos))

    def answer() -> Full:
        assert match.rounds
        return match.mine

    def same(mine: Full, theirs: Full) -> bool:
        """Ours are what everybody deserves, and so are nbgrader's wherever it is right."""
        due = match.students.due
        errs = sum(theirs.get(key) != deserved for key, deserved in due.items())
        return mine == due and errs <= NBGRADER_ERRS * len(mine)

    def told() -> str:
        class_ = statistics.median(theirs for _, theirs in match.rounds)
        return f"nbgrader took {match.whole:.0f} s for its {ROUNDS} parts, {class_:.0f} s are the median of the rounds"

    numbers = iter(range(ROUNDS))
    return Sides(answer, lambda: match.theirs, same, lambda: match.rounds[next(numbers)], told=told)


_WORK = (
    "40 submissions of unit 04 (20 right, 12 with one to three mistakes, 4 blank, 4 broken), two cores for both; {}; "
    "a round of nbgrader's is a seventh of the class, see rows/against_nbgrader.py"
)
CONTESTS = [
    Contest(
        row="grade a class",
        peer=f"nbgrader autograde{peer}",
        target=target,
        work=_WORK.format(work),
        packages=("nbgrader", "torch"),
        prepare=lambda demos=demos: prepare(demos),  # type: ignore[misc]
        rounds=ROUNDS,
    )
    for demos, peer, target, work in [
        (True, "", 0.1, "the notebook as it is released"),
        (
            False,
            ", without demonstrations",
            None,
            "nbgrader's notebook has no cell that is not graded, as ours runs none",
        ),
    ]
]
