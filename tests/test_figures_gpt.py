"""Figures of units 04 and 05: the lecture's rules, the student's own functions, words that are true."""

from __future__ import annotations

import base64
import io
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from course_utils.attention import (
    Node,
    backpropagate,
    causal_mask,
    count_connections,
    scaled_dot_product_attention,
    softmax,
)
from course_utils.attention.copy_task import CopyResults
from course_utils.figures import DescribedFigure, attention, gpt
from course_utils.figures.animation import animate
from course_utils.figures.graphs import draw_graph, draw_module, graph_step, num_graph_steps
from course_utils.gpt.depth import Norms
from course_utils.gpt.sampling import sample_next_token
from course_utils.gpt.trainer import Report

WORDS = ["a", "b", "c"]
QUERIES, VALUES = np.eye(3, 2), np.arange(6.0).reshape(3, 2)


def product() -> Node:
    """(x + 2) · w, and x once more: 5 boxes, 6 arrows."""
    x, w, two = (
        Node("variable", "x", value=3.0),
        Node("parameter", "w", value=4.0),
        Node("constant", "", value=2.0),
    )
    total = Node("add", "s", (x, two), 5.0, (1.0, 1.0))
    return Node("multiply", "y", (total, w), 20.0, (4.0, 5.0))


def shown_texts(figure: DescribedFigure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts if text.get_text()]


def test_a_graph_shows_the_function_inside_and_the_name_outside_of_every_node() -> None:
    figure = draw_graph(product(), title="t")
    texts = " ".join(shown_texts(figure))
    assert all(name in texts for name in ("x", "w", "s", "y", "add", "multiply"))
    assert "5 rectangles" in figure.alt_text and "4 arrows" in figure.alt_text


def test_step_by_step_first_all_values_then_all_gradients() -> None:
    output = product()
    gradients = backpropagate(output)
    steps = num_graph_steps(output)
    assert steps == 1 + 5 + 5  # the bare graph, five values, five gradients
    counts = [len(shown_texts(graph_step(output, gradients, i))) for i in range(steps)]
    assert counts == sorted(counts) and counts[-1] > counts[0]
    last = graph_step(output, {node: 7.25 for node in gradients}, steps - 1)
    assert sum("7.25" in text for text in shown_texts(last)) == 5  # what it is given, not its own


def test_a_module_is_drawn_with_every_parameter_as_a_node() -> None:
    network = nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 1))
    figure = draw_module(network, torch.ones(1, 3), title="t")
    texts = " ".join(shown_texts(figure))
    for name, _ in network.named_parameters():
        assert name in texts, texts


def test_an_animation_begins_with_its_first_frame_and_holds_them_all() -> None:
    def draw(step: int) -> DescribedFigure:
        return attention.attention_step_by_step(
            QUERIES, QUERIES, VALUES, WORDS, 2, step, attend=scaled_dot_product_attention
        )

    animation = animate(draw, attention.NUM_STEPS)
    bundle: dict[str, Any] = animation._repr_mimebundle_()
    first = base64.b64decode(bundle["image/png"])
    assert first == draw(0).png()
    page = bundle["text/html"]
    pictures = re.findall(r'base64,([^"]+)"', page)
    assert len(set(pictures)) == attention.NUM_STEPS
    assert page.count("<img") == 1 and "http" not in page
    with pytest.raises(ValueError, match="at least one"):
        animate(draw, 0)


def test_each_step_of_attention_shows_what_the_one_before_shows() -> None:
    steps = [
        shown_texts(
            attention.attention_step_by_step(
                QUERIES, QUERIES, VALUES, WORDS, 2, i, attend=scaled_dot_product_attention
            )
        )
        for i in range(attention.NUM_STEPS)
    ]
    for fewer, more in pairwise(steps):
        assert len(more) >= len(fewer)
    assert len(steps[-1]) > len(steps[0])


