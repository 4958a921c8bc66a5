"""Grade certificates: whatever is changed afterwards is noticed, and named, and nothing secret is told."""

from __future__ import annotations

import hmac
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.bundles.student_notebook import generate
from autograder.certificates import differences, signing
from autograder.certificates.certificate import Certificate, folder_of, issued
from autograder.certificates.findings import Finding, Outcome, overall
from autograder.certificates.verify import verify
from autograder.checks import find_check
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.grade import grade
from autograder.grading.gradebook import open_gradebook
from autograder.judging import provenance, seeds
from autograder.nbgrader_plugins import write_config
from autograder.pages.feedback import write_feedback
from autograder.samples import learner, solved
from autograder.sandboxes.library import student_library
from autograder.sandboxes.warm_processes import close_warm_processes

STUDENTS = ("ada", "ben")


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, unit: Unit) -> Course:
    """A solved and a partly wrong submission, graded and certified."""
    course = Course(tmp_path_factory.mktemp("graded"))
    write_config(course)
    generate(course, unit, course.root / "release", record=True)
    for student, make in zip(STUDENTS, (solved, learner), strict=True):
        path = submitted(course, student)
        path.parent.mkdir(parents=True)
        nbformat.write(make(unit, nbformat.read(unit.built, as_version=4)), path)
    grade(course, unit, workers=1)
    close_warm_processes()
    return course


@pytest.fixture
def classroom(graded: Course, tmp_path: Path) -> Course:
    """A copy of it that a test may spoil."""
    shutil.copytree(graded.root, tmp_path / "copy")
    return Course(tmp_path / "copy")


def submitted(course: Course, student: str) -> Path:
    return course.root / "submitted" / student / "01_significance" / "significance.ipynb"


def certificate(course: Course, unit: Unit, student: str) -> Path:
    return issued(course, unit, student, "significance.ipynb")[-1]


def told(course: Course, **options: Any) -> dict[str, str]:
    """What differs, by student."""
    return {f.student: "; ".join(f.differs) for f in verify(course, "1", **options)}


def set_score(course: Course, unit: Unit, student: str, **values: float) -> None:
    with open_gradebook(course) as gradebook:
        mark = gradebook.find_grade("check-holm", "significance", unit.name, student)
        for name, value in values.items():
            setattr(mark, name, value)
        gradebook.db.commit()


def test_every_graded_submission_has_a_certificate_that_holds(graded: Course) -> None:
    findings = verify(graded, "1")
    assert [(f.student, f.outcome) for f in findings] == [(s, Outcome.HOLDS) for s in STUDENTS]
    assert str(findings[0]).startswith("✓ ada") and "40 / 40, certificate 1 of 20" in str(
        findings[0]
    )


def test_a_certificate_says_what_was_judged_and_with_what(graded: Course, unit: Unit) -> None:
    claims = Certificate.read(certificate(graded, unit, "ben")).claims
    assert set(claims) == {
        *("unit", "student", "notebook", "serial", "replaces", "submission", "content"),
        *("sandbox", "verdicts", "result", "judged", "instructor", "grader", "library", "checks"),
        *("environment", "seed", "budgets", "executed"),
    }
    assert {"python", "platform", "numpy", "scipy", "torch", "nbgrader"} <= set(
        claims["environment"]
    )
    assert set(claims["checks"]) == {verdict["exercise"] for verdict in claims["verdicts"]}
    assert len(set(claims["checks"].values())) == len(claims["checks"]) == 9


def test_a_certificate_holds_no_secret_and_no_flag(graded: Course, unit: Unit) -> None:
    text = certificate(graded, unit, "ada").read_text()
    claims = json.loads(text)["certificate"]
    secret = seeds.course_secret(graded)
    own = hmac.digest(secret, b'["01_significance", "ada"]', "sha256")
    seed = hmac.digest(own, json.dumps([claims["content"]]).encode(), "sha256")
    assert all(hidden.hex() not in text for hidden in (secret, own, seed))
    assert claims["seed"] == provenance.commitment(seed) != seed.hex()
    assert str(graded.root) not in text and "integrity" not in text


def test_the_private_key_is_for_its_owner_only(graded: Course) -> None:
    assert signing.private_path(graded).stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in signing.public_path(graded).read_bytes()
    assert not list(graded.state.glob("draft-*"))


def test_the_public_key_alone_is_enough(classroom: Course) -> None:
    signing.private_path(classroom).unlink()
    assert overall(verify(classroom, "1")) == Outcome.HOLDS


