"""Parse a cell, and follow its names: through imports, plain assignments and constant text."""

from __future__ import annotations

import ast
import builtins
import re
from functools import lru_cache

SHELL = "get_ipython()"
TIMED = {"time", "timeit", "capture", "prun"}  # cell magics around Python code
COMMAND = re.compile(r"^([ \t]*(?:[\w ,]{1,80}=[ \t]*)?)([!%?].*)$", re.M)


class Names:
    """What the names in a notebook stand for, after its imports and plain assignments."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.own: set[str] = set()  # what is given a value in the notebook

    def learn(self, tree: ast.AST) -> None:
        """Note what a cell imports and what it calls by another name."""
        for node in _telling(tree):
            if isinstance(node, ast.Name):
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


@lru_cache(maxsize=1024)
def _telling(tree: ast.AST) -> list[ast.AST]:
    """The nodes of a tree that give a name something to stand for."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.NamedExpr)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]


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


@lru_cache(maxsize=1024)  # the instructor's cells come again with every submission
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
