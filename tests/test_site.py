"""The website, really built and looked at in a browser: nothing from elsewhere, nothing secret, nothing missing."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from nbformat import NotebookNode
from pypdf import PdfReader

from autograder.course import REPO, Course, Unit
from autograder.errors import CourseError
from autograder.site import builder, outputs, pages
from autograder.site.launch import launch_links, students_repository
from autograder.site.links import judged
from autograder.site.printed import mend_outline, print_page
from autograder.site.proved import prove_pages
from autograder.site.solution_free import standing_still
from tests.chromium import chromium, opened
from tests.conftest import missing
from tests.crash_class import short_unit
from tests.site_scene import secret_lines_of, squeezed, told

UNTIL = {"01_significance": "# ## 2 Train again", "04_attention": "# ## 4 Far away"}


def until(heading: str) -> Any:
    """Choose the cells above a heading."""

    def chosen(cells: list[NotebookNode]) -> list[NotebookNode]:
        found = [i for i, cell in enumerate(cells) if heading.removeprefix("# ") in cell.source]
        return cells[: found[0]]

    return chosen


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A workspace with the first part of two units."""
    course = Course(tmp_path_factory.mktemp("course"))
    for name, heading in UNTIL.items():
        short_unit(course, name, until(heading))
    return course


@pytest.fixture(scope="module")
def site(course: Course) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builder, "build", lambda course: [])  # it would make whole units of them
        yield builder.build_site(course)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as browser:
        yield browser


def page_of(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


# What is in it.


@pytest.mark.parametrize("name", ["index", "units/01_significance", "units/04_attention", "search"])
@pytest.mark.browser
def test_a_page_asks_for_nothing_elsewhere_and_has_no_error(
    site: Path, browser: Any, name: str
) -> None:
    watched = opened(browser, site / f"{name}.html", color_scheme="dark")
    watched.page.evaluate("document.fonts.ready.then(() => null)")
    assert watched.outside == [] and watched.errors == []
    assert watched.page.evaluate("document.documentElement.dataset.theme") == "dark"
    watched.page.close()


def test_no_file_holds_a_line_of_a_solution_or_a_hidden_test(course: Course, site: Path) -> None:
    secrets = {line for unit in course.units() for line in secret_lines_of(unit)}
    assert len(secrets) > 100
    files = [path for path in site.rglob("*") if path.is_file() and "_static" not in path.parts]
    assert len(files) > 15
    for path in files:
        text = told(path)
        assert [line for line in secrets if squeezed(line) in text] == [], path.name


def test_cells_to_write_are_blank_and_what_they_give_is_shown(site: Path) -> None:
    text = page_of(site, "units/04_attention").get_text()
    assert text.count('raise NotImplementedError("write this function first")') == 7
    assert text.count("✓ gives exp(x) / Σ exp(x)") == 1
    assert "judge_here" not in text


def test_every_figure_says_what_it_shows(site: Path) -> None:
    for name in ("units/01_significance", "units/04_attention"):
        images = page_of(site, name).select("main img")
        assert images and all(len(image.get("alt", "")) > 40 for image in images)


@pytest.mark.browser
def test_formulas_are_set(site: Path, browser: Any) -> None:
    watched = opened(browser, site / "units" / "04_attention.html")
    assert watched.page.locator("mjx-container").count() > 50
    assert watched.page.locator("mjx-merror, [data-mjx-error]").count() == 0
    assert watched.page.locator("mjx-container").first.bounding_box()["width"] > 5
    watched.page.close()


@pytest.mark.browser
def test_an_animation_moves(site: Path, browser: Any) -> None:
    watched = opened(browser, site / "units" / "04_attention.html")
    box = watched.page.locator("[id^=animation-]").first
    before = box.locator("img").get_attribute("alt")
    slider = box.locator("input")
    slider.focus()
    slider.press("End")
    assert box.locator("img").get_attribute("alt") != before
    last = slider.get_attribute("max")
    assert box.locator("span").inner_text() == f"{int(last) + 1} of {int(last) + 1}"
    watched.page.close()


@pytest.mark.browser
def test_the_search_finds_a_word_from_a_disk(site: Path, browser: Any) -> None:
    watched = opened(browser, site / "search.html", "?q=backwards")
    found = watched.page.locator("#search-results li a").filter(has_text="Attention")
    found.first.wait_for(timeout=30_000)
    assert watched.errors == [] and watched.outside == []
    watched.page.close()


def test_an_interactive_figure_stands_still_and_says_so(site: Path) -> None:
    page = page_of(site, "units/04_attention")
    assert "The first frame of an interactive figure" in page.get_text()
    assert "widget" not in str(page.select("main")[0])


def test_a_progress_bar_leaves_nothing() -> None:
    bar = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "  0%| | 0/3"}
    output = {"output_type": "display_data", "data": bar, "metadata": {}}
    assert standing_still(output) == []
    assert standing_still({"output_type": "stream", "name": "stderr", "text": "100%"}) == []