def places(told: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each single value of a certificate's file."""
    if not isinstance(told, dict | list):
        return [path]
    inner = told.items() if isinstance(told, dict) else enumerate(told)
    return [found for key, value in inner for found in places(value, (*path, key))]


def changed(value: Any) -> Any:
    """The same value with one character, or the last digit, changed."""
    if isinstance(value, str):
        return f"{value[:-1]}{'0' if value[-1:] != '0' else '1'}"
    return value + 1


def test_no_value_of_a_certificate_can_be_changed(classroom: Course, unit: Unit) -> None:
    path = certificate(classroom, unit, "ada")
    text = path.read_text()
    ways = places(json.loads(text))
    assert len(ways) > 60
    for way in ways:
        whole = inner = json.loads(text)
        for key in way[:-1]:
            inner = inner[key]
        inner[way[-1]] = changed(inner[way[-1]])
        path.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n")
        (finding,) = verify(classroom, str(path))
        assert finding.outcome == Outcome.DIFFERS, way
        assert finding.differs[0].startswith("signature broken"), way


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text[:-1],
        lambda text: "",
        lambda text: text + " ",
        lambda text: text.replace('  "key": ', '  "key": "x",\n  "key": ', 1),
        lambda text: json.dumps(json.loads(text)),
        lambda text: json.dumps(json.loads(text) | {"note": "10/10"}, indent=2, sort_keys=True),
        lambda text: text.replace(json.loads(text)["signature"], "zz"),
        lambda text: "[" * 100_000,
        lambda text: "{" + " " * (1 << 20) + "}",
    ],
)
def test_a_file_that_is_not_exactly_as_written_is_no_certificate(
    classroom: Course, unit: Unit, spoil: Callable[[str], str]
) -> None:
    path = certificate(classroom, unit, "ada")
    path.write_text(spoil(path.read_text()))
    found = told(classroom)
    assert found["ada"] == "signature broken: it is not whole, or was changed"
    assert found["ben"] == ""


def test_certificates_that_changed_places_are_named(classroom: Course, unit: Unit) -> None:
    ada, ben = (certificate(classroom, unit, student) for student in STUDENTS)
    ada_text, ben_text = ada.read_bytes(), ben.read_bytes()
    ada.write_bytes(ben_text)
    ben.write_bytes(ada_text)
    found = told(classroom)
    assert found["ada"].startswith("certificate 1 of ben for significance.ipynb")
    assert found["ben"].startswith("certificate 1 of ada for significance.ipynb")


def test_a_certificate_of_another_course_is_refused(
    classroom: Course, unit: Unit, tmp_path: Path
) -> None:
    other = Course(tmp_path)
    path = certificate(classroom, unit, "ada")
    forged = Certificate.sign(Certificate.read(path).claims, signing.signing_key(other))
    path.write_text(forged.text())
    assert told(classroom)["ada"] == "signature broken: another key signed it"
    relabelled = Certificate(
        forged.claims, signing.fingerprint(public(classroom)), forged.signature
    )
    path.write_text(relabelled.text())
    assert told(classroom)["ada"] == "signature broken: the text was changed"
    assert "another key" in told(classroom, key=signing.public_path(other))["ben"]


def public(course: Course) -> Any:
    return signing.read_public_key(signing.public_path(course))


def test_what_was_regraded_has_both_certificates_and_the_old_one_is_no_longer_in_force(
    classroom: Course, unit: Unit
) -> None:
    old = certificate(classroom, unit, "ben").read_bytes()
    shutil.copyfile(submitted(classroom, "ada"), submitted(classroom, "ben"))
    assert told(classroom)["ben"].startswith("submission changed")
    grade(classroom, unit, workers=1)
    assert told(classroom) == {"ada": "", "ben": ""}
    first, second = issued(classroom, unit, "ben", "significance.ipynb")
    assert first.read_bytes() == old
    assert Certificate.read(second).claims["serial"] == 2

    copy = classroom.root / "handed-back.json"
    copy.write_bytes(old)
    (finding,) = verify(classroom, str(copy))
    (told_of_it,) = finding.differs
    assert told_of_it.startswith("the signature holds, but certificate 1 is not the one in force")

    new = second.read_bytes()
    second.write_bytes(old)
    assert "certificate 1 of ben" in told(classroom)["ben"]
    second.write_bytes(new)
    first.write_bytes(old.replace(b'"points": 0.0', b'"points": 9.0', 1))
    assert told(classroom)["ben"] == f"an earlier certificate was changed: {first.name}"
    first.write_bytes(old)
    second.unlink()  # the old one again, as if nothing had been regraded
    assert told(classroom)["ben"].startswith("submission changed; gradebook differs: ")


