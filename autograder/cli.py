"""The `course` command: a thin layer, no logic. Bad input is one line on stderr and exit code 2."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.course import REPO, Course, Unit
from autograder.errors import CourseError
from course_utils.data import DataError

app = typer.Typer(
    help="Build, release, grade and report the units of the course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
UsageError: Any = typer.BadParameter.__base__  # typer gives it no name of its own
Root = Annotated[Path | None, typer.Option("--root", help="The course's folder; default: here.")]
UnitName = Annotated[str, typer.Argument(metavar="UNIT", help="For example 01_significance, or 1.")]
Sandbox = Annotated[str, typer.Option(help="auto, require, namespaces, landlock, limits or off.")]
Workers = Annotated[int | None, typer.Option(help="Default: one for each core.")]
Where = Annotated[str, typer.Option(help="local, or dask: a cluster.")]
Scheduler = Annotated[str, typer.Option(help="Where a Dask scheduler listens: tcp://…")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only.")]

INTERRUPTED = 130  # what shells call Ctrl-C; some versions of typer return it, others raise


def main() -> None:
    """Run the command line; turn bad input into one clear line."""
    # programs that nbgrader starts by their bare names lie beside this Python
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if sys.argv[1:2] != ["lab"]:  # checks compute with small tensors: more threads would only wait
        os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        code = app(standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code)
    except (CourseError, DataError) as error:
        told = str(error)
    except (typer.Abort, KeyboardInterrupt):  # Ctrl-C
        print("course: stopped; to go on, run the same command again", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except UsageError as error:
        if len(sys.argv) == 1:  # no command at all: the help
            error.show()
            sys.exit(2)
        told = f"{error.format_message().rstrip('.')}: `course --help` lists the commands"
    print(f"course: {' '.join(told.split())}", file=sys.stderr)
    sys.exit(2)


@app.callback()
def everywhere(root: Root = None) -> None:
    """Build, release, grade and report the units of the course."""
    if root:
        os.environ["COURSE_ROOT"] = str(root)


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Only compare.")] = False, root: Root = None
) -> None:
    """Make the notebooks from their sources."""
    from autograder.authoring.build import build
    from autograder.authoring.tree import refresh

    course = Course.find(root)
    changed = build(course, check=check)
    if course.root == REPO and refresh(REPO, check=check):
        changed.append(REPO / "README.md")
    for path in changed:
        print(f"{'differs from its source' if check else 'built'}: {path}")
    if check and changed:
        raise CourseError("what is built differs from its sources: run `course build`")


@app.command("new-unit")
def new_unit(
    name: Annotated[str, typer.Argument(help="Number and topic: 09_tokenization.")],
    title: Annotated[str, typer.Option(help="Of the notebook; default: its topic.")] = "",
) -> None:
    """Lay out a unit in the clone, with an example exercise that works and is to be replaced."""
    from autograder.authoring.new_unit import new_unit

    for path in new_unit(name, title=title):
        print(path.relative_to(REPO))


@app.command()
def lint(
    unit: Annotated[str | None, typer.Argument(metavar="[UNIT]", help="Default: all.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Run the notebooks, too: minutes.")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="Draws that margins are measured on.")] = 1,
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Say what falls short in a unit: 0 nothing, 1 something."""
    from autograder.lint.everything import lint

    course = Course.find(root)
    units = [course.unit(unit)] if unit else course.units()
    findings = [found for one in units for found in lint(one, run=run, seeds=range(seeds))]
    if as_json:
        print(json.dumps([found.as_json() for found in findings], indent=2, ensure_ascii=False))
    else:
        for found in findings:
            print(found)
    raise typer.Exit(bool(findings))


@app.command()
def samples(unit: UnitName, folder: Path, root: Root = None) -> None:
    """Write sample submissions into FOLDER: solved, blank, a learner's, a hostile one."""
    from autograder.samples import write_samples

    for path in write_samples(Course.find(root).unit(unit), folder):
        print(path)


@app.command()
def data() -> None:
    """Fetch the data sets that are not there yet, and check their sums."""
    from course_utils.data.carriers import fetch_all

    fetch_all()


@app.command()
def release(unit: UnitName, root: Root = None) -> None:
    """Make a unit's student bundle, with the proof that nothing leaks."""
    from autograder.bundles.release import release

    course = Course.find(root)
    print(release(course, course.unit(unit)))


@app.command()
def collect(unit: UnitName, path: Path, root: Root = None) -> None:
    """Take in a folder or zip of submissions; nothing handed in is lost or changed."""
    from autograder.intake.collect import collect

    course = Course.find(root)
    print(collect(course, course.unit(unit), path))


