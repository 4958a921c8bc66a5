"""Fuzz one target with coverage: `python -m tests.fuzz TARGET --seconds N`. Finds stay in its corpus."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
SLOWEST = 60  # seconds that one input may take; a busy machine is no find
MEMORY = 2048  # MiB, torch included


def main() -> None:
    """Run libFuzzer on a target, with its corpus to begin with; a find is written into the corpus."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument(
        "--runs", type=int, default=-1, help="stop after so many inputs at the latest"
    )
    parser.add_argument("--finds", type=Path, help="where to write finds instead")
    given = parser.parse_args()
    import atheris  # only where it can be had

    with atheris.instrument_imports(include=["autograder", "course_utils", "zipfile", "nbformat"]):
        from tests.fuzz.targets import TARGETS
    if given.target not in TARGETS:
        parser.error(f"no target {given.target!r}: there are {', '.join(TARGETS)}")
    seeds = CORPUS / given.target
    finds = given.finds or seeds
    finds.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:  # what merely covers more is not kept
        if seeds.is_dir():
            shutil.copytree(seeds, work, dirs_exist_ok=True)
        options = [
            f"-max_total_time={given.seconds}",
            f"-runs={given.runs}",
            f"-timeout={SLOWEST}",
            f"-rss_limit_mb={MEMORY}",
            f"-artifact_prefix={finds}/",
            "-max_len=4096",
            "-len_control=0",
            "-print_final_stats=1",
            "-seed=1",
        ]
        atheris.Setup([sys.argv[0], *options, work], TARGETS[given.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
