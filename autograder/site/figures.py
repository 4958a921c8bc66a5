"""Figures in the pages of the site, with their alt text and their width: myst-nb takes both from nowhere.

It is an output renderer of myst-nb, known to it by the entry point `described` in pyproject.toml.
"""

from __future__ import annotations

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer


class DescribedRenderer(NbElementRenderer):
    """myst-nb's own renderer, which also reads what an output's metadata says about its image."""

    def render_image(self, data: MimeData) -> list[nodes.Element]:
        """Render an image as myst-nb does, and add `alt` and `width`."""
        rendered: list[nodes.Element] = super().render_image(data)
        about = data.output_metadata.get(data.mime_type, {})
        for image in rendered:
            if about.get("alt"):
                image["alt"] = about["alt"]
            if about.get("width"):
                image["width"] = f"{about['width']}px"
        return rendered
