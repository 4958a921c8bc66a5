"""One page for the instructor: who has how many points where, and which mistakes the class makes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import jinja2

from autograder.course import Course, Unit
from autograder.grade import Graded

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ unit }}</title><style>
body {font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem}
table {border-collapse: collapse; font-size: .9rem} caption {text-align: left; padding: .5rem 0}
th, td {border: 1px solid #bbb; padding: .25rem .6rem; text-align: right}
th:first-child, td:first-child {text-align: left}
th.exercise {writing-mode: vertical-rl; text-align: left}
.look td {text-align: left}
.none {background: #f6d5c4} .some {background: #fdf1c7} .all {background: #d5ebe4}
</style></head><body>
<h1>{{ unit }}</h1>
<p>{{ graded|length }} graded, {{ aside|length }} set aside. Sandbox: {{ sandboxes|join(", ") or "–" }}.
Points of autograded exercises only; 0 is also written as ✗ and full marks as ✓.</p>
<table><caption>Points by student and exercise</caption>
<tr><th>student</th><th>total</th>
{%- for name in exercises %}<th class="exercise">{{ name }}</th>{% endfor %}</tr>
{%- for row in graded %}
<tr><td>{{ row.student }}</td><td>{{ "%g"|format(row.result.points) }} / {{ "%g"|format(row.result.max_points) }}</td>
{%- for v in row.result.verdicts %}
<td class="{{ 'all' if v.full else 'some' if v.points else 'none' }}" title="{{ v.messages|join(' ') }}">
{{- "%g"|format(v.points) }} {{ "✓" if v.full else "" if v.points else "✗" }}</td>{% endfor %}</tr>
{%- endfor %}</table>
{% if mistakes %}<h2>Mistakes recognised</h2>
<table><tr><th>exercise</th><th>misconception</th><th>students</th></tr>
{%- for (exercise, name), count in mistakes %}
<tr><td>{{ exercise }}</td><td>{{ name }}</td><td>{{ count }}</td></tr>{% endfor %}</table>{% endif %}
{% if aside %}<h2>Set aside</h2><ul>
{%- for row in aside %}<li>{{ row.student }}: {{ row.reason }}</li>{% endfor %}</ul>{% endif %}
{% if flagged %}<h2>Worth a look</h2>
<p>What a program noticed when it read the submissions. It is for your eyes, it changes no points, and
it may mean nothing: look at the cell, and ask. Cells are counted in the rebuilt notebook.</p>
<table class="look"><tr><th>student</th><th>cell</th><th>line</th><th>what</th><th>the line</th></tr>
{%- for student, flag in flagged %}
<tr><td>{{ student }}</td>
<td>{% if flag.number %}{{ flag.number }} ({{ flag.cell }}){% endif %}</td><td>{{ flag.line or "" }}</td>
<td>{{ flag.what }}</td><td><code>{{ flag.code }}</code></td></tr>{% endfor %}</table>{% endif %}
</body></html>
"""


def write_report(course: Course, unit: Unit, outcomes: list[Graded]) -> Path:
    """Write `report/<unit>.html` and return its path."""
    for row in outcomes:
        row.look_beside(course, unit)
    graded = [row for row in outcomes if row.result]
    verdicts = [(row.student, v) for row in graded if row.result for v in row.result.verdicts]
    mistakes = Counter((v.exercise, v.misconception) for _, v in verdicts if v.misconception)
    template = jinja2.Environment(autoescape=True).from_string(PAGE)
    page = template.render(
        unit=unit.name,
        graded=graded,
        aside=[row for row in outcomes if not row.result],
        exercises=list(dict.fromkeys(v.exercise.partition(".")[2] for _, v in verdicts)),
        sandboxes=sorted({row.result.sandbox for row in graded if row.result}),
        mistakes=mistakes.most_common(),
        flagged=[(row.student, f) for row in graded if row.result for f in row.result.evidence],
    )
    path = course.root / "report" / f"{unit.name}.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path
