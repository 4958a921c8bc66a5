"""The table of all rows, as JSON for programs and as Markdown for people."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def machine() -> str:
    """Processor, cores, memory, system."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def versions(packages: set[str]) -> dict[str, str | None]:
    """Python's version and each package's; None for one that is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in sorted(packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def merged(new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """Put rows that were not run now beside the new ones, if they are of this machine and versions."""
    if old is None or old["machine"] != new["machine"]:
        return new
    both = {**old["versions"], **new["versions"]}
    if any(both[name] != found for name, found in old["versions"].items()):
        return new
    run = {(row["row"], row["peer"]) for row in new["rows"]}
    kept = [row for row in old["rows"] if (row["row"], row["peer"]) not in run]
    return {"machine": new["machine"], "versions": both, "rows": kept + new["rows"]}


def write(results: dict[str, Any], order: list[tuple[str, str]], folder: Path = FOLDER) -> None:
    """Write results.json and results.md, in the order of these rows and peers; others are no longer rows."""
    rows = [row for row in results["rows"] if (row["row"], row["peer"]) in order]
    rows.sort(key=lambda row: order.index((row["row"], row["peer"])))
    results = {**results, "rows": rows}
    text = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
    (folder / "results.json").write_text(text, encoding="utf-8")
    (folder / "results.md").write_text(markdown(results), encoding="utf-8")


def read(folder: Path = FOLDER, name: str = "results.json") -> dict[str, Any] | None:
    """Return the results of earlier runs, None if there are none."""
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def markdown(results: dict[str, Any]) -> str:
    """Return the table and how to read it."""
    lines = [
        "# Benchmarks",
        "",
        "Made by `make bench`; `make bench ROW=bootstrap` runs the rows whose name holds that word.",
        "Both sides take turns, single-threaded where the line below the table says nothing else, after their",
        "answers were found to be the same. Seconds are medians over the rounds; ratio is ours / peer; spread is the range of",
        "the ratios of single rounds, as a part of the ratio.",
        "",
        *made_on(results),
        "",
        *table(results["rows"]),
        "",
        "What was done:",
        "",
        *(f"- {row['row']}, {row['peer']}: {_work(row)}" for row in results["rows"]),
    ]
    return "\n".join(lines) + "\n"


def made_on(results: dict[str, Any]) -> list[str]:
    """The machine and the versions, a line each."""
    versions_text = ", ".join(f"{name} {found}" for name, found in results["versions"].items())
    return [f"Machine: {results['machine']}.", f"Versions: {versions_text}."]


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The rows as a table, in Markdown."""
    lines = [
        "| row | ours, s | peer | peer, s | ratio | target | rounds | spread |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        target = "–" if row["target"] is None else f"≤ {row['target']:.3g}"
        if row["ratio"] is None:
            cells = [row["row"], "–", row["peer"], "–", f"– {row['why']}", target, "–", "–"]
        else:
            ours, peers = (_cost(row, side) for side in ("ours_seconds", "peer_seconds"))
            spread = f"{row['spread']:.0%}" if row["rounds"] > 1 else "–"
            cells = [row["row"], ours, row["peer"], peers, _ratio(row), target]
            cells += [str(row["rounds"]), spread]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def spaced(number: int) -> str:
    """Thousands apart: 10 000."""
    return f"{number:,}".replace(",", " ")


def _work(row: dict[str, Any]) -> str:
    return row["work"] + (f". {row['told']}" if row.get("told") else "")


def _ratio(row: dict[str, Any]) -> str:
    """Ours / peer, and whether that is more than was promised."""
    missed = row["target"] is not None and row["ratio"] > row["target"]
    return f"{row['ratio']:.3g}" + (" (missed)" if missed else "")


def _cost(row: dict[str, Any], side: str) -> str:
    """What one side costs, with its unit unless it is seconds."""
    unit = row.get("unit", "s")
    return f"{row[side]:.3g}" + ("" if unit == "s" else f" {unit}")
