"""What `run_autograder` starts in Gradescope's container: judge the one submission that lies there.

What the student can mend (no notebook, two, an unreadable one) gives 0 points and a line that says so.
When the grader itself fails, it writes no results.json: Gradescope then says that the autograder failed,
and there is no grade that anybody could take for one.
"""

from __future__ import annotations

import json
import time
from pathlib import Path, PurePosixPath

from autograder.errors import CourseError
from autograder.exports.gradescope_results import refused_json, results_json
from autograder.intake.reading import read_notebook
from autograder.intake.whose import notebook_stem
from autograder.judging import seeds
from autograder.judging.desk import Desk, unpacked
from autograder.judging.judge import judge_at
from autograder.judging.rebuild import Rebuilt, rebuild
from autograder.whole_file import write_whole

PLACE = Path("/autograder")
NOT_HANDED_IN = {".ipynb_checkpoints", "__MACOSX"}


def main() -> None:
    """Judge /autograder/submission, and write /autograder/results/results.json."""
    begun = time.monotonic()
    source = PLACE / "source"
    desk = unpacked((source / "desk.zip").read_bytes())
    try:
        rebuilt = _submission(PLACE / "submission", desk)
    except CourseError as error:
        told = refused_json(desk.unit.name, str(error))
    else:
        secret = bytes.fromhex((source / "secret").read_text(encoding="ascii"))
        told = results_json(judge_at(desk, rebuilt, seeds.derive(secret, *_students())))
    told["execution_time"] = round(time.monotonic() - begun, 1)
    write_whole(PLACE / "results" / "results.json", json.dumps(told, indent=1).encode())
    print(f"{told['score']:g} points; {told['output']}")


def _submission(folder: Path, desk: Desk) -> Rebuilt:
    """The canonical notebook of what was handed in."""
    stems = {path.stem for path in desk.unit.notebooks()}
    found = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if path.is_file() and not path.is_symlink() and not NOT_HANDED_IN & set(path.parts)
    ]
    named = [path for path in found if notebook_stem(PurePosixPath(path)) in stems]
    chosen = named or found
    wanted = " or ".join(f"{stem}.ipynb" for stem in sorted(stems))
    if not chosen:
        raise CourseError(f"there is no notebook: hand in {wanted}")
    if len(chosen) > 1:
        names = ", ".join(repr(str(path.relative_to(folder))) for path in chosen[:5])
        raise CourseError(f"which one is it, {names}? Hand in {wanted}, and no other notebook")
    path = chosen[0]
    instructor = desk.unit.notebook(notebook_stem(PurePosixPath(path)))
    return rebuild(instructor, read_notebook(path.read_bytes(), path.name))


def _students() -> list[str]:
    """The numbers of those who handed in, as Gradescope tells them: equal texts get different inputs."""
    try:
        about = json.loads((PLACE / "submission_metadata.json").read_text(encoding="utf-8"))
        return sorted(str(user["id"]) for user in about["users"])
    except (OSError, ValueError, KeyError, TypeError):
        return []


if __name__ == "__main__":
    main()
