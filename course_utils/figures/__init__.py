"""Figures of the course: one module per unit, whose functions return a matplotlib Figure.

Each figure carries its alt text: what there is to see, for those who cannot see it. A notebook
shows it as the image's `alt` and, because not every frontend passes that on, as a caption below the
image. Colours are okabe_ito, which colour-blind readers can tell apart; shapes, hatching or words
always say the same as the colour.

The functions draw what they are given. What has to be computed is computed by the functions handed
in, the student's own, so a mistake there is visible in the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from html import escape
from inspect import signature
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure

# Okabe and Ito (2008), in their order; from matplotlib 3.11 on this is color_sequences["okabe_ito"].
BLACK, ORANGE, SKY, GREEN = "#000000", "#e69f00", "#56b4e9", "#009e73"
YELLOW, BLUE, VERMILION, PURPLE = "#f0e442", "#0072b2", "#d55e00", "#cc79a7"
SPOKEN = '<div aria-live="polite" style="position:absolute; clip-path:inset(50%)">{}</div>'
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

    @property
    def pixels_wide(self) -> int:
        """The width on the screen."""
        return round(self.get_figwidth() * PIXELS_PER_INCH)

    def picture_and_words(self) -> tuple[Any, Any]:
        """Return what a notebook shows: the image, with its alt text, and the caption."""
        from IPython.display import Image, Markdown

        image = Image(self.png(), format="png", width=self.pixels_wide, alt=self.alt_text)
        return image, Markdown(f"*{self.alt_text}*")

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for part in self.picture_and_words():
            display(part)


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


def explore(draw: Callable[..., DescribedFigure], **ranges: tuple[float, float, float]) -> None:
    """Redraw a figure whenever a slider moves; show its first frame where there are no sliders.

    ipywidgets' `interact` would capture output instead, and that now and then makes nbclient wait for
    its timeout when it runs a notebook.

    Args:
        draw: returns a figure; has a default value for every parameter.
        ranges: for each parameter that gets a slider, (smallest, largest, step).
    """
    _show_live(draw, {name: partial(_slider, draw, name, *ranges[name]) for name in ranges})


def explore_text(draw: Callable[[str], DescribedFigure], text: str, *, name: str = "word") -> None:
    """Redraw a figure for whatever is typed; show its first frame where there are no widgets.

    Args:
        draw: takes the text, returns a figure.
        text: what the field holds at first.
        name: what stands before the field.
    """

    def field() -> tuple[Any, Any]:
        import ipywidgets as widgets

        typed = widgets.Text(value=text, description=name, continuous_update=False)
        return typed, typed

    _show_live(lambda **typed: draw(typed.get(name, text)), {name: field})


def _show_live(
    draw: Callable[..., DescribedFigure], controls: Mapping[str, Callable[[], tuple[Any, Any]]]
) -> None:
    """Show a figure below its controls. `draw()` alone gives the first frame.

    The figure is no widget but an output that is changed in its place: in a notebook that is opened
    again without a kernel, on paper, and wherever widgets cannot live, it stays as it was last seen.

    Each of `controls` makes what has a value, and what is shown of it.
    """
    from IPython.display import display

    figure = draw()
    try:
        import ipywidgets as widgets
    except ImportError:
        print("To change this figure, install ipywidgets. This is the first frame:")
        display(figure)
        return
    made = {name: make() for name, make in controls.items()}
    spoken = widgets.HTML()  # for screen readers, which do not notice an output that changes
    display(widgets.VBox([*(seen for _, seen in made.values()), spoken]))
    shown = [display(part, display_id=True) for part in figure.picture_and_words()]

    def redraw(_: Any) -> None:
        try:
            figure = draw(**{name: control.value for name, (control, _) in made.items()})
        except Exception as error:  # in a callback nobody would see it
            spoken.value = f"<p>{escape(f'{type(error).__name__}: {error}')}</p>"
            return
        spoken.value = SPOKEN.format(escape(figure.alt_text))
        for handle, part in zip(shown, figure.picture_and_words(), strict=True):
            handle.update(part)

    for control, _ in made.values():
        control.observe(redraw, names="value")


def _slider(
    draw: Callable[..., Any], name: str, low: float, high: float, step: float
) -> tuple[Any, Any]:
    """Return a slider that starts at the default value of the parameter `name`, and a field beside it.

    Notebook 7 keeps the arrow keys to itself when a slider has the focus; in a field they work everywhere.
    """
    import ipywidgets as widgets

    whole = isinstance(step, int)
    same = {
        "value": signature(draw).parameters[name].default,
        **{"min": low, "max": high, "step": step},
        "continuous_update": False,  # redraw when the mouse is let go, not on the way
    }
    slider = (widgets.IntSlider if whole else widgets.FloatSlider)(
        **same, readout=False, description=name, style={"description_width": "initial"}
    )
    field = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
        **same, layout={"width": "6em"}
    )
    if whole:
        widgets.link((slider, "value"), (field, "value"))
    else:  # sliders add up their steps: 0.1 + 0.2

        def tidy(value: float) -> float:
            return round(value, 10)

        widgets.link((slider, "value"), (field, "value"), (tidy, tidy))
    return slider, widgets.HBox([slider, field])
