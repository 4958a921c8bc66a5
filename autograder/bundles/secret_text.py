"""What must not reach students: the lines of solutions, hidden tests, mark schemes, bodies, checks.

A secret is a line squeezed to what counts: no comment, whitespace, quotes or backslashes, so that
it is found again when somebody reformats it or writes it as JSON. Lines that students read anyway,
in the released part of the notebook or in their library, are no secrets; nor are the names of
exercises, single words, and lines too short to tell. A word that starts with `CANARY-` is one wherever secret text holds it, even in a comment.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.authoring.source import read_source
from autograder.bundles import masking
from autograder.bundles.masked_module import MaskedModule
from autograder.bundles.masking import homes, masked_modules
from autograder.bundles.sieve import Sieve
from autograder.course import REPO, Course, Unit

CHECKS = REPO / "autograder" / "checks"
SMALLEST_SECRET = 12  # significant characters of a line
SMALLEST_WORD = 8  # of a canary, or the name of a place
_REGION = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_CANARY = re.compile(r"CANARY-[A-Za-z0-9_.-]*")
_ONE_WORD = re.compile(r"""(return )?["']?[A-Za-z]+["']?[,.:;]?""")  # stands in any dictionary
_COMMENT = re.compile(r"""^((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^#"'])*)#.*""")
NOT_SIGNIFICANT = b" \t\r\n\f\v\0\"'`\\"  # without NUL, ASCII text reads the same in UTF-16


def squeeze(text: str | bytes) -> bytes:
    r"""Keep the significant characters only.

    >>> squeeze('  print("a  b")\n')
    b'print(ab)'
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return raw.translate(None, NOT_SIGNIFICANT)


def secret_lines(unit: Unit, library: Path | None = None) -> dict[bytes, str]:
    """Return the secrets of this unit and of those after it: squeezed line -> the line to show."""
    library = library or masking.LIBRARY
    modules = masked_modules(unit, library)
    hidden, public = _split_notebook(read_source(unit.source))
    for source in sorted(unit.source.parent.glob("[0-9][0-9]_*.py")):
        if int(source.name[:2]) > unit.number:
            hidden += _split_notebook(read_source(source))[0]
    for path in sorted(library.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        module = modules.get(path.relative_to(library))
        withheld = withheld_rows(module) if module else set()
        for row, line in enumerate(text.splitlines(), start=1):
            (hidden if row in withheld else public).append(line)
    compiled = [
        path.read_text(encoding="utf-8")
        for topic, home in homes(unit).items()  # a bundle holds those of earlier units too
        if int(home[:2]) <= unit.number
        and (path := library / "public_cases" / f"{topic}.json").is_file()
    ]
    cases = [json.loads(text) for text in compiled]
    solutions = _without(as_secrets(hidden), [*public, *strings_in(cases, only="refuse")])
    checks = as_secrets(_lines_of_checks(unit))
    names = [f"{module.topic}.{name}" for module in modules.values() for name in module.hidden]
    return solutions | _without(checks, [*public, *compiled, *strings_in(cases), *names])


def machine_paths(course: Course) -> dict[bytes, str]:
    """Return the places on this machine that a bundle must not name."""
    places = {str(path) for path in (REPO, course.root, Path.home())}
    return {squeeze(place): place for place in places if len(squeeze(place)) >= SMALLEST_WORD}


def as_secrets(lines: Iterable[str]) -> dict[bytes, str]:
    """Squeeze lines, and keep those that are long enough to tell, and the canaries."""
    found: dict[bytes, str] = {}
    for line in lines:
        for canary in _CANARY.findall(line):
            found[squeeze(canary)] = canary
        code = _COMMENT.sub(r"\1", line)
        key = squeeze(code)
        tells = len(key) >= SMALLEST_SECRET and sum(map(str.isalnum, code)) >= SMALLEST_SECRET // 2
        if tells and not _ONE_WORD.fullmatch(code.strip()):
            found.setdefault(key, code.strip())
    return found


def withheld_rows(module: MaskedModule) -> set[int]:
    """Return the rows of a module that students do not get, counted from 1."""
    rows: set[int] = set()
    for function in module.hidden.values():
        first, *rest = function.body
        body = rest if ast.get_docstring(function, clean=False) is not None else [first, *rest]
        if body and body[0].lineno > function.lineno:
            rows |= set(range(body[0].lineno, (function.end_lineno or 0) + 1))
    for node in [*module.left_out, *module.scripts]:
        rows |= set(range(node.lineno, (node.end_lineno or 0) + 1))
    return rows


def _split_notebook(notebook: NotebookNode) -> tuple[list[str], list[str]]:
    """Return the lines of a source notebook that nbgrader takes out, and those that it leaves."""
    hidden: list[str] = []
    public: list[str] = []
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        markdown = cell.cell_type != "code"
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        inside = solution and "BEGIN SOLUTION" not in cell.source
        for line in lines:
            if border := _REGION.search(line):
                inside = border[1] == "BEGIN"
            elif inside:  # in prose a # is a heading, not a comment
                hidden.append(line.lstrip("# ") if markdown else line)
            else:
                public.append(line)
    return hidden, public


def _lines_of_checks(unit: Unit) -> Iterator[str]:
    """Every line of the checks, and of programs in their strings; earlier units' checks apart."""
    earlier = {topic for topic, home in homes(unit).items() if int(home[:2]) < unit.number}
    for path in sorted(CHECKS.rglob("*.py")):
        owner = path.relative_to(CHECKS).parts[0].removesuffix(".py")
        if owner.strip("_") not in {*earlier, "init"}:
            text = path.read_text(encoding="utf-8")
            yield from text.splitlines()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from node.value.splitlines()


def strings_in(value: Any, only: str = "") -> Iterator[str]:
    """Yield every string of a JSON value, keys too; or only what stands under one key.

    >>> list(strings_in([{"right": {"refuse": "n is 0"}, "args": ["x"]}], only="refuse"))
    ['n is 0']
    """
    if isinstance(value, str) and not only:
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from strings_in(part, only)
    elif isinstance(value, dict):
        for key, part in value.items():
            if not only:
                yield key
            yield from strings_in(part, "" if key == only else only)


def _without(secrets: dict[bytes, str], public: Iterable[str]) -> dict[bytes, str]:
    told = {key for key, _ in Sieve(secrets).hits(squeeze("\n".join(public)))}
    return {
        key: line for key, line in secrets.items() if key not in told or key.startswith(b"CANARY-")
    }
