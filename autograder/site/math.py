"""MathJax beside the pages, so that formulas are set without a network: its one script, and its fonts.

They come from the package sphinx-mathjax-offline, which carries MathJax 3.2.2. It is read as data: the script
is the one that npm has (`mathjax@3.2.2`, `es5/tex-chtml.js`), or the site is not made.
"""

from __future__ import annotations

import hashlib
import shutil
from importlib.util import find_spec
from pathlib import Path

from autograder.errors import CourseError

CARRIER = "sphinx-mathjax-offline"
SCRIPT = "tex-chtml.js"
FONTS = Path("output", "chtml", "fonts", "woff-v2")  # where the script looks for them
SHA256 = "0a6ded5abbce13331658dd239f34382abd06492c74b71b61e8caa8112ec55fa5"


def copy_math(html: Path) -> None:
    """Copy the script and its fonts to `_static/mathjax`, where conf.py says that they are."""
    spec = find_spec(CARRIER)
    if spec is None or not spec.submodule_search_locations:
        raise CourseError(f"{CARRIER} is not installed: pip install -e '.[site]'")
    carried = Path(next(iter(spec.submodule_search_locations))) / "static" / "mathjax"
    if hashlib.sha256((carried / SCRIPT).read_bytes()).hexdigest() != SHA256:
        raise CourseError(
            f"{CARRIER} carries another MathJax than 3.2.2: install the pinned version"
        )
    target = html / "_static" / "mathjax"
    shutil.copytree(carried / FONTS, target / FONTS)
    shutil.copyfile(carried / SCRIPT, target / SCRIPT)