def test_every_guide_is_a_page_with_a_place_in_the_contents(site: Path) -> None:
    guides = {f"docs/{path.stem}.html" for path in (REPO / "autograder" / "docs").glob("*.md")}
    guides -= {"docs/first_exercise.html", "docs/benchmarks.html"}  # for who has the clone
    linked = {
        a.get("href") for a in page_of(site, "index").select("nav a, .sidebar-primary-item a")
    }
    assert {"docs/cluster.html", "docs/launch.html"} <= guides <= linked
    assert {"units/01_significance.html", "units/04_attention.html", "security.html"} <= linked


def test_guides_that_nobody_has_placed_come_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("zebra", "cluster", "apple", "students"):
        (tmp_path / f"{name}.md").touch()
    monkeypatch.setattr(pages, "DOCS", tmp_path)
    order = [path.stem for path in pages.guides_in_order()]
    assert order == ["students", "cluster", "apple", "zebra"]


def test_the_landing_page_links_the_units_that_are_there(site: Path) -> None:
    (table,) = page_of(site, "index").select("main table")
    hrefs = {a.get_text(): a["href"] for a in table.select("a")}
    assert hrefs == {
        "significance": "units/01_significance.html",
        "attention": "units/04_attention.html",
    }
    assert len(table.select("tbody tr")) == 8


# On paper.


@pytest.fixture(scope="module")
def pdf(site: Path, tmp_path_factory: pytest.TempPathFactory) -> PdfReader:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        missing("no chromium: Debian and Ubuntu: apt-get install chromium")
    target = tmp_path_factory.mktemp("pdf") / "unit.pdf"
    page = site / "units" / "04_attention.html"
    with ThreadPoolExecutor(
        1
    ) as thread:  # Playwright starts once in each, and `browser` is open here
        headings = thread.submit(print_page, str(program), page, target).result()
    mend_outline(target, headings)
    return PdfReader(target)


def titles(outline: Any) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry)
        else:
            yield str(entry.title)


@pytest.mark.browser
def test_a_printed_unit_has_the_headings_of_the_notebook_in_its_outline(pdf: PdfReader) -> None:
    source = (REPO / "notebooks" / "04_attention.py").read_text(encoding="utf-8")
    source = source.partition(UNTIL["04_attention"])[0]
    headings = re.findall(r"^# #{1,3} (.+)$", source, flags=re.M)
    assert [title for title in titles(pdf.outline) if title != "Contents"] == headings
    assert len(headings) > 10


@pytest.mark.browser
def test_a_printed_unit_can_be_read_and_holds_no_solution(course: Course, pdf: PdfReader) -> None:
    text = squeezed("".join(page.extract_text() for page in pdf.pages))
    assert squeezed("Exercise 4: softmax (3 points)") in text
    assert squeezed("✓ gives exp(x)") in text
    secrets = {squeezed(line) for line in secret_lines_of(course.unit("4"))}
    assert len(secrets) > 40 and [line for line in secrets if line in text] == []


@pytest.mark.browser
def test_a_printed_unit_is_tagged_for_screen_readers_and_numbers_its_pages(pdf: PdfReader) -> None:
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en"
    assert f"2 / {len(pdf.pages)}" in pdf.pages[1].extract_text()
    begins = [page.extract_text() for page in pdf.pages]
    assert any("2 One vector for everything" in text[:200] for text in begins)  # a page of its own


# What keeps it from being made.


def test_a_line_of_a_solution_anywhere_stops_the_site(
    course: Course, site: Path, tmp_path: Path
) -> None:
    html = Path(shutil.copytree(site, tmp_path / "html"))
    line = max(secret_lines_of(course.unit("4")), key=len)
    places = ["units/04_attention.html", "searchindex.js", "index.html"]
    for place in places:
        with open(html / place, "a", encoding="utf-8") as file:
            file.write(f'\n<img alt="{line}">\n')
    with pytest.raises(CourseError, match="the pages would leak: ") as told_why:
        prove_pages(course, [course.unit("4")], html)
    assert all(f"{place}, line" in str(told_why.value) for place in places)


def test_a_unit_that_does_not_run_through_is_named(tmp_path: Path) -> None:
    course = Course(tmp_path)

    def broken(cells: list[NotebookNode]) -> list[NotebookNode]:
        (code, *_) = [cell for cell in cells if cell.cell_type == "code"]
        code.source = "1 / 0"
        return [code]

    unit = short_unit(course, "01_significance", broken)
    with pytest.raises(CourseError, match="01_significance does not run through, solved: ZeroDiv"):
        outputs.outputs_of(course, [unit])


