"""Notebooks whose cells, flags, order or language were changed: by mistake, by another program, or on purpose.

What the student wrote is graded in the instructor's notebook, so right answers keep their points.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from tests.redteam.attack import ALL, Attack, handing_in, solution

Change = Callable[[NotebookNode], None]


def doubled(notebook: NotebookNode) -> None:
    for name in ALL:
        cell = solution(notebook, name)
        notebook.cells.insert(notebook.cells.index(cell) + 1, copy.deepcopy(cell))


def split(notebook: NotebookNode) -> None:
    """As JupyterLab splits a cell: both halves have the same metadata."""
    cell = solution(notebook, "holm")
    second = copy.deepcopy(cell)
    cell.source = "def added_by_splitting():\n    return 1"
    notebook.cells.insert(notebook.cells.index(cell) + 1, second)


def tests_doubled(notebook: NotebookNode) -> None:
    for cell in list(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            notebook.cells.append(copy.deepcopy(cell))


def same_names(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["nbgrader"]["grade_id"] = "check-holm"


def tests_deleted(notebook: NotebookNode) -> None:
    notebook.cells = [
        cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
    ]


def everything_deleted(notebook: NotebookNode) -> None:
    notebook.cells = []


def flags_flipped(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if grader := cell.metadata.get("nbgrader"):
            grader.update(
                grade=not grader["grade"],
                solution=not grader["solution"],
                locked=not grader["locked"],
            )


def points_raised(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"].update(points=1000, checksum="0" * 32, schema_version=99)


def new_tests(notebook: NotebookNode) -> None:
    """Test cells of the student's own, worth a lot."""
    for number in range(5):
        about = {"grade": True, "grade_id": f"check-extra-{number}", "points": 100, "locked": True}
        extra = {"nbgrader": {**about, "schema_version": 3, "solution": False, "task": False}}
        notebook.cells.append(new_code_cell("100.0", metadata=extra))


def tests_easier(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.source = "assert True"


def shuffled(notebook: NotebookNode) -> None:
    random.Random(1).shuffle(notebook.cells)


def of_type(kind: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        make = {"raw": new_raw_cell, "markdown": new_markdown_cell}[kind]
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and "nbgrader" in cell.metadata:
                notebook.cells[number] = make(cell.source, id=cell.id, metadata=cell.metadata)

    return change


def by_another_program(notebook: NotebookNode) -> None:
    """Colab and VS Code keep nbgrader's metadata of no cell, and have ids of their own, or none."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode({"id": f"c{number:04}", "colab": {"base_uri": "https://x"}})
        cell.id = f"c{number:04}"
    notebook.metadata = NotebookNode({"colab": {"provenance": []}, "accelerator": "GPU"})


def without_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode({"vscode": {"languageId": "python"}})
        del cell["id"]
    notebook.metadata, notebook.nbformat_minor = NotebookNode(), 4


def kernel(name: str, language: str) -> Change:
    def change(notebook: NotebookNode) -> None:
        about = {"name": name, "display_name": name, "language": language}
        notebook.metadata["kernelspec"] = about
        notebook.metadata["language_info"] = {"name": language, "file_extension": ".sh"}

    return change


def ids_of_tests(notebook: NotebookNode) -> None:
    """A free cell that says it is a test."""
    notebook.cells.append(new_code_cell("4.0", id="check-holm"))
    odd = new_code_cell("4.0")
    odd.metadata = NotebookNode({"nbgrader": "check-holm", "tags": "x"})
    notebook.cells.insert(0, odd)


def empty_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            name = cell.metadata["nbgrader"]["grade_id"]
            cell.metadata["nbgrader"] = {
                "grade_id": name,
                "points": "lots",
                "grade": [1],
                "x": None,
            }


CHANGES: dict[str, tuple[Change, str]] = {
    "doubled-cells": (doubled, "2 times"),
    "split-cell": (split, "2 times"),
    "doubled-tests": (tests_doubled, ""),
    "equal-names": (same_names, ""),
    "deleted-tests": (tests_deleted, ""),
    "flipped-flags": (flags_flipped, ""),
    "raised-points": (points_raised, ""),
    "extra-tests": (new_tests, ""),
    "easier-tests": (tests_easier, "was changed"),
    "shuffled-cells": (shuffled, ""),
    "raw-cells": (of_type("raw"), "code cell again"),
    "markdown-cells": (of_type("markdown"), "code cell again"),
    "ids-of-tests": (ids_of_tests, ""),
    "odd-metadata": (empty_metadata, ""),
}
PROMISING = ("flipped-flags", "raised-points", "extra-tests", "easier-tests", "equal-names")
KERNELS: dict[str, Change] = {
    "bash": kernel("bash", "bash"),
    "unknown": kernel("no-such-kernel", "python"),
    "path": kernel("../../../bin/sh", "sh"),
}

ATTACKS = [
    *(
        Attack(19, name, handing_in(right=True, change=change), keeps=ALL, says=told)
        for name, (change, told) in CHANGES.items()
    ),
    *(Attack(19, f"{name}-wrong", handing_in(change=CHANGES[name][0])) for name in PROMISING),
    Attack(19, "deletes-everything", handing_in(change=everything_deleted), says="was missing"),
    Attack(20, "from-colab", handing_in(right=True, change=by_another_program), keeps=ALL),
    Attack(20, "from-vs-code", handing_in(right=True, change=without_ids), keeps=ALL),
    Attack(20, "from-colab-wrong", handing_in(change=by_another_program)),
    *(
        Attack(22, f"kernel-{name}", handing_in(right=True, change=change), keeps=ALL)
        for name, change in KERNELS.items()
    ),
    Attack(22, "kernel-bash-wrong", handing_in(change=KERNELS["bash"])),
]
