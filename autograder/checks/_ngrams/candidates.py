"""Other people's versions of count_ngrams, right and wrong, as source text.

`POOL` is drawn from when submissions are graded. `PUBLIC` is for the self-check: thin wrappers around
the student's own function (`own`), so that no right version is given away.
"""

from __future__ import annotations

from autograder.check_parts import candidates


class Candidate(candidates.Candidate):
    """One version of count_ngrams."""

    head = """\
from collections import Counter, OrderedDict, defaultdict

def count_ngrams(sentences, n):
"""


def _version(
    *,
    starts: str = "n - 1",
    ends: str = "1",
    begin: str = "counts = {}",
    words: str = "tuple(s)",
    places: str = "range(len(w) - n + 1)",
    context: str = "w[i : i + n - 1]",
    count: str = "row[w[i + n - 1]] = row.get(w[i + n - 1], 0) + 1",
    first: str = "pass",
    end: str = "return counts",
) -> str:
    """The body of a plain version, with one part or another exchanged."""
    return f"""\
if n < 1:
    raise ValueError("n is at least 1")
{begin}
for s in sentences:
    {first}
    w = ("<s>",) * ({starts}) + {words} + ("</s>",) * ({ends})
    for i in {places}:
        row = counts.setdefault({context}, {{}})
        {count}
{end}"""


REFUSE = "if n < 1:\n    raise ValueError('n is at least 1')\n"
PAD = 'w = ["<s>"] * (n - 1) + list(s) + ["</s>"]\n'
KEEP = "counts = count_ngrams.__dict__.setdefault('kept', {})"

POOL = [
    # right: plain, as a subclass of dict, in another order
    Candidate("right", False, _version()),
    Candidate(
        "right",
        False,
        REFUSE
        + "counts = {}\nfor s in sentences:\n    context = ('<s>',) * (n - 1)\n"
        + "    for word in [*s, '</s>']:\n        row = counts.setdefault(context, {})\n"
        + "        row[word] = row.get(word, 0) + 1\n        context = (*context, word)[1:]\n"
        + "return counts",
    ),
    Candidate(
        "subclass",
        False,
        REFUSE
        + "counts = defaultdict(lambda: defaultdict(int))\nfor s in sentences:\n    "
        + PAD
        + "    for i in range(n - 1, len(w)):\n"
        + "        counts[tuple(w[i - n + 1 : i])][w[i]] += 1\nreturn counts",
    ),
    Candidate(
        "subclass",
        False,
        REFUSE
        + "counts = OrderedDict()\nfor s in sentences:\n    "
        + PAD
        + "    for *context, word in zip(*(w[i:] for i in range(n))):\n"
        + "        counts.setdefault(tuple(context), Counter())[word] += 1\nreturn counts",
    ),
    Candidate(
        "order",
        False,
        REFUSE
        + "windows = Counter()\nfor s in sentences:\n    "
        + PAD
        + "    windows.update(tuple(w[i : i + n]) for i in range(len(s) + 1))\n"
        + "counts = {}\nfor window in sorted(windows, key=str):\n"
        + "    counts.setdefault(window[:-1], {})[window[-1]] = windows[window]\nreturn counts",
    ),
    Candidate("order", False, _version(begin="counts, sentences = {}, list(sentences)[::-1]")),
    Candidate("order", False, _version(places="reversed(range(len(w) - n + 1))")),
    # wrong in the rule
    Candidate("rule", True, _version(ends="0")),
    Candidate("rule", True, _version(starts="0")),
    Candidate("rule", True, _version(starts="min(1, n - 1)")),
    Candidate("rule", True, _version(places="range(len(w) - n)")),
    Candidate("rule", True, _version(places="range(0, len(w) - n + 1, n)")),
    Candidate("rule", True, _version(words="tuple(s)[::-1]")),
    Candidate("rule", True, _version(begin="n, counts = n + 1, {}")),
    Candidate("rule", True, _version(context="w[i + 1 : i + n]")),
    Candidate("rule", True, _version(first="counts = {}")),
    Candidate("rule", True, "return {}"),
    # wrong only across sentences, in the counts, in what is too much
    Candidate(
        "sentences",
        True,
        _version(begin="counts, sentences = {}, [[x for s in sentences for x in s]]"),
    ),
    Candidate(
        "sentences",
        True,
        _version(
            begin="counts = {}\nsentences = list(sentences)\nif len(sentences) > 1:\n"
            "    sentences = [sentences[0], *sentences[:-1]]"
        ),
    ),
    Candidate("counts", True, _version(count="row[w[i + n - 1]] = 1")),
    Candidate(
        "counts", True, _version(count="row[w[i + n - 1]] = min(2, row.get(w[i + n - 1], 0) + 1)")
    ),
    Candidate("more", True, _version(starts="n")),
    Candidate("more", True, _version(ends="2")),
    # wrong only for n = 1
    Candidate("unigrams", True, _version(starts="max(1, n - 1)")),
    Candidate("unigrams", True, _version(ends="min(1, n - 1)")),
    # wrong only for n > 3
    Candidate("long", True, _version(starts="min(2, n - 1)")),
    Candidate("long", True, _version(context="w[max(i, i + n - 3) : i + n - 1]")),
    # wrong only where a sentence is empty
    Candidate("empty", True, _version(begin="counts, sentences = {}, [s for s in sentences if s]")),
    Candidate("empty", True, _version(first="if not s:\n        break")),
    Candidate("empty", True, _version(ends="1 if s else 2")),
    # right counts, wrong manners
    Candidate(
        "changes",
        True,
        _version(
            end="for s in sentences:\n    if isinstance(s, list):\n        s.append('</s>')\nreturn counts"
        ),
    ),
    Candidate(
        "changes",
        True,
        _version(
            end="if isinstance(sentences, list) and sentences:\n    sentences.pop()\nreturn counts"
        ),
    ),
    Candidate(
        "raises",
        True,
        _version(first="if not s:\n        raise ValueError('an empty sentence')"),
    ),
    Candidate("raises", True, _version(begin="counts = {}\nif n == 1:\n    raise ValueError('n')")),
    Candidate("raises", True, _version(first="s[1]", begin="counts = {}")),
    Candidate("kind", True, _version(end="return list(counts.items())")),
    Candidate(
        "kind",
        True,
        _version(end="return {(*c, x): m for c, row in counts.items() for x, m in row.items()}"),
    ),
    Candidate("kind", True, _version(end="return {' '.join(c): row for c, row in counts.items()}")),
    Candidate(
        "kind",
        True,
        _version(end="return {c[0] if n == 2 else c: row for c, row in counts.items()}"),
    ),
    Candidate("memory", True, _version(begin=KEEP)),
    Candidate(
        "memory",
        True,
        _version(
            begin="kept = count_ngrams.__dict__.setdefault('kept', {})\ncounts = kept.setdefault(n, {})"
        ),
    ),
]

