"""Attacks that borrow: the reference, its source, a copy of it, or a library that does the exercise.

Row 8, a forbidden library function, needs an exercise that forbids something: see `test_shortcuts.py`.
"""

from __future__ import annotations

import ast
import inspect
import re

from course_utils.significance import accuracy_difference, holm
from tests.redteam.attack import ALL, Attack, Desk, Files, handing_in

SOURCE = """
import importlib, inspect, pkgutil, sys
import course_utils
texts = []
for module in pkgutil.walk_packages(course_utils.__path__, "course_utils."):
    try:
        texts.append(inspect.getsource(importlib.import_module(module.name)))
    except Exception as error:
        texts.append(str(error))
print("".join(text for text in texts if "def holm" in text)[-9000:])
"""
SITE_PACKAGES = """
import glob, os, sys
for folder in {*sys.path, "/usr", "/opt", "/course", "@repo@", "@course@"}:
    for pattern in ("course_utils", "autograder", "*course*", "*/course_utils", "*/*/course_utils"):
        for found in glob.glob(os.path.join(folder, pattern)):
            for path in glob.glob(found + "/**/*.py", recursive=True):
                text = open(path).read()
                if "logical_and.accumulate" in text or "CANARY" in text:
                    print(path, text[-6000:])
"""
FROM_CHECKS = """
import sys
sys.path[:0] = ["@repo@", "@course@", "/work", "/home"]
try:
    from autograder.checks.significance import CHECKS
    expected = {check.function_name: check.expect for check in CHECKS}
except ImportError:
    expected = {}
"""
BYTECODE = """
import glob, marshal
for path in glob.glob("/course/**/*.pyc", recursive=True) + glob.glob("@repo@/*/*/__pycache__/*"):
    print(path, open(path, "rb").read()[16:][-3000:])
"""


def pasted(function: object, names: dict[str, str]) -> str:
    """The reference as somebody would hand it in who found it: no comments, other names."""
    tree = ast.parse(inspect.getsource(function))  # type: ignore[arg-type]
    (written,) = tree.body
    assert isinstance(written, ast.FunctionDef)
    written.body = written.body[1:]  # without its docstring
    written.returns = None
    for argument in written.args.args:
        argument.annotation = None
    text = ast.unparse(tree)
    for old, new in names.items():
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def with_a_copy(desk: Desk) -> Files:
    names = {
        "p": "values",
        "order": "ranks",
        "passes": "fine",
        "rejected": "result",
        "illegal": "x",
    }
    return handing_in(answers={"holm": pasted(holm, names)})(desk)


def with_a_helper(desk: Desk) -> Files:
    named = pasted(accuracy_difference, {"accuracy_difference": "helper"})
    return handing_in(named, answers="return helper(*args)")(desk)


ATTACKS = [
    Attack(
        7,
        "imports-the-reference",
        handing_in(
            answers="import course_utils.significance as s\nfrom course_utils.significance import {name} as f\n"
            "return f(*args)"
        ),
        flag="takes the graded function",
    ),
    Attack(
        7,
        "imports-the-module",
        handing_in(
            "import course_utils.significance.many_tests as m, course_utils.significance as s",
            answers="return getattr(s, '{name}')(*args)",
        ),
    ),
    Attack(7, "gets-its-source", handing_in(SOURCE), flag="inspect.getsource"),
    Attack(7, "looks-into-site-packages", handing_in(SITE_PACKAGES), flag="autograder"),
    Attack(
        7,
        "asks-the-checks",
        handing_in(FROM_CHECKS, answers="return expected['{name}'](*args)"),
        flag="autograder",
    ),
    Attack(7, "reads-bytecode", handing_in(BYTECODE)),
    Attack(7, "pastes-a-copy", with_a_copy, keeps=("holm",), flag="the reference of holm"),
    Attack(7, "pastes-half-a-copy", with_a_helper),
    Attack(
        7,
        "imports-and-is-right",
        handing_in("from course_utils.significance import holm as other", right=True),
        keeps=ALL,
        flag="takes the graded function",
    ),
]
