"""nbgrader reads this file from the folder that it is started in."""

from pathlib import Path

from autograder.nbgrader_plugins import configure

configure(get_config(), root=Path(__file__).parent)  # type: ignore[name-defined]  # noqa: F821
