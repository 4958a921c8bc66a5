"""Figures of units 07 and 08: words that are true, and the right marks at the right places."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from course_utils.distributed.engines.ledger import Event
from course_utils.figures import DescribedFigure, distributed, impacts, optimization

FORWARD, BACKWARD = "forward", "backward"
PLAN = [(0, 0, 0, FORWARD), (1, 1, 0, FORWARD), (2, 1, 0, BACKWARD), (3, 0, 0, BACKWARD)]
EVENTS = [
    Event(0, FORWARD, "microbatch 0", 1, 2.000, 2.010),
    Event(1, BACKWARD, "microbatch 0", 1, 2.010, 2.030),
    Event(0, FORWARD, "microbatch 0", 0, 0.0, 9.0),  # of another step
]
MODELS = [
    {"parameters": 91552, "told": [0.0, 0.25]},
    {"parameters": 2108672, "told": [0.5, 1.0], "note": " (yours)"},
]


def product(a: float, b: float) -> float:
    return a * b


def every_figure() -> dict[str, tuple[DescribedFigure, list[str]]]:
    path = np.array([[-9.0, 2.0], [-3.0, 0.0], [0.0, 0.0]])
    z = np.array([[1.0, 2.0], [3.0, 6.0]])
    return {
        "race": (optimization.race({"SGD": path}), ["SGD ends at 0 after 2 steps"]),
        "first steps": (
            optimization.first_steps([0.1] * 1000, 0.9, 0.999, 0.1),
            # without correction √10 at first; the same as the limit in the end, but for √(1 − 0.999^1000)
            ["it is 1.00", "begins at 3.16", "still 1.3 after 1000"],
        ),
        "curves": (optimization.curves({"Adam": [4.0, 2.0, 1.0]}, smooth=2), ["Adam 1.50"]),
        "number line": (
            optimization.number_line(0),
            ["float16 has 129 and bfloat16 has 17"],  # 10 and 7 bits after the point, on an eighth
        ),
        "vanished": (
            optimization.vanished({0: 0.25, 10: 0.001}, np.linspace(-12, 0, 50)),
            ["25 % at 2^0, 0.1 % at 2^10"],
        ),
        "memory": (
            optimization.memory_bars(
                {"small": {"weights": 1.0, "gradients": 2.0, "master": 3.0, "moments": 4.0}},
                {"A100": 80, "T4": 16},
            ),
            ["small 10 GiB", "weights, gradients, master, moments"],
        ),
        "dial": (optimization.dial((1e5, 2e5, 4e5), 12), ["costs $200,000", "$100,000 to $400,000"]),
        "matrices": (distributed.cut_matrices([2, 1], [2, 1]), ["2 groups of columns"]),
        "planned": (distributed.planned({"GPipe": PLAN}), ["2 stages, 4 ticks, 50 % of them"]),
        "timeline": (distributed.timeline({"run": EVENTS}, 1), ["2 workers, 30 ms"]),
        "sliced": (
            # 2 + 1 through two stages: 2, 4 and then 3, 5
            distributed.sliced({"two": (4, 2)}, {"two": (2.0, 1.0)}, 2),
            ["two, slices (4, 2): 5.00"],
        ),
        "bubbles": (distributed.bubbles({1: 0.5, 4: 0.2}, {1: 0.5, 4: 0.2}, 2), ["50 % at 1, 20 % at 4"]),
        "break-even": (
            impacts.break_even(1_287_000, 0.3, 10e6, 429.0),
            ["training at 1,287 MWh", "grows by 3.00 MWh a day", "equal after 429.0 days"],
        ),
        "never even": (impacts.break_even(1000, 0.0, 1.0, np.inf), ["equal never"]),
        "tornado": (
            impacts.tornado(product, {"a": 10, "b": 5}, {"a": (2, 20), "b": (5, 6)}, "t"),
            ["at 50 t", "a 10 to 100; b 50 to 60"],  # the widest first
        ),
        "by heart": (
            impacts.by_heart([1, 10], MODELS, 8),
            ["91,552 parameters: 0%, 25%", "2,108,672 parameters (yours): 50%, 100%"],
        ),
        "runs": (impacts.runs_in_common({"people": [0.5, 0.0]}, [2, 8]), ["people 50% to 0.0%"]),
        "words": (
            impacts.associations(
                ["fair", "brave", "old"],
                [np.array([-1.0, -2.0]), np.array([3.0, 1.0]), np.array([0.5, 0.5])],
                [-0.1, 0.2, -0.3],
                other_name="news",
            ),
            ["to men in the plays: brave, old, fair; to women: fair, old, brave", "2 of 3 lie"],
        ),
        "watermark": (impacts.watermark({"people": z}, [10, 20]), ["people reaches 4.0", "2 texts"]),
    }  # fmt: skip


FIGURES = every_figure()


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_show_and_are_drawn(name: str) -> None:
    figure, told = FIGURES[name]
    assert all(words in figure.alt_text for words in told), figure.alt_text
    image = Image.open(io.BytesIO(figure.png())).convert("L")
    assert abs(image.width - 2 * figure.pixels_wide) <= 1 and image.getextrema() != (255, 255)


def test_the_widest_bar_of_a_tornado_is_on_top_and_reaches_from_end_to_end() -> None:
    figure = FIGURES["tornado"][0]
    axes = figure.axes[0]
    bars: dict[float, list[Any]] = {}
    for bar in axes.patches:
        bars.setdefault(round(bar.get_y() + bar.get_height() / 2), []).append(bar)
    reach = {
        row: (min(b.get_x() for b in both), max(b.get_x() + b.get_width() for b in both))
        for row, both in bars.items()
    }
    assert reach == {0: (50, 60), 1: (10, 100)}


def test_a_word_stands_at_its_mean_gap() -> None:
    axes = FIGURES["words"][0].axes[0]
    at = {text.get_text(): text.xy for text in axes.texts}
    assert at == {"fair": (-1.5, -0.1), "brave": (2.0, 0.2), "old": (0.5, -0.3)}
