"""The report's pages: one file each, which loads nothing and runs nothing but its own script."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag

from autograder.check import Verdict
from autograder.course import Course, Unit
from autograder.grading.grade import NOT_YET, Graded
from autograder.integrity.flags import Flag
from autograder.judging.judge import Result
from autograder.report import write_course_report, write_report
from autograder.report.unit_page import Class
from autograder.report.work import anchor_of

EVIL = "<script>alert(1)</script>"
TURNED = "\u202egnp.exe"
SECTIONS = (
    "glance",
    "exercises",
    "misconceptions",
    "time",
    "aside",
    "flags",
    "similarity",
    "students",
)
HOLM = "significance.holm"


def result(earned: float = 4.0, **told: object) -> Result:
    """A result with one exercise."""
    verdict = Verdict(HOLM, earned, 4.0, **told)  # type: ignore[arg-type]
    return Result("01_significance", [verdict], sandbox="namespaces")


def hostile() -> Graded:
    """Somebody whose every word is an attack."""
    messages = [f"Expected that holm holds; found: it raised ValueError: {EVIL}.", f"hint {EVIL}"]
    found = result(0.0, misconception=f"mistake {EVIL}", messages=messages, seconds=1.5)
    found.repairs = [f"The cell `{EVIL}` was changed; the original was used."]
    found.evidence = [Flag("text", f"holds {EVIL}", f"cell {EVIL}", 3, 1, f"print('{EVIL}')")]
    found.sandbox = EVIL
    return Graded(EVIL, found)


def read(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def pages_of(course: Course, unit: Unit) -> list[Path]:
    rows = [hostile(), Graded("ada", result()), Graded(f"z{EVIL}", reason=f"cannot read {EVIL}")]
    told = Class.of(course, unit, rows)
    return [write_report(course, unit, rows), write_course_report(course, [told])]


def test_nothing_that_a_student_wrote_becomes_a_part_of_a_page(course: Course, unit: Unit) -> None:
    for path in pages_of(course, unit):
        page = read(path)
        assert [script.get("id") for script in page.find_all("script")] == ["page-script"]
        assert "<script>" not in path.read_text(encoding="utf-8")
        assert EVIL in page.text
        allowed = {"id", "class", "href", "scope", "data-value", "open", "lang", "charset", "name"}
        allowed |= {"content", "http-equiv", "tabindex", "role", "aria-label", "viewbox", "width"}
        allowed |= {"height", "x", "y", "x1", "x2", "y1", "y2"}
        for tag in page.find_all(True):
            assert set(tag.attrs) <= allowed, tag


def test_a_page_loads_nothing_and_its_policy_names_its_own_script_and_style(
    course: Course, unit: Unit
) -> None:
    for path in pages_of(course, unit):
        page = read(path)
        (policy,) = page.find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
        assert policy["content"].startswith("default-src 'none'; ")
        for name in ("style", "script"):
            (element,) = page.find_all(name)
            digest = hashlib.sha256(element.string.encode()).digest()
            assert f"{name}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy["content"]
        assert not page.find_all(["link", "img", "iframe", "object", "form"])
        links = [link["href"] for link in page.find_all("a")]
        assert links and all(
            re.match(r"#|course\.html|01_significance\.html|\.\./", link) for link in links
        )


def test_a_page_has_its_sections_and_every_link_in_it_leads_somewhere(
    course: Course, unit: Unit
) -> None:
    page = read(pages_of(course, unit)[0])
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert set(SECTIONS) <= set(ids) and "student-ada" in ids and anchor_of(EVIL) in ids
    for link in page.find_all("a", href=re.compile("^#")):
        assert unquote(link["href"][1:]) in ids, link


def test_the_letters_that_turn_writing_round_are_shown_and_do_not_turn_it(
    course: Course, unit: Unit
) -> None:
    page = write_report(course, unit, [Graded(TURNED, result())]).read_text(encoding="utf-8")
    assert "\u202e" not in page and r"\u202egnp.exe" in page


def test_students_with_like_names_have_ids_of_their_own() -> None:
    names = ["a b", "a-b", "a.b", "a/b", "ä", "ö", "", "-", "x" * 300, "x" * 301]
    anchors = [anchor_of(name) for name in names]
    assert len(set(anchors)) == len(names)
    assert all(re.fullmatch(r"student-[A-Za-z0-9_-]*", anchor) for anchor in anchors)


def test_headings_stand_over_their_columns(course: Course, unit: Unit) -> None:
    """Numbers at the right under headings at the right, text at the left under headings at the left."""
    for path in pages_of(course, unit):
        for table in read(path).select("table:not(.points)"):  # its headings stand upright
            heads = ["n" in (head.get("class") or []) for head in table.thead.find_all("th")]
            for row in table.tbody.find_all("tr"):
                cells: list[Tag] = row.find_all(["td", "th"])
                assert ["n" in (cell.get("class") or []) for cell in cells] == heads, table


def test_the_histogram_says_in_words_what_it_shows(course: Course, unit: Unit) -> None:
    page = read(write_report(course, unit, [Graded("a", result()), Graded("b", result(0.0))]))
    (drawing,) = page.select("#glance svg")
    assert drawing["role"] == "img" and "0–10: 1" in drawing["aria-label"]
    assert "90–100: 1" in drawing["aria-label"]
    assert len(drawing.find_all("rect")) == 10 and drawing.find("title")


def test_a_student_leads_to_the_feedback_page_that_is_there(course: Course, unit: Unit) -> None:
    folder = course.root / "feedback" / "ada b" / unit.name
    folder.mkdir(parents=True)
    (folder / "significance.html").write_text("x")
    path = write_report(course, unit, [Graded("ada b", result()), Graded("ben", result())])
    page = read(path)
    (link,) = page.select(f"#{anchor_of('ada b')} p a")
    assert (path.parent / unquote(link["href"])).read_text() == "x"
    assert page.select("#student-ben p a") == []


def test_a_class_of_which_nobody_is_graded_has_a_page_too(course: Course, unit: Unit) -> None:
    page = read(write_report(course, unit, [Graded("ada", reason=NOT_YET)]))
    assert "Run course grade 01_significance" in " ".join(page.select("#glance")[0].text.split())
    assert page.select("#exercises p")[0].text == "Nobody is graded yet."


def test_long_texts_and_many_flags_are_bounded(course: Course, unit: Unit) -> None:
    found = result(0.0, messages=["x" * 100_000] * 100)
    found.repairs = ["r" * 10_000] * 500
    found.evidence = [Flag("text", "w" * 10_000, "c", 1, 1, "l" * 10_000)] * 2_000
    path = write_report(course, unit, [Graded("s" * 200, found)])
    assert path.stat().st_size < 1_000_000
    assert "And 1500 more" in path.read_text(encoding="utf-8")
