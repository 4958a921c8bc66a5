"""Real human judgements: who reads what, the judge, and the whole way in very small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_rel, wilcoxon

from course_utils.data import DataError
from course_utils.data.movies import load_movie_texts
from course_utils.gpt.plan import Plan
from course_utils.gpt.weights import Config
from course_utils.rlhf import __main__ as longer_runs
from course_utils.rlhf import pipeline, runs
from course_utils.rlhf.judge import Judge, accuracy, human_ceiling
from course_utils.rlhf.movies import (
    Part,
    encode_texts,
    hurts,
    movie_encoding,
    movie_parts,
)
from course_utils.rlhf.recorded import load_recorded_run
from tests.conftest import missing


@pytest.fixture(scope="module")
def parts() -> dict[str, Part]:
    try:
        return movie_parts()
    except DataError as error:
        missing(str(error))


def test_nobody_reads_what_another_part_holds(parts: dict[str, Part]) -> None:
    movies = load_movie_texts()
    where = {text: i for i, text in enumerate(movies.texts)}
    texts = [text for part in parts.values() for text in part.texts]
    assert len(texts) == len(set(texts)) > 9000
    assert not any(hurts(text) for text in texts)
    shares = [len(part.texts) / len(texts) for part in parts.values()]
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.1], atol=0.001)
    for name, start, step in (("learn", 0, 2), ("judge", 1, 2), ("prompt", 0, 1)):
        for text, scores in zip(parts[name].texts[:50], parts[name].scores[:50], strict=True):
            assert scores.tolist() == movies.ratings[where[text]][start::step].tolist()


@pytest.mark.parametrize(
    ("text", "is_meant_to_hurt"),
    [("a warm, funny film", False), ("class assignment", False), ("Damn, what a mess", True)],
)
def test_texts_that_are_meant_to_hurt_are_found(text: str, is_meant_to_hurt: bool) -> None:
    assert hurts(text) is is_meant_to_hurt


def test_pairs_are_choices_that_a_rater_made(parts: dict[str, Part]) -> None:
    part = parts["learn"]
    pairs = part.pairs(3000, np.random.default_rng(0))
    assert pairs.shape == (3000, 2)
    assert all(part.scores[b].max() > part.scores[w].min() for b, w in pairs)
    assert 0.75 < np.mean(part.means[pairs[:, 0]] > part.means[pairs[:, 1]]) < 0.95


def test_pieces_give_the_text_back_between_two_ends(parts: dict[str, Part]) -> None:
    encoding = movie_encoding()
    for text, tokens in zip(
        parts["prompt"].texts, encode_texts(parts["prompt"].texts, encoding), strict=True
    ):
        assert tokens[0] == tokens[-1] == 2000 and max(tokens[1:-1]) < 2000
        assert encoding.decode(tokens[1:-1]) == text


def test_the_judge_agrees_with_people_more_than_chance_and_less_than_one_of_them(
    parts: dict[str, Part],
) -> None:
    rng = np.random.default_rng(0)
    people = parts["prompt"]
    judge, ceiling = Judge(parts["judge"]), human_ceiling(people, 3000, rng)
    agreed = accuracy(judge.scores(people.texts), people.pairs(4000, rng))
    assert 0.86 < ceiling < 0.92  # 90 % of untied pairs, by the survey of the data
    assert 0.66 < agreed < ceiling - 0.1
    assert judge.scores(["a wonderful, moving film"]) > judge.scores(["a dull, boring mess"])


def test_ties_of_scores_count_half() -> None:
    assert accuracy(np.array([1.0, 1.0, 0.0]), np.array([[0, 1], [0, 2], [2, 0]])) == 0.5


def test_in_the_recorded_run_the_small_tuned_model_beats_the_large_one() -> None:
    run = load_recorded_run("movies")
    assert run["command"] == "python -m course_utils.rlhf movies --seed 0"
    sizes, judged = run["parameters"], run["judged"]
    tuned = np.array(judged.pop("tuned by PPO, small"))
    assert sizes["pre-trained, large"] >= 10 * sizes["tuned by PPO, small"]
    for scores in judged.values():
        assert len(scores) == len(tuned) > 400 and tuned.mean() > np.mean(scores)
        assert ttest_rel(tuned, scores).pvalue < 1e-3 and wilcoxon(tuned, scores).pvalue < 1e-3
    learned = run["accuracy"]
    few, many = (learned[f"reward model, {count} choices"] for count in ("3,000", "20,000"))
    assert 0.55 < few < many < learned["one person"] and learned["judge"] > 0.65


def test_in_the_recorded_run_reward_rises_as_the_price_falls_and_judgement_does_not() -> None:
    for choices, rows in load_recorded_run("movies")["prices"].items():
        prices = sorted(rows, key=lambda row: -row["beta"])
        assert [row["beta"] for row in prices] == sorted(runs.BETAS, reverse=True)
        assert (np.diff([row["kl"] for row in prices]) > 0).all()
        assert (np.diff([row["reward"] for row in prices]) > 0).all()
        best = max(row["judge"] for row in prices)
        if choices == "3,000 choices":
            assert prices[-1]["judge"] < best - 0.2
        else:
            assert choices == "20,000 choices"


@pytest.mark.usefixtures("parts")
def test_the_whole_way_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tiny = Config(1, 2, 16, 2001, num_positions=64)
    monkeypatch.setattr(pipeline, "SIZES", {"small": tiny, "large": tiny})
    plan = Plan(3, batch_size=4, report_every=1)
    monkeypatch.setattr(pipeline, "PLANS", {"small": plan, "large": plan})
    for module in (pipeline, runs):
        monkeypatch.setattr(module, "NUM_PAIRS", {"many": 64, "few": 32})
    monkeypatch.setattr(runs, "NUM_ROUNDS", 2)
    monkeypatch.setattr(runs, "BETAS", (runs.BETA, 0.0))
    out, folder = tmp_path / "run.json", tmp_path / "models"
    arguments = ["movies", "--folder", str(folder), "--out", str(out)]
    assert longer_runs.main(arguments) == 0
    first = json.loads(out.read_text(encoding="utf-8"))
    made = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    stages = {"small", "large", "fine_tuned", "reward_many", "reward_few", "tuned_0.1_many"}
    assert stages <= {Path(name).stem for name in made}
    (folder / "tuned_0_few.safetensors").unlink()  # as if it had been stopped here
    assert longer_runs.main(arguments) == 0
    again = json.loads(out.read_text(encoding="utf-8"))
    kept = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert again.pop("seconds") >= first.pop("seconds")  # of both times
    assert again == first
    assert {name for name in made if kept[name] != made[name]} == {
        "seconds.txt",
        "tuned_0_few.safetensors",
        "tuned_0_few.json",
    }


def test_without_the_reviews_the_command_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    arguments = ["movies", "--folder", str(tmp_path / "m"), "--out", str(tmp_path / "run.json")]
    assert longer_runs.main(arguments) == 1
    assert "course data" in capsys.readouterr().err and not (tmp_path / "run.json").exists()
