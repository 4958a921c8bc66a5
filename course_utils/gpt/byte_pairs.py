"""GPT-2's byte pairs, encoded by tiktoken.

Text is bytes. Beginning with the 256 of them, the two neighbours that occurred most often together
were joined into a new piece, 50 000 times. So frequent words are one piece, and nothing is ever
unknown.

Source: R. Sennrich, B. Haddow and A. Birch, "Neural Machine Translation of Rare Words with Subword
Units", ACL 2016; A. Radford and others 2019, section 2.2.
Leaves out: learning the merges.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.data.gpt2_merges import load_gpt2_merges

PROVIDED = ("*",)  # whole in the student's copy

if TYPE_CHECKING:
    import tiktoken

# A contraction, a word with the space before it, a number, marks, or space: never joined across.
_PATTERN = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
END_OF_TEXT = "<|endoftext|>"


@cache
def load_gpt2_encoding(
    num_merges: int = 50_000, *, folder: Path | None = None
) -> tiktoken.Encoding:
    """Return GPT-2's encoding: 50 257 pieces, of which the last one is the end of a text.

    Args:
        num_merges: take only the first ones: a smaller vocabulary for a smaller model.
        folder: where the merges are; None: where `course data` puts them.

    Raises `DataError` when the merges are missing or damaged.
    """
    import tiktoken

    merges = load_gpt2_merges(folder=folder)
    stands_for = _bytes_by_stand_in()
    ranks = {bytes([byte]): i for i, byte in enumerate(stands_for.values())}
    for left, right in merges[:num_merges]:
        ranks[bytes(stands_for[character] for character in left + right)] = len(ranks)
    return tiktoken.Encoding(
        "gpt2", pat_str=_PATTERN, mergeable_ranks=ranks, special_tokens={END_OF_TEXT: len(ranks)}
    )


def _bytes_by_stand_in() -> dict[str, int]:
    """The printable character that stands for each byte, in the order of the first 256 ids.

    Bytes that are printable stand for themselves; the others are numbered from 256 on.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    own = {chr(byte): byte for byte in printable}
    return own | {chr(256 + i): byte for i, byte in enumerate(others)}