OWN = "counts = own(sentences, n)\n"

PUBLIC = [
    Candidate("right", False, "return own(sentences, n)"),
    Candidate("subclass", False, OWN + "return {c: Counter(row) for c, row in counts.items()}"),
    Candidate("order", False, OWN + "return dict(reversed(list(counts.items())))"),
    Candidate("rule", True, "return {}"),
    Candidate("rule", True, "return own(sentences, n + 1)"),
    Candidate("rule", True, "return own([s[::-1] for s in sentences], n)"),
    Candidate("rule", True, "return own([s[1:] for s in sentences], n)"),
    Candidate("sentences", True, "return own([sum(map(list, sentences), [])], n)"),
    Candidate(
        "counts", True, OWN + "return {c: dict.fromkeys(row, 1) for c, row in counts.items()}"
    ),
    Candidate("more", True, "return own([[*s, '</s>'] for s in sentences], n)"),
    Candidate("unigrams", True, "return own([['<s>', *s] if n == 1 else s for s in sentences], n)"),
    Candidate("unigrams", True, OWN + "return {} if n == 1 else counts"),
    Candidate("long", True, "return own(sentences, min(n, 3))"),
    Candidate("long", True, OWN + "return {c[-2:]: row for c, row in counts.items()}"),
    Candidate("empty", True, "return own([s for s in sentences if s], n)"),
    Candidate("empty", True, "return own(sentences, n) if all(sentences) else {}"),
    Candidate("changes", True, OWN + "for s in sentences:\n    s.append('</s>')\nreturn counts"),
    Candidate("changes", True, OWN + "sentences.clear()\nreturn counts"),
    Candidate(
        "raises", True, "if [] in sentences:\n    raise IndexError\nreturn own(sentences, n)"
    ),
    Candidate("raises", True, "if n == 1:\n    raise ValueError\nreturn own(sentences, n)"),
    Candidate("kind", True, "return list(own(sentences, n).items())"),
    Candidate("kind", True, OWN + "return {' '.join(c): row for c, row in counts.items()}"),
    Candidate(
        "memory",
        True,
        "kept = count_ngrams.__dict__.setdefault('kept', [])\nkept += sentences\nreturn own(kept, n)",
    ),
]
