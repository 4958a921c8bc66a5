"""What shows only when a notebook runs: how long it takes, whether one sees that it works, alt texts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.authoring.page import Finding, Page


@dataclass(frozen=True)
class Budget:
    """Seconds that running may take."""

    notebook: float = 180.0
    cell: float = 60.0
    silent: float = 5.0  # without a progress bar


def of_run(page: Page, budget: Budget = Budget()) -> Iterator[Finding]:  # frozen
    """Run a solved notebook from top to bottom, and yield what is too slow, silent, broken or undescribed."""
    yield from of_executed(page, execute(page.notebook, budget), budget)


def execute(notebook: NotebookNode, budget: Budget) -> NotebookNode:
    """Run a notebook in a folder of its own. A cell that takes three times what it may is stopped."""
    copy = nbformat.from_dict(notebook)
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            copy,
            timeout=round(3 * budget.cell),
            interrupt_on_timeout=True,
            allow_errors=True,
            record_timing=True,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": folder}},
        ).execute()
    return copy


def of_executed(page: Page, executed: NotebookNode, budget: Budget) -> Iterator[Finding]:
    """Yield what an executed notebook shows."""
    total = 0.0
    for index, cell in enumerate(executed.cells):
        if cell.cell_type != "code":
            continue
        seconds = seconds_of(cell)
        total += seconds
        if seconds > budget.cell:
            told = f"takes {seconds:.0f} s, at most {budget.cell:g} s: compute less, or load what was computed"
            yield page.finding("slow-cell", told, index)
        elif seconds > budget.silent and not _shows_progress(cell):
            told = f"takes {seconds:.0f} s and shows nothing: loop over track(…) of course_utils.progress"
            yield page.finding("silent-cell", told, index)
        for output in cell.outputs:
            if output.output_type == "error":
                told = f"stops with {output.ename}: {' '.join(output.evalue.split())[:200]}"
                yield page.finding("stops", told, index)
            elif not _described(output):
                told = "shows an image without alt text: end the figure with .describe(…)"
                yield page.finding("alt-text", told, index)
    if total > budget.notebook:
        told = f"the notebook takes {total:.0f} s, at most {budget.notebook:g} s"
        yield page.finding("slow-notebook", told)


def seconds_of(cell: NotebookNode) -> float:
    """How long a cell ran, by the kernel's own clock."""
    times = cell.metadata.get("execution", {})
    ends = [times.get("iopub.execute_input"), times.get("shell.execute_reply")]
    if not all(ends):
        return 0.0
    begun, done = (datetime.fromisoformat(str(end).replace("Z", "+00:00")) for end in ends)
    return (done - begun).total_seconds()


def _shows_progress(cell: NotebookNode) -> bool:
    """A bar of tqdm is a widget, or text on stderr with its percentage."""
    return any(
        "application/vnd.jupyter.widget-view+json" in output.get("data", {})
        or (output.get("name") == "stderr" and "%|" in output.get("text", ""))
        for output in cell.outputs
    )


def _described(output: NotebookNode) -> bool:
    """Whether an image has an alt text; a widget's still picture has it as plain text."""
    data = output.get("data", {})
    if "image/png" not in data and "image/svg+xml" not in data:
        return True
    alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
    plain = data.get("text/plain", "").strip()
    return bool(alt.strip()) or bool(plain and not plain.startswith("<"))
