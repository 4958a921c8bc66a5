"""Every figure: an image, words that say the same, and the functions handed in really asked."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from course_utils import figures
from course_utils.figures import DescribedFigure, causal, fairness, ngrams, spelling, words

TABLES = {"a": dict(tn=30, fp=10, fn=5, tp=15), "b": dict(tn=40, fp=5, fn=12, tp=8)}
NETWORK: dict[str, Any] = {"sun": ((), {}), "ice": (("sun",), {}), "crime": (("sun", "ice"), {})}
RNG = np.random.default_rng(0)

# Each figure, with what its alt text must say: numbers worked out by hand from the input.
FIGURES = {
    "mosaics": (fairness.confusion_mosaics(TABLES), ["25.0%", "11.1%", "60.0%"]),
    "roc": (
        fairness.roc_curves(
            [1, 2, 3, 4] * 2, [0, 1, 0, 1, 0, 0, 1, 1], list("aaaabbbb"), threshold=3
        ),
        ["a: area 0.750", "b: area 1.000", "FPR 50.0% and TPR 50.0%"],
    ),
    "gap": (
        fairness.gap_histogram(np.linspace(0, 0.1, 101), 0.04, what="x"),
        ["20 of 101", "2δ = 8.0%"],
    ),
    "forced": (
        fairness.forced_rates({"a": 0.5, "b": 0.2}, 0.8, 0.2, lambda p, ppv, fnr: p / 2),
        ["a 25.0%, b 10.0%", "differ by 15.0%"],
    ),
    "forced, impossible": (
        fairness.forced_rates({"a": 0.9}, 0.5, 0.0, lambda p, ppv, fnr: 9.0),
        ["a 900.0%"],
    ),
    "mixing": (
        fairness.reachable_rates(TABLES, {"fpr": 0.2, "tpr": 0.5, "accuracy": 0.7}),
        ["FPR 20.0% and TPR 50.0%", "70.0%"],
    ),
    "trade": (
        fairness.accuracy_against_gap(
            {"m": (np.full(9, 0.7), {"g": np.full(9, 0.1), "h": np.full(9, 0.2)})},
            {"g": "one", "h": "two"},
        ),
        ["in points (one, two): m 70.0% (10.0, 20.0)."],
    ),
    "strip": (
        words.axis_strip(
            ["p", "q", "r_s", "t", "u", "v"], [3, 2, -1, -2, 0.5, -3], ends=("he", "she")
        ),
        ["towards he: v, t, r s", "towards she: p, q, u"],
    ),
    "shares": (
        words.axis_against_share(["p", "q", "r"], [-0.1, 0, 0.1], [10, 20, 30]),
        ["3 occupations", "Correlation 1.00"],
    ),
    "network": (
        causal.causal_network(NETWORK),
        ["sun → ice; sun → crime; ice → crime"],
    ),
    "cut network": (
        causal.causal_network(NETWORK, intervened=["ice"], unseen=["sun"]),
        ["Boxes joined by arrows: sun → crime; ice → crime.", "cut arrows: sun → ice", "Dashed"],
    ),
    "three steps": (
        causal.three_steps(["u", "after", "then"], [[0, 0.25, "no"], [1, 0.0, "-"]], title="who?"),
        ["table of 2", "leaves 1", "u 0, after 0.25, then no"],
    ),
    "die": (
        ngrams.weighted_die({"corn": 0.5, "hay": 0.5}, 0.75, "hay"),
        ["corn 50.0%", "u = 0.750 falls on “hay”"],
    ),
    "zipf": (
        ngrams.zipf_and_heaps(list("aaaaaaaaaabbbbbcccddefghij")),
        ["60% of 10 words occur once", "26 tokens"],
    ),
    "perplexity": (
        ngrams.perplexity_by_order([400.0, 20.0], [410.0, 190.0], what="mixed"),
        ["from 400 to 20", "from 410 to 190"],
    ),
    "differences": (
        ngrams.score_differences([0.5, -0.5, 1.0, 1.0], better="a", other="b"),
        ["75% of 4", "0.500 nats"],
    ),
    "google": (ngrams.google_ngrams({1: 10, 2: 2000}), ["n = 2: 2,000"]),
    "sizes": (
        ngrams.model_sizes([("old", 2006, 1e12, 4e9), ("new", 2020, 3e11, 2e11)]),
        ["old 2006: 1e+12 tokens, 4e+09 parameters"],
    ),
    "spelling": (
        spelling.stacked_log_probs("teh", {"the": (-5.0, -3.0), "ten": (-6.0, -9.0)}),
        ["the: channel 5.0, prior 3.0; ten: channel 6.0, prior 9.0"],
    ),
    "spelling, nothing": (spelling.stacked_log_probs("xqx", {}), ["No known word", "xqx"]),
    "lattice": (
        spelling.lattice(["we", "wil"], [["we", "he"], ["will", "wail"]], ["we", "will"]),
        ["we wil", "line joins the best: we will"],
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_says_in_words_what_it_shows(name: str) -> None:
    figure, told = FIGURES[name]
    assert all(words in figure.alt_text for words in told), figure.alt_text


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_and_every_axis_that_is_shown_has_a_name(name: str) -> None:
    figure, _ = FIGURES[name]
    image = Image.open(io.BytesIO(figure.png())).convert("L")
    assert image.width == 2 * figure.pixels_wide and image.getextrema() != (255, 255)
    for axes in figure.axes:
        if axes.axison:
            assert axes.get_title(loc="left")
            assert axes.get_xlabel() or axes.get_xticklabels()


class Shown(list[Any]):
    """What is displayed from now on; an output that is changed is changed here too."""

    def display(self, thing: Any, display_id: bool = False) -> Any:
        self.append(thing)
        place = len(self) - 1
        return SimpleNamespace(update=lambda other: self.__setitem__(place, other))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    shown = Shown()
    monkeypatch.setattr("IPython.display.display", shown.display)
    return shown


def height(image: Any) -> int:
    return Image.open(io.BytesIO(image.data)).height


def test_the_first_frame_is_an_output_of_its_own_that_needs_no_widgets(shown: Shown) -> None:
    def draw(height: int = 3) -> DescribedFigure:
        return figures.new_figure(height=height)[0].describe(f"{height} high")

    figures.explore(draw, height=(1, 5, 1))
    _, image, words = shown
    assert height(image) == 2 * 3 * figures.PIXELS_PER_INCH
    assert image.alt == "3 high" and words.data == "*3 high*"


def test_text_that_is_typed_redraws_the_figure(shown: Shown) -> None:
    def draw(text: str) -> DescribedFigure:
        return figures.new_figure(height=1 + len(text))[0].describe(f"about {text}")

    figures.explore_text(draw, "a")
    field, spoken = shown[0].children
    assert field.description == "word" and spoken.value == ""
    field.value = "b<c"
    assert shown[1].alt == "about b<c" and height(shown[1]) == 2 * 4 * figures.PIXELS_PER_INCH
    assert "about b&lt;c" in spoken.value and "aria-live" in spoken.value


def test_a_figure_that_fails_says_so_and_stays(shown: Shown) -> None:
    def draw(text: str) -> DescribedFigure:
        if text == "bad":
            raise ValueError("no such word")
        return figures.new_figure()[0].describe("fine")

    figures.explore_text(draw, "good")
    field, spoken = shown[0].children
    field.value = "bad"
    assert spoken.value == "<p>ValueError: no such word</p>" and shown[1].alt == "fine"


def test_a_field_beside_the_slider_says_and_takes_the_same_number(shown: Shown) -> None:
    def draw(x: float = 1.0) -> DescribedFigure:
        return figures.new_figure()[0].describe(f"x is {x}")

    figures.explore(draw, x=(0.0, 3.0, 0.1))
    row, _ = shown[0].children
    slider, field = row.children
    slider.value = 0.1 + 0.2
    assert field.value == 0.3
    field.value = 2.5
    assert slider.value == 2.5 and shown[1].alt == "x is 2.5"
    assert field.max == 3.0 and not slider.readout
