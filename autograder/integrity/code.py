"""Read a program without running it, and find what is worth a look.

Names are followed through imports, plain assignments, `getattr`, `__import__` and `sys.modules` with
constant arguments, and into constant text that is handed to `exec`, `eval` and `compile`. What is
put together while the program runs (letters from numbers, names from a file) is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from autograder.integrity.follow import SHELL, Names, constant_text, parse
from autograder.integrity.names import (
    ALWAYS,
    ATTRIBUTES,
    HISTORY,
    OF_THE_SHELL,
    SETTINGS,
    SHARED,
    use_of,
)
from autograder.integrity.text import SECRETS, in_string

Found = tuple[int, str, str]  # line, kind, words
DEEPEST = 3  # text in text in text
RUNNERS = {"builtins.exec", "builtins.eval", "builtins.compile"}


class CodeReader:
    """Finds what is worth a look in a syntax tree."""

    def __init__(self, names: Names, graded: Iterable[str]) -> None:
        self.names, self.graded = names, set(graded)

    def read(self, tree: ast.AST, depth: int = 0) -> Iterator[Found]:
        prose = set(_docstrings(tree))
        for node in ast.walk(tree):
            line = getattr(node, "lineno", 0)
            for kind, words in self._node(node, prose):
                yield line, kind, words
            if isinstance(node, ast.ClassDef):
                yield from _always(node.body)
            if isinstance(node, ast.Call) and depth < DEEPEST:
                for inner, kind, words in self._text_that_runs(node, depth):
                    yield line + inner, kind, words

    def _node(self, node: ast.AST, prose: set[ast.AST]) -> Iterator[tuple[str, str]]:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield from self._used(f"{alias.name}.", only="grader")
            case ast.ImportFrom(module=str(module), names=names):
                yield from self._used(f"{module}.", only="grader")
                for alias in names:
                    yield from self._reference(f"{module}.{alias.name}")
            case ast.Attribute(ctx=ast.Load()):
                yield from self._attribute(node)
            case ast.Subscript(ctx=ast.Load()):
                full = self.names.full(node)
                yield from self._used(full)
                yield from self._reference(full)
            case ast.Name(ctx=ast.Load(), id=name):
                full = self.names.full(node)
                yield from self._used(full)
                yield from self._environment(full)
                if not full and name in HISTORY - self.names.own:
                    yield "history", f"reads the cells that ran before: {name}"
            case ast.Call():
                yield from self._call(node)
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from self._replaced(target, value)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if constant_text(key) in ALWAYS and _ignores_its_arguments(value):
                        yield "always yes", f"answers the same to everything: {constant_text(key)}"
            case ast.Constant(value=str(text)) if node not in prose:
                yield from in_string(text)
            case ast.BinOp() if text := constant_text(node):
                yield from in_string(text)

    def _attribute(self, node: ast.Attribute) -> Iterator[tuple[str, str]]:
        full = self.names.full(node)
        yield from self._used(full)
        yield from self._reference(full)
        yield from self._environment(full)
        if node.attr in ATTRIBUTES:
            kind, words = ATTRIBUTES[node.attr]
            yield kind, f"{words}: .{node.attr}"
        elif full.startswith(SHELL) and full.count(".") == 1 and node.attr in OF_THE_SHELL:
            yield "kernel", f"reaches into what runs the cells: {full}"

    def _used(self, full: str, only: str = "") -> Iterator[tuple[str, str]]:
        found = use_of(full)
        if found and only in ("", found[0]):
            yield found[0], f"{found[1]}: {full.rstrip('.')}"

    def _reference(self, full: str) -> Iterator[tuple[str, str]]:
        if full.startswith("course_utils.") and full.rpartition(".")[2] in self.graded:
            yield "reference", f"takes the graded function from the library: {full}"

    def _environment(self, full: str) -> Iterator[tuple[str, str]]:
        """The environment as a whole, or what sounds like a secret in it; not this or that setting."""
        if full in ("os.environ.items", "os.environ.values", "os.environ.copy", "os.environb"):
            yield "environment", f"reads the environment: {full}"

    def _call(self, node: ast.Call) -> Iterator[tuple[str, str]]:
        called, args = self.names.full(node.func), node.args
        if called in ("builtins.getattr", "builtins.__import__", "importlib.import_module"):
            full = self.names.full(node)
            imported = called != "builtins.getattr"
            yield from self._used(
                f"{full}." if imported else full, only="grader" if imported else ""
            )
            yield from self._reference(full)
        if called == "builtins.setattr" and len(args) == 3:
            full, name = self.names.full(args[0]), constant_text(args[1])
            yield from self._patched(f"{full}.{name}", args[2])
        if called.endswith(("mock.patch", "mock.patch.object")) and args:
            named = constant_text(args[0]) or self.names.full(args[0])
            yield "patch", f"replaces a part of {named or 'a library'}"
        if (
            called in ("os.getenv", "os.environ.get")
            and args
            and SECRETS.search(constant_text(args[0]))
        ):
            yield "environment", f"reads the environment: {constant_text(args[0])}"
        if any(self.names.full(arg) == "os.environ" for arg in args):
            yield "environment", "reads the environment: os.environ"
        if called in RUNNERS and args and not constant_text(args[0]):
            yield "hidden code", f"runs text that is made while it runs: {called[9:]}(…)"

    def _replaced(self, target: ast.AST, value: ast.AST) -> Iterator[tuple[str, str]]:
        if isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
            for inner, its in zip(target.elts, values * len(target.elts), strict=False):
                yield from self._replaced(inner, its)
        elif isinstance(target, ast.Subscript):
            if self.names.full(target.value) == "sys.modules":
                yield "patch", f"replaces the module {constant_text(target.slice) or '…'}"
            else:
                yield from self._patched(self.names.full(target), value)
        elif isinstance(target, ast.Attribute):
            yield from self._patched(self.names.full(target), value)
            if target.attr in ATTRIBUTES:
                yield "kernel", f"reaches into what runs the cells: .{target.attr}"

    def _patched(self, full: str, value: ast.AST) -> Iterator[tuple[str, str]]:
        if full.startswith(SHELL) and full.rpartition(".")[2] in OF_THE_SHELL:
            yield "kernel", f"reaches into what runs the cells: {full}"
        if full.partition(".")[0] not in SHARED or isinstance(value, ast.Constant):
            return
        if not full.startswith(SETTINGS) and "rcParams" not in full:
            yield "patch", f"replaces {full}"

    def _text_that_runs(self, node: ast.Call, depth: int) -> Iterator[Found]:
        """What is in constant text that is run as a program; lines are counted from the call."""
        called, args = self.names.full(node.func), node.args
        if called in RUNNERS and args and (text := constant_text(args[0])):
            tree = parse(text)
            self.names.learn(tree)
            for line, kind, words in self.read(tree, depth + 1):
                yield line - 1, kind, words


def _docstrings(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(value=ast.Constant(value=str()) as text), *_]:
                    yield text


def _always(body: list[ast.stmt]) -> Iterator[Found]:
    """The special methods of a class that answer without looking."""
    for entry in body:
        match entry:
            case ast.FunctionDef(name=name) if name in ALWAYS and _ignores_its_arguments(entry):
                yield entry.lineno, "always yes", f"answers the same to everything: {name}"
            case ast.Assign(targets=targets, value=ast.Lambda() as value):
                names = [t.id for t in targets if isinstance(t, ast.Name) and t.id in ALWAYS]
                if names and _ignores_its_arguments(value):
                    told = f"answers the same to everything: {', '.join(names)}"
                    yield entry.lineno, "always yes", told


def _ignores_its_arguments(node: ast.AST | None) -> bool:
    """Whether a function returns something, and uses none of its arguments."""
    if not isinstance(node, ast.FunctionDef | ast.Lambda):
        return False
    given = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
    used = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    returns = isinstance(node, ast.Lambda) or any(
        isinstance(inner, ast.Return) and inner.value for inner in ast.walk(node)
    )
    return returns and not given & used
