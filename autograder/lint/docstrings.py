"""Every parameter is spoken of: in an exercise's docstring or text, in the docstring of a reference."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.authoring.page import Finding, Page
from autograder.cells import is_exercise
from autograder.lint.exercises import text_before

GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "eps",
    "θ": "theta",
    "τ": "tau",
}
SMALL_WORDS = {"num", "per", "of", "the", "in", "to"}


def of_docstrings(page: Page) -> Iterator[Finding]:
    """Yield parameters of exercises and of references that nothing is said about."""
    for index, cell in enumerate(page.notebook.cells):
        if is_exercise(cell):
            yield from _of_exercise(page, index)
    for topic in page.unit.topics:
        for function in references(topic):
            yield from of_reference(function)


def _of_exercise(page: Page, index: int) -> Iterator[Finding]:
    source = page.notebook.cells[index].source
    try:
        functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    except SyntaxError:
        return
    text = text_before(page, index)
    for function in functions:
        about = ast.get_docstring(function)
        if not about:
            yield page.finding("docstring", f"{function.name} has no docstring", index, "def ")
            continue
        for name in unspoken(_names(function.args), f"{about}\n{text}"):
            told = f"parameter {name} of {function.name} is not documented: say what it is"
            yield page.finding("parameter", told, index, "def ")


def references(topic: str) -> list[Any]:
    """The functions that a topic's package offers."""
    try:
        package = importlib.import_module(f"course_utils.{topic}")
    except ModuleNotFoundError:
        return []
    offered = [getattr(package, name) for name in getattr(package, "__all__", ())]
    return [one for one in offered if inspect.isfunction(one)]


def of_reference(function: Any) -> Iterator[Finding]:
    """Yield a finding for each parameter that a function's docstring leaves out."""
    path = Path(inspect.getsourcefile(function) or "")
    line = function.__code__.co_firstlineno
    where = f"function {function.__module__}.{function.__name__}"
    for name in unspoken(list(inspect.signature(function).parameters), function.__doc__ or ""):
        told = f"parameter {name} is not documented: say what it is"
        yield Finding(path, line, where, "parameter", told)


def unspoken(names: list[str], text: str) -> list[str]:
    """The names that a text says nothing about: neither itself, nor as a Greek letter, nor its words.

    >>> unspoken(["beta1", "num_steps", "price_per_hour"], r"after T steps; $\\beta_1$; the price of an hour")
    []
    >>> unspoken(["eta", "rate"], r"$\\beta$, separate")
    ['eta', 'rate']
    """
    plain = re.sub(r"[\\\\{}_]|var(?=eps)", "", text)
    for letter, name in GREEK.items():
        plain = re.sub(letter, f" {name}", plain)

    def spoken(word: str) -> bool:
        return re.search(rf"(?<![^\W\d_]){re.escape(word)}", plain, flags=re.I) is not None

    def parts(name: str) -> list[str]:
        return [part for part in name.split("_") if part not in SMALL_WORDS]

    return [n for n in names if not spoken(n.replace("_", "")) and not all(map(spoken, parts(n)))]


def _names(arguments: ast.arguments) -> list[str]:
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [argument.arg for argument in listed if argument.arg != "self"]
