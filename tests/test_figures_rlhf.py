"""Figures of unit 06: words that are true, and the right marks at the right places."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from course_utils.figures import DescribedFigure, pretraining, rlhf
from course_utils.pretraining import GPT3_MIXTURE

LAKE = np.array([[0.1, 0.2, 0.9, 0.3], [0.0, 0.0, -0.001, 0.0], [0] * 4, [0] * 4])
PRICES = [
    {"beta": 0.0, "kl": 90.0, "reward": 2.5, "judge": -0.3},
    {"beta": 0.5, "kl": 3.0, "reward": 1.25, "judge": 0.75},
]


def every_figure() -> dict[str, tuple[DescribedFigure, list[str]]]:
    rng = np.random.default_rng(0)
    codes, images = rng.normal(size=(20, 2)), rng.uniform(size=(3, 784))
    errors = {"supervised only": [0.9, 0.8], "greedy unsupervised": [0.07, 0.09]}
    intervals = {"supervised only": (0.8, 0.95), "greedy unsupervised": (0.06, 0.1)}
    return {
        "digits": (
            pretraining.digits_in_two({"PCA": codes, "net": codes}, np.arange(20) % 10,
                                      {"PCA": 0.056, "net": 0.0484}),
            ["20 digits", "PCA 0.056, net 0.048"],
        ),
        "rebuilt": (pretraining.rebuilt_digits({"digit": images, "PCA": images}),
                    ["3 digits in 2 rows: digit, PCA"]),
        "best policy": (
            rlhf.best_policy(["meh", "good"], [0.75, 0.25], [0, 2], [0.5, 0.5], 1.82),
            ["β = 1.82", "“meh” (reward 0) 75.0% and 50.0%", "Mean reward 1.00"],
        ),
        "ideas": (pretraining.three_ideas(errors, intervals),
                  ["supervised only 85.0% (80.0% to 95.0%)", "greedy unsupervised 8.0% (6.0%"]),
        "labels": (
            pretraining.label_efficiency(
                (100, 300), {"greedy supervised": [[0.4, 0.6], [0.2, 0.2]]}
            ),
            ["with 100, 300 labels", "greedy supervised 50%, 20%"],
        ),
        "mixture": (pretraining.mixture(GPT3_MIXTURE, [0.43, 3.44, 1.98, 0.43, 2.97]),
                    ["WebText2 4% and 22%, 3.44 epochs, printed 2.9", "Wikipedia 1% and 3%"]),
        "stream": (pretraining.stream(["a", "b"], [0, 1, 1, 1] * 10), ["a 10, b 30"]),
        "lake": (rlhf.lake({"exact": LAKE, "learned": LAKE + 0.25}, "SFHG"),
                 ["2 by 2 squares", "learned is at most 0.25 away"]),
        "wobble": (rlhf.wobble({"frozen": ([1, 2], [0.5, 0.001]), "never": ([1, 2], [1, 0.1])}),
                   ["frozen ends at 0.001; never ends at 0.100"]),
        "games": (rlhf.games([[i, 2.0 * i] for i in range(40)]),
                  ["Rewards of 40 games", "from 19 to at most 59"]),
        "frontier": (rlhf.frontier([(1.0, 0.5, 2.0), (0.1, 3.0, 2.5)], ([0, 4], [0, 3])),
                     ["β 1: reward 2.00 at 0.50 nats; β 0.1: reward 2.50 at 3.00 nats"]),
        "too much": (rlhf.over_optimised({"few": PRICES, "many": PRICES[:1]}),
                     ["few: β 0: 90.0 nats, reward 2.50, judge -0.30; β 0.5: 3.0 nats", "many: β 0"]),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(every_figure()))
def test_figures_say_what_they_show_and_are_drawn(name: str) -> None:
    figure, told = every_figure()[name]
    assert all(words in figure.alt_text for words in told), figure.alt_text
    image = Image.open(io.BytesIO(figure.png())).convert("L")
    assert image.width == 2 * figure.pixels_wide and image.getextrema() != (255, 255)


def test_the_lake_frames_the_best_way_and_has_no_negative_zero() -> None:
    figure = rlhf.lake({"exact": LAKE}, "SFHG")
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert texts.count("hole") == texts.count("goal") == 1 and "-0.00" not in texts
    framed = [p for p in figure.axes[0].patches if p.get_edgecolor()[:3] == (0, 0, 0)]
    assert len(framed) == 2 and framed[0].get_xy()[:, 0].tolist() == [1, 1, 0.5, 1]  # to the right


def test_a_digit_stands_at_its_two_numbers_in_its_own_numeral() -> None:
    codes = np.array([[0.5, 1.5], [2.5, -1.0], [3.0, 3.0]])
    figure = pretraining.digits_in_two({"PCA": codes}, [7, 2, 7], {"PCA": 0.1})
    marks = [c.get_offsets().data.tolist() for c in figure.axes[0].collections]
    assert marks[7] == [[0.5, 1.5], [3.0, 3.0]] and marks[2] == [[2.5, -1.0]] and marks[0] == []
