"""Pictures: each says in words what there is to see, and is asked about before it is shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from autograder.authoring.page import Finding, Page
from autograder.cells import without_fences
from autograder.course import REPO

FIGURES = "course_utils.figures"
NOT_DRAWN = {"explore", "explore_text", "animate"}  # show what a function handed in draws
ASKED = r"\bpredict|\*\*move the"  # a slider to be moved is a question, too
BY_HAND = re.compile(r"\bplt\.|\bpyplot\b|\.savefig\(|\bnew_figure\(")


def of_figures(page: Page) -> Iterator[Finding]:
    """Yield images and figures without alt text, and figures that nobody was asked about."""
    drawn = _imported(page)
    asked = True  # whether a question stands between the last figure and here
    for index, cell in page.released():
        if cell.cell_type == "markdown":
            yield from _images(page, index, cell.source)
            section = re.search(r"^##? ", cell.source, flags=re.M)
            asked = bool(re.search(ASKED, cell.source, flags=re.I)) or (asked and not section)
        elif cell.cell_type == "code":
            calls = [call for call in _calls(cell.source) if call in drawn]
            for call in calls:
                module, name = drawn[call]
                if name not in NOT_DRAWN and not describes(module, name):
                    told = f'figure {call} without alt text: end {name} with figure.describe("…")'
                    yield page.finding("alt-text", told, index, call)
            if BY_HAND.search(cell.source) and ".describe(" not in cell.source:
                told = (
                    "figure without alt text: make it with new_figure(), and end with .describe(…)"
                )
                yield page.finding("alt-text", told, index)
            if calls and not asked:
                told = "nobody is asked what this figure will show: write **Predict.** before it"
                yield page.finding("predict", told, index, calls[0])


def _images(page: Page, index: int, markdown: str) -> Iterator[Finding]:
    for image in re.findall(r"!\[\s*\]\([^)]*\)|<img\b[^>]*>", without_fences(markdown)):
        if image.startswith("!") or not re.search(r"""\balt\s*=\s*["'][^"']""", image):
            told = "image without alt text: say in a sentence what there is to see"
            yield page.finding("alt-text", told, index, image.splitlines()[0])


def _imported(page: Page) -> dict[str, tuple[str, str]]:
    """What a notebook can call of our figures: `figures.mosaics` -> (module, function)."""
    found: dict[str, tuple[str, str]] = {}
    for _, cell in page.released():
        for node in ast.walk(_tree(cell.source)) if cell.cell_type == "code" else ():
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(FIGURES):
                continue
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                called = alias.asname or alias.name
                if functions := functions_of(module):
                    found |= {f"{called}.{name}": (module, name) for name in functions}
                else:
                    found[called] = (node.module or "", alias.name)
    return found


def _calls(source: str) -> list[str]:
    calls = [node.func for node in ast.walk(_tree(source)) if isinstance(node, ast.Call)]
    return [ast.unparse(called) for called in calls]


def _tree(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:  # magics
        return ast.Module(body=[], type_ignores=[])


@cache
def functions_of(module: str) -> dict[str, ast.FunctionDef]:
    """The functions of one of our modules; none if there is no such module."""
    path = REPO.joinpath(*module.split(".")).with_suffix(".py")
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def describes(module: str, name: str) -> bool:
    """Whether a function gives its figure an alt text, itself or by a function of the same module.

    What is no figure at all (it returns something else) needs none.
    """
    functions = functions_of(module)
    waiting, seen = [name], set()
    while waiting:
        function = functions.get(waiting.pop())
        if function is None or function.name in seen:
            continue
        seen.add(function.name)
        for node in ast.walk(function):
            if isinstance(node, ast.Attribute) and node.attr == "describe":
                return True
            if isinstance(node, ast.Name):
                waiting.append(node.id)
    returns = functions[name].returns if name in functions else None
    return returns is not None and "Figure" not in ast.unparse(returns)
