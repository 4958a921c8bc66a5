"""The fixtures of the reports: they stand in classroom.py, which goes upstream with each report."""

from tests.upstream.classroom import classroom, released

__all__ = ["classroom", "released"]
