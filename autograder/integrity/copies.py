"""Functions that are the reference's, names apart.

Two functions have one shape when their syntax trees agree without texts and annotations, each name
replaced by the order in which it first stands. Short functions are alike by chance and are left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from autograder.course import REPO

SMALLEST_COPY = 100  # nodes of a syntax tree: below, a page leads many to the same lines

Found = tuple[int, str, str]  # line, kind, words


def copies(tree: ast.AST, topics: tuple[str, ...]) -> Iterator[Found]:
    """The functions of a program that have the shape of a reference of these topics."""
    references = references_of(topics)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (name := references.get(shape(node))):
            yield node.lineno, "copy", f"has the shape of the reference of {name}, names apart"


@cache
def references_of(topics: tuple[str, ...]) -> dict[str, str]:
    """The shape of each function of the reference library that is long enough to tell -> its name."""
    paths = [path for topic in topics for path in (REPO / "course_utils" / topic).glob("*.py")]
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in paths)
    functions = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    return {
        shape(node): node.name
        for node in functions
        if sum(1 for part in node.body for _ in ast.walk(part)) >= SMALLEST_COPY
    }


def shape(function: ast.FunctionDef) -> str:
    """What a function does, whatever its names are.

    >>> one, two = "def f(a):\\n    'Add.'\\n    return a + 1", "def g(b: int):\\n    return b + 1"
    >>> shape(ast.parse(one).body[0]) == shape(ast.parse(two).body[0])
    True
    """
    body = function.body[ast.get_docstring(function) is not None :]
    text = ast.dump(ast.Module(body, []))
    text = re.sub(r"(Constant\(value=)(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", r"\1''", text)
    numbers: dict[str, str] = {}
    return re.sub(
        r"(\bid|\barg|\bname)='(\w+)'",
        lambda found: f"{found[1]}={numbers.setdefault(found[2], str(len(numbers)))}",
        text,
    )
