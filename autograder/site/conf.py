"""Sphinx's configuration: myst-nb shows notebooks, sphinx-book-theme looks, all of it from this machine.

These three are what Jupyter Book 1 is made of. Jupyter Book 2 is another program: it needs node, and fetches
its templates from the network when it builds, so it cannot build offline.
"""

import tomllib
from pathlib import Path

_REPO = Path(__file__).resolve().parents[2]
_PROJECT = tomllib.loads((_REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "How ChatGPT-like models work"
version = release = _PROJECT["version"]
language = "en"

extensions = ["myst_nb", "sphinx_copybutton"]
exclude_patterns = ["**.ipynb_checkpoints"]

# Notebooks come with their outputs, and nothing here runs or fetches anything.
nb_execution_mode = "off"
nb_render_plugin = "described"  # autograder/site/figures.py
nb_ipywidgets_js: dict[str, dict[str, str]] = {}
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_dmath_double_inline = True
myst_heading_anchors = 3

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # fetched page by page, which browsers refuse to files on a disk
html_context = {"default_mode": "auto"}  # dark or light, as the reader's machine says
html_theme_options = {
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "navbar_persistent": [],
    "content_footer_items": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
}

mathjax_path = "mathjax/tex-chtml.js"  # autograder/site/math.py puts it there
