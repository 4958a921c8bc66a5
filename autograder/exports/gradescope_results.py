"""One result as Gradescope's results.json.

Format: Gradescope's documentation, "Autograder Specifications". Every text is `text`: Gradescope shows it
as it is, so that nothing a student wrote becomes a part of the page. Students see their points, the name of
their mistake and its hint, as on a feedback page; what was only noticed (`integrity`) is for instructors.
"""

from __future__ import annotations

from typing import Any

from autograder.check import Verdict
from autograder.judging.judge import Result


def results_json(result: Result) -> dict[str, Any]:
    """The content of results.json for what judging one notebook gave."""
    tests = [_test(number, verdict) for number, verdict in enumerate(result.verdicts, 1)]
    if flags := sorted({flag for verdict in result.verdicts for flag in verdict.integrity}):
        tests.append(
            {
                "name": "For instructors: worth a look, may mean nothing",
                "output": "\n".join(flags),
                "output_format": "text",
                "visibility": "hidden",  # and without points: Gradescope then shows the total
            }
        )
    told = [f"{result.points:g} of {result.max_points:g} points from the program."]
    told += [f"Repaired: {repair}" for repair in result.repairs]
    told += [f"Sandbox: {result.sandbox}."]
    about = {"sandbox": result.sandbox, "content_hash": result.content_hash}
    return _whole(result.unit, result.points, "\n".join(told), about) | {"tests": tests}


def refused_json(unit: str, why: str) -> dict[str, Any]:
    """results.json for what cannot be judged, and the student can mend."""
    return _whole(unit, 0.0, f"Not graded: {why}", {})


def _whole(unit: str, score: float, output: str, about: dict[str, Any]) -> dict[str, Any]:
    return {
        "score": score,
        "output": output,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"unit": unit, **about},
    }


def _test(number: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.exercise,
        "name_format": "text",
        "number": str(number),
        "score": round(verdict.points, 2),
        "max_score": verdict.max_points,
        "status": "passed" if verdict.full else "failed",
        "output": "\n".join(verdict.messages),
        "output_format": "text",
        "tags": [verdict.misconception] if verdict.misconception else [],
        "visibility": "visible",
    }
