"""One submission's time with the judge: its cells are run, its functions are asked, and accidents are outlived.

A process that ends or hangs is replaced: the cells that had run are run again without the one that broke
it, and judging goes on.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.check import Check, Verdict
from autograder.inside import wire
from autograder.inside.told import KILLED
from autograder.judging import seeds
from autograder.judging.executed import error_output, trusted_outputs
from autograder.judging.trusted import shows_programs, silent, trusted_answers
from autograder.phases import phase
from autograder.sandboxes.processes import StudentProcess, WarmProcess
from autograder.sandboxes.sandbox import Budgets
from course_utils.asking import Answer, shipped
from course_utils.plain import encode

LARGEST_OUTPUTS = 16 << 20  # characters of all outputs of a notebook


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
        with phase("end processes"):
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
        with phase("draw cases"):
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
        with phase("compare answers"):
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
            with phase("start processes"):
                self._process = self._stack.enter_context(self._warm.student(self._budgets))
            for source in list(self._survived):  # after an accident: come back to where we were
                seconds_again = min(self._budgets.cell_seconds, self._left())
                self._process.request(self._cell(source), seconds_again)
        seconds = min(seconds, self._left())
        try:
            with phase("cells" if message["op"] == "cell" else "asks"):
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
        process = self._process
        self._forget()  # then the reason is known
        reason = process.reason if process else ""
        return reason if reason and isinstance(error, wire.Gone) else str(error)
