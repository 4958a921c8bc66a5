"""gpt.embed: what each token is, plus where it stands."""

from __future__ import annotations

import numpy as np
import torch

from autograder.check import Case, Check, Misconception
from autograder.checks._gpt.embed_versions import (
    by_library,
    by_loops,
    by_one_hot,
    concatenated,
    cuts_off,
    detached,
    first_place_of_token,
    first_position_twice,
    in_float32,
    index_error,
    last_place_of_token,
    last_rows,
    multiplied,
    no_positions,
    only_positions,
    position_by_sentence,
    position_by_token,
    positions_from_one,
    refuses_a_full_table,
    reversed_positions,
    scaled,
    stays_at_the_last,
    wraps_around,
)
from course_utils.asking import call_twice_with_gradients
from course_utils.asking_torch import value_and_gradients
from course_utils.gpt import embed


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, batch: int, length: int, positions: int, width: int) -> Case:
        size = int(rng.integers(11, 14))
        tokens = torch.from_numpy(rng.permutation(size)[np.arange(batch * length) % (size - 4)])
        tables = [torch.from_numpy(rng.normal(size=(rows, width))) for rows in (size, positions)]
        tokens = tokens.reshape(batch, length)
        if length > 2:
            tokens[0, 2] = tokens[0, 0]  # said twice
        return Case((tokens, *tables), shows)

    return [
        case("value", 2, 3, 7, 5),
        case("value", 3, 5, 7, 2),
        case("one", 2, 1, 5, 3),
        case("full", 2, 5, 5, 3),
        case("long", 2, 4, 3, 5),
        case("long", 3, 7, 5, 2),
    ]


EMBED: Check = Check(
    exercise="gpt.embed",
    properties={
        "value": "adds the row of the token to the row of its position",
        "one": "works for a text of one token",
        "full": "works for as many tokens as there are positions",
        "long": "raises ValueError for more tokens than there are positions",
    },
    cases=draw,
    expect=value_and_gradients(embed),
    ask=call_twice_with_gradients,
    accepts=[by_one_hot, by_library, by_loops, in_float32],
    misconceptions=[
        Misconception(
            "no positions",
            no_positions,
            "Only the tokens are looked up. Attention does not know the order of its inputs, so each "
            "vector must also say where it stands: add the position's row.",
        ),
        Misconception(
            "only positions",
            only_positions,
            "Only the positions are looked up, so that all texts look alike. Add the tokens' rows.",
        ),
        Misconception(
            "positions start at one",
            positions_from_one,
            "The positions are off by one: the first token stands at position 0 and gets row 0.",
        ),
        Misconception(
            "positions one too early",
            first_position_twice,
            "The positions are off by one: the second token gets the row of the first.",
        ),
        Misconception(
            "last rows of the table",
            last_rows,
            "The last rows of the position table are used. A text starts at position 0, however "
            "short it is: take the first T rows.",
        ),
        Misconception(
            "positions reversed",
            reversed_positions,
            "The positions run backwards. The first token gets row 0, the last one row T − 1.",
        ),
        Misconception(
            "position looked up by token",
            position_by_token,
            "The position table is indexed with the tokens' ids. Its rows belong to the places "
            "0, 1, …, T − 1.",
        ),
        Misconception(
            "first place of the token",
            first_place_of_token,
            "A token that is said twice has the position of its first place both times (list.index finds "
            "no other). Count along: 0, 1, …, T − 1.",
        ),
        Misconception(
            "last place of the token",
            last_place_of_token,
            "A token that is said twice has the position of its last place both times: a dict whose keys "
            "are tokens keeps one for each. Count along: 0, 1, …, T − 1.",
        ),
        Misconception(
            "position along the batch",
            position_by_sentence,
            "The position counts sentences of the batch, not tokens of a sentence. Look which axis of "
            "(B, T, C) is T.",
        ),
        Misconception(
            "multiplied",
            multiplied,
            "The two vectors are multiplied. The embedding is their sum.",
        ),
        Misconception(
            "concatenated",
            concatenated,
            "The two vectors stand side by side, which doubles the width. Add them.",
        ),
        Misconception(
            "scaled by √C",
            scaled,
            "The token's vector is multiplied by √C, as the first transformer did. GPT just adds the "
            "two rows.",
        ),
        Misconception(
            "no gradient",
            detached,
            "The values are right, but no gradient reaches the tables, so they would never learn. "
            "Leave out detach, .data, and detours through numpy or lists.",
        ),
        Misconception(
            "full table refused",
            refuses_a_full_table,
            "A text as long as the position table is refused. It just fits: only longer ones do not.",
        ),
        Misconception(
            "IndexError for a long text",
            index_error,
            "A text longer than the position table ends in torch's own error. Look first, and raise "
            "ValueError that says what is too long.",
        ),
        Misconception(
            "positions wrap around",
            wraps_around,
            "A text longer than the table begins again at position 0, so that two places look "
            "alike. Raise ValueError.",
        ),
        Misconception(
            "last position repeated",
            stays_at_the_last,
            "A text longer than the table gets its last row again and again. Raise ValueError.",
        ),
        Misconception(
            "long text cut",
            cuts_off,
            "A text longer than the table is cut, without a word. Raise ValueError, so that nobody is "
            "surprised.",
        ),
    ],
)
