"""Read a program without running it, and find what is worth a look.

Names are followed through imports, plain assignments, `getattr`, `__import__` and `sys.modules` with
constant arguments, and into constant text that is handed to `exec`, `eval` and `compile`. What is
put together while the program runs (letters from numbers, names from a file) is not seen.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator

from autograder.integrity_names import (
    ALWAYS,
    ATTRIBUTES,
    HISTORY,
    OF_THE_SHELL,
    SETTINGS,
    SHARED,
    use_of,
)
from autograder.integrity_text import SECRETS, in_string

Found = tuple[int, str, str]  # line, kind, words
SHELL = "get_ipython()"
DEEPEST = 3  # text in text in text
RUNNERS = {"builtins.exec", "builtins.eval", "builtins.compile"}
TIMED = {"time", "timeit", "capture", "prun"}  # cell magics around Python code
COMMAND = re.compile(r"^([ \t]*(?:[\w ,]{1,80}=[ \t]*)?)([!%?].*)$", re.M)


class Names:
    """What the names in a notebook stand for, after its imports and plain assignments."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.own: set[str] = set()  # what is given a value in the notebook

    def learn(self, tree: ast.AST) -> None:
        """Note what a cell imports and what it calls by another name."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.own.add(node.id)
            match node:
                case ast.Import(names=names):
                    for alias in names:
                        top = alias.name.partition(".")[0]
                        self.known[alias.asname or top] = alias.name if alias.asname else top
                case ast.ImportFrom(module=str(module), names=names):
                    for alias in names:
                        self.known[alias.asname or alias.name] = f"{module}.{alias.name}"
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.NamedExpr(target=ast.Name(id=name), value=value)
                ):
                    told = self.full(value)
                    if told and not isinstance(value, ast.Constant):
                        self.known[name] = told

    def full(self, node: ast.AST | None, depth: int = 0) -> str:
        """The full name of what an expression stands for; empty when it cannot be told."""
        if node is None or depth > 30:
            return ""
        match node:
            case ast.Name(id=name):
                if name in self.known:
                    return self.known[name]
                return f"builtins.{name}" if hasattr(builtins, name) else ""
            case ast.Attribute(value=base, attr=attr):
                return self._member(self.full(base, depth + 1), attr)
            case ast.Subscript(value=base, slice=key):
                holder, name = self.full(base, depth + 1), constant_text(key)
                if holder == "sys.modules":
                    return name
                if holder.endswith(".__dict__"):
                    return self._member(holder.removesuffix(".__dict__"), name)
            case ast.Call(func=func, args=args):
                called = self.full(func, depth + 1)
                text = constant_text(args[-1]) if args else ""
                if called in ("builtins.__import__", "importlib.import_module"):
                    return constant_text(args[0]) if args else ""
                if called == "builtins.getattr" and len(args) >= 2:
                    return self._member(self.full(args[0], depth + 1), constant_text(args[1]))
                if called == "builtins.vars" and len(args) == 1:
                    return self._member(self.full(args[0], depth + 1), "__dict__")
                name = func.id if isinstance(func, ast.Name) else called.rpartition(".")[2]
                if name == "get_ipython" or called.endswith("InteractiveShell.instance"):
                    return SHELL
                if called == "sys.modules.get":
                    return text
        return ""

    @staticmethod
    def _member(base: str, name: str) -> str:
        return f"{base}.{name}" if base and name else ""


def constant_text(node: ast.AST | None, depth: int = 0) -> str:
    """The text of a constant, also when it is put together from constants; else empty."""
    if depth > 50:
        return ""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            parts = constant_text(left, depth + 1), constant_text(right, depth + 1)
            return "".join(parts) if all(parts) else ""
        case ast.JoinedStr(values=values):
            return "".join(constant_text(value, depth + 1) for value in values)
    return ""


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


def parse(source: str) -> ast.AST:
    """The syntax tree of a cell, IPython's own syntax included; an empty one if it is no program."""
    for text in (source, python_of(source)):
        try:
            return ast.parse(text)
        except Exception:  # whatever a stranger's text does to a parser: it is no program
            continue
    return ast.Module(body=[], type_ignores=[])


def python_of(source: str) -> str:
    """A cell with IPython's own syntax as Python with as many lines; commands become text in a call.

    >>> python_of("%%time\\nx = !ls\\n%matplotlib inline\\ny = 1")
    "\\nx = _('!ls')\\n_('%matplotlib inline')\\ny = 1"

    IPython's own translation takes minutes for a cell with many commands, and is not needed here.
    """
    first, _, rest = source.lstrip().partition("\n")
    if first.startswith("%%"):
        if first[2:].partition(" ")[0] not in TIMED:
            return f"_({source!r})"
        source = "\n" + rest
    return COMMAND.sub(lambda found: f"{found[1]}_({found[2]!r})", source)


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
