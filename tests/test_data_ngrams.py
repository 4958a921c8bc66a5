"""Unit 03's data: Shakespeare, misspellings and the counts of words on the web.

Run: `pytest tests/test_data_ngrams.py`. Nothing here uses the network. The tests that need the
fetched texts are skipped, with the reason, before `course data` has run; under CI they fail.
"""

from __future__ import annotations

import json
import shutil
import string
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.data import DataError, data_dir
from course_utils.data.carriers import carriers_for
from course_utils.data.shakespeare import (
    HELD_OUT,
    MEMBERS,
    TITLES,
    load_shakespeare,
    reduce_shakespeare,
    sentences,
    split_shakespeare,
)
from course_utils.data.spelling import (
    is_single_edit,
    load_misspellings,
    load_web_counts,
    load_word_list,
    split_misspellings,
)
from tests.conftest import missing

REPO = Path(__file__).resolve().parent.parent
(CARRIER,) = carriers_for(["03_ngrams"])


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    if not CARRIER.is_ready():
        missing(f"Shakespeare's texts are not in {data_dir()}: run `course data`")
    return load_shakespeare()


# Shakespeare


def test_there_are_42_texts_of_5_million_characters(texts):
    assert len(texts) == 42 and list(texts) == list(TITLES.values())
    everything = "".join(texts.values())
    assert (len(everything), len(set(everything))) == (5_053_902, 84)
    assert everything.isascii() and "Gutenberg" not in everything


def test_the_texts_are_whole_with_names_directions_and_verse_lines(texts):
    assert "Ham.\nTo be, or not to be,--that is the question:--\n" in texts["Hamlet"]
    assert "[Enter three Witches.]\n\nFIRST WITCH.\nWhen shall we three" in texts["Macbeth"]
    assert texts["The Sonnets"].endswith("Love's fire heats water, water cools not love.\n")
    assert all("\n" not in title and text.endswith("\n") for title, text in texts.items())
    assert not any(line != line.rstrip() for text in texts.values() for line in text.split("\n"))


def test_the_texts_make_a_million_tokens_in_54_000_sentences(texts):
    cut = [sentence for text in texts.values() for sentence in sentences(text)]
    tokens = [token for sentence in cut for token in sentence]
    assert (len(cut), len(tokens), len(set(tokens))) == (54_059, 1_010_059, 28_594)
    assert not any(sentence == [] for sentence in cut)
    assert {token for token in tokens if not any(c.isalpha() for c in token)} == set(",.;:!?")
    assert not {"ham", "glou", "macb"} & set(tokens)  # abbreviated speakers


def test_the_famous_lines_are_sentences(texts):
    hamlet = [" ".join(sentence) for sentence in sentences(texts["Hamlet"])]
    assert hamlet[:3] == ["who's there ?", "nay , answer me : stand , and unfold yourself .", "long live the king !"]  # fmt: skip
    assert any(line.startswith("to be , or not to be , that is the question :") for line in hamlet)
    sonnets = [" ".join(sentence) for sentence in sentences(texts["The Sonnets"])]
    assert sonnets[0].startswith(
        "from fairest creatures we desire increase , that thereby beauty's"
    )
    henry = [" ".join(sentence) for sentence in sentences(texts["Henry V"])]
    assert henry[0].startswith("o for a muse of fire , that would ascend")


def test_four_plays_are_held_out_and_training_sees_none_of_them(texts):
    train, held_out = split_shakespeare(texts)
    assert tuple(held_out) == HELD_OUT and len(train) == 38
    assert {**train, **held_out} == texts and not train.keys() & held_out.keys()
    spoken = {title: {tuple(s) for s in sentences(text)} for title, text in texts.items()}
    long = {s for title in train for s in spoken[title] if len(s) > 12}
    assert not long & {s for title in HELD_OUT for s in spoken[title]}


PLAY = """THE PLAY

by William Shakespeare

HAMLET, Prince of Denmark.

ACT I. SCENE I. A heath.

[Enter HAMLET,
with a skull.]

HAMLET.
O! what's o'er? 'Tis th' end--to-morrow
Is another day. [Aside.] Good-night

Ber.
Who's there?

OSRIC. Nay, 'tis I. "Stand!"

Ber.
[Drawing.] Stand ho

[Exeunt.
THE END
"""


