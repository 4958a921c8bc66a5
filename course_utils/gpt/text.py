"""From text to numbers and back: one number for each character.

Leaves out: byte pairs, which GPT-2 uses.
"""

from __future__ import annotations

from collections.abc import Iterable

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
