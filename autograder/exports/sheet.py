"""An LMS's CSV file in which single cells are filled in. Every other byte stays as the LMS wrote it.

Python's csv module reads such files, but what it writes is quoted its own way. So the cells are kept here
as they stand in the file; that they were cut at the right places is checked against the csv module.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError

DELIMITERS = ",;\t:"  # Moodle offers all four, Canvas the first two
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass
class Sheet:
    """The cells of a file, word for word, and what stands between them."""

    path: Path
    rows: list[list[str]]
    ends: list[str]  # what ends each row
    delimiter: str
    mark: bytes  # of the byte order, or nothing

    @classmethod
    def read(cls, path: Path, suits: Callable[[list[str]], bool], what: str) -> Sheet:
        """Read a file; its delimiter is the one with which the first line suits."""
        try:
            content = path.read_bytes()
            mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
            text = content[len(mark) :].decode()
        except OSError as error:
            raise CourseError(f"cannot read {path}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CourseError(f"{path} is not UTF-8: {what}, and do not save it anew") from None
        for delimiter in DELIMITERS:
            rows, ends = _cut(text, delimiter)
            sheet = cls(path, rows, ends, delimiter, mark)
            if rows and suits(sheet.header) and sheet.values() == _as_csv_reads(text, delimiter):
                return sheet
        raise CourseError(f"{path} is not the file that is needed: {what}")

    @property
    def header(self) -> list[str]:
        return [_value(cell) for cell in self.rows[0]]

    def values(self) -> list[list[str]]:
        """All rows, without quotes."""
        return [[_value(cell) for cell in row] for row in self.rows]

    def column(self, *names: str) -> int | None:
        """Where the first column of one of these names is."""
        return next((i for i, name in enumerate(self.header) if name.strip() in names), None)

    def value(self, row: int, column: int | None) -> str:
        """What a cell says; nothing where there is none."""
        if column is None or column >= len(self.rows[row]):
            return ""
        return _value(self.rows[row][column])

    def people(self) -> Iterator[int]:
        """The numbers of the rows below the first that say something."""
        for index in range(1, len(self.rows)):
            if any(_value(cell).strip() for cell in self.rows[index]):
                yield index

    def fill(self, row: int, column: int, text: str) -> None:
        """Put text into a cell. It is quoted if it must be, or if what stood there was."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        special = (self.delimiter, '"', "\r", "\n")
        quoted = cells[column].startswith('"') or any(char in text for char in special)
        cells[column] = '"' + text.replace('"', '""') + '"' if quoted else text

    def grade(self, row: int, column: int, points: float, mark: str) -> str:
        """Put points into a cell; return the grade that stood there, if it was another."""
        before = self.value(row, column).strip()
        known = number(before)
        self.fill(row, column, written(points, mark))
        return before if known is not None and abs(known - points) >= 0.005 else ""

    def content(self) -> bytes:
        """The file as it is now."""
        rows = zip(self.rows, self.ends, strict=True)
        return self.mark + "".join(self.delimiter.join(row) + end for row, end in rows).encode()


def _cut(text: str, delimiter: str) -> tuple[list[list[str]], list[str]]:
    cell = re.compile(
        rf'("(?:[^"]|"")*"|[^"{delimiter}\r\n][^{delimiter}\r\n]*|)({delimiter}|\r\n|\n|\r|\Z)'
    )
    rows: list[list[str]] = []
    ends: list[str] = []
    row: list[str] = []
    place = 0
    while place < len(text) or row:
        found = cell.match(text, place)
        if not found:
            return [], []
        row.append(found[1])
        place = found.end()
        if found[2] != delimiter:
            rows.append(row)
            ends.append(found[2])
            row = []
    return rows, ends


def _as_csv_reads(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))  # online texts are long
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [row or [""] for row in reader]
    except csv.Error:
        return []


def _value(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def number(text: str) -> float | None:
    """The number that a cell holds, with a point or a comma.

    >>> number("44.00"), number(" 44,5 "), number("-"), number("(read only)")
    (44.0, 44.5, None, None)
    """
    found = NUMBER.fullmatch(text.strip())
    return float(found[0].replace(",", ".")) if found else None


def decimal_mark(cells: list[str]) -> str:
    """The decimal mark that numbers of a file have: a comma only if none has a point.

    >>> decimal_mark(["44,00", "7"]), decimal_mark(["44.00"]), decimal_mark([])
    (',', '.', '.')
    """
    numbers = [cell for cell in cells if number(cell) is not None]
    return "," if any("," in n for n in numbers) and not any("." in n for n in numbers) else "."


def written(points: float, mark: str = ".") -> str:
    """Points to two decimals, as all LMSs show them.

    >>> written(40.0), written(25.333333), written(0.5, ",")
    ('40', '25.33', '0,5')
    """
    return f"{points:.2f}".rstrip("0").rstrip(".").replace(".", mark)
