"""Optimizers and testers of a student who leans on something else, judged as a submission is."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.check import Verdict
from autograder.course import Course
from autograder.judging.single import check_file

ADAM = "def adam_step(theta, grad, state, learning_rate, beta1, beta2, eps):\n"
SHARED_CLOCK = f"""
T = 0
{ADAM}    global T
    m, v = (0.0, 0.0) if state is None else state
    T += 1
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    step = m / (1 - beta1**T) / (np.sqrt(v / (1 - beta2**T)) + eps)
    return theta - learning_rate * step, (m, v)
"""
RESET = SHARED_CLOCK.replace("global T\n", "global T\n    T = 0 if state is None else T\n")
SHARED_SUM = """
G = 0
def adagrad_step(theta, grad, state, learning_rate, eps):
    global G
    G = G + grad**2
    return theta - learning_rate * grad / (np.sqrt(G) + eps), G
"""
LENT = f"""
import torch
FROM
{ADAM}    def zeros():
        return torch.zeros(np.shape(theta), dtype=torch.float64)
    m, v, t = (zeros(), zeros(), torch.tensor(0.0)) if state is None else [x.clone() for x in state]
    p, g = torch.tensor(np.array(theta)), torch.tensor(np.array(grad))
    rates = dict(beta1=beta1, beta2=beta2, lr=learning_rate, weight_decay=0.0, eps=eps)
    rates |= dict(amsgrad=False, maximize=False)
    CALL
    return p.numpy(), (m, v, t)
"""
PRIVATE = (
    "from torch.optim.adam import _single_tensor_adam as lent",
    "lent([p], [g], [m], [v], [], [t], None, None, has_complex=False, capturable=False,\n"
    "         differentiable=False, decoupled_weight_decay=False, **rates)",
)
FUSED = "", "t += 1; torch._fused_adam_([p], [g], [m], [v], [], [t], **rates)"
COUNTS = """
SEEN = []
def find_the_bug_optimization(candidate):
    SEEN.append(1)
    return len(SEEN) > 2 * 8
"""


def judged(course: Course, tmp_path: Path, exercise: str, source: str) -> Verdict:
    path = tmp_path / "answer.py"
    path.write_text("import numpy as np\n" + source, encoding="utf-8")
    return check_file(course, f"optimization.{exercise}", path)


@pytest.mark.parametrize(
    ("exercise", "source", "mistake"),
    [
        ("adam_step", SHARED_CLOCK, "shared clock"),
        ("adam_step", RESET, "shared clock, begun anew"),
        ("adagrad_step", SHARED_SUM, "state kept outside"),
    ],
)
def test_a_global_variable_is_named_and_not_its_consequences(
    course: Course, tmp_path: Path, exercise: str, source: str, mistake: str
) -> None:
    verdict = judged(course, tmp_path, exercise, source)
    assert verdict.misconception == mistake and not verdict.full
    assert not any("raised" in message for message in verdict.messages)


@pytest.mark.parametrize(("imports", "call"), [PRIVATE, FUSED], ids=["private", "fused"])
def test_a_step_lent_by_torch_earns_nothing_under_any_name(
    course: Course, tmp_path: Path, imports: str, call: str
) -> None:
    source = LENT.replace("FROM", imports).replace("CALL", call)
    verdict = judged(course, tmp_path, "adam_step", source)
    assert verdict.points == 0
    assert "it uses torch." in verdict.messages[0]


def test_counting_calls_earns_nothing(course: Course, tmp_path: Path) -> None:
    assert judged(course, tmp_path, "find_the_bug_optimization", COUNTS).points == 0