def test_only_what_is_spoken_becomes_sentences():
    assert [" ".join(sentence) for sentence in sentences(PLAY)] == [
        "o ! what's o'er ?",
        "'tis th' end to-morrow is another day .",
        "good-night",
        "who's there ?",
        "nay , 'tis i .",
        "stand !",
        "stand ho",
    ]


def test_a_poem_has_no_cast_to_skip_and_no_numbers():
    poem = "THE SONNETS\nby William Shakespeare\n\nIV\n\nThose hours,\nthat 'scape!\n\nVI.\n\nThen"
    assert sentences(poem) == [["those", "hours", ",", "that", "scape", "!"], ["then"]]


@pytest.mark.parametrize("text", ["", "\n\n", "[Exit.]", "...", "ACT I.\n\nSCENE II.\n"])
def test_a_text_in_which_nobody_speaks_has_no_sentences(text):
    assert sentences(text) == []


@given(st.text(alphabet="abI'.!? \n[]{}-,1A", max_size=60), st.sampled_from(["", "ACT I.\n\n"]))
def test_any_text_gives_non_empty_sentences_of_small_letters(text, act):
    for sentence in sentences(act + text):
        assert any(token[-1].isalpha() for token in sentence)
        assert all(token == token.lower() and " " not in token for token in sentence)


def test_the_reduction_keeps_the_words_and_drops_blanks_at_line_ends():
    contents = {path: f"TITLE {i}  \r\n\r\nACT I. \n".encode() for i, path in enumerate(MEMBERS)}
    reduced = reduce_shakespeare(contents)
    assert json.loads(reduced["shakespeare.json"])["All's Well That Ends Well"] == (
        "TITLE 1\n\nACT I.\n"
    )
    assert reduced["shakespeare.LICENSE.txt"] == contents[MEMBERS[0]]
    assert set(reduced) == set(CARRIER.files)


def test_a_loader_without_its_file_names_the_command(tmp_path):
    with pytest.raises(DataError, match="`course data`"):
        load_shakespeare(folder=tmp_path)


def test_every_unit_that_reads_shakespeare_carries_it():
    readers = (
        "03_ngrams",
        "05_gpt",
        "07_optimization_and_distributed_training",
        "08_societal_impacts",
    )
    for unit in readers:
        assert CARRIER in carriers_for([unit])
    assert CARRIER not in carriers_for(["02_fairness"])


# Misspellings


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    return load_misspellings()


def test_58_916_misspellings_have_exactly_one_correction(pairs):
    assert len(pairs) == len({wrong for wrong, _ in pairs}) == 58_916
    assert ("recieve", "receive") in pairs and ("aboutit", "about it") in pairs
    assert not any("," in right or wrong == right for wrong, right in pairs)


