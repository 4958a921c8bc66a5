"""One module without its function bodies, edited as text so that the rest stays as written."""

from __future__ import annotations

import ast
import re
import tokenize
from pathlib import Path
from typing import TypeGuard

from autograder.errors import CourseError

Function = ast.FunctionDef | ast.AsyncFunctionDef
IMPORT = "from course_utils.errors import NotReleasedYet"
WHOLE = "*"  # in PROVIDED: the whole module stays as written


def names_in(*trees: ast.AST) -> set[str]:
    """Return every name that a piece of code reads, imports or looks up."""
    found: set[str] = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.name for alias in node.names}
    return found


class MaskedModule:
    """A module of a withheld topic: what is hidden of it, and the text that is left.

    Statements are sorted once: `hidden` functions lose their body, `helpers` are private and stay
    (whole) only if something kept needs them, the rest stays. `settle` says what is needed.
    """

    def __init__(self, text: str, path: Path, topic: str, home: str) -> None:
        self.source, self.path, self.topic, self.home = text, path, topic, home
        self.tree = ast.parse(text)
        self.lines = text.splitlines()
        self.provided = _provided(self.tree)
        self.hidden: dict[str, Function] = {}
        self.helpers: dict[str, ast.stmt] = {}
        self.private_imports: list[ast.ImportFrom] = []
        self.scripts: list[ast.stmt] = []
        self._kept: list[ast.AST] = []
        self._used: set[str] = set()
        if WHOLE in self.provided:
            self._kept += self.tree.body
        else:
            self._sort(self.tree.body, prefix="")

    def _sort(self, body: list[ast.stmt], prefix: str, inside: bool = False) -> None:
        """Sort statements; `inside` a class or a block nothing may be left out, only emptied."""
        for node in body:
            bound = _names_bound(node)
            name = prefix + (bound[0] if bound else "")
            private = not inside and bound and all(map(_is_private, bound))
            if name in self.provided:
                self._kept.append(node)
            elif private:
                self.helpers |= dict.fromkeys(bound, node)
            elif isinstance(node, Function):
                if not _is_stub(node):
                    self.hidden[name] = node
                signature = (node.args, node.returns, *node.decorator_list)
                self._kept += [part for part in signature if part is not None]
            elif isinstance(node, ast.ClassDef):
                self._kept += [*node.bases, *node.keywords, *node.decorator_list]
                self._sort(node.body, f"{name}.", inside=True)
            elif isinstance(node, ast.If | ast.Try | ast.With):
                self._sort_block(node, prefix)
            elif not inside and _imports_privately(node):
                self.private_imports.append(node)
            else:
                self._refuse_lambdas(node)
                self._kept.append(node)

    def _sort_block(self, node: ast.If | ast.Try | ast.With, prefix: str) -> None:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
            self.scripts.append(node)
            return
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.ExceptHandler):
                self._sort(part.body, prefix, inside=True)
            elif isinstance(part, ast.stmt):
                self._sort([part], prefix, inside=True)
            else:
                self._kept.append(part)

    def _refuse_lambdas(self, node: ast.stmt) -> None:
        value = getattr(node, "value", None)
        parts = ast.walk(value) if isinstance(value, ast.Dict | ast.List | ast.Tuple) else [value]
        if any(isinstance(part, ast.Lambda) for part in parts):
            raise CourseError(
                f"course_utils/{self.path.as_posix()} line {node.lineno}: a lambda has no body "
                "to withhold from students: write it with def"
            )

    def names_needed(self, used: set[str]) -> set[str]:
        """Return the names that the kept part of this module needs, given those used elsewhere."""
        helpers = [node for name, node in self.helpers.items() if name in used]
        needed = names_in(*self._kept, *helpers)
        for node in self.private_imports:
            needed |= {a.name for a in node.names if self._keeps_import(a, needed | used)}
        return needed

    def _keeps_import(self, alias: ast.alias, used: set[str]) -> bool:
        return not _is_private(alias.name) or (alias.asname or alias.name) in used

    def settle(self, used: set[str]) -> None:
        """Say which names kept code needs, here and elsewhere; the other helpers are left out."""
        self._used = used

    @property
    def left_out(self) -> list[ast.stmt]:
        """The private helpers that students do not get."""
        unused = [node for name, node in self.helpers.items() if name not in self._used]
        return list({id(node): node for node in unused}.values())

    @property
    def text(self) -> str:
        """The text of the module for students."""
        edits: list[tuple[int, int, list[str]]] = []
        for name, function in self.hidden.items():
            edits.append((function.lineno, self._end(function), self._masked(name, function)))
        for node in [*self.left_out, *self.scripts]:
            edits.append((self._start(node), self._end(node), []))
        for line in self.private_imports:
            names = [alias for alias in line.names if self._keeps_import(alias, self._used)]
            shorter = [ast.unparse(ast.ImportFrom(line.module, names, line.level))] if names else []
            edits.append((line.lineno, self._end(line), shorter))
        lines = list(self.lines)
        if self.hidden:
            place = self._place_for_import()
            edits.append((place + 1, place, ["", IMPORT] if place else [IMPORT, ""]))
        for start, end, replacement in sorted(edits, reverse=True):
            lines[start - 1 : end] = replacement
        text = re.sub(r"\n{4,}", "\n\n\n", "\n".join(lines)).rstrip() + "\n"
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise CourseError(f"course_utils/{self.path} cannot be masked: {error}") from error
        return text

    def _masked(self, name: str, function: Function) -> list[str]:
        """The lines of a function: header and docstring as they were, then the refusal."""
        indent = " " * (function.col_offset + 4)
        lines = self._header(function)
        if ast.get_docstring(function, clean=False) is not None:
            docstring = ast.get_source_segment(self.source, function.body[0]) or ""
            lines += (indent + docstring).splitlines()
        reason = f"{self.topic}.{name} belongs to unit {self.home}: write it yourself there"
        return [*lines, f"{indent}raise NotReleasedYet(", f'{indent}    "{reason}"', f"{indent})"]

    def _header(self, function: Function) -> list[str]:
        """The lines from `def` to the colon that ends the signature."""
        rest = self.lines[function.lineno - 1 :]
        depth = 0
        for token in tokenize.generate_tokens(iter([line + "\n" for line in rest]).__next__):
            if token.string == ":" and depth == 0:
                row, column = token.end
                return [*rest[: row - 1], rest[row - 1][:column]]
            depth += (token.string in "([{") - (token.string in ")]}") if token.string else 0
        raise AssertionError("a parsed function has a colon")

    def _start(self, node: ast.stmt) -> int:
        """The first line of a statement with its decorators and the comment right above it."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        while first > 1 and self.lines[first - 2].startswith(" " * node.col_offset + "#"):
            first -= 1
        return first

    def _end(self, node: ast.stmt) -> int:
        """The last line of a statement with the comments that trail in its body."""
        end = row = node.end_lineno or node.lineno
        while row < len(self.lines):
            line = self.lines[row]
            inside = len(line) - len(line.lstrip()) > node.col_offset
            if line.strip() and not (inside and line.lstrip().startswith("#")):
                break
            row += 1
            end = row if line.strip() else end
        return end

    def _place_for_import(self) -> int:
        """The line after which our import goes: after the docstring and `from __future__`."""
        place = 0
        for node in self.tree.body:
            docstring = isinstance(node, ast.Expr) and place == 0
            future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            if not (docstring or future):
                break
            place = node.end_lineno or node.lineno
        return place


def _provided(tree: ast.Module) -> set[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and _names_bound(node) == ["PROVIDED"]:
            return set(ast.literal_eval(node.value))
    return set()


def _names_bound(node: ast.stmt) -> list[str]:
    """The names that a definition or a plain assignment binds."""
    if isinstance(node, Function | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return [part.id for t in targets if t for part in ast.walk(t) if isinstance(part, ast.Name)]
    return []


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _imports_privately(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and any(_is_private(a.name) for a in node.names)


def _is_stub(function: Function) -> bool:
    """True when the body holds nothing but a docstring, `...` or `pass`."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in function.body
    )
