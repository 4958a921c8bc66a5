"""ngrams.find_the_bug_ngrams: the student's tester meets right and wrong candidates."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.check import Check, Misconception
from autograder.check_parts.candidates import drawn_from, labels_of
from autograder.check_parts.testers import as_numpy_bool, mistakes_of_any_tester
from autograder.checks._ngrams.candidates import POOL, PUBLIC
from course_utils.ngrams import count_ngrams, find_the_bug_ngrams

IN_THE_RULE = {"right", "subclass", "order", "rule", "sentences", "counts", "more"}
CORPORA: Sequence[list[list[str]]] = (
    [["a", "b", "a", "b", "c"], ["b", "a", "a"], ["c"], ["a", "b"]],
    [["a"], [], ["a", "b", "b", "b", "b"], []],
    [["x", "x", "x", "x", "x"]],
    [],
)


def _same(answer: Any, right: Any) -> bool:
    return isinstance(answer, dict) and answer == right


def _same_contexts(answer: Any, right: Any) -> bool:
    return isinstance(answer, dict) and {c: set(row) for c, row in answer.items()} == {
        c: set(row) for c, row in right.items()
    }


def _nothing_missing(answer: Any, right: Any) -> bool:
    """True when all right counts are there, whatever else is."""
    return isinstance(answer, dict) and all(
        answer.get(c, {}).get(w) == count for c, row in right.items() for w, count in row.items()
    )


def _exactly_dicts(answer: Any, right: Any) -> bool:
    plain = type(answer) is dict and all(type(row) is dict for row in answer.values())
    return plain and answer == right


def _in_one_order(answer: Any, right: Any) -> bool:
    return isinstance(answer, dict) and str({c: dict(row) for c, row in answer.items()}) == str(
        right
    )


def _loosely(answer: Any, right: Any) -> bool:
    """Compares what is left when all brackets and commas are gone."""

    def bare(table: Any) -> list[str]:
        pairs = dict(table).items() if table else []
        flat = [(c, w, m) for c, row in pairs if hasattr(row, "items") for w, m in row.items()]
        flat += [(c[:-1], c[-1], m) for c, m in pairs if not hasattr(m, "items")]
        text = [f"{c if isinstance(c, str) else ' '.join(c)} {w} {m}" for c, w, m in flat]
        return sorted(text)

    return bare(answer) == bare(right)


def tester(
    *,
    orders: Sequence[int] = (1, 2, 3, 4, 5),
    corpora: Sequence[list[list[str]]] = CORPORA,
    same: Callable[[Any, Any], bool] = _same,
    sees_changes: bool = True,
    raising_is_wrong: bool = True,
) -> Callable[[Callable], bool]:
    """A tester that compares with a right version, with chosen blind spots."""

    def find_the_bug(candidate: Callable) -> bool:
        for n in orders:
            for corpus in corpora:
                handed = copy.deepcopy(corpus)
                try:
                    answer = candidate(handed, n)
                except Exception:
                    if raising_is_wrong:
                        return True
                    continue
                if not same(answer, count_ngrams(corpus, n)):
                    return True
                if sees_changes and handed != corpus:
                    return True
        return False

    return find_the_bug


def lets_it_escape(candidate):
    for n in (1, 2, 3):
        for corpus in ([["a", "b"], []], [["a"]]):
            candidate(corpus, n)
    return tester()(candidate)


def by_windows(candidate):
    """Counts each window of each padded sentence again, and looks at every number."""
    rng = np.random.default_rng(5)
    for n in (1, 2, 3, 4, 6):
        for size in (1, 4, 2, 5):
            corpus = [[str(x) for x in rng.integers(0, 3, m)] for m in rng.integers(0, 6, size)]
            handed = [list(sentence) for sentence in [*corpus, []]]
            expected: dict = {}
            for sentence in handed:
                padded = [*["<s>"] * (n - 1), *sentence, "</s>"]
                for i in range(len(sentence) + 1):
                    key = tuple(padded[i : i + n])
                    expected[key] = expected.get(key, 0) + 1
            try:
                table = candidate(handed, n)
                flat = {(*c, w): table[c][w] for c in table for w in table[c]}
            except Exception:
                return True
            if flat != expected or handed != [*corpus, []]:
                return True
    return False


FIND_THE_BUG: Check = Check(
    exercise="ngrams.find_the_bug_ngrams",
    properties={
        "rule": "tells right versions from versions that count wrongly",
        "unigrams": "finds a version that is wrong only for n = 1",
        "long": "finds a version that is wrong only for n > 3",
        "empty": "finds a version that is wrong only for empty sentences",
        "changes": "finds a version that changes its arguments",
        "raises": "finds a version that raises on legal input",
        "kind": "finds a version that does not return {context: {word: count}}",
        "memory": "finds a version that remembers what it counted before",
    },
    cases=drawn_from(POOL, IN_THE_RULE),
    public=drawn_from(PUBLIC, IN_THE_RULE),
    own=count_ngrams,
    expect=labels_of(POOL, PUBLIC),
    accepts=[find_the_bug_ngrams, as_numpy_bool(tester()), by_windows],
    misconceptions=[
        *mistakes_of_any_tester(tester(), lets_it_escape, compared="counts"),
        Misconception(
            "exceptions ignored",
            tester(raising_is_wrong=False),
            "A candidate that raises on legal input is wrong; your tester goes on as if nothing were.",
        ),
        Misconception(
            "unigrams not tried",
            tester(orders=(2, 3, 4, 5)),
            "You never try n = 1. There the context is (), nothing is padded, and <s> must not be "
            "counted: some versions go wrong just there.",
        ),
        Misconception(
            "long n-grams not tried",
            tester(orders=(1, 2, 3)),
            "You try n up to 3. Some versions are right for trigrams and wrong for longer n-grams: try "
            "4 and 5.",
        ),
        Misconception(
            "no empty sentences",
            tester(corpora=[CORPORA[0], CORPORA[2], [["b", "b", "b"], ["a"]]]),
            "No sentence of yours is empty. An empty sentence yields one </s>, and some versions skip "
            "it.",
        ),
        Misconception(
            "one sentence at a time",
            tester(
                corpora=[[["a", "b", "a", "b", "a", "b", "a"]], [[]], [["x", "x", "x", "x", "x"]]]
            ),
            "You never hand over several sentences at once, so you cannot see n-grams that reach from "
            "one sentence into the next.",
        ),
        Misconception(
            "counts not compared",
            tester(same=_same_contexts),
            "You compare which words follow which context, but not how often. Compare the counts, on "
            "sentences in which something repeats.",
        ),
        Misconception(
            "too much not seen",
            tester(same=_nothing_missing),
            "You look whether the right counts are there, not whether there are others besides. Some "
            "versions count too much: compare the whole tables.",
        ),
        Misconception(
            "changed arguments not seen",
            tester(sees_changes=False),
            "Some candidates change their arguments. Keep a deep copy, and compare afterwards: "
            "list(sentences) shares the inner lists.",
        ),
        Misconception(
            "kind not seen",
            tester(same=_loosely),
            "Some candidates return a list, a flat table, or contexts that are text. Compare the answer "
            "itself, with tuples as contexts.",
        ),
        Misconception(
            "nothing but dict",
            tester(same=_exactly_dicts),
            "A defaultdict or a Counter is a dict, and right. Compare with ==, or use isinstance, not "
            "type(…) is dict.",
        ),
        Misconception(
            "order demanded",
            tester(same=_in_one_order),
            "Right versions may give the contexts or words in another order. Compare dicts with ==, "
            "which forgets the order; their texts do not.",
        ),
        Misconception(
            "a single try",
            tester(orders=(3,), corpora=CORPORA[:1]),
            "You try one corpus and one n, once. Try n = 1 to 5, empty sentences, and several calls: "
            "some versions remember what they counted before.",
        ),
    ],
)
