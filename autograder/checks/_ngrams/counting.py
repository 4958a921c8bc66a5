"""ngrams.count_ngrams: which words follow a context, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from autograder.check import Case, Check, Misconception
from autograder.checks._ngrams.drawing import some_sentences, some_words, telling_cases
from course_utils.ngrams import count_ngrams


def _windows(tokens, n):
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def _table(windows):
    counts: dict = {}
    for *context, word in windows:
        row = counts.setdefault(tuple(context), {})
        row[word] = row.get(word, 0) + 1
    return counts


def _padded(sentences, n, *, starts=None, ends=1):
    starts = n - 1 if starts is None else starts
    return [["<s>"] * starts + list(s) + ["</s>"] * ends for s in sentences]


def _counted(sentences, n, **padding):
    return _table(w for s in _padded(sentences, n, **padding) for w in _windows(s, n))


def across_sentences(sentences, n):
    return _table(_windows([w for s in _padded(sentences, n) for w in s], n))


def one_long_text(sentences, n):
    return _counted([[word for sentence in sentences for word in sentence]], n)


def no_end(sentences, n):
    return _counted(sentences, n, ends=0)


def no_start(sentences, n):
    return _counted(sentences, n, starts=0)


def one_start(sentences, n):
    return _counted(sentences, n, starts=min(1, n - 1))


def start_predicted(sentences, n):
    return _counted(sentences, n, starts=n)


def start_in_unigrams(sentences, n):
    return _counted(sentences, n, starts=max(1, n - 1))


def many_ends(sentences, n):
    return _counted(sentences, n, ends=max(1, n - 1))


def context_of_n(sentences, n):
    return count_ngrams(sentences, n + 1)


def seen_or_not(sentences, n):
    return {c: dict.fromkeys(row, 1) for c, row in count_ngrams(sentences, n).items()}


def flat(sentences, n):
    table = count_ngrams(sentences, n)
    return {(*context, word): m for context, row in table.items() for word, m in row.items()}


def bare_context(sentences, n):
    return {c[0] if len(c) == 1 else c: row for c, row in count_ngrams(sentences, n).items()}


def reversed_context(sentences, n):
    return {context[::-1]: row for context, row in count_ngrams(sentences, n).items()}


def predecessors(sentences, n):
    return _table((*w[1:], w[0]) for s in _padded(sentences, n) for w in _windows(s, n))


def only_last_sentence(sentences, n):
    return count_ngrams(sentences[-1:], n)


def no_overlap(sentences, n):
    return _table(w for s in _padded(sentences, n) for w in _windows(s, n)[::n])


def equal_once(sentences, n):
    return count_ngrams(dict.fromkeys(map(tuple, sentences)), n)


def empty_skipped(sentences, n):
    return count_ngrams([sentence for sentence in sentences if sentence], n)


def fractions(sentences, n):
    table = count_ngrams(sentences, n)
    return {c: {w: m / sum(row.values()) for w, m in row.items()} for c, row in table.items()}


def by_defaultdict(sentences, n):
    counts: dict = defaultdict(lambda: defaultdict(int))
    for sentence in sentences:
        words = ("<s>",) * (n - 1) + tuple(sentence) + ("</s>",)
        for i in range(n - 1, len(words)):
            counts[words[i - n + 1 : i]][words[i]] += 1
    return counts


def by_counters(sentences, n):
    windows: Counter = Counter()
    for words in _padded(sentences, n):
        windows.update(zip(*(words[i:] for i in range(n)), strict=False))
    counts: dict = defaultdict(Counter)
    for window, count in reversed(windows.items()):
        counts[window[:-1]][window[-1]] = np.int64(count)
    return counts


def by_context_then_word(sentences, n):
    windows = [w for s in _padded(sentences, n) for w in _windows(s, n)]
    followers: dict = {}
    for window in windows:
        followers.setdefault(window[:-1], []).append(window[-1])
    return {context: {w: ws.count(w) for w in set(ws)} for context, ws in followers.items()}


def draw(rng: np.random.Generator) -> list[Case]:
    words = some_words(rng, 5)

    def corpus(*lengths: int) -> list[list[str]]:
        return some_sentences(rng, rng.permutation(lengths).tolist(), words)

    said_again = corpus(5, 4, 2)
    said_again.insert(2, said_again[1])
    return [
        Case((said_again, 2), "value"),
        Case((corpus(7, 3, 6, 1), 3), "value"),
        Case((corpus(19, 11, 14, 3, 8), 2), "value"),
        Case((corpus(4, 3, 6), 1), "unigrams"),
        Case((corpus(3, 7, 2), 5), "long"),
        Case((corpus(9, 0, 4), 4), "empty"),
        Case((corpus(2, 0, 0), 2), "empty"),
        Case(([], 3), "empty"),
    ]


COUNT: Check = Check(
    exercise="ngrams.count_ngrams",
    properties={
        "value": "counts, for every context of n − 1 words, the words that follow it",
        "unigrams": "has the empty tuple as its only context when n = 1",
        "long": "pads with n − 1 times <s>, also where that is longer than the sentence",
        "empty": "counts the </s> of an empty sentence, and gives {} for no sentences",
    },
    cases=telling_cases(lambda: COUNT, draw),
    expect=count_ngrams,
    accepts=[by_defaultdict, by_counters, by_context_then_word],
    misconceptions=[
        Misconception(
            "across sentence ends",
            across_sentences,
            "Some n-grams begin in one sentence and end in the next. Start afresh with every sentence: "
            "nobody says </s> and then, in one breath, the next <s>.",
        ),
        Misconception(
            "one long text",
            one_long_text,
            "The sentences are joined to one long text, with <s> only before the first and </s> only "
            "after the last. Pad and count each sentence by itself.",
        ),
        Misconception(
            "no end",
            no_end,
            "The </s> is missing. Without it the model never learns where sentences end, and could "
            "never stop talking. Put one </s> after each sentence.",
        ),
        Misconception(
            "no start",
            no_start,
            "The <s> are missing. The first words of a sentence need a context too: n − 1 times <s>.",
        ),
        Misconception(
            "one start for any n",
            one_start,
            "There is one <s> whatever n is. The first word of a sentence needs n − 1 words before it, "
            "so a trigram model needs two.",
        ),
        Misconception(
            "start predicted",
            start_predicted,
            "There is one <s> too many, so that <s> itself is counted as a next word. It is given, "
            "never predicted: n − 1 of them are enough.",
        ),
        Misconception(
            "start among the unigrams",
            start_in_unigrams,
            "For n = 1 the symbol <s> is counted as a word. A unigram has no context, so there is "
            "nothing to pad: n − 1 is 0.",
        ),
        Misconception(
            "many ends",
            many_ends,
            "There are n − 1 times </s> after a sentence. Once is enough: after </s> nothing is "
            "predicted any more.",
        ),
        Misconception(
            "context of n words",
            context_of_n,
            "The contexts have n words. An n-gram is n words in all: n − 1 of context, and the next.",
        ),
        Misconception(
            "seen or not",
            seen_or_not,
            "All counts are 1. Add 1 each time a word follows its context, also the second time.",
        ),
        Misconception(
            "one flat table",
            flat,
            "The keys are whole n-grams. Make it a table of tables: counts[context][word].",
        ),
        Misconception(
            "a word for a context",
            bare_context,
            "The context of a bigram is the word itself here. It is a tuple for every n, also for one "
            "word: ('cows',), with the comma.",
        ),
        Misconception(
            "context reversed",
            reversed_context,
            "The contexts are back to front. Keep the words in the order in which they were said.",
        ),
        Misconception(
            "predecessors",
            predecessors,
            "This counts which word stands before n − 1 others. Count which word comes after them.",
        ),
        Misconception(
            "only the last sentence",
            only_last_sentence,
            "Only the last sentence is counted. Make the empty table once, before the loop.",
        ),
        Misconception(
            "no overlap",
            no_overlap,
            "After an n-gram this goes on n words further. Go on by one word: each word is predicted "
            "once, and n-grams overlap.",
        ),
        Misconception(
            "equal sentences counted once",
            equal_once,
            "A sentence that is said again is not counted again (a set or a dict keeps it once). What is "
            "said twice counts twice.",
        ),
        Misconception(
            "empty sentences skipped",
            empty_skipped,
            "Empty sentences are skipped. An empty sentence still ends: it yields one </s>.",
        ),
        Misconception(
            "probabilities for counts",
            fractions,
            "These are probabilities. Keep the counts; dividing them comes in the next exercise.",
        ),
    ],
)