def test_grading_again_makes_no_second_certificate_and_heals_a_broken_one(
    classroom: Course, unit: Unit
) -> None:
    grade(classroom, unit)
    assert len(issued(classroom, unit, "ada", "significance.ipynb")) == 1
    certificate(classroom, unit, "ada").write_text("{}")
    shutil.rmtree(folder_of(classroom, unit) / "ben")
    assert verify(classroom, "1", "ben")[0].outcome == Outcome.CANNOT
    assert not any(row.fresh for row in grade(classroom, unit))
    assert [f.outcome for f in verify(classroom, "1")] == [Outcome.HOLDS] * 2
    assert len(issued(classroom, unit, "ada", "significance.ipynb")) == 2


def test_a_new_key_certifies_again_without_judging_again(classroom: Course, unit: Unit) -> None:
    for path in (signing.private_path(classroom), signing.public_path(classroom)):
        path.unlink()
    assert not any(row.fresh for row in grade(classroom, unit))
    assert [f.outcome for f in verify(classroom, "1")] == [Outcome.HOLDS] * 2
    serials = {Certificate.read(certificate(classroom, unit, s)).claims["serial"] for s in STUDENTS}
    assert serials == {2}


def test_a_score_edited_by_hand_is_noticed_and_a_persons_grade_is_not_compared(
    classroom: Course, unit: Unit
) -> None:
    set_score(classroom, unit, "ada", manual_score=1.0, extra_credit=0.5)
    assert told(classroom) == {"ada": "", "ben": ""}
    ada, _ = verify(classroom, "1")
    assert str(ada).endswith("; given by hand: holm 1, holm 0.5 extra")
    set_score(classroom, unit, "ben", auto_score=4.0)
    found = told(classroom)
    assert found["ada"] == ""
    assert found["ben"].startswith("gradebook differs: holm ")
    assert found["ben"].endswith("certified, 4 of 4 in the gradebook")


def test_a_changed_autograded_notebook_is_noticed(classroom: Course, unit: Unit) -> None:
    path = classroom.root / "autograded" / "ben" / unit.name / "significance.ipynb"
    text = path.read_text(encoding="utf-8")
    assert '"points": ' in text or "points" in text
    path.write_text(text.replace("points", "Points", 1), encoding="utf-8")
    assert told(classroom) == {"ada": "", "ben": "the autograded notebook was changed"}
    path.write_text("no notebook", encoding="utf-8")
    assert told(classroom)["ben"] == "the autograded notebook was changed"
    path.unlink()
    assert told(classroom)["ben"] == "the autograded notebook is missing"


def test_a_private_key_that_was_replaced_is_one_clear_line(classroom: Course) -> None:
    private, public = signing.private_path(classroom), signing.public_path(classroom)
    old = public.read_bytes()
    private.unlink()
    public.unlink()
    signing.signing_key(classroom)  # another one
    public.write_bytes(old)
    with pytest.raises(CourseError, match=r"is not the public half of signing-key\.pem"):
        verify(classroom, "1")


def test_a_changed_submission_is_noticed_whatever_was_changed(
    classroom: Course, unit: Unit
) -> None:
    path = submitted(classroom, "ada")
    path.write_text(path.read_text() + "\n")
    assert told(classroom)["ada"] == "submission changed"
    shutil.rmtree(path.parent)
    assert told(classroom)["ada"] == "submission changed: it is gone"


