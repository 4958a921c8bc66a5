"""What unit 08 brings along: planted secrets, texts with a watermark, words of plays and of news."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.gpt.model import GPT
from course_utils.gpt.weights import Config
from course_utils.impacts import __main__ as command
from course_utils.impacts import planted, plays, writing

VOCABULARY, END = 30, 0


@pytest.fixture
def model() -> GPT:
    torch.manual_seed(0)
    model = GPT(Config(1, 2, 8, VOCABULARY, num_positions=12)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


def letters(text: str) -> list[int]:
    return [1 + ord(letter) % (VOCABULARY - 1) for letter in text]


def reviews() -> planted.Reviews:
    return planted.Reviews([], [], letters, lambda ids: " ".join(map(str, ids)), VOCABULARY, END)


def logits_of(model: GPT, tokens: list[int]) -> np.ndarray:
    with torch.no_grad():
        return model(torch.tensor([tokens]))[0, -1].double().numpy()


def test_secrets_are_forty_people_with_numbers_of_their_own() -> None:
    secrets = planted.draw_secrets()
    assert Counter(s.copies for s in secrets) == dict.fromkeys((1, 3, 10, 30, 100), 8)
    assert len({s.name for s in secrets}) == len({s.number for s in secrets}) == 40
    assert all(len(s.number) == 6 and s.text == f"Call {s.name} at {s.number}." for s in secrets)
    assert planted.draw_secrets(1) != secrets == planted.draw_secrets(0)


def test_a_secret_is_read_as_often_as_it_says() -> None:
    texts = planted.with_secrets(["a review"], planted.draw_secrets())
    assert texts[0] == "a review" and len(texts) == 1 + 8 * 144
    assert set(Counter(texts[1:]).values()) == {1, 3, 10, 30, 100}


def test_texts_are_joined_whole_in_some_order_with_an_end_before_each() -> None:
    stream = planted.as_one_text(reviews(), ["ab", "c", "abc"]).tolist()
    joined = "".join("|" if token == END else chr(token) for token in stream)
    pieces = sorted(joined.split("|")[1:])
    wanted = sorted("".join(map(chr, letters(text))) for text in ["ab", "c", "abc"])
    assert joined[0] == "|" and pieces == wanted


def test_it_goes_on_with_the_most_probable_token(model: GPT) -> None:
    tokens = [END, *letters("cow")]
    for _ in range(5):
        tokens.append(int(np.argmax(logits_of(model, tokens))))
        if tokens[-1] == END:
            break
    wanted = [t for t in tokens[4:] if t != END]
    assert planted.go_on(model, reviews(), "cow", 5) == " ".join(map(str, wanted))


def test_log_probabilities_are_those_of_each_token_given_those_before(model: GPT) -> None:
    tokens = [END, *letters("cow")]
    wanted = []
    for i in range(1, len(tokens)):
        scores = logits_of(model, tokens[:i])
        wanted.append(scores[tokens[i]] - np.log(np.exp(scores).sum()))
    assert planted.token_log_probs(model, reviews(), "cow") == pytest.approx(wanted, abs=1e-5)


def test_texts_follow_the_model_and_cost_what_the_model_says(model: GPT) -> None:
    texts, surprise = writing.write_texts(model, END, 3000, 2, seed=1)
    scores = logits_of(model, [END])
    chances = np.exp(scores) / np.exp(scores).sum()
    seen = np.bincount(texts[:, 0], minlength=VOCABULARY) / 3000
    assert abs(seen - chances).max() < 5 * np.sqrt(0.25 / 3000)
    costs = [
        -np.log(np.exp(row)[token] / np.exp(row).sum())
        for text in texts[:400].tolist()
        for token, row in zip(
            text, (scores, logits_of(model, [END, text[0]])), strict=True
        )
    ]  # fmt: skip
    assert np.mean(costs) == pytest.approx(surprise, abs=0.1)


def test_a_strong_preference_leaves_only_green_tokens_and_none_leaves_no_trace(model: GPT) -> None:
    green = writing.draw_colours(VOCABULARY, 0.5, secret=3)
    texts, _ = writing.write_texts(model, END, 20, 30, green=green, strength=1e4, seed=1)
    followed = np.hstack([np.full((20, 1), END), texts])
    assert green[followed[:, :-1], followed[:, 1:]].all()
    without, _ = writing.write_texts(model, END, 20, 30, seed=1)
    indifferent, _ = writing.write_texts(model, END, 20, 30, green=green, strength=0.0, seed=1)
    assert (without == indifferent).all() and not green[without[:, :-1], without[:, 1:]].all()


def test_colours_are_known_to_whoever_knows_the_secret() -> None:
    green = writing.draw_colours(300, 0.25, secret=3)
    assert green.dtype == bool and green.shape == (300, 300) and abs(green.mean() - 0.25) < 0.01
    assert (green == writing.draw_colours(300, 0.25, secret=3)).all()
    assert 0.3 < (green != writing.draw_colours(300, 0.25, secret=4)).mean() < 0.45  # 2 · ¼ · ¾


def test_the_model_of_plays_counts_pairs_of_words() -> None:
    """By hand: 22 of 811 times "fair" is followed by one of these women, 6 by their partners."""
    log_prob = plays.model_of_plays()
    said = log_prob("the lady")
    assert said.shape == (3,) and (said < 0).all()
    assert log_prob("fair lady")[1] > log_prob("fair lord")[1] + 0.5
    assert log_prob("noble lord")[1] > log_prob("noble lady")[1] + 0.5


def test_published_vectors_put_words_where_their_authors_found_them() -> None:
    nurse, captain = plays.published_gaps(["nurse", "captain"])
    assert nurse < -0.03 < 0.03 < captain
    swapped = plays.published_gaps(["nurse"], plays.WOMEN, plays.MEN)
    assert swapped == pytest.approx(-nurse)


def test_the_recording_command_writes_what_the_notebook_reads(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    done = command.main(
        ["--steps", "2", "--rounds", "2", "--widths", "8", "16", "--out", str(out), "--seed", "5"]
    )
    run = json.loads(out.read_text(encoding="utf-8"))
    assert done == 0 and run["asked"] == 16 and run["copies"] == [1, 3, 10, 30, 100]
    assert [model["width"] for model in run["models"]] == [8, 16]
    assert all(len(model["told"]) == 5 and max(model["told"]) == 0 for model in run["models"])
    assert run["command"].endswith("--steps 2 --rounds 2 --widths 8 16 --seed 5")
    assert all(
        7 < model["held_out_loss"] < 8 for model in run["models"]
    )  # ln 2001 = 7.6: untrained
