"""The longer runs of unit 06: python -m course_utils.rlhf movies | cartpole | atari

Each can be interrupted and taken up again, shows its progress, and writes what the notebook shows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from course_utils.data import DataError
from course_utils.rlhf.recorded import PATHS
from course_utils.rlhf.runs import record_atari, record_cartpole, record_movies


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 1 when data or a package are missing."""
    parser = argparse.ArgumentParser(prog="python -m course_utils.rlhf", description=__doc__)
    parser.add_argument("run", choices=("movies", "cartpole", "atari"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    parser.add_argument(
        "--folder", type=Path, default=Path("rlhf_models"), help="models of movies, to go on from"
    )
    parser.add_argument("--steps", type=int, default=20_000, help="of atari")
    parser.add_argument("--game", default="Pong", help="of atari")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.run == "movies":
            out = chosen.out or PATHS["movies"]
            record_movies(chosen.folder, out, seed=chosen.seed)
        elif chosen.run == "cartpole":
            record_cartpole(chosen.out or PATHS["cartpole"], seed=chosen.seed)
        else:
            record_atari(chosen.game, chosen.steps, seed=chosen.seed)
    except (DataError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
