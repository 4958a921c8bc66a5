"""`course verify`: does every certificate hold, and is what it certifies still what lies in the course?

The signature is checked with the public key alone. Then every hash is taken again from what is in the
course now, and the points in the gradebook are compared with the certified ones. A person's manual
grades are a person's: they are not certified, and not compared.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import nbformat
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nbformat import NotebookNode

from autograder.certificates.certificate import (
    BrokenCertificate,
    Certificate,
    folder_of,
    hash_of,
    hash_of_cells,
    issued,
)
from autograder.certificates.differences import differences, judge_again, points_differ
from autograder.certificates.findings import Finding
from autograder.certificates.signing import (
    check_private_half,
    fingerprint,
    public_path,
    read_public_key,
)
from autograder.course import Course, Unit
from autograder.errors import CourseError
from autograder.grading.gradebook import Mark, automatic_points, marks_of
from autograder.intake.submissions import Submission, submissions, unreadable
from autograder.judging.rebuild import CHECK_PREFIX

NOT_CERTIFIED = "there is no certificate: run `course grade`"


def verify(
    course: Course,
    target: str,
    student: str | None = None,
    *,
    key: Path | None = None,
    again: bool = False,
    sandbox: str = "auto",
) -> list[Finding]:
    """Verify a unit, one student in it, or one file. `again` also judges again what holds so far."""
    public = read_public_key(key or public_path(course))
    if key is None:
        check_private_half(course)
    path = Path(target)
    if path.suffix == ".json" or path.is_file():
        finding = Finding(path.name)
        _read(finding, path, public)
        if finding.claims is None:
            return [finding]
        claims, unit = finding.claims, course.unit(finding.claims["unit"])
        finding.student = claims["student"]
        if not folder_of(course, unit).is_dir():
            return [finding]  # it was issued in another course: the signature is all there is
        shelf = Shelf(course, unit)
        findings = [shelf.one(claims["student"], public)]
        if not shelf.in_force(claims["student"], path):
            told = (
                f"the signature holds, but certificate {claims['serial']} is not the one in force: "
                "`course feedback` hands out that one"
            )
            findings[0].differs.insert(0, told)
    else:
        unit = course.unit(target)
        shelf = Shelf(course, unit)
        findings = [shelf.one(name, public) for name in shelf.students(student)]
    if again:
        judge_again(course, unit, findings, shelf.submissions, sandbox)
    return findings


class Shelf:
    """What there is of a unit: submissions, certificates, and points in the gradebook."""

    def __init__(self, course: Course, unit: Unit) -> None:
        self.course, self.unit = course, unit
        found = [(s, p or unreadable(s)) for s, p in submissions(course, unit)]
        self.problems = {submission.student: problem for submission, problem in found if problem}
        self.submissions = {s.student: s for s, problem in found if not problem}
        self.certified = {path.name for path in folder_of(course, unit).glob("*")}
        self.marks = marks_of(course, unit)
        self.recorded = automatic_points(self.marks)

    def students(self, student: str | None) -> list[str]:
        """Everybody, or the one who is asked for."""
        known = self.submissions.keys() | self.problems.keys() | self.certified
        if student is None and known:
            return sorted(known)
        if student in known:
            return [str(student)]
        raise CourseError(f"{student or 'nobody'} has a submission of {self.unit.name}, or had one")

    def certificates(self, student: str) -> list[Path]:
        submission = self.submissions.get(student)
        name = submission.path.name if submission else ""
        return issued(self.course, self.unit, student, name)

    def in_force(self, student: str, path: Path) -> bool:
        """Whether a file is the certificate that is in force."""
        files = self.certificates(student)
        return bool(files) and files[-1].read_bytes() == path.read_bytes()

    def one(self, student: str, public: Ed25519PublicKey) -> Finding:
        """Everything that is to be found about one student, but for judging again."""
        finding = Finding(student)
        files = self.certificates(student)
        if not files:
            graded = student in self.submissions or student in self.recorded
            if graded:
                finding.cannot = NOT_CERTIFIED
            else:
                finding.aside = f"set aside: {self.problems[student]}"
            return finding
        _chain(finding, files)
        _read(finding, files[-1], public)
        if finding.claims and self._in_its_place(finding, files[-1]):
            self._compare(finding)
        return finding

    def _in_its_place(self, finding: Finding, path: Path) -> bool:
        claims = finding.claims or {}
        of = (claims["unit"], claims["student"], claims["notebook"], claims["serial"])
        stem, _, serial = path.stem.rpartition(".")
        if of != (self.unit.name, finding.student, f"{stem}.ipynb", int(serial)):
            told = "certificate {3} of {1} for {2} in {0}".format(*of)
            finding.differs.append(f"{told} stands in the place of {path.name}")
            return False
        return True

    def _compare(self, finding: Finding) -> None:
        claims, student = finding.claims or {}, finding.student
        submission: Submission | None = self.submissions.get(student)
        if submission is None:
            why = self.problems.get(student, "it is gone")
            finding.differs.append(f"submission changed: {why}")
        else:
            finding.differs += differences(self.course, self.unit, submission, claims)
        certified = {
            v["exercise"].partition(".")[2]: (v["points"], v["max_points"])
            for v in claims["verdicts"]
        }
        if told := points_differ(certified, self.recorded.get(student, {})):
            finding.differs.append(f"gradebook differs: {told}")
        place = self.course.root / "autograded" / student / self.unit.name / claims["notebook"]
        if not place.is_file():
            finding.differs.append("the autograded notebook is missing")
        elif hash_of_cells(_read_autograded(place)) != claims["executed"]:
            finding.differs.append("the autograded notebook was changed")
        finding.by_hand = by_hand(self.marks.get(student, {}))


def _read_autograded(path: Path) -> NotebookNode | None:
    try:
        return nbformat.read(path, as_version=4)
    except Exception:  # whatever it is, it is not what was certified
        return None


def by_hand(marks: dict[str, Mark]) -> list[str]:
    """What a person gave for exercises that the program grades."""
    told = []
    for cell, mark in sorted(marks.items()):
        name = cell.removeprefix(CHECK_PREFIX)
        if name != cell and mark.manual is not None:
            told.append(f"{name} {mark.manual:g}")
        if mark.extra:
            told.append(f"{name} {mark.extra:g} extra")
    return told


def _chain(finding: Finding, files: list[Path]) -> None:
    """Each certificate names the one before it, which must still be there as it was."""
    for before, after in pairwise(files):
        try:
            named = Certificate.read(after).claims["replaces"]
        except BrokenCertificate:
            continue  # of the last one it is said anyway; one before it is named by the next
        if named != hash_of(before.read_bytes()):
            finding.differs.append(f"an earlier certificate was changed: {before.name}")


def _read(finding: Finding, path: Path, public: Ed25519PublicKey) -> None:
    """Read a certificate and check its signature."""
    try:
        certificate = Certificate.read(path)
    except BrokenCertificate as error:
        finding.differs.append(f"signature broken: {error}")
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror}") from None
    else:
        if certificate.holds(public):
            finding.claims = certificate.claims
            return
        other = certificate.key != fingerprint(public)
        why = "another key signed it" if other else "the text was changed"
        finding.differs.append(f"signature broken: {why}")
