"""What in a submission is worth an instructor's look, with the evidence. It never changes points.

Only text that came from the student is read: solution cells and cells that the student added. It is
read, not run, so that it can be deceived: see the module `integrity_code` for what is followed. Each
flag is a neutral sentence, the cell, the line and its text. What it means is for a person to decide.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from nbformat import NotebookNode

from autograder.course import Course, Unit
from autograder.intake.arrivals import Arrivals, read_json
from autograder.integrity.code import CodeReader, Found
from autograder.integrity.copies import copies
from autograder.integrity.follow import Names, parse
from autograder.integrity.memorized import memorized
from autograder.integrity.names import LIBRARIES
from autograder.integrity.text import TURNED, in_prose, lines_of_prose

MOST_FLAGS = 40  # of one submission: enough to look at
LONGEST_CELL = 20_000  # characters that are read of one cell
LONGEST_WORK = 200_000  # characters that are read of one submission
LONGEST_LINE = 160


@dataclass(frozen=True)
class Flag:
    """One thing that is worth a look."""

    kind: str
    what: str
    cell: str = (
        ""  # the cell's id: the exercise's name, or student-4 for the fifth of the submission
    )
    number: int = 0  # of the cell in the rebuilt notebook, from 1
    line: int = 0  # in the cell, from 1
    code: str = ""  # that line

    def __str__(self) -> str:
        """The sentence.

        >>> str(Flag("place", "names /proc/self/environ", "holm", 12, 3, "open(…)"))
        'cell 12, line 3: names /proc/self/environ'
        """
        where = [f"cell {self.number}"] * bool(self.number) + [f"line {self.line}"] * bool(
            self.line
        )
        return f"{', '.join(where)}: {self.what}" if where else self.what


def flags_of(
    notebook: NotebookNode,
    graded: Iterable[str],
    answers: dict[str, list[float]] | None = None,
    topics: tuple[str, ...] = (),
) -> list[Flag]:
    """The flags of a rebuilt notebook.

    `answers` are the public ones, by graded function; `topics` those whose references may be copied.
    """
    names, found = Names(), []
    left = LONGEST_WORK
    trees: dict[int, ast.AST] = {}
    for number, cell in enumerate(notebook.cells, 1):
        left -= len(cell.source[:LONGEST_CELL]) if from_student(cell) else 0
        if left >= 0 and cell.cell_type == "code":
            trees[number] = parse(cell.source[:LONGEST_CELL])
    for _ in range(2):  # a name may be used in a cell above the one that explains it
        for tree in trees.values():
            names.learn(tree)
    reader = CodeReader(names, graded)
    left = LONGEST_WORK
    for number, cell in enumerate(notebook.cells, 1):
        if not from_student(cell):
            continue
        left -= len(cell.source[:LONGEST_CELL])
        if left < 0:
            found.append(Flag("long", "the rest is too long to be read", name_of(cell), number))
            break
        own = (answers or {}).get(name_of(cell), [])
        for line, kind, what in _found(cell, trees.get(number), reader, own, topics):
            lines = cell.source.splitlines()
            code = lines[line - 1].strip()[:LONGEST_LINE] if 0 < line <= len(lines) else ""
            found.append(Flag(kind, what, name_of(cell), number, line, code))
    return _few(found)


def flags_of_source(source: str, exercise: str) -> list[Flag]:
    """The flags of one file with a function."""
    tree, names = parse(source[:LONGEST_CELL]), Names()
    names.learn(tree)
    name = exercise.partition(".")[2]
    lines = source.splitlines()
    return _few(
        [
            Flag(kind, what, name, 0, line, lines[line - 1].strip()[:LONGEST_LINE])
            for line, kind, what in CodeReader(names, [name]).read(tree)
            if 0 < line <= len(lines)
        ]
    )


def flags_beside(course: Course, unit: Unit, student: str) -> list[Flag]:
    """Files handed in beside the notebook that would be imported instead of a library, were they there.

    The folder `course_utils/` is a part of every bundle: it is handed in by many.
    """
    listing = read_json(Arrivals(course, unit).folder / student / "beside.json")
    found = []
    for name in sorted(listing):
        *folders, file = PurePosixPath(name).parts
        shadows = {folder for folder in folders if folder in LIBRARIES - {"course_utils"}}
        if file.endswith((".py", ".pth", ".so")):
            shadows |= {file.partition(".")[0]} & LIBRARIES - set(map(str, folders[-1:]))
            if shadows and "course_utils" not in folders:
                what = f"a file named like a library was handed in, and is never run: {name}"
                found.append(Flag("shadow", what))
    return _few(found)


def from_student(cell: NotebookNode) -> bool:
    """Whether a cell's text is the student's."""
    solution = cell.metadata.get("nbgrader", {}).get("solution")
    return bool(solution or "student" in cell.metadata.get("tags", []))


def name_of(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", ""))


def _found(
    cell: NotebookNode,
    tree: ast.AST | None,
    reader: CodeReader,
    answers: list[float],
    topics: tuple[str, ...],
) -> Iterator[Found]:
    source = cell.source[:LONGEST_CELL]
    if tree is None:
        yield from lines_of_prose(source)
        return
    yield from reader.read(tree)
    yield from memorized(tree, answers)
    yield from copies(tree, topics)
    for number, line in enumerate(source.splitlines(), 1):
        if TURNED.search(line):
            yield (
                number,
                "hidden code",
                "holds characters that change the order in which it is shown",
            )
    yield from _comments(source)


def _comments(source: str) -> Iterator[Found]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    try:
        for token in tokens:
            if token.type == tokenize.COMMENT:
                yield from ((token.start[0], kind, what) for kind, what in in_prose(token.string))
    except (tokenize.TokenError, SyntaxError):
        return  # no program: it does not run either


def _few(found: list[Flag]) -> list[Flag]:
    """Each thing once in a cell, the first ones first, and not more than anybody reads."""
    first: dict[tuple[int, str], Flag] = {}
    for flag in sorted(found, key=lambda flag: (flag.number, flag.line)):
        first.setdefault((flag.number, flag.what), flag)
    kept = list(first.values())
    if len(kept) > MOST_FLAGS:
        more = Flag("more", f"{len(kept) - MOST_FLAGS} more things like these were found")
        kept = [*kept[:MOST_FLAGS], more]
    return kept
