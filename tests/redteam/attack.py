"""What an attack is: what is handed in, and what must come of it.

An attack is written as a few lines: cells in front of the exercises, answers, cells behind. All other
answers are wrong, so that whatever is earned was earned by the attack; with `right=True` the others are
right, and must stay so.
"""

from __future__ import annotations

import copy
import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

NAME = "significance.ipynb"
POINTS = {"accuracy_difference": 2.0, "find_the_bug_significance": 6.0, "holm": 4.0}
ALL = tuple(POINTS)
BEYOND = 0  # the row of what the list does not have


@dataclass(frozen=True)
class Link:
    """A symbolic link among the files that are handed in."""

    target: str


Files = dict[str, bytes | Link]  # names inside the student's folder


@dataclass(frozen=True)
class Desk:
    """What lies before an attacker: the released notebook, the solved one, and where things are."""

    blank: NotebookNode
    solved: NotebookNode
    places: Mapping[str, str]


@dataclass(frozen=True)
class Attack:
    """One submission. Its name is the student's id.

    keeps   exercises with full points; all others have 0
    flag    stands in an integrity flag
    says    stands in what the student reads: messages, repairs, outputs
    aside   stands in the reason why there is no result
    refused stands in a note of the intake
    """

    row: int
    name: str
    make: Callable[[Desk], Files]
    keeps: Sequence[str] = ()
    flag: str = ""
    says: str = ""
    aside: str = ""
    refused: str = ""


def written(notebook: NotebookNode) -> bytes:
    """A notebook as the bytes of a file, whatever is wrong with it."""
    return json.dumps(notebook, indent=1).encode()


def solution(notebook: NotebookNode, name: str) -> NotebookNode:
    """The cell with that grade_id."""
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name
    )


def wrong(name: str) -> str:
    return f"def {name}(*args, **kwargs):\n    return -1\n"


def notebook(
    desk: Desk,
    *front: str,
    answers: Mapping[str, str] | str = "",
    back: Sequence[str] = (),
    right: bool = False,
) -> NotebookNode:
    """A submission: `front` behind the imports, the answers, `back` at the end.

    A text for `answers` is the body of each function; `{name}` stands for the function's name.
    """
    made = copy.deepcopy(desk.solved if right else desk.blank)
    for name in ALL:
        cell = solution(made, name)
        if not right:
            cell.source = wrong(name)
        if isinstance(answers, str) and answers:
            body = textwrap.indent(textwrap.dedent(answers).strip(), "    ")
            cell.source = f"def {name}(*args, **kwargs):\n{body}\n".replace("{name}", name)
        elif name in answers:
            cell.source = textwrap.dedent(dict(answers)[name]).strip() + "\n"
    made.cells[2:2] = [new_code_cell(textwrap.dedent(source).strip()) for source in front]
    made.cells += [new_code_cell(textwrap.dedent(source).strip()) for source in back]
    return made


def handing_in(
    *front: str,
    answers: Mapping[str, str] | str = "",
    back: Sequence[str] = (),
    right: bool = False,
    change: Callable[[NotebookNode], None] | None = None,
) -> Callable[[Desk], Files]:
    """Make a submission of one notebook, see `notebook`; `change` is done to it at last."""

    def make(desk: Desk) -> Files:
        texts = [_filled(text, desk) for text in front]
        filled = (
            _filled(answers, desk)
            if isinstance(answers, str)
            else {name: _filled(text, desk) for name, text in answers.items()}
        )
        endings = [_filled(text, desk) for text in back]
        made = notebook(desk, *texts, answers=filled, back=endings, right=right)
        if change:
            change(made)
        return {NAME: written(made)}

    return make


def _filled(text: str, desk: Desk) -> str:
    """Put places into a text: `@course@` becomes the path of the course, and so on."""
    for name, place in desk.places.items():
        text = text.replace(f"@{name}@", place)
    return text
