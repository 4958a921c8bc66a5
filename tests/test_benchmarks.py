"""The benchmarks' machinery: turns, medians, answers compared first, one table. No time is asserted.

Run the benchmarks themselves with `make bench`.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course_utils.data import DataError
from course_utils.rlhf.runs import CARTPOLE
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import docs_page, report
from tests.benchmarks.contest import Contest, Sides, run
from tests.benchmarks.queueing import makespan
from tests.benchmarks.rows import dqn, notebooks

REPO = Path(__file__).resolve().parent.parent
TARGETS = {  # what the course promises, ours / peer
    ("paired bootstrap", "scipy.stats.bootstrap"): 1 / 100,
    ("group confusion table", "fairlearn.metrics.MetricFrame"): 1 / 10,
    ("n-gram fit + perplexity", "nltk.lm.MLE"): 1 / 10,
    ("n-gram fit + perplexity", "kenlm, perplexity alone"): 3,
    ("spelling by noisy channel", "symspellpy lookup"): 1,
    ("spelling by noisy channel", "pyspellchecker"): 1 / 10,
    ("attention", "F.scaled_dot_product_attention, math"): 1.2,
    ("GPT training step", "transformers GPT-2"): 1.0,
    ("GPT generation", "transformers generate"): 1.0,
    ("AdamW step", "torch.optim.AdamW (foreach)"): 1.1,
    ("PCA", "sklearn.decomposition.PCA"): 1.1,
    ("data parallel step", "DistributedDataParallel"): 1.1,
    ("pipeline", "formula (p−1)/(m+p−1)"): 1.1,
    ("DQN", "stable-baselines3 DQN"): 1.0,
    ("notebooks", "180 s: 06_pretraining_and_rlhf"): 1.0,
    ("import course_utils", "import numpy"): 1.5,
    ("grade a class", "nbgrader autograde"): 1 / 10,
    ("overhead per submission", "the 0.2 s that are allowed"): 1.0,
    ("regrade, nothing changed", "first grade"): 1 / 50,
    ("memory per live student process", "cold kernel with torch"): 1 / 4,
}
FIELDS = (
    *("row", "ours_seconds", "peer", "peer_seconds", "ratio", "target", "rounds", "spread"),
    "same_answer",
)


def contest(prepare: Any, row: str = "adding", target: float | None = 1.0) -> Contest:
    return Contest(row, "a friend", target, "add two numbers", ("numpy",), prepare)


def busy(seconds: float, answer: Any, log: list[Any] | None = None) -> Any:
    def side() -> Any:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            pass
        if log is not None:
            log.append(answer)
        return answer

    return side


def test_both_sides_take_turns_and_the_ratio_is_ours_over_the_peers():
    log: list[str] = []
    sides = Sides(busy(0.001, "ours", log), busy(0.02, "peer", log), lambda a, b: True)
    row = run(contest(lambda: sides), rounds=7)
    assert log == ["ours", "peer", *(["ours", "peer", "peer", "ours"] * 4)[:14]]
    assert row["rounds"] == 7 and row["same_answer"] is True and "why" not in row
    assert row["ratio"] == pytest.approx(row["ours_seconds"] / row["peer_seconds"])
    assert 0.001 <= row["ours_seconds"] < row["peer_seconds"] and row["spread"] >= 0


def test_sides_whose_answers_differ_are_not_timed():
    log: list[int] = []
    row = run(contest(lambda: Sides(busy(0, 1, log), busy(0, 2, log), int.__eq__)), rounds=7)
    assert log == [1, 2]
    assert (row["same_answer"], row["ratio"], row["rounds"]) == (False, None, 0)
    assert "different answers" in row["why"]


def test_without_a_peer_there_is_no_ratio_but_a_reason():
    def not_installed() -> Sides:
        importlib.import_module("a_package_nobody_has")
        raise AssertionError

    def not_possible() -> Sides:
        raise DataError("the text was not fetched: run `course data`")

    for prepare, reason in [
        (not_installed, "a_package_nobody_has"),
        (not_possible, "was not fetched"),
    ]:
        row = run(contest(prepare), rounds=7)
        assert row["ratio"] is None and row["same_answer"] is None
        assert reason in row["why"]


def results(*rows: dict[str, Any], machine: str = "abacus", numpy: str = "2") -> dict[str, Any]:
    return {"machine": machine, "versions": {"numpy": numpy}, "rows": list(rows)}


def test_the_table_has_every_row_in_order_and_says_which_target_was_missed(tmp_path):
    def sides() -> Sides:
        return Sides(busy(0.002, 1), busy(0.001, 1), int.__eq__)

    rows = [
        run(contest(sides, "second", target=0.001), 7),
        run(contest(sides, "first", target=None), 7),
    ]
    gone = run(contest(sides, "gone"), 7)
    order = [("first", "a friend"), ("second", "a friend")]
    report.write(results(*rows, gone), order, tmp_path)
    written = json.loads((tmp_path / "results.json").read_text())
    assert set(written) == {"machine", "versions", "rows"}
    assert [row["row"] for row in written["rows"]] == ["first", "second"]
    assert all(set(FIELDS) <= set(row) for row in written["rows"])
    lines = (tmp_path / "results.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in table] == ["| row", "| first", "| second"]
    assert "(missed)" in table[2] and "(missed)" not in table[1]


def test_rows_of_an_earlier_run_stay_only_beside_rows_of_the_same_machine_and_versions():
    a, b, newer_b = ({"row": name, "peer": "p", "ratio": r} for name, r in ["a1", "b1", "b2"])
    kept = report.merged(results(newer_b), results(a, b))
    assert kept["rows"] == [a, newer_b]
    for other in (results(a, b, machine="slide rule"), results(a, b, numpy="1")):
        assert report.merged(results(newer_b), other)["rows"] == [newer_b]
    assert report.merged(results(a), None)["rows"] == [a]


def test_each_row_promises_what_the_course_promises():
    names = [path.stem for path in (REPO / "tests/benchmarks/rows").glob("*.py")]
    contests = [
        contest
        for name in names
        for contest in importlib.import_module(f"tests.benchmarks.rows.{name}").CONTESTS
    ]
    promised = {(c.row, c.peer): c.target for c in contests}
    assert len(promised) == len(contests)
    assert promised.items() >= TARGETS.items()


def test_a_row_says_its_unit_and_how_many_rounds_it_takes_itself(tmp_path):
    sides = Sides(lambda: 1, lambda: 1, int.__eq__, seconds=lambda: (2.0, 8.0))
    row = run(Contest("memory", "a friend", 0.5, "…", ("numpy",), lambda: sides, 3, "MB"), 7)
    assert (row["rounds"], row["ratio"], row["unit"]) == (3, 0.25, "MB")
    assert "| memory | 2 MB | a friend | 8 MB | 0.25 | ≤ 0.5 | 3 |" in report.markdown(results(row))


def test_every_row_stays_within_what_the_course_promises():
    """The table that is committed: no row missed its target, none is missing a measurement without a word."""
    rows = report.read()["rows"]
    assert {(row["row"], row["peer"]) for row in rows} >= set(TARGETS)
    for row in rows:
        assert row["ratio"] is not None or row["why"]
        assert None in (row["ratio"], row["target"]) or row["ratio"] <= row["target"], row["row"]


@pytest.mark.parametrize(
    ("judging", "writing", "workers", "ahead", "seconds"),
    [
        ([1, 1, 1, 1], 0.0, 1, 1, 4.0),
        ([3, 1, 1, 1], 0.0, 2, 1, 3.0),
        ([1, 1, 1, 1], 1.0, 1, 1, 5.0),
        ([1, 1, 5], 3.0, 1, 1, 12.0),  # the third is sent at 4, when the first is written
        ([1, 1, 5], 3.0, 1, 2, 10.0),  # it is sent at 1, and begins at 2
        ([0, 0, 0], 2.0, 3, 1, 6.0),
        ([], 1.0, 2, 1, 0.0),
    ],
)
def test_the_simulation_gives_what_can_be_counted_by_hand(
    judging, writing, workers, ahead, seconds
):
    drawn = np.array(judging, dtype=float)
    assert makespan(drawn, writing, workers, ahead=ahead) == pytest.approx(seconds)


def test_rows_are_found_by_their_peers_too_and_written_one_by_one(monkeypatch):
    """Whoever stops a long run keeps the rows that are done."""

    def interrupted() -> Sides:
        raise KeyboardInterrupt

    def sides() -> Sides:
        return Sides(lambda: 1, lambda: 1, int.__eq__, seconds=lambda: (1.0, 2.0))

    rows = [
        Contest("adding", "kenlm", 1.0, "…", ("numpy",), sides),
        Contest("adding", "an abacus", 1.0, "…", ("numpy",), interrupted),
        Contest("subtracting", "kenlm after adding", 1.0, "…", ("numpy",), interrupted),
        Contest("dividing", "an abacus", 1.0, "…", ("numpy",), sides),
    ]
    written: list[list[str]] = []
    monkeypatch.setattr(benchmarks, "ROWS", ("only",))
    monkeypatch.setattr(benchmarks, "import_module", lambda _: SimpleNamespace(CONTESTS=rows))
    monkeypatch.setattr(
        report, "write", lambda found, order: written.append([r["peer"] for r in found["rows"]])
    )
    monkeypatch.setattr(report, "read", lambda: None)
    monkeypatch.setattr(docs_page, "update", lambda: None)
    assert benchmarks.main(["adding, kenlm"]) == 0
    assert written == [["kenlm"]]
    with pytest.raises(KeyboardInterrupt):
        benchmarks.main(["adding"])
    assert written == [["kenlm"], ["kenlm"]]  # a row's name comes first: not that of subtracting
    assert benchmarks.main(["dividing", "dividing, an abacus"]) == 0  # once
    assert written.pop() == ["an abacus"]
    assert benchmarks.main(["adding, kenlm", "--rounds", "3"]) == 0
    assert len(written) == 2  # three rounds are for trying out


def test_a_run_of_a_notebook_tells_its_wall_and_its_slowest_cells(tmp_path):
    cells = ["import time  # first", "time.sleep(1.5)", "# nap\ntime.sleep(0.5)", "1 + 1"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
    notebook.cells.insert(2, new_markdown_cell("Well.\n\n## Rest\n\n# of the day\n"))
    notebook.cells.insert(1, new_markdown_cell("# Sleep\n\nnot # a heading"))
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "", "language": "python"}
    path = tmp_path / "short.ipynb"
    nbformat.write(notebook, path)
    whole, slowest = notebooks.wall(path), notebooks.slowest_cell(path)
    assert whole.ours() == {} and whole.same(whole.ours(), whole.peer())
    wall, budget = whole.seconds()
    cell, longest = slowest.seconds()
    assert (budget, longest) == (180, 60)
    assert 1.5 <= cell < wall and len(notebooks.runs_of(path).walls) == 2  # both tell of one run
    assert slowest.told().startswith("Slowest cells: 1.")
    assert "s under “Sleep”, 0." in slowest.told() and "s under “of the day”" in slowest.told()
    assert notebooks.headings(path) == ["", "Sleep", "of the day", "of the day"]
    notebook.cells.append(new_code_cell("1 / 0"))
    broken = tmp_path / "broken.ipynb"
    nbformat.write(notebook, broken)
    stops = notebooks.wall(broken)
    assert not stops.same(stops.ours(), stops.peer())


def test_both_agents_play_the_same_plan_and_are_looked_at_as_often(monkeypatch):
    pytest.importorskip("stable_baselines3")
    monkeypatch.setattr(dqn, "GAMES", 1)
    monkeypatch.setattr(dqn, "EVERY", 300)
    plan = replace(CARTPOLE, num_steps=1000, first_random=100)
    for run_ in (dqn.our_run, dqn.their_run):
        looked: list[int] = []

        def seen(step: int, play: Any, looked: list[int] = looked) -> bool:
            assert 1 <= play() <= 500
            looked.append(step)
            return len(looked) == 2  # and it ends

        run_(plan, seen)
        assert [step // 300 for step in looked] == [1, 2]


def test_an_unknown_row_is_one_clear_error():
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "no such row"],
        cwd=REPO,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "no row is called 'no such row'" in done.stderr and "paired bootstrap" in done.stderr
