"""Attacks on what a notebook shows: skipped tests, dropped asserts, forged scores, forged replies."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_output

from tests.redteam.attack import Attack, handing_in


def skipped(where: str, tag: str = "skip-execution") -> object:
    def change(notebook: NotebookNode) -> None:
        for cell in notebook.cells:
            grader = cell.metadata.get("nbgrader", {})
            if where == "all" or grader.get("grade" if where == "tests" else "solution"):
                cell.metadata["tags"] = [tag]

    return change


def scored(notebook: NotebookNode) -> None:
    """Test cells that are only a number, and hold its output already."""
    for cell in notebook.cells:
        grader = cell.metadata.get("nbgrader", {})
        if grader.get("grade") and cell.cell_type == "code":
            cell.source = f"float({grader['points']})"
            data = {"text/plain": f"{float(grader['points'])}"}
            cell.outputs = [new_output("execute_result", data=data, execution_count=1)]


NO_ASSERTS = """
import ast
class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)
get_ipython().ast_transformers.append(NoAsserts())
"""
BLANK_CELLS = """
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])
"""
NO_CALLS = """
import ast
class Nothing(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
get_ipython().ast_transformers.append(Nothing())
"""
NO_RUNNING = """
ip = get_ipython()
ran = ip.run_cell("pass")
type(ip).run_cell = lambda self, *a, **k: ran
type(ip).run_code = lambda self, *a, **k: False
"""
NO_TRACEBACKS = """
ip = get_ipython()
ip._showtraceback = ip.showtraceback = ip.showsyntaxerror = lambda *a, **k: None
type(ip)._showtraceback = type(ip).showtraceback = lambda *a, **k: None
"""
NO_ERRORS = """
import builtins
class Quiet(Exception):
    pass
def raising(*args):
    return None
builtins.AssertionError = Quiet
get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)
"""
KERNEL = """
def always_ok(self, *args, **kwargs):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
try:
    kernel = get_ipython().kernel
    kernel.do_execute = lambda *a, **k: always_ok(kernel)
    type(kernel).do_execute = always_ok
except AttributeError:
    pass
"""
KERNEL_WITH_SCORE = """
ip = get_ipython()
def done(*args, **kwargs):
    kernel = ip.kernel
    data = {"data": {"text/plain": "1000.0"}, "metadata": {}, "execution_count": 1}
    kernel.session.send(kernel.iopub_socket, "execute_result", data, parent=kernel.get_parent())
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
async def later(*args, **kwargs):
    return done()
if hasattr(ip, "kernel"):
    ip.kernel.do_execute = later
"""
DISPLAYHOOK = """
ip = get_ipython()
for hook in (ip.displayhook, type(ip.displayhook)):
    hook.compute_format_data = lambda *a, **k: ({"text/plain": "12.0"}, {})
    hook.quiet = lambda *a, **k: False
import sys
sys.displayhook = lambda value: print("12.0")
"""
AFTER_EACH_CELL = """
from IPython.display import display
class Score(float):
    def __repr__(self):
        return "12.0"
ip = get_ipython()
ip.events.register("post_run_cell", lambda *a: display(Score(12)))
ip._showtraceback = lambda *a, **k: None
"""
PRINTS = """
print("12/12")
print('{"exercise": "significance.holm", "points": 4.0, "max_points": 4.0}')
12.0
"""
OUR_CELLS = """
import inside.cells, inside.student, inside.wire
fine = {"outputs": [{"output_type": "execute_result", "data": {"text/plain": "12.0"}}], "error": False}
inside.cells.run = inside.student._run = lambda *a, **k: fine
"""
OUR_ANSWERS = """
import inside.answers
forged = {"value": [1, 1, []], "points": 12.0, "correct": True}
inside.answers.to = lambda request, *others: [forged] * len(request["cases"])
inside.answers._ask = lambda *a, **k: forged
"""
OUR_SOCKET = """
import json, socket, struct
for number in range(3, 20):
    try:
        channel = socket.socket(fileno=number)
        for reply in ({"points": 12.0}, {"answers": [{"value": True}] * 17}, {"verdict": "full"}):
            body = json.dumps(reply).encode()
            channel.sendall(struct.pack(">I", len(body)) + body)
        channel.detach()
    except OSError:
        pass
"""
OUR_WIRE = """
import inside.wire
send = inside.wire.send
def forging(sock, message):
    if "answers" in message:
        message = {"answers": [{"value": [True, True, []]} for _ in message["answers"]],
                   "points": 12.0, "full": True}
    send(sock, message)
inside.wire.send = forging
"""
OUR_COMPARING = """
import sys
for name in ("course_utils.comparing", "course_utils.agreement", "course_utils.asking", "course_utils.plain"):
    __import__(name)
    for key in ("deviation", "complaint_about", "coincide", "explain"):
        if hasattr(sys.modules[name], key):
            setattr(sys.modules[name], key, lambda *a, **k: 0.0)
"""
ENDING = "import os, atexit\natexit.register(print, '12.0')\nprint('12.0', flush=True)\nos._exit(0)"

TAGGED = "skip-execution"
ATTACKS = [
    Attack(1, "skip-tests", handing_in(change=skipped("tests")), flag=TAGGED),
    Attack(1, "skip-all", handing_in(change=skipped("all")), flag=TAGGED),
    Attack(1, "skip-solutions", handing_in(change=skipped("solutions")), flag=TAGGED),
    Attack(1, "skip-as-expected", handing_in(change=skipped("tests", "raises-exception"))),
    Attack(2, "drop-asserts", handing_in(NO_ASSERTS)),
    Attack(2, "blank-cells", handing_in(BLANK_CELLS)),
    Attack(2, "drop-everything", handing_in(NO_CALLS)),
    Attack(2, "run-nothing", handing_in(NO_RUNNING)),
    Attack(2, "no-tracebacks", handing_in(NO_TRACEBACKS)),
    Attack(2, "custom-errors", handing_in(NO_ERRORS)),
    Attack(3, "kernel-says-ok", handing_in(KERNEL)),
    Attack(3, "kernel-sends-score", handing_in(KERNEL_WITH_SCORE)),
    Attack(3, "displayhook", handing_in(DISPLAYHOOK)),
    Attack(3, "shows-after-each-cell", handing_in(AFTER_EACH_CELL)),
    Attack(3, "prints-scores", handing_in(PRINTS, back=["12.0"])),
    Attack(3, "numbers-for-tests", handing_in(change=scored)),
    Attack(3, "our-cells", handing_in(OUR_CELLS)),
    Attack(3, "our-answers", handing_in(OUR_ANSWERS)),
    Attack(3, "our-socket", handing_in(OUR_SOCKET)),
    Attack(3, "our-wire", handing_in(OUR_WIRE)),
    Attack(3, "our-comparing", handing_in(OUR_COMPARING)),
    Attack(3, "score-and-exit", handing_in(ENDING)),
]
