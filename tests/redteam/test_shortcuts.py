"""Row 8: the library function that an exercise forbids earns nothing, however it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.judging.single import check_file
from autograder.sandboxes import sandbox
from tests.conftest import missing

EXERCISE = "attention.scaled_dot_product_attention"
START = """
import sys, threading
import numpy as np, torch
from torch.nn import functional as F

def scaled_dot_product_attention(queries, keys, values, mask=None):
    q, k, v = (torch.as_tensor(np.asarray(x, dtype=np.float64)) for x in (queries, keys, values))
    hidden = None if mask is None else torch.as_tensor(np.asarray(mask))
    eye = torch.eye(k.shape[-2], dtype=torch.float64).expand(*k.shape[:-1], k.shape[-2])
    def finish(weights):
        weights = torch.nan_to_num(weights)
        return (weights @ v).numpy(), weights.numpy()
"""
SHORTCUTS = {
    "by its usual name": "return finish(F.scaled_dot_product_attention(q, k, eye, hidden))",
    "by another name": "g = F.scaled_dot_product_attention; return finish(g(q, k, eye, hidden))",
    "by getattr": "return finish(getattr(F, 'scaled_dot_' + 'product_attention')(q, k, eye, hidden))",
    "from torch's C": "return finish(torch._C._nn.scaled_dot_product_attention(q, k, eye, hidden))",
    "looking away": """sys.setprofile(None)
return finish(F.scaled_dot_product_attention(q, k, eye, hidden))""",
    "caught and called again": """try:
    F.scaled_dot_product_attention(q, k, eye, hidden)
except RuntimeError:
    pass
return finish(F.scaled_dot_product_attention(q, k, eye, hidden))""",
    "in a thread": """found = []
def work():
    found.append(F.scaled_dot_product_attention(q, k, eye, hidden))
thread = threading.Thread(target=work)
thread.start()
thread.join()
return finish(found[0])""",
}
ALLOWED = """scores = q @ k.transpose(-1, -2) / k.shape[-1] ** 0.5
if hidden is not None:
    scores = scores.masked_fill(~hidden, -torch.inf)
return finish(torch.softmax(scores, -1))"""


def points(course: Course, folder: Path, body: str) -> tuple[float, list[str]]:
    if sandbox.probe().level != "namespaces":
        missing(f"attacks are only tried behind walls: {sandbox.probe().why}")
    path = folder / "answer.py"
    path.write_text(START + "\n".join("    " + line for line in body.splitlines()) + "\n")
    verdict = check_file(course, EXERCISE, path)
    return verdict.points / verdict.max_points, verdict.messages


@pytest.mark.parametrize("body", SHORTCUTS.values(), ids=SHORTCUTS.keys())
def test_a_forbidden_shortcut_earns_nothing_and_is_named(
    course: Course, tmp_path: Path, body: str
) -> None:
    earned, messages = points(course, tmp_path, body)
    assert earned == 0
    assert any("it uses " in message for message in messages), messages


def test_the_same_without_the_shortcut_earns_everything(course: Course, tmp_path: Path) -> None:
    assert points(course, tmp_path, ALLOWED) == (1.0, [])
