"""Notebooks as JSON, right in form here and absurd there: cells, names, tags, outputs, attachments."""

from __future__ import annotations

import json
from typing import Any

from tests.fuzz.drawing import Draw

NAMES = ["accuracy_difference", "check-accuracy_difference", "title", "", "\ud800", "x" * 5000]
SOURCES = [
    "def accuracy_difference(a, b):\n    return 0",
    "",
    "\n" * 3000,
    "ab" * 2000,
    "    " * 1500 + "def",
    "> " * 300 + "x",
    "[" * 700,
    "<script>x</script>" * 20,
    "*a **b " * 300,
    "\ud800 \ud83d",
]


def notebook(draw: Draw) -> bytes:
    """Draw a notebook; sometimes its bytes are cut or changed."""
    cells = [_cell(draw) for _ in range(draw.below(6))]
    whole = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if draw.chance(6):
        whole[draw.pick(list(whole))] = _anything(draw)
    raw = json.dumps(whole).encode()
    if draw.chance(6):
        at = draw.below(len(raw))
        raw = raw[:at] + draw.blob(8) + raw[at + draw.below(20) :]
    return raw


def _cell(draw: Draw) -> Any:
    cell = {
        "cell_type": draw.pick(["code", "markdown", "raw", "heading", "\ud800"]),
        "id": draw.pick(NAMES),
        "metadata": {
            "nbgrader": {"grade_id": draw.pick(NAMES), "points": 1000, "solution": True},
            "tags": draw.pick([["skip-execution"], [], "skip-execution", [["x"]], [{}]]),
        },
        "source": draw.pick(SOURCES) + draw.text(40),
        "outputs": [],
        "attachments": {},
    }
    if draw.chance(3):
        cell["source"] = cell["source"].split("a")
    for _ in range(draw.below(3)):
        cell[draw.pick(list(cell))] = _anything(draw)
    return cell


def _anything(draw: Draw, depth: int = 0) -> Any:
    match draw.below(9 if depth < 5 else 6):
        case 0:
            return draw.pick([None, True, 4, -1, 10**30, 1e308, float("nan")])
        case 1:
            return draw.pick(NAMES)
        case 2:
            return draw.text(20)
        case 3:
            return draw.pick(SOURCES)
        case 4:
            return _deep(draw.pick([1, 100, 400, 900]))
        case 5:
            return []
        case 6:
            return [_anything(draw, depth + 1) for _ in range(draw.below(4))]
    return {
        draw.pick(["nbgrader", "tags", "text/plain", "grade_id", "source"]): _anything(
            draw, depth + 1
        )
        for _ in range(draw.below(4))
    }


def _deep(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value