def test_the_students_own_function_is_what_is_drawn() -> None:
    def only_the_first(q: Any, k: Any, v: Any, mask: Any = None) -> tuple[Any, Any]:
        weights = np.zeros((3, 3))
        weights[:, 0] = 1
        return weights @ v, weights

    ours, theirs = (
        attention.attention_step_by_step(
            QUERIES, QUERIES, VALUES, WORDS, 2, attention.NUM_STEPS - 1, attend=attend
        )
        for attend in (scaled_dot_product_attention, only_the_first)
    )
    assert ours.png() != theirs.png()


def test_the_heat_map_names_who_looks_most_at_another() -> None:
    weights = np.array([[1, 0, 0], [0.75, 0.25, 0], [0.2, 0.3, 0.5]])
    told = attention.heat_map(weights, WORDS, title="t").alt_text
    assert "0.75" in told and "'a'" in told and "'b'" in told
    scores = np.where(causal_mask(3), 0.0, -np.inf)
    asked: list[Any] = []

    def spy(x: Any, axis: int) -> Any:
        asked.append(x)
        return softmax(x, axis)

    attention.heat_map_with_temperature(scores, WORDS, 2.0, spy)
    assert asked


def test_numbers_of_the_other_figures_of_attention() -> None:
    told = attention.gradient_by_distance([0, 1, 2], [1, 0.1, 0.01], [0.5, 0.7, 0.6]).alt_text
    assert "from 1 to 0.01" in told and "between 0.5 and 0.7" in told
    seconds = {"rnn": [0.001, 0.002], "transformer": [0.001, 0.004]}
    told = attention.connections(count_connections, [512, 1024], seconds).alt_text
    assert "slope 1.0 for the RNN and 2.0 for attention" in told and "RNN 2.0 ms" in told
    correct = np.zeros((2, 1, 2, 4), dtype=np.int64)
    correct[1], correct[0, 0, 0, :1] = 1, 1
    told = attention.copy_accuracy(CopyResults((1, 9), (0,), correct)).alt_text
    assert "Attention: 1.00, 1.00; RNN: 0.25, 0.00, at gaps of 1, 9" in told


def figures_of_gpt() -> dict[str, tuple[DescribedFigure, list[str]]]:
    counts = {
        "small": dict(token_embedding=1, position_embedding=1, attention=1, feed_forward=1, norms=0, total=4),
        "large": dict(token_embedding=10, position_embedding=0, attention=20, feed_forward=70, norms=0, total=100),
    }  # fmt: skip
    reports = [Report(100, 3.0, 2.9, 1.0), Report(200, 2.5, 2.4, 1.0)]
    recorded = {"curve": [[100, 2.8, 2.7], [400, 1.7, 1.65]]}
    logits = torch.log(torch.tensor([0.5, 0.25, 0.25]))
    return {
        "block": (gpt.block_diagram(), ["a norm and attention", "two residual arrows"]),
        "areas": (
            gpt.parameter_areas(counts, "small"),
            ["4 parameters, 4.000% of the largest", "attention 25.0%"],
        ),
        "depth": (
            gpt.depth(
                Norms(True, np.array([1.0, 3.0]), np.array([4.0, 1.0])),
                Norms(False, np.array([1.0, 1.0]), np.array([2.0, 1.0])),
            ),
            ["from 1.0 to 3.0", "4.0 times the smallest with pre-norm, 2.0 times"],
        ),
        "losses": (
            gpt.losses(reports, {"bigram": 2.5, "5-gram": 1.77}, recorded=recorded),
            ["from 2.90 to 2.40 in 200 steps", "1.65 after 400 steps", "5-gram 1.77"],
        ),
        "bars": (
            gpt.next_token_bars(
                "a\nc", logits, sample_next_token, temperature=1.0, top_k=2, top_p=None
            ),
            ["'a' has probability 0.50 in the model and 0.67 in the sampler", "uses 2 characters"],
        ),
    }


@pytest.mark.parametrize("name", ["block", "areas", "depth", "losses", "bars"])
def test_figures_of_gpt_say_what_they_show_and_are_drawn(name: str) -> None:
    figure, told = figures_of_gpt()[name]
    assert all(words in figure.alt_text for words in told), figure.alt_text
    image = Image.open(io.BytesIO(figure.png())).convert("L")
    assert image.width == 2 * figure.pixels_wide and image.getextrema() != (255, 255)
