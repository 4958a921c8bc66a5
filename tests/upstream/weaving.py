"""Put the code of each reproduction into its report: the test is the only place where it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.upstream.reports import HERE, Report, index, reports

LOCK = HERE.parent.parent / "requirements.lock"
PINS = ("nbgrader", "nbclient", "nbconvert", "nbformat", "jupyter_client", "SQLAlchemy")
HELPER = "classroom"
FIXTURES = ("classroom", "released")
BEGIN, END = "<!-- woven by `python -m tests.upstream` -->", "<!-- end of what is woven -->"
HOW = "Beside [classroom.py](classroom.py), the smallest course; `pytest` runs it."


def refresh(*, check: bool = False) -> list[Path]:
    """Bring all reports and their table up to date; return those that were not."""
    fresh = {report.path: woven(report) for report in reports()} | {HERE / "README.md": index()}
    there = {path: path.read_text(encoding="utf-8") for path in fresh if path.is_file()}
    stale = [path for path, text in fresh.items() if there.get(path) != text]
    for path in [] if check else stale:
        path.write_text(fresh[path], encoding="utf-8")
    return stale


def woven(report: Report) -> str:
    """The text of a report with its code, and the versions it was seen with."""
    before, rest = report.text.split(BEGIN, 1)
    code = reproduction(report.name)
    seen = f"Seen with {versions()}." + (f"\n{HOW}" if uses_classroom(code) else "")
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n\n{seen}\n\n```python\n{code}```\n\n{END}{after}"


def issue(report: Report) -> str:
    """A report as it is sent: with the classroom folded in, without our numbers and marks."""
    helper = (HERE / "classroom.py").read_text(encoding="utf-8")
    folded = (
        "The smallest course, `classroom.py`; what stands below is a test beside it, for `pytest`:\n\n"
        f"<details>\n\n```python\n{helper}```\n\n</details>"
    )
    titles = {other.name[:2]: other.title for other in reports()}
    text = woven(report).replace(HOW, folded)
    text = text.replace(f"{BEGIN}\n\n", "").replace(f"\n{END}\n", "")
    return re.sub(r"\breport (\d\d)\b", lambda found: f"the report “{titles[found[1]]}”", text)


def versions() -> str:
    """The versions that requirements.lock pins."""
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", LOCK.read_text(encoding="utf-8"), re.M))
    return ", ".join(f"{name} {pins[name]}" for name in PINS)


def uses_classroom(code: str) -> bool:
    return f"from {HELPER} import" in code


def reproduction(name: str) -> str:
    """The test of a report, with the imports, constants and helpers that it uses, and no others."""
    path, function = marked()[name]
    source = path.read_text(encoding="utf-8")
    body = ast.parse(source).body
    wanted = _names(function)
    needed: list[ast.stmt] = [function]
    helpers = [node for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]
    for node in reversed(helpers):
        if node.lineno < function.lineno and _defines(node) in wanted:
            wanted |= _names(node)
            needed.insert(0, node)
    fixtures = {"classroom"} & {argument.arg for argument in function.args.args}
    imports = list(_imports(body, wanted, FIXTURES if fixtures else ()))
    parts = ["\n".join(imports), *(_text(source, node) for node in needed)]
    return "\n\n\n".join(parts) + "\n"


@cache
def marked() -> dict[str, tuple[Path, ast.FunctionDef]]:
    """The test of each report: its file and its definition."""
    found = {}
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                for mark in filter(_is_mark, node.decorator_list):
                    found[ast.literal_eval(mark.args[0])] = (path, node)  # type: ignore[attr-defined]
    return found


def _is_mark(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "weakness"


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _defines(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", "")


def _imports(body: list[ast.stmt], wanted: set[str], fixtures: tuple[str, ...]) -> Iterator[str]:
    """The import statements, cut down to what is wanted; our helper's last."""
    ours: list[str] = list(fixtures)
    for node in body:
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names if (alias.asname or alias.name) in wanted]
        if isinstance(node, ast.Import):
            yield from (f"import {name}" for name in names)
        elif node.module == f"tests.upstream.{HELPER}":
            ours += names
        elif names and node.module != "tests.upstream.reports":
            yield f"from {node.module} import {', '.join(names)}"
    if ours:
        yield f"from {HELPER} import {', '.join(sorted(ours))}"


def _text(source: str, node: ast.stmt) -> str:
    """The source of a definition with its decorators, but without our mark."""
    marks = [mark for mark in getattr(node, "decorator_list", []) if not _is_mark(mark)]
    text = [f"@{ast.get_source_segment(source, mark)}" for mark in marks]
    return "\n".join([*text, ast.get_source_segment(source, node) or ""])
