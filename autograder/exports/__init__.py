"""Points on their way out: as a spreadsheet, to Canvas, to Moodle; and the whole judge, to Gradescope."""

from __future__ import annotations

from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.exports.options import Exported, Options

__all__ = ["Exported", "Options", "export"]

KINDS = ("canvas", "moodle", "gradescope", "csv")


def export(course: Course, kind: str, unit: Unit | None, options: Options) -> Exported:
    """Write what `course export KIND [UNIT]` asks for."""
    if kind not in KINDS:
        raise CourseError(f"no export {kind!r}: there are {', '.join(KINDS)}")
    if wrong := options.not_for(kind):
        raise CourseError(f"{wrong} is not for `course export {kind}`: leave it out")
    if kind == "csv":
        from autograder.exports.spreadsheet import export_csv

        return Exported([export_csv(course, unit, options.output or course.root / "grades.csv")])
    if unit is None:
        raise CourseError(f"which unit? Say for example `course export {kind} 1`")
    if kind == "gradescope":
        from autograder.exports.gradescope import export_gradescope

        return export_gradescope(course, unit, options.output)
    if kind == "canvas":
        from autograder.exports.canvas import export_canvas

        return export_canvas(course, unit, options)
    from autograder.exports.moodle import export_moodle

    return export_moodle(course, unit, options)
