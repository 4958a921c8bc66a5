"""impacts.template_gap: pairs of sentences that differ in one word, token by token.

The arguments of a case are what each word is worth, the templates and both groups; the ask makes
`log_prob` of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.check import Case, Check, Misconception
from course_utils.impacts import template_gap


def ask_gap(function, args):
    """A model of pieces: three letters of a text are a token; what it costs depends on the one before."""
    import numpy as np

    seed, templates, group_a, group_b = args

    def log_prob(text):
        assert isinstance(text, str)
        pieces = [text[i : i + 3] for i in range(0, len(text), 3)]
        sums = [sum(c * (i + 1) for i, c in enumerate(piece.encode())) for piece in pieces]
        codes = np.array([seed, *sums], dtype=np.float64)
        return -1.5 - np.sin(codes[1:] * 12.9898 + codes[:-1] * 78.233) - 0.2 * np.cos(codes[1:])

    kept = list(templates), list(group_a), list(group_b)
    value = function(log_prob, *kept)
    return {"gaps": value, "unchanged": kept == (list(templates), list(group_a), list(group_b))}


def agree_gap(args, expected, answer):
    """The distance of the gaps; in words, whether an argument has changed."""
    from course_utils.agreement import deviation, explain

    far = deviation(expected["gaps"], answer["gaps"])
    if far == float("inf"):
        return explain(expected["gaps"], answer["gaps"])
    if far <= 1 and not answer["unchanged"]:
        return "it changes one of its arguments"
    return far


def right(*args: Any) -> Any:
    return ask_gap(template_gap, args)


def templates_outer(T: int, P: int) -> list[tuple[int, int]]:
    return [(t, p) for t in range(T) for p in range(P)]


def made(
    *,
    score: Callable[[Any], float] = np.mean,
    order: Callable[[int, int], Any] = templates_outer,
    gap: Callable[[float, float], float] = lambda a, b: a - b,
    partner: Callable[[int, int], int] = lambda p, P: p,
    fill: Callable[[str, str], str] = lambda template, word: template.format(word),
    finish: Callable[..., Any] = lambda gaps, T: np.array(gaps, dtype=float),
    refuse: bool = True,
) -> Callable[..., Any]:
    """A version; each keyword is a place where people go wrong."""

    def version(log_prob, templates, group_a, group_b):
        if refuse and len(group_a) != len(group_b):
            raise ValueError("unpaired")
        P = min(len(group_a), len(group_b))
        gaps = []
        for t, p in order(len(templates), P):
            a = score(log_prob(fill(templates[t], group_a[p])))
            b = score(log_prob(fill(templates[t], group_b[partner(p, P)])))
            gaps.append(gap(a, b))
        return finish(gaps, len(templates))

    return version


def by_table(log_prob, templates, group_a, group_b):
    if len(group_a) - len(group_b):
        raise ValueError("the groups are of different sizes")

    def table(words: Any) -> np.ndarray:
        rows = [[log_prob(t.replace("{}", w)) for w in words] for t in templates]
        means = [[np.sum(cell) / len(cell) for cell in row] for row in rows]
        return np.reshape(means, (len(templates), len(words)))

    return (table(group_a) - table(group_b)).ravel()


def by_dictionary(log_prob, templates, group_a, group_b):
    """Equal words of a have one partner, the last."""
    if len(group_a) != len(group_b):
        raise ValueError("unpaired")
    partners = dict(zip(group_a, group_b, strict=True))
    return made()(log_prob, templates, list(partners), list(partners.values()))


def equal_pairs_once(log_prob, templates, group_a, group_b):
    if len(group_a) != len(group_b):
        raise ValueError("unpaired")
    pairs = dict.fromkeys(zip(group_a, group_b, strict=True))
    return made()(log_prob, templates, *([pair[i] for pair in pairs] for i in (0, 1)))


def equal_templates_once(log_prob, templates, group_a, group_b):
    return made()(log_prob, list(dict.fromkeys(templates)), group_a, group_b)


def all_against_all(log_prob, templates, group_a, group_b):
    if len(group_a) != len(group_b):
        raise ValueError("unpaired")
    means = [
        [[np.mean(log_prob(t.format(w))) for w in group] for group in (group_a, group_b)]
        for t in templates
    ]
    return np.array([x - y for a, b in means for x in a for y in b])


WORDS = ("Ada", "Bertram", "Cy", "Dolores", "Eve", "Ferdinand", "Gus", "Henrietta", "Ivo", "Jo")
TEMPLATES = (
    "{} is a nurse.",
    "The doctor was {}",
    "I met {} at work",
    "{} won",
    "So said {} to us",
    "we saw {}, of all people",
    " {} came late ",
)


def draw(rng: np.random.Generator) -> list[Case]:
    def case(shows: str, num_templates: int, a: int, b: int) -> Case:
        words = rng.permutation(WORDS).tolist()
        templates = rng.permutation(TEMPLATES).tolist()[:num_templates]
        return Case((int(rng.integers(40, 250)), templates, words[:a], words[a : a + b]), shows)

    def repeated() -> Case:
        """Words, a pair and a template that come twice, and a word that is its own partner."""
        seed, (one, other), (a, b, c, d), _ = case("value", 2, 4, 0).args
        pairs = [(a, c), (a, d), (b, c), (a, c), (d, d)]
        group_a, group_b = (list(group) for group in zip(*pairs, strict=True))
        return Case((seed, [one, other, one], group_a, group_b), "value")

    return [
        case("value", 3, 4, 4),
        case("value", 2, 3, 3),
        repeated(),
        case("one", 1, 4, 4),
        case("one", 4, 1, 1),
        case("refuses", 2, 3, 2),
        case("refuses", 2, 2, 4),
    ]


GAP: Check = Check(
    exercise="impacts.template_gap",
    properties={
        "value": "gives the gap of the means per token, template by template",
        "one": "works for one template or one pair",
        "refuses": "raises ValueError for groups of different sizes",
    },
    cases=draw,
    ask=ask_gap,
    agree=agree_gap,
    expect=right,
    accepts=[made(), by_table],
    misconceptions=[
        Misconception(
            "sums for means",
            made(score=np.sum),
            "The tokens' log-probabilities are summed, so that a longer word makes any sentence unlikely. "
            "Take means.",
        ),
        Misconception(
            "per letter",
            lambda log_prob, *given: made(score=lambda pair: np.sum(log_prob(pair)) / len(pair))(
                lambda text: text, *given
            ),
            "The sum is divided by the letters of the text. Divide by its tokens: there is one log-probability "
            "for each.",
        ),
        Misconception(
            "probabilities",
            made(score=lambda values: float(np.mean(np.exp(values)))),
            "Probabilities are averaged. Average their logarithms, as they come.",
        ),
        Misconception(
            "last token only",
            made(score=lambda values: float(values[-1])),
            "Only the last token is looked at. The word changes everything after it: take all tokens.",
        ),
        Misconception(
            "median for the mean",
            made(score=lambda values: float(np.median(values))),
            "This takes the median over tokens. Take the mean.",
        ),
        Misconception(
            "b − a",
            made(gap=lambda a, b: b - a),
            "The sign is wrong: a gap is the mean with a minus the mean with b.",
        ),
        Misconception(
            "absolute gaps",
            made(gap=lambda a, b: abs(a - b)),
            "The sign is lost. Which group is favoured is what we ask.",
        ),
        Misconception(
            "ratios",
            made(gap=lambda a, b: a / b),
            "The means are divided. Subtract them: they are logarithms.",
        ),
        Misconception(
            "pairs outer",
            made(order=lambda T, P: [(t, p) for p in range(P) for t in range(T)]),
            "All templates of the first pair come first. It should be all pairs of the first template.",
        ),
        Misconception(
            "wrong partners",
            made(partner=lambda p, P: P - 1 - p),
            "The words have wrong partners: group_a[i] belongs to group_b[i].",
        ),
        Misconception(
            "all against all",
            all_against_all,
            "Every word of a is held against every word of b. Only group_a[i] and group_b[i] are a pair.",
        ),
        Misconception(
            "one partner for each word",
            by_dictionary,
            "A word that comes twice in group_a has one partner here: a dict keeps the last. Go through "
            "both groups side by side.",
        ),
        Misconception(
            "equal pairs once",
            equal_pairs_once,
            "A pair that comes twice is counted once (a set or a dict keeps it once). There is one gap for "
            "every template and every pair, in their order.",
        ),
        Misconception(
            "equal templates once",
            equal_templates_once,
            "A template that comes twice is counted once (a set or a dict keeps it once). There is one gap "
            "for every template and every pair, in their order.",
        ),
        Misconception(
            "words without the sentence",
            made(fill=lambda template, word: word),
            "Only the words are scored. Put them into the template.",
        ),
        Misconception(
            "one mean for all",
            made(finish=lambda gaps, T: float(np.mean(gaps))),
            "One mean comes back. The bootstrap needs every gap.",
        ),
        Misconception(
            "a table",
            made(finish=lambda gaps, T: np.reshape(gaps, (T, -1))),
            "A table comes back. Put its rows one after the other: (templates · pairs,).",
        ),
        Misconception(
            "unpaired is fine",
            made(refuse=False),
            "Words without a partner are dropped in silence. Raise ValueError.",
        ),
    ],
)
