"""What a self-check asked, in words a student can try out: the call, and each argument in a line."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.agreement import without_torch
from course_utils.plain import Code

LONGEST = 84  # characters of a line about a value


def question(
    title: str, function: Callable[..., Any], args: tuple[Any, ...], ask: str | None
) -> tuple[str, list[str]]:
    """Return what was called, and its arguments.

    Args:
        title: the name of the function.
        function: the student's, which gives the arguments their names.
        args: what the case holds.
        ask: the source of an ask that makes something of `args` before it calls; None if it only calls.
    """
    if ask is None:
        names = _parameters(function, len(args))
        called = f"{title}({', '.join(names)})"
    else:
        names, called = _unpacked(ask, len(args)), _first_sentence(ask)
    if ask is None and not any(names):
        called = f"{title}(…)"
    return called, [_argument(*pair) for pair in zip(names, args, strict=True)]


def short(value: Any) -> str:
    """A value in one line of at most LONGEST characters."""
    value = without_torch(value)
    if isinstance(value, dict) and isinstance(value.get("class"), str):
        return f"a {value['class'].rpartition('.')[2]}"
    if isinstance(value, np.ndarray):
        with np.printoptions(precision=4, threshold=12, edgeitems=3, suppress=True):
            text = f"array{value.shape} {np.array2string(value, separator=', ')}"
    else:
        text = repr(value.item() if isinstance(value, np.generic) else value)
    return _cut(" ".join(text.split()))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _argument(name: str, value: Any) -> str:
    before = f"{name} = " if name else ""
    return before + _program(value) if isinstance(value, Code) else _cut(before + short(value))


def _parameters(function: Callable[..., Any], count: int) -> list[str]:
    """The names of the first parameters, or "" for each where a signature does not tell."""
    try:
        parameters = [*inspect.signature(function).parameters.values()][:count]
    except (TypeError, ValueError):
        return [""] * count
    plain = all(p.kind is p.POSITIONAL_OR_KEYWORD and len(p.name) < 30 for p in parameters)
    return [p.name for p in parameters] if plain and len(parameters) == count else [""] * count


def _unpacked(ask: str, count: int) -> list[str]:
    """The names that an ask gives to what it is handed: of `rows, seed = args`, rows and seed."""
    for node in ast.walk(ast.parse(ask)):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Name(id="args")):
                if len(names) == count and all(isinstance(name, ast.Name) for name in names):
                    return [name.id for name in names if isinstance(name, ast.Name)]
    return [""] * count


def _first_sentence(ask: str) -> str:
    (function,) = ast.parse(ask).body
    assert isinstance(function, ast.FunctionDef)
    return (ast.get_docstring(function) or "").partition("\n")[0]


def _program(code: Code) -> str:
    """The lines of a public candidate; `own` in it is the student's function."""
    lines = [line for line in code.source.splitlines() if line and not line.startswith("import")]
    return "\n".join(lines)