@app.command()
def grade(
    unit: UnitName,
    workers: Workers = None,
    engine: Where = "local",
    scheduler: Scheduler = "",
    sandbox: Sandbox = "auto",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write JSON here.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore stored results.")] = False,
    profile: Annotated[bool, typer.Option("--profile", help="Say where the time went.")] = False,
    root: Root = None,
) -> None:
    """Grade every submission of a unit; one bad submission never stops the rest."""
    from autograder.grading.grade import grade
    from autograder.grading.many import scheduler_of
    from autograder.phases import measured, table
    from autograder.sandboxes.sandbox import NO_SANDBOX

    course = Course.find(root)
    found = course.unit(unit)
    begun = time.monotonic()
    with measured() as phases:
        outcomes = grade(
            course,
            found,
            workers=workers,
            scheduler=scheduler_of(engine, scheduler),
            sandbox=sandbox,
            fresh=fresh,
        )
    _somebody(outcomes, found)
    for row in outcomes:
        points = f"{row.result.points:g} / {row.result.max_points:g}" if row.result else "–"
        unsafe = f", {NO_SANDBOX}" if row.result and row.result.sandbox == "off" else ""
        print(f"{row.student:<24}{points:>12}  {row.status}{unsafe}")
    if json_file:
        _write_json(json_file, [row.as_json() for row in outcomes])
    if profile:
        print(table(phases, len(outcomes), time.monotonic() - begun))


@app.command()
def regrade(
    unit: UnitName,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would change.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Ignore stored results.")] = False,
    workers: Workers = None,
    engine: Where = "local",
    scheduler: Scheduler = "",
    sandbox: Sandbox = "auto",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write JSON here.")] = None,
    root: Root = None,
) -> None:
    """Judge again what has changed since, and say whose points change."""
    from autograder.grading.many import scheduler_of
    from autograder.grading.regrade import regrade, summary

    course = Course.find(root)
    found = course.unit(unit)
    where = {"workers": workers, "scheduler": scheduler_of(engine, scheduler), "sandbox": sandbox}
    changes, outcomes = regrade(course, found, plan=plan, fresh=fresh, **where)
    _somebody(outcomes, found)
    for change in changes:
        print(change)
    print(summary(changes, outcomes, plan=plan))
    if json_file:
        _write_json(json_file, [asdict(change) for change in changes])


