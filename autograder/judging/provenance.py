"""What a verdict was made with: fingerprints of the checks, the library, the environment, and the seed.

They are taken by the process that judges, at the time it judges. Two judgements with equal fingerprints
have drawn the same cases and weighed the answers by the same code.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from autograder.check import Check
from autograder.checks import checks_of
from autograder.course import REPO, Unit
from autograder.judging import seeds
from autograder.sandboxes.library import version
from autograder.sandboxes.sandbox import Budgets

# and what they import
JUDGE = ("autograder.judging.judge", "autograder.intake.reading", "autograder.judging.rebuild")
# the packages that can change what is drawn, computed or compared
DECIDING = ("numpy", "scipy", "torch", "scikit-learn", "nbgrader", "nbformat", "ipython")


def made_with(
    checks: list[Check], *, library: Path, instructor: str, seed: bytes, budgets: Budgets
) -> dict[str, Any]:
    """Everything that decides, besides what the student wrote, as JSON-able data without secrets."""
    return {
        "judged": datetime.now(UTC).isoformat(timespec="seconds"),
        "instructor": instructor,
        "grader": version(),
        "library": hash_of_folder(library),
        "checks": {check.exercise: hash_of_check(check) for check in checks},
        "environment": environment(),
        "seed": commitment(seed),
        "budgets": asdict(budgets),
    }


def commitment(seed: bytes) -> str:
    """Fixes a submission's seed without telling it: the seed would tell the submission's hidden cases.

    The seed itself is an HMAC of the course secret, and this one of the seed: whoever sees it learns
    nothing of the seed, of the secret, or of other submissions.
    """
    return seeds.derive(seed, "certificate").hex()


@cache
def environment() -> dict[str, str]:
    """Python, the platform, and the versions of the packages that decide."""
    found = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
    }
    for name in DECIDING:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


@cache
def hash_of_folder(folder: Path) -> str:
    """A hash of every file of a library and its place. Libraries do not change once they are made."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix().encode()
        digest.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def hash_of_file(path: Path) -> str:
    """A hash of a file's bytes, taken once as long as it is not changed."""
    return _hash_of_file(path, path.stat().st_mtime_ns)


@cache
def _hash_of_file(path: Path, _: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def hash_of_grader(unit: Unit, library: Path) -> str:
    """A hash of all our code that can change a verdict of this unit: judge, its checks, its library."""
    checks = [check for topic in unit.topics for check in checks_of(topic)]
    parts = [_hash_of_modules(JUDGE), hash_of_folder(library), *map(hash_of_check, checks)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def hash_of_topic(topic: str) -> str:
    """A hash of all our source that the public cases of a topic depend on."""
    return _hash_of_modules([f"autograder.checks.{topic}", "autograder.authoring.public_cases"])


@cache
def hash_of_check(check: Check) -> str:
    """A hash of the source of a check, and of all our source that it depends on."""
    return _hash_of_modules(_modules_of(check))


def _hash_of_modules(names: Iterable[str]) -> str:
    """A hash of the source of these modules, and of all modules of ours that they import."""
    sources = {}
    waiting = [path for name in names if (path := source_of(name))]
    while waiting:
        path = waiting.pop()
        if path not in sources:
            sources[path], needs = _read(path)
            waiting += needs
    listed = sorted((path.relative_to(REPO).as_posix(), sha) for path, sha in sources.items())
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()


def _modules_of(check: Check) -> set[str]:
    """The modules that hold the check itself and its functions, not the list of the whole topic."""
    functions: list[Callable[..., Any] | None] = [check.cases, check.expect, check.ask, check.agree]
    functions += [check.public, check.own, *check.accepts]
    for known in check.misconceptions:
        functions += [known.function, known.recognise]
    found = {getattr(function, "__module__", None) for function in functions if function}
    holders = {
        name
        for name, module in list(sys.modules.items())
        if name.startswith("autograder.checks.")
        and any(value is check for value in vars(module).values())
    }
    alone = holders - {f"autograder.checks.{check.topic}"} or holders
    return {name for name in found | alone if name}


def source_of(module: str) -> Path | None:
    """The file of a module of ours, or None for other people's."""
    if module.partition(".")[0] not in ("autograder", "course_utils"):
        return None
    base = REPO.joinpath(*module.split("."))
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)


@cache
def _read(path: Path) -> tuple[str, list[Path]]:
    """The hash of a source file, and our source files that it imports, inside functions too."""
    content = path.read_bytes()
    needs = [found for name in _imported(ast.parse(content)) if (found := source_of(name))]
    return hashlib.sha256(content).hexdigest(), needs


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _with_parents(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _with_parents(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _with_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
