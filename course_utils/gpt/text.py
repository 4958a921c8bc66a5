"""From text to numbers and back: one number for each character.

Leaves out: byte pairs, which GPT-2 uses.
"""

from __future__ import annotations

from collections.abc import Iterable

from course_utils.data.shakespeare import load_shakespeare, split_shakespeare

PROVIDED = ("*",)  # whole in the student's copy


class CharacterTokenizer:
    """The characters of a text, sorted, are the ids 0, 1, …

    >>> tokenizer = CharacterTokenizer("banana")
    >>> tokenizer.encode("nab"), tokenizer.decode([1, 0])
    ([2, 0, 1], 'ba')
    """

    def __init__(self, text: str) -> None:
        """Collect the characters of `text`."""
        self.characters = sorted(set(text))
        self._ids = {character: i for i, character in enumerate(self.characters)}

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> list[int]:
        """Return the ids. Raises ValueError for a character that was not in the text."""
        try:
            return [self._ids[character] for character in text]
        except KeyError as error:
            raise ValueError(f"the character {error.args[0]!r} is not in the vocabulary") from None

    def decode(self, ids: Iterable[int]) -> str:
        """Return the text."""
        return "".join(self.characters[i] for i in ids)


def shakespeare_texts() -> tuple[str, str]:
    """Return 1.1 million characters to learn from, and 60 000 of the plays that are put aside.

    Characters that the first text lacks are left out of the second.

    Raises:
        DataError: the plays are not on this machine.
    """
    written, put_aside = split_shakespeare(load_shakespeare())
    to_learn = "\n".join(written.values())[:1_100_000]
    known = set(to_learn)
    held_out = "\n".join(put_aside.values())[:60_000]
    return to_learn, "".join(character for character in held_out if character in known)