def test_outputs_are_kept_until_the_unit_or_the_library_changes(
    course: Course, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "spread", None)  # nothing may be run again
    kept = outputs.outputs_of(course, course.units())
    assert all(kept[name] for name in UNTIL)
    unit = course.unit("1")
    before = outputs._path(course, unit)
    monkeypatch.setattr(outputs, "REPO", _other_library(course.root / "other"))
    assert outputs._path(course, unit) != before


def _other_library(folder: Path) -> Path:
    shutil.copytree(REPO / "course_utils", folder / "course_utils", dirs_exist_ok=True)
    shutil.copy(REPO / "requirements.lock", folder)
    with open(folder / "course_utils" / "figures" / "__init__.py", "a") as file:
        file.write("\nCHANGED = True\n")
    return folder


def test_what_is_not_installed_is_one_line(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "NEEDED", ("sphinx", "no_such_module"))
    with pytest.raises(
        CourseError, match=r"no_such_module is not installed: pip install -e '\.\[si"
    ):
        builder.build_site(course)


def test_a_link_between_pages_that_leads_nowhere_stops_the_site(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "index.md").write_text(
        "# A\n\n[to B](nowhere.md)\n\n[below](#no-such)\n"
    )
    with pytest.raises(CourseError, match="nowhere"):
        builder.run_sphinx("html", tmp_path / "source", tmp_path / "html")


# Ways in, and links.


def project(folder: Path, urls: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(f'[project]\nname = "x"\n[project.urls]\n{urls}\n')
    return path


def test_without_an_address_no_page_links_to_binder_or_colab(site: Path) -> None:
    assert students_repository() == ""
    text = (site / "units" / "04_attention.html").read_text(encoding="utf-8")
    assert "mybinder" not in text and "colab" not in text


def test_with_an_address_each_unit_links_to_its_notebook(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project(tmp_path, 'Students = "https://github.com/ada/lovely-course.git"')
    address = students_repository(path)
    monkeypatch.setattr(builder, "build", lambda course: [])
    monkeypatch.setattr(builder, "students_repository", lambda: address)
    source = builder.write_source(course, course.units(), tmp_path, with_outputs=False)
    first = json.loads((source / "units" / "04_attention.ipynb").read_text())["cells"][0]
    binder, colab = re.findall(r"\]\((https://\S+)\)", "".join(first["source"]))
    place = "04_attention/attention.ipynb"
    assert binder == f"https://mybinder.org/v2/gh/ada/lovely-course/HEAD?urlpath=lab/tree/{place}"
    assert colab == f"https://colab.research.google.com/github/ada/lovely-course/blob/HEAD/{place}"


def test_an_address_that_binder_cannot_open_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"https://github\.com/OWNER/NAME"):
        students_repository(project(tmp_path, 'Students = "ftp://somewhere/x"'))


def test_no_address_gives_no_links(course: Course) -> None:
    unit: Unit = course.unit("4")
    assert launch_links(unit, "") == {}


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["working", "working"], "2 links answer"),
        (["broken", "broken"], "SKIPPED: none of 2 links answers"),
        (["working", "broken"], "1 of 2 links are broken: https://b.example/1 in index.md"),
    ],
)
def test_links_elsewhere_are_told_in_one_line(tmp_path: Path, states: list[str], said: str) -> None:
    lines = [
        {"uri": f"https://b.example/{i}", "status": state, "filename": "index.md", "info": "404"}
        for i, state in enumerate(states)
    ]
    local = {"uri": "other.md", "status": "local", "filename": "index.md", "info": ""}
    path = tmp_path / "output.json"
    path.write_text("".join(json.dumps(line) + "\n" for line in [*lines, local]))
    if "are broken" in said:
        with pytest.raises(CourseError, match=said):
            judged(path)
    else:
        assert said in judged(path)


@pytest.mark.slow
@pytest.mark.browser
def test_the_whole_course_is_a_site(tmp_path: Path, browser: Any) -> None:
    course = Course(tmp_path)
    site = builder.build_site(course)
    secrets = {line for unit in course.units() for line in secret_lines_of(unit)}
    for unit in course.units():
        watched = opened(browser, site / "units" / f"{unit.name}.html")
        watched.page.evaluate("document.fonts.ready.then(() => null)")
        assert watched.outside == [] and watched.errors == []
        assert watched.page.locator("main img:not([alt]), main img[alt='']").count() == 0
        watched.page.close()
        own = {squeezed(line) for line in secret_lines_of(unit)}
        text = told(site / "units" / f"{unit.name}.html")
        assert secrets and [line for line in own if line in text] == []