def one_edit(word: str, letters: str = string.ascii_lowercase) -> set[str]:
    """Every string one edit from `word`: Norvig's four lists."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deletions = {a + b[1:] for a, b in cuts if b}
    swaps = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    substitutions = {a + c + b[1:] for a, b in cuts if b for c in letters}
    insertions = {a + c + b for a, b in cuts for c in letters}
    return (deletions | swaps | substitutions | insertions) - {word}


@given(st.text("ab", max_size=5), st.text("ab", max_size=5))
def test_a_single_edit_is_what_the_four_lists_hold(wrong, right):
    assert is_single_edit(wrong, right) == (wrong in one_edit(right, "ab"))


def test_no_correction_of_a_test_pair_is_seen_in_training(pairs):
    train, test = split_misspellings(pairs)
    assert len(test) == len(set(test)) == 2000
    assert not {right for _, right in train} & {right for _, right in test}
    words = set(load_word_list())
    letters = set(string.ascii_lowercase)
    for wrong, right in test:
        assert wrong in one_edit(right) and right in words and letters.issuperset(wrong + right)
    corrections = {right for _, right in test}
    assert set(train) == {pair for pair in pairs if pair[1] not in corrections}


def test_the_seed_decides_the_split_and_nothing_else(pairs):
    assert split_misspellings(pairs) == split_misspellings(list(pairs), seed=0)
    (_, first), (_, second) = split_misspellings(pairs), split_misspellings(pairs, seed=1)
    assert first != second
    with pytest.raises(ValueError, match="test=3"):
        split_misspellings([("hte", "the"), ("teh", "the"), ("a b", "the")], test=3)


def test_the_most_frequent_candidate_is_right_for_about_95_percent(pairs):
    _, test = split_misspellings(pairs)
    words, counts = set(load_word_list()), load_web_counts().unigrams
    right = [
        max(sorted(words & (one_edit(wrong) | {wrong})), key=lambda word: counts.get(word, 0))
        == meant
        for wrong, meant in test
    ]
    assert np.mean(right) == pytest.approx(0.954, abs=0.015)  # 0.954 published; one s.e. is 0.005


# Counts and words


def test_the_follows_of_with_probability_0_210():
    counts = load_web_counts()
    assert (len(counts.unigrams), len(counts.bigrams)) == (333_213, 258_437)
    assert counts.total == 1_024_908_267_229
    assert counts.bigrams["of", "the"] / counts.unigrams["of"] == pytest.approx(0.210, abs=5e-4)
    assert next(iter(counts.unigrams.items())) == ("the", 23_135_851_162)


def test_the_counts_are_those_that_wordsegment_itself_uses():
    code = (
        "import json, random, wordsegment as w; w.load(); u, b = w.UNIGRAMS, w.BIGRAMS\n"
        "some = random.Random(0).sample(sorted(b), 500)\n"
        "print(json.dumps([len(u), len(b), {k: b[k] for k in some}, int(w._segmenter.total)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    words, pairs, some, total = json.loads(done.stdout)
    counts = load_web_counts()
    assert (words, pairs, total) == (len(counts.unigrams), len(counts.bigrams), counts.total)
    assert some == {pair: counts.bigrams[tuple(pair.split(" "))] for pair in some}


def test_the_counts_are_truncated_but_consistent():
    counts = load_web_counts()
    assert sum(counts.unigrams.values()) / counts.total == pytest.approx(0.574, abs=1e-3)
    followed: dict[str, int] = {}
    for (first, _), count in counts.bigrams.items():
        followed[first] = followed.get(first, 0) + count
    assert all(count <= counts.unigrams.get(first, count) for first, count in followed.items())


def test_the_word_list_has_82_834_words_each_once():
    words = load_word_list()
    assert len(words) == len(set(words)) == 82_834
    assert words[:3] == ["the", "of", "and"] and "don't" in words
    assert all(word == word.lower() and " " not in word for word in words)


def test_reading_the_files_imports_none_of_the_packages():
    code = """
from course_utils.data import load_misspellings, load_web_counts, load_word_list
load_misspellings(), load_web_counts(), load_word_list()
import sys; print({"codespell_lib", "wordsegment", "symspellpy"} & set(sys.modules))"""
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True)
    assert done.stdout == "set()\n", done.stderr


@pytest.mark.parametrize(
    "load, package, requirement",
    [
        (load_misspellings, "codespell_lib", "codespell==2.4.3"),
        (load_web_counts, "wordsegment", "wordsegment==1.3.1"),
        (load_word_list, "symspellpy", "symspellpy==6.10.1"),
    ],
)
def test_another_version_or_none_is_one_clear_error(
    tmp_path, monkeypatch, load, package, requirement
):
    name, _, version = requirement.partition("==")
    assert distribution(name).version == version
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("raise AssertionError('imported')\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, package, raising=False)  # another test may have imported it
    with pytest.raises(
        DataError, match=rf"{package}/.* is not installed: run `pip install {requirement}`"
    ):
        load()
    for file in Path(distribution(name).locate_file(package)).rglob("*.txt"):
        copy = tmp_path / package / file.relative_to(Path(distribution(name).locate_file(package)))
        copy.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, copy)
        copy.write_bytes(copy.read_bytes() + b"\n")
    with pytest.raises(DataError, match=rf"expected sha256 .* found .*`pip install {requirement}`"):
        load()
    shutil.rmtree(tmp_path / package)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(DataError, match=rf"is not installed: run `pip install {requirement}`"):
        load()