def _write_json(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def _somebody(outcomes: Sequence[object], unit: Unit) -> None:
    if not outcomes:
        raise CourseError(
            f"nobody has handed in {unit.name}: run `course collect {unit.name} PATH` first"
        )


@app.command()
def judge(
    unit: UnitName,
    notebook: Path,
    as_json: AsJson = False,
    sandbox: Sandbox = "auto",
    root: Root = None,
) -> None:
    """Judge one notebook, without a gradebook."""
    from autograder.judging.judge import judge_notebook

    course = Course.find(root)
    result = judge_notebook(course, course.unit(unit), notebook, sandbox=sandbox)
    if as_json:
        print(json.dumps(result.summary(), indent=2, ensure_ascii=False))
        return
    for verdict in result.verdicts:
        _print_verdict(vars(verdict))
    for repair in result.repairs:
        print(f"repaired: {repair}")
    print(f"{result.points:g} of {result.max_points:g} points (sandbox: {result.sandbox})")


@app.command()
def check(
    exercise: str,
    solution: Path,
    as_json: AsJson = False,
    sandbox: Sandbox = "auto",
    root: Root = None,
) -> None:
    """Judge one function in a .py file."""
    from autograder.judging.single import check_file

    verdict = asdict(check_file(Course.find(root), exercise, solution, sandbox=sandbox))
    if as_json:
        print(json.dumps(verdict, indent=2, ensure_ascii=False))
    else:
        _print_verdict(verdict)


@app.command()
def feedback(unit: UnitName, root: Root = None) -> None:
    """Write the pages that students get back."""
    from autograder.pages.feedback import write_feedback

    course = Course.find(root)
    for path in write_feedback(course, course.unit(unit)):
        print(path)


@app.command()
def watch(
    inbox: Path,
    outbox: Annotated[Path | None, typer.Option(help="Default: OUTBOX beside the inbox.")] = None,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, and end.")] = False,
    workers: Workers = None,
    sandbox: Sandbox = "auto",
    root: Root = None,
) -> None:
    """Grade what arrives in INBOX/UNIT/, once, and put the feedback into an outbox."""
    from autograder.watch import Watcher

    out = outbox or inbox.parent / "OUTBOX"
    with Watcher(Course.find(root), inbox, out, sandbox=sandbox, workers=workers) as watcher:
        for line in watcher.watch(once=once):
            print(line, flush=True)


@app.command()
def report(
    unit: Annotated[str | None, typer.Argument(metavar="[UNIT]")] = None,
    similarity: Annotated[
        bool, typer.Option("--similarity/--no-similarity", help="Compare students' code.")
    ] = True,
    sandbox: Sandbox = "auto",
    root: Root = None,
) -> None:
    """Write a page for the instructor about a unit, or about the course and each unit."""
    from autograder.report import write_reports

    course = Course.find(root)
    found = course.unit(unit) if unit else None
    for path in write_reports(course, found, similarity=similarity, sandbox=sandbox):
        print(path)


@app.command()
def verify(
    target: Annotated[str, typer.Argument(metavar="UNIT|FILE", help="A unit, or a certificate.")],
    student: Annotated[str | None, typer.Argument(metavar="[STUDENT]")] = None,
    key: Annotated[Path | None, typer.Option(help="Public key; default: the course's own.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Judge again, and compare.")] = False,
    sandbox: Sandbox = "auto",
    root: Root = None,
) -> None:
    """Check certificates: 0 all hold, 1 something differs, 2 something cannot be checked."""
    from autograder.certificates.findings import overall
    from autograder.certificates.verify import verify

    course = Course.find(root)
    findings = verify(course, target, student, key=key, again=again, sandbox=sandbox)
    for finding in findings:
        print(finding)
    raise typer.Exit(overall(findings))


@app.command()
def export(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="canvas, moodle, gradescope or csv.")],
    unit: Annotated[str | None, typer.Argument(metavar="[UNIT]")] = None,
    template: Annotated[Path | None, typer.Option(help="What the LMS exported.")] = None,
    column: Annotated[str, typer.Option(help="Which of its columns is the unit's.")] = "",
    scale: Annotated[bool, typer.Option("--scale", help="Convert to the LMS's maximum.")] = False,
    include_pending: Annotated[
        bool, typer.Option("--include-pending", help="Also who waits for points of a person.")
    ] = False,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="moodle: also a zip of the feedback pages.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    root: Root = None,
) -> None:
    """Export points for a spreadsheet, Canvas or Moodle, or the whole judge for Gradescope."""
    from autograder.exports import Options, export

    course = Course.find(root)
    options = Options(template, column, scale, include_pending, feedback, output)
    done = export(course, kind, course.unit(unit) if unit else None, options)
    for path in done.paths:
        print(path)
    for note in done.notes:
        print(f"note: {note}", file=sys.stderr)


@app.command()
def site(
    units: Annotated[list[str] | None, typer.Argument(metavar="[UNIT]...")] = None,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Run the units, for outputs.")] = True,
    links: Annotated[bool, typer.Option("--links", help="Only try the links elsewhere.")] = False,
    root: Root = None,
) -> None:
    """Make the website in site/: units without solutions, guides, search."""
    from autograder.site.builder import build_site
    from autograder.site.links import try_links

    course = Course.find(root)
    chosen = [course.unit(name) for name in units or []]
    if links:
        for line in try_links(course, chosen):
            print(line)
    else:
        print(build_site(course, chosen, with_outputs=run) / "index.html")


@app.command()
def pdf(
    unit: UnitName,
    run: Annotated[bool, typer.Option("--run/--no-run", help="Run the unit, for outputs.")] = True,
    root: Root = None,
) -> None:
    """Print a unit without solutions, with outputs, as dist/UNIT.pdf."""
    from autograder.site.printed import write_pdf

    course = Course.find(root)
    print(write_pdf(course, course.unit(unit), with_outputs=run))


@app.command()
def doctor(root: Root = None) -> None:
    """Say what this machine can do."""
    from autograder.doctor import report

    for line in report(Course.find(root)):
        print(line)


@app.command()
def demo() -> None:
    """Make and grade a sample class in demo/."""
    from autograder.demo import run_demo

    run_demo(REPO)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(context: typer.Context, root: Root = None) -> None:
    """Open JupyterLab on the student view."""
    from autograder.lab import open_lab

    raise typer.Exit(open_lab(Course.find(root), *context.args))


def _print_verdict(verdict: dict[str, Any]) -> None:
    mark = "✓" if verdict["points"] == verdict["max_points"] else "✗"
    print(
        f"{mark} {verdict['exercise']}: {verdict['points']:g} of {verdict['max_points']:g} points"
    )
    for message in verdict["messages"]:
        print(f"    {message}")
    for flag in verdict["integrity"]:
        print(f"    flag: {flag}")
