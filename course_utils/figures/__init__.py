"""Figures of the course: one module per unit, whose functions return a matplotlib Figure.

Each figure carries its alt text: what there is to see, for those who cannot see it. A notebook
shows it as the image's `alt` and, because not every frontend passes that on, as a caption below the
image. Colours are okabe_ito, which colour-blind readers can tell apart; shapes, hatching or words
always say the same as the colour.

The functions draw what they are given. What has to be computed is computed by the functions handed
in, the student's own, so a mistake there is visible in the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

# Okabe and Ito (2008), in their order; from matplotlib 3.11 on this is color_sequences["okabe_ito"].
BLACK, ORANGE, SKY, GREEN = "#000000", "#e69f00", "#56b4e9", "#009e73"
YELLOW, BLUE, VERMILION, PURPLE = "#f0e442", "#0072b2", "#d55e00", "#cc79a7"
PIXELS_PER_INCH = 96  # on the screen; the image holds twice as many, for sharp text


class DescribedFigure(Figure):
    """A figure that knows in words what it shows. Needs no pyplot, and leaves nothing open."""

    alt_text: str = ""

    def describe(self, alt_text: str) -> DescribedFigure:
        """Attach the alt text and return the figure itself.

        >>> new_figure()[0].describe("Two bars of equal height.").alt_text
        'Two bars of equal height.'
        """
        self.alt_text = alt_text
        return self

    def png(self) -> bytes:
        """Return the figure as a PNG image."""
        buffer = BytesIO()
        self.savefig(buffer, format="png", dpi=2 * PIXELS_PER_INCH)
        return buffer.getvalue()

    def _ipython_display_(self) -> None:
        from IPython.display import Image, Markdown, display

        width = round(self.get_figwidth() * PIXELS_PER_INCH)
        display(Image(self.png(), format="png", width=width, alt=self.alt_text))
        display(Markdown(f"*{self.alt_text}*"))


def new_figure(
    *, columns: int = 1, width: float = 7.0, height: float = 3.4
) -> tuple[DescribedFigure, list[Axes]]:
    """Return an empty figure, width × height inches, and its axes from left to right."""
    figure = DescribedFigure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)
    return figure, list(axes[0])


def label(axes: Axes, *, title: str, x: str, y: str) -> None:
    """Write the title and the axis labels (with units), and take away the upper right frame."""
    axes.set_title(title, loc="left", fontsize="medium", fontweight="bold")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.spines[["top", "right"]].set_visible(False)


def in_percent(axis: Axis) -> None:
    """Show the fractions on an axis as percentages, with as many digits as they need."""
    axis.set_major_formatter(lambda value, _: f"{100 * value:.4g}%".replace("-", "−"))


def explore(draw: Callable[..., Figure], **ranges: tuple[float, float, float]) -> None:
    """Redraw a figure whenever a slider moves; show its first frame where there are no sliders.

    Args:
        draw: returns a figure; has a default value for every parameter.
        ranges: for each parameter that gets a slider, (smallest, largest, step).
    """
    from IPython.display import display

    try:
        from ipywidgets import interactive
    except ImportError:
        print("To move the sliders, install ipywidgets. This is the first frame:")
        display(draw())
        return
    panel: Any = interactive(draw, {"auto_display": True}, **ranges)
    for slider in panel.children[:-1]:
        slider.continuous_update = False  # redraw when the mouse is let go, not on the way
        slider.style.description_width = "initial"  # show the whole name
    display(panel)
