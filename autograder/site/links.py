"""`course site --links`: try every link of the site that leads elsewhere. Needs a network, and says so without one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.bundles.release import staging
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.site.builder import run_sphinx, write_source

NO_NETWORK = "SKIPPED: none of {count} links answers, so this machine seems to have no network"


def try_links(course: Course, units: Sequence[Unit] = ()) -> Iterator[str]:
    """Yield one line about all links. Raises CourseError that names those which are broken."""
    with staging(course) as stage:
        source = write_source(course, units or course.units(), stage, with_outputs=False)
        try:
            run_sphinx("linkcheck", source, stage / "links", warnings_are_errors=False)
        except CourseError:  # a broken link is an error to Sphinx: which, stands in its output
            if not (stage / "links" / "output.json").is_file():
                raise
        yield judged(stage / "links" / "output.json")


def judged(output: Path) -> str:
    """Say in a line what Sphinx's linkcheck found; its output has a JSON document in each line."""
    lines = output.read_text(encoding="utf-8").splitlines()
    tried = [link for link in map(json.loads, lines) if link["uri"].startswith("http")]
    broken = [link for link in tried if link["status"] in ("broken", "timeout")]
    if tried and len(broken) == len(tried):
        return NO_NETWORK.format(count=len(tried))
    if broken:
        told = "; ".join(f"{link['uri']} in {link['filename']}: {link['info']}" for link in broken)
        raise CourseError(f"{len(broken)} of {len(tried)} links are broken: {told}")
    return f"{len(tried)} links answer"
