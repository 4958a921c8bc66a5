"""What units 04 and 05 show beside the exercises: copy task, gradients, depth, character n-grams, the run."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.attention.copy_task import (
    NUM_SYMBOLS,
    AttentiveReader,
    RecurrentReader,
    copy_lines,
    run_copy_task,
)
from course_utils.attention.gradients import gradient_norms
from course_utils.data import DataError
from course_utils.gpt import __main__ as longer_run
from course_utils.gpt.character_ngrams import character_losses
from course_utils.gpt.depth import norms_through_layers
from course_utils.gpt.recorded import load_recorded_run
from course_utils.gpt.text import shakespeare_texts
from tests.conftest import missing


def test_copy_lines_ask_for_the_first_symbol() -> None:
    lines, answers = copy_lines(500, 7, torch.Generator().manual_seed(0))
    assert lines.shape == (500, 9) and torch.equal(lines[:, 0], answers)
    assert set(lines[:, -1].tolist()) == {NUM_SYMBOLS} and lines[:, :-1].max() < NUM_SYMBOLS
    assert set(answers.tolist()) == set(range(NUM_SYMBOLS))


def test_attention_copies_across_a_gap_and_the_recurrent_net_does_not() -> None:
    results = run_copy_task((1, 30), (0,), num_steps=200, num_test_lines=300, progress=False)
    rnn, attention = results.accuracy[:, 0]
    assert attention.min() > 0.8 and rnn[0] > 0.9 and rnn[1] < 0.3
    pairs = list(results.pairs())
    assert len(pairs) == 2 and pairs[1][0].mean() == attention[1] and pairs[1][1].mean() == rnn[1]


def test_both_readers_have_about_as_many_numbers() -> None:
    sizes = [
        sum(p.numel() for p in m.parameters()) for m in (RecurrentReader(), AttentiveReader(32))
    ]
    assert 0.4 < sizes[0] / sizes[1] < 1


def test_gradient_norms_are_autograds() -> None:
    torch.manual_seed(1)
    rnn = nn.RNN(3, 4, batch_first=True).double()
    x = torch.randn(6, 3, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda v: rnn(v[None])[0][0, -1], x)  # (4, 6, 3)
    right = jacobian.square().sum(dim=(0, 2)).sqrt().numpy()

    def last(vectors: np.ndarray) -> np.ndarray:
        return rnn(torch.tensor(vectors)[None])[0][0, -1].detach().numpy()

    np.testing.assert_allclose(gradient_norms(last, x.numpy()), right, rtol=1e-6)


def test_through_depth_post_norm_keeps_size_one_and_its_last_gradients_are_larger() -> None:
    pre, post = (norms_through_layers(pre_norm=p, num_layers=12, width=32) for p in (True, False))
    assert len(pre.activations) == len(post.gradients) == 12
    np.testing.assert_allclose(post.activations, 1, atol=0.01)  # a layer norm's output has size 1
    assert (np.diff(pre.activations) > -0.1).all() and pre.activations[-1] > 2
    assert pre.gradients[-1] < pre.gradients[0] and post.gradients[-1] > 2 * pre.gradients[-1]
    state = torch.get_rng_state()
    again = norms_through_layers(pre_norm=True, num_layers=12, width=32)
    assert torch.equal(state, torch.get_rng_state())  # nobody else's dice were used
    np.testing.assert_array_equal(again.gradients, pre.gradients)


def witten_bell(text: str, context: str, character: str) -> float:
    """The formula read aloud, with dictionaries."""
    kinds = [*sorted(set(text)), "never seen"]
    following = Counter(
        text[i + len(context)]
        for i in range(len(text) - len(context))
        if text[i : i + len(context)] == context
    )
    lower = witten_bell(text, context[1:], character) if context else 1 / len(kinds)
    total, types = sum(following.values()), len(following)
    if total == 0:
        return lower
    return (following[character] + types * lower) / (total + types)


def test_character_losses_are_witten_bells() -> None:
    text, held_out = "the cow ate the grass. the cat sat", "the cats ate? z"
    for n in (1, 2, 3, 5):
        right = [
            -math.log(witten_bell(text, held_out[max(0, i - n + 1) : i], held_out[i]))
            for i in range(len(held_out))
        ]
        np.testing.assert_allclose(character_losses(text, held_out, n), right, rtol=1e-12)
    with pytest.raises(ValueError, match="n from 1 to 8"):
        character_losses(text, held_out, 9)
    with pytest.raises(ValueError, match="0 characters"):
        character_losses("", held_out, 2)


def test_probabilities_of_the_next_character_sum_to_one() -> None:
    text = "abracadabra"
    for context in ("", "a", "br", "zz"):
        p = [np.exp(-character_losses(text, context + c, 3)[-1]) for c in [*sorted(set(text)), "?"]]
        assert sum(p) == pytest.approx(1)


def test_the_recorded_run_beats_all_ngrams_on_the_plays_it_never_saw() -> None:
    run = load_recorded_run()
    steps, _, held_out = np.array(run["curve"]).T
    assert list(steps) == list(range(100, 4001, 100)) and run["seed"] == 0
    assert list(run["samples"]) == ["0", "100", "500", "2000", "4000"]
    assert all(len(text) == longer_run.LENGTH_OF_SAMPLES for text in run["samples"].values())
    assert np.mean(run["held_out_losses"]) == pytest.approx(held_out[-1], abs=1e-3)
    try:
        text, new = shakespeare_texts()
    except DataError as error:
        missing(str(error))
    assert len(run["held_out_losses"]) == len(new) // 64
    losses = [character_losses(text, new, n).mean() for n in (1, 2, 3, 4, 5)]
    assert losses == sorted(losses, reverse=True)
    assert np.round(losses, 2).tolist() == [3.35, 2.53, 2.1, 1.84, 1.77]
    assert held_out[-1] < losses[-1] - 0.1


def test_the_command_writes_a_run_and_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    try:
        shakespeare_texts()
    except DataError as error:
        missing(str(error))
    out, checkpoint = tmp_path / "run.json", tmp_path / "model.safetensors"
    arguments = ["--out", str(out), "--checkpoint", str(checkpoint), "--steps"]
    assert longer_run.main([*arguments, "2"]) == 0
    run = json.loads(out.read_text())
    assert run["command"].endswith("--steps 2 --seed 0") and len(run["curve"]) == 1
    assert abs(run["curve"][0][2] - math.log(80)) < 0.2  # it has learned nothing yet
    assert longer_run.main([*arguments, "3"]) == 0
    assert [row[0] for row in json.loads(out.read_text())["curve"]] == [3]


def test_without_the_plays_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert longer_run.main(["--out", str(tmp_path / "run.json")]) == 1
    assert "course data" in capsys.readouterr().err and not (tmp_path / "run.json").exists()