def test_each_change_of_the_course_has_its_name(
    classroom: Course, unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only(**replaced: Any) -> str:
        with monkeypatch.context() as patch:
            for name, value in replaced.items():
                patch.setattr(differences, name, value)
            return told(classroom)["ada"]

    here = provenance.environment()
    usual = differences.hash_of_check
    assert only(version=lambda: "another") == "grader changed"
    assert only(hash_of_folder=lambda folder: "another") == "library changed"
    assert only(environment=lambda: here | {"numpy": "1.0"}) == (
        f"environment differs: numpy {here['numpy']}, now 1.0"
    )
    assert only(hash_of_check=lambda c: "x" if c.function_name == "holm" else usual(c)) == (
        "check changed: significance.holm"
    )
    (classroom.state / "secret").write_bytes(bytes(32))
    assert told(classroom)["ada"] == "seed differs: the course has another secret"
    (classroom.state / "secret").unlink()
    assert told(classroom)["ada"] == "seed differs: the course has another secret"
    assert not (classroom.state / "secret").exists()  # looking makes nothing


def test_budgets_are_certified_as_the_course_sets_them(classroom: Course, unit: Unit) -> None:
    (classroom.root / "budgets.toml").write_text("cell_seconds = 30\n")
    assert told(classroom)["ada"] == "budgets differ"
    grade(classroom, unit, workers=1)
    assert set(told(classroom).values()) == {""}


def test_a_check_s_hash_covers_all_our_source_that_it_depends_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = provenance._read
    holm, exact = (
        find_check(f"significance.{name}") for name in ("holm", "exact_paired_bootstrap")
    )
    uncached = provenance.hash_of_check.__wrapped__
    before = {check.exercise: uncached(check) for check in (holm, exact)}

    def touched(*names: str) -> set[str]:
        def spoilt(path: Path) -> tuple[str, list[Path]]:
            sha, needs = read(path)
            return ("another" if path.as_posix().endswith(names) else sha), needs

        monkeypatch.setattr(provenance, "_read", spoilt)
        return {c.function_name for c in (holm, exact) if before[c.exercise] != uncached(c)}

    assert touched("holm_mistakes.py") == {"holm"}
    assert touched("_significance/exact.py") == {"exact_paired_bootstrap"}
    assert touched("agreement.py", "check.py") == {"holm", "exact_paired_bootstrap"}
    assert touched("report.py", "checks/significance.py") == set()


def test_a_library_that_was_changed_has_another_hash(
    graded: Course, unit: Unit, tmp_path: Path
) -> None:
    library = student_library(graded, unit)
    shutil.copytree(library, tmp_path / "library")
    (tmp_path / "library" / "course_utils" / "plain.py").write_text("")
    assert provenance.hash_of_folder(tmp_path / "library") != provenance.hash_of_folder(library)


def test_judging_again_gives_the_certified_verdicts_or_says_which_differ(
    classroom: Course, unit: Unit
) -> None:
    assert told(classroom, again=True) == {"ada": "", "ben": ""}
    path = certificate(classroom, unit, "ben")
    claims = Certificate.read(path).claims
    (holm,) = [v for v in claims["verdicts"] if v["exercise"].endswith(".holm")]
    was, holm["points"] = holm["points"], 4.0  # whoever has the key can sign anything …
    path.write_text(Certificate.sign(claims, signing.signing_key(classroom)).text())
    set_score(classroom, unit, "ben", auto_score=4.0)
    assert told(classroom)["ben"] == ""
    assert told(classroom, student="ben", again=True) == {  # … but not make it come true
        "ben": f"verdict differs: holm 4 of 4 certified, {was:g} of 4 now"
    }


def test_what_cannot_be_graded_has_nothing_to_verify(classroom: Course, unit: Unit) -> None:
    path = submitted(classroom, "eve")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    findings = {f.student: f for f in verify(classroom, "1")}
    assert str(findings["eve"]).startswith("– eve")
    assert overall(list(findings.values())) == Outcome.HOLDS


def test_a_name_that_gives_orders_to_a_terminal_is_shown_as_letters() -> None:
    shown = str(Finding("ev\x1b[31mil\nname", differs=["signature broken"]))
    assert shown.isprintable() and "\\x1b" in shown


def test_what_differs_comes_before_what_cannot_be_checked() -> None:
    good, bad = Finding("ada"), Finding("ben", differs=["x"])
    unknown = Finding("cleo", cannot="y")
    assert overall([good]) == 0
    assert overall([good, unknown, bad]) == 1
    assert overall([good, unknown]) == 2


def test_students_get_their_certificate_and_can_check_it_with_the_public_key(
    classroom: Course, unit: Unit, tmp_path: Path
) -> None:
    write_feedback(classroom, unit)
    handed = classroom.root / "feedback" / "ben" / unit.name / "significance.certificate.json"
    assert handed.read_bytes() == certificate(classroom, unit, "ben").read_bytes()
    key, elsewhere = signing.public_path(classroom), tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = [str(Path(sys.executable).with_name("course")), "verify", str(handed)]
    for words, code, start in (
        (["--key", str(key)], 0, "✓ ben"),
        ([], 2, "course: cannot read the public key"),
    ):
        done = subprocess.run([*run, *words], cwd=elsewhere, capture_output=True, text=True)
        assert (done.returncode, (done.stdout + done.stderr).startswith(start)) == (code, True), (
            done
        )
    assert list(elsewhere.iterdir()) == []
    handed.write_text(handed.read_text().replace('"student": "ben"', '"student": "bea"'))
    done = subprocess.run([*run, "--key", str(key)], cwd=elsewhere, capture_output=True, text=True)
    assert done.returncode == 1 and "signature broken" in done.stdout
