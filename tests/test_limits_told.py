"""What students read when they reach a limit: the limit and its value, in the verdict or beside the cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.check import Verdict
from autograder.checks import find_check
from autograder.course import Course, Unit
from autograder.judging import seeds
from autograder.judging.sitting import Sitting
from autograder.sandboxes.library import student_library
from autograder.sandboxes.processes import WarmProcess
from autograder.sandboxes.sandbox import NO_SANDBOX, Budgets, choose, marks

CHECK = find_check("significance.accuracy_difference")
RIGHT = "import numpy as np\ndef accuracy_difference(a, b): return np.mean(a) - np.mean(b)"
FORKS = """
    import os, signal
    for _ in range(6):
        if os.fork() == 0:
            x = b"x" * (150 << 20)
            signal.pause()
    signal.pause()
"""


@pytest.fixture(scope="module")
def warm(course: Course, unit: Unit) -> Iterator[WarmProcess]:
    modules = ["numpy", "torch"]
    process = WarmProcess(student_library(course, unit), modules=modules, level=choose())
    yield process
    process.close()


def verdict_on(warm: WarmProcess, body: str, budgets: Budgets | None = None) -> Verdict:
    with Sitting(warm, budgets or Budgets(ask_seconds=2)) as sitting:
        sitting.run(f"def accuracy_difference(a, b):\n    {body}")
        return sitting.judge(CHECK, seeds.derive(b"secret", "x"), 4.0)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return bytearray(3 << 30)", "each process has at most 2 GiB of memory"),
        ("import numpy as np; return np.ones(1 << 30)", "each process has at most 2 GiB of memory"),
        ("import torch; return torch.ones(1 << 30)", "each process has at most 2 GiB of memory"),
        ("return [open('/dev/null') for _ in range(999)]", "at most 256 files are open at a time"),
        ("open('x', 'wb', 0).write(bytes(1 << 28)); open('x', 'ab', 0).write(b'x')", "256 MiB"),
        ("import urllib.request; urllib.request.urlopen('http://example.com')", "offline"),
        ("import ctypes; ctypes.string_at(0)", "the process crashed (SIGSEGV)"),
        ("import os; os._exit(0)", "the process ended"),
        ("while True: pass", "it took over 2 s"),
        ("import numpy as np; return np.ones(1 << 20)", "the answer is larger than 4 MiB"),
    ],
)
def test_the_verdict_names_the_limit(warm: WarmProcess, body: str, told: str) -> None:
    verdict = verdict_on(warm, body)
    assert verdict.points == 0
    assert told in verdict.messages[0]


def test_the_verdict_says_that_processes_were_together_too_large(warm: WarmProcess) -> None:
    verdict = verdict_on(warm, FORKS.strip(), Budgets(memory_together=512 << 20))
    assert "together used more than 512 MiB of memory" in verdict.messages[0]


def test_what_ends_the_process_is_told_beside_the_cell_and_the_next_exercise_counts(
    warm: WarmProcess,
) -> None:
    with Sitting(warm, Budgets(cpu_seconds=1)) as sitting:
        (output,) = sitting.run("while True: pass")
        assert output.evalue == "it used up its 1 s of processor time"
        (output,) = sitting.run("import os; os._exit(3)")
        assert output.evalue == "the process ended"
        sitting.run(RIGHT)
        assert sitting.judge(CHECK, seeds.derive(b"secret", "x"), 4.0).full


def test_a_notebook_that_used_up_its_time_says_so(warm: WarmProcess) -> None:
    with Sitting(warm, Budgets(total_seconds=0)) as sitting:
        verdict = sitting.judge(CHECK, seeds.derive(b"secret", "x"), 4.0)
    assert "the notebook used up its 0 s" in verdict.messages[0]


def test_outputs_are_bounded_in_all(warm: WarmProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.judging.sitting.LARGEST_OUTPUTS", 1 << 20)
    with Sitting(warm, Budgets()) as sitting:
        shown = [sitting.run("print('x' * 15_000)")[0].text for _ in range(100)]
    assert sum(map(len, shown)) < 1 << 21
    assert len(shown[0]) == 15_001
    assert shown[-1] == "left out: this notebook's outputs are larger than 1 MiB together\n"


def test_no_sandbox_is_a_mark_on_every_result() -> None:
    assert marks(choose("off")) == [NO_SANDBOX]
