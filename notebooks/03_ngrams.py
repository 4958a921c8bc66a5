# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # n-grams: a language model that counts
#
# When you are done you can
#
# - define a probability for every sentence, and learn it by counting;
# - write like Shakespeare (a little) by rolling dice;
# - measure how good a language model is, and say why the naive one is useless on the next book;
# - correct spelling with a *noisy channel*, word by word and sentence by sentence;
# - say in which sense models were large before 2017, and in which they were not.
#
# **About 120 minutes · 44 points:** 40 checked by a program, 4 by a person.
#
# **You need:** dictionaries in Python, logarithms, conditional probability; unit 1 for one test.

# %%
import sys
from collections import Counter
from math import exp, inf, log

import matplotlib
import numpy as np
from IPython.display import Markdown, display

from course_utils.data import DataError
from course_utils.figures import explore, explore_text, spelling
from course_utils.figures import ngrams as figures
from course_utils.ngrams.history import COWS, GOOGLE_NGRAMS, GOOGLE_TOKENS, LANGUAGE_MODELS
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · matplotlib {matplotlib.__version__}")

# %% [markdown]
# ## 1 What is a language model?
#
# A language model gives every sequence of words a probability: $p(w_1, w_2, \dots, w_T)$. That is
# all. It sounds like little. But whoever can say how probable each continuation is, can choose
# between "recognise speech" and "wreck a nice beach", can finish your sentence, and can write.

# %% [markdown]
# There are too many sequences to store a number for each. So take them apart, word by word:
#
# $$p(w_1, \dots, w_T) = \prod_{t=1}^{T} p(w_t \mid w_1, \dots, w_{t-1})$$
#
# This is always true (at $t = 1$ there is nothing behind the bar). The **n-gram model** adds one
# assumption: only the last $n-1$ words matter. With $n = 3$ (a *trigram*), $p(w_t \mid w_{t-2},
# w_{t-1})$.
#
# The assumption is false. You are using words from the first line of this section to understand the
# last one. Let us see how far one gets with it.

# %% [markdown]
# ### What do cows eat?
#
# Where do the probabilities come from? From counting. Imagine that this is all we ever
# found on the web:

# %%
SNIPPETS = [snippet.split() for snippet in COWS]
print("\n".join(COWS))

# %% [markdown]
# **Predict.** What is $p(w \mid \text{cows}, \text{eat})$ for *corn*, *grass*, *hay*, and for
# *zebra*? Note it down. After two exercises your own functions will say.
#
# ### Sentences have ends
#
# Two things have to be settled before counting. How does a sentence begin? The first word has no
# words before it. So put $n-1$ times the mark `<s>` in front. And how does it *end*? A model that
# never says stop would never stop. So put one `</s>` behind, and count it like a word.
#
# `<s>` is only ever part of a context: nobody has to predict it. And each sentence stands alone: no
# n-gram reaches from one into the next.

# %% [markdown]
# ### Exercise 1: count (3 points)
#
# Return a dictionary: each **context** (the tuple of the $n-1$ words before) leads to a dictionary
# of the words that followed it, with their counts.
#
# Worked number, $n = 2$, two sentences *cows eat* and *cows moo*:
#
# `{("<s>",): {"cows": 2}, ("cows",): {"eat": 1, "moo": 1}, ("eat",): {"</s>": 1}, ("moo",):
# {"</s>": 1}}`
#
# For $n = 1$ the only context is the empty tuple `()`. An empty sentence still has its end. No
# sentences give `{}`.


# %% nbgrader={"grade": false, "grade_id": "count_ngrams", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_ngrams(sentences, n: int) -> dict:
    """Return {context: {word: count}} over all sentences.

    sentences: a list of sentences, each a list of words.
    n: at least 1; contexts are tuples of n - 1 words.
    """
    ### BEGIN SOLUTION
    counts = {}
    for sentence in sentences:
        padded = ["<s>"] * (n - 1) + list(sentence) + ["</s>"]
        for i in range(n - 1, len(padded)):
            row = counts.setdefault(tuple(padded[i - n + 1 : i]), {})
            row[padded[i]] = row.get(padded[i], 0) + 1
    return counts
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.count_ngrams", count_ngrams)

# %% nbgrader={"grade": true, "grade_id": "check-count_ngrams", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.count_ngrams", count_ngrams)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 2: from counts to probabilities (2 points)
#
# $$p(w \mid c) = \frac{\text{count}(c, w)}{\text{count}(c)}, \qquad \text{count}(c) = \sum_{w'}
# \text{count}(c, w')$$
#
# This is the **maximum likelihood** estimate: of all distributions it makes the counted text most
# probable. A context that was never seen gives 0.0. And asking a question must not change the
# counts (a `defaultdict` grows when you look into it).
#
# Worked number, with the counts of exercise 1: $p(\text{eat} \mid \text{cows}) = 1/2$.


# %% nbgrader={"grade": false, "grade_id": "ngram_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ngram_probability(counts, context, word) -> float:
    """Return the maximum likelihood probability of `word` after `context`; 0.0 for an unseen context.

    counts: from count_ngrams. context: a tuple of n - 1 words.
    """
    ### BEGIN SOLUTION
    row = counts.get(tuple(context), {})
    return row.get(word, 0) / sum(row.values()) if row else 0.0
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.ngram_probability", ngram_probability)

# %% nbgrader={"grade": true, "grade_id": "check-ngram_probability", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.ngram_probability", ngram_probability)
### END HIDDEN TESTS

# %% tags=["demo"]
counts = count_ngrams(SNIPPETS, 3)
for word in ("corn", "grass", "hay", "if", "which", "zebra"):
    p = ngram_probability(counts, ("cows", "eat"), word)
    print(f"p({word:5} | cows, eat) = {p:.4f} = {round(11 * p)}/11")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
row = counts["cows", "eat"]
assert row == {"corn": 4, "grass": 3, "hay": 2, "if": 1, "which": 1}

# %% [markdown]
# *Zebra* gets 0, and so does *clover*: the first is nearly right, the second is not. Remember this
# zero. It will come back in section 3.

# %% [markdown]
# ### Exercise 3: find the bug (4 points)
#
# It is easy to count something else than you think you do, and nothing crashes. So write a test:
# `candidate` is somebody's version of `count_ngrams`; return `True` if it is wrong.
#
# Legal are all lists of sentences, empty ones too, and every $n \ge 1$. Wrong is also: an exception
# on legal input, changed arguments, or to remember an earlier call. A `Counter` or `defaultdict` in
# place of a `dict` is right, and the order does not matter. Your tester must not raise, and it is
# graded on candidates that you have not seen. Which sentences would show n-grams across sentence
# ends? A missing `</s>`? One `<s>` where a trigram needs two?


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_ngrams", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_ngrams(candidate) -> bool:
    """Return True when the candidate is a wrong version of count_ngrams.

    candidate: called as candidate(sentences, n).
    """
    ### BEGIN SOLUTION
    corpora = [
        [["a", "b", "a", "b", "c"], ["b", "a"], ["c"]],
        [["a"], [], ["a"]],
        [["x", "x", "x", "x"]],
        [["The", "cows", "eat"], ["cows", "eat", "the", "corn"], ["eat", "."]],
        [],
    ]
    for corpus in corpora:
        for n in (1, 2, 3, 4):
            windows = Counter()
            for sentence in corpus:
                padded = ["<s>"] * (n - 1) + sentence + ["</s>"]
                windows.update(tuple(padded[i : i + n]) for i in range(len(padded) - n + 1))
            handed_over = [list(sentence) for sentence in corpus]
            try:
                answer = candidate(handed_over, n)
                flat = {(*c, w): k for c, row in answer.items() for w, k in row.items()}
                if flat != windows or not all(answer.values()) or handed_over != corpus:
                    return True
            except Exception:
                return True
    return False
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.find_the_bug_ngrams", find_the_bug_ngrams, own=count_ngrams)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_ngrams", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.find_the_bug_ngrams", find_the_bug_ngrams)
### END HIDDEN TESTS

# %% [markdown]
# ## 2 Writing with dice
#
# A distribution is a die with as many faces as there are words, each as wide as its probability. To
# write: take the die that belongs to the last words, roll it, write down the word, take the next
# die.
#
# How does a computer roll a die of 50 000 faces? Lay the faces end to end on a line from 0 to 1.
# Draw a number $u$ that is equally likely to be anywhere in $[0, 1)$. The face it falls on is drawn.

# %% [markdown]
# ### Exercise 4: one roll (2 points)
#
# Return the first word, in the order of the dictionary, whose **cumulative** probability (its own
# and all before it) is *more than* $u$. At a boundary, then, the next word is drawn. Rounding may
# leave $u$ above the sum of everything: then return the last word.
#
# Worked number: corn 0.5, grass 0.25, hay 0.25. $u = 0.49$ gives corn, $u = 0.5$ grass.


# %% nbgrader={"grade": false, "grade_id": "sample_word", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sample_word(distribution, u: float):
    """Return the word that u falls on.

    distribution: {word: probability}, summing to 1 up to rounding. u: in [0, 1).
    """
    ### BEGIN SOLUTION
    total = 0.0
    for word, p in distribution.items():
        total += p
        if u < total:
            return word
    return word  # rounding left u above the sum
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.sample_word", sample_word)

# %% nbgrader={"grade": true, "grade_id": "check-sample_word", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.sample_word", sample_word)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** The die of the cows (*corn* 4/11, *grass* 3/11, *hay* 2/11, *if* and *which* 1/11 each) is rolled,
# and $u = 0.70$. Which word comes? Then move the slider.

# %% tags=["demo"]
COW_DIE = {"corn": 4 / 11, "grass": 3 / 11, "hay": 2 / 11, "if": 1 / 11, "which": 1 / 11}


def draw_die(u=0.70):
    return figures.weighted_die(COW_DIE, u, sample_word(COW_DIE, u))


explore(draw_die, u=(0.0, 0.999, 0.001))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose(
    np.cumsum(list(COW_DIE.values())), [0.3636, 0.6364, 0.8182, 0.9091, 1], atol=5e-5
)
assert round(exp(-sum(p * log(p) for p in COW_DIE.values())), 4) == 4.3412

# %% [markdown]
# ### Exercise 5: a sentence (3 points)
#
# Begin with the context of $n-1$ times `<s>`. For each number in `uniforms` roll the die of the
# context, append the word, move the context on by one word. Stop at `</s>` (its roll has used a
# number too) or when the numbers run out. Return the words, without `<s>` and `</s>`.
#
# The faces lie in the order of the counts. Worked number, $n = 2$, again *cows eat* and *cows moo*:
# `[0.9, 0.7, 0.2, 0.5]` gives `["cows", "moo"]`. The third number drew `</s>`, the fourth is not
# used.


# %% nbgrader={"grade": false, "grade_id": "generate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def generate(counts, n: int, uniforms) -> list:
    """Return a generated sentence: one word for each number, until </s> or the numbers run out.

    counts: from count_ngrams with the same n. uniforms: numbers in [0, 1).
    """
    ### BEGIN SOLUTION
    words, context = [], ("<s>",) * (n - 1)
    for u in uniforms:
        row = counts[context]
        total = sum(row.values())
        word = sample_word({w: count / total for w, count in row.items()}, u)
        if word == "</s>":
            break
        words.append(word)
        context = (*context, word)[1:]
    return words
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.generate", generate)

# %% nbgrader={"grade": true, "grade_id": "check-generate", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.generate", generate)
### END HIDDEN TESTS

# %% [markdown]
# ### Shakespeare
#
# Now a text worth imitating: his plays and poems, without speakers' names and stage directions, in
# lower case. A word or a punctuation mark is a **token**: the model does not tell them apart. Four
# plays (*Twelfth Night*, *The Winter's Tale*, *King John*, *Macbeth*) are put aside: nothing will
# be counted there.

# %% tags=["demo"]
from course_utils.data.shakespeare import load_shakespeare, sentences, split_shakespeare

try:
    written, put_aside = split_shakespeare(load_shakespeare())
except DataError as missing:
    written = put_aside = {}
    print(f"Shakespeare is not on this machine; the cows will have to do. {missing}")
TRAIN = [s for text in written.values() for s in sentences(text)] or SNIPPETS
NEW = [s for text in put_aside.values() for s in sentences(text)] or [["what", "do", "cows", "eat"]]
COMEDIES = [s for text in list(written.values())[:10] for s in sentences(text)] or SNIPPETS
for name, some in (("to count", TRAIN), ("put aside", NEW), ("ten comedies", COMEDIES)):
    print(f"{name:13}{len(some):7,} sentences, {sum(map(len, some)):9,} words and marks")

# %% [markdown]
# **Predict.** We let your functions write with $n = 1$ to $5$, at most 25 tokens each, from the ten
# comedies. From which $n$ on will you take it for Shakespeare? And why might that be no merit?

# %% tags=["demo"]
models = {n: count_ngrams(COMEDIES, n) for n in range(1, 6)}
rng = np.random.default_rng(28)
samples = {n: [" ".join(generate(models[n], n, rng.random(25))) for _ in range(4)] for n in models}
table = ["| " + " | ".join(f"n = {n}" for n in samples) + " |", "|" + "---|" * len(samples)]
table += ["| " + " | ".join(row) + " |" for row in zip(*samples.values())]
display(Markdown("\n".join(table)))

# %% [markdown]
# With $n = 1$ a bag of words, with $n = 3$ nearly sentences, with $n = 5$ Shakespeare. *Is* it
# Shakespeare? Let us generate 400 more for each $n$, and count how many stand in the comedies
# word for word. Only those of eight tokens and more: a short one is soon hit by chance.
#
# **Predict.** How many of 100 for $n = 5$?

# %% tags=["demo"]
known = {" ".join(sentence) for sentence in COMEDIES}
for n in (2, 3, 4, 5):
    counts = count_ngrams(COMEDIES, n)
    rng = np.random.default_rng(1)
    drawn = [generate(counts, n, rng.random(60)) for _ in range(400)]
    long = [" ".join(sentence) for sentence in drawn if len(sentence) >= 8]
    copied = np.mean([sentence in known for sentence in long])
    words = np.mean([len(row) for row in counts.values()])
    print(
        f"n = {n}: {copied:4.0%} of {len(long)} are copied; {words:.2f} different words follow a context"
    )

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert not written or (0.6 < copied < 0.75 and words < 1.15)
once = np.mean([sum(row.values()) == 1 for row in counts.values()])
assert not written or round(once, 2) == 0.95

# %% [markdown]
# With $n = 5$ two of three are copies: 95 % of the contexts were seen only once, so nearly every die
# has one face. The model has learned the plays by heart. To *sound* right and to have *understood*
# how sentences are made are two things. Unit 8 asks the same of large models.

# %% [markdown]
# ## 3 How good is a language model?
#
# A good model is not surprised by real text: it gives it a high probability. The probability of a
# long text is a product of many small numbers, and a computer rounds it to 0 after one or two
# hundred words. So add logarithms.
#
# ### Exercise 6: the log probability of a sentence (3 points)
#
# $$\log p(w_1 \dots w_T) = \sum_{t=1}^{T+1} \log p(w_t \mid \text{context}), \qquad w_{T+1} =
# \texttt{</s>}$$
#
# Natural logarithm, the end included. If something was never seen the probability is 0 and its
# logarithm $-\infty$: return `-inf`. Worked number: under the bigrams of *cows eat* and *cows moo*
# the sentence *cows eat* has $\log(1 \cdot \frac12 \cdot 1) = -0.693$.


# %% nbgrader={"grade": false, "grade_id": "sentence_log_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sentence_log_probability(counts, n: int, sentence) -> float:
    """Return the natural log of the probability of a sentence, </s> included; -inf when unseen.

    counts: {context: {word: count}}, contexts of n - 1 words.
    """
    ### BEGIN SOLUTION
    total, context = 0.0, ("<s>",) * (n - 1)
    for word in [*sentence, "</s>"]:
        p = ngram_probability(counts, context, word)
        if p == 0:
            return -inf
        total += log(p)
        context = (*context, word)[1:]
    return total
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.sentence_log_probability", sentence_log_probability)

# %% nbgrader={"grade": true, "grade_id": "check-sentence_log_probability", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.sentence_log_probability", sentence_log_probability)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7: perplexity (3 points)
#
# Longer texts are less probable under almost any model. So divide by the number of predicted tokens
# $N$ (all words and every `</s>`), and turn the logarithm back:
#
# $$\text{perplexity} = \exp\Big(-\frac1N \sum_{\text{sentences}} \log p(\text{sentence})\Big)$$
#
# Worked number: *cows eat* and *cows moo* under their own bigrams: $\exp(2 \cdot 0.693 / 6) = 1.26$.
# Something unseen gives `inf`. There is always at least one sentence.
#
# A perplexity of 6 means: on average as unsure as before a fair die with 6 faces. The die of the
# cows, rolled by its own probabilities, has 4.34: five faces, but not equally likely.


# %% nbgrader={"grade": false, "grade_id": "perplexity", "locked": false, "schema_version": 3, "solution": true, "task": false}
def perplexity(counts, n: int, sentences) -> float:
    """Return exp(-total log probability / number of predicted tokens); inf when something is unseen.

    counts: {context: {word: count}}, contexts of n - 1 words. sentences: lists of words.
    """
    ### BEGIN SOLUTION
    total = sum(sentence_log_probability(counts, n, sentence) for sentence in sentences)
    return exp(-total / sum(len(sentence) + 1 for sentence in sentences))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.perplexity", perplexity)

# %% nbgrader={"grade": true, "grade_id": "check-perplexity", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.perplexity", perplexity)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** The perplexity of $n = 1, 2, 3, 4$ on 500 sentences of the comedies that were counted,
# and on 500 of *Twelfth Night*, which was put aside.

# %% tags=["demo"]
for n in (1, 2, 3, 4):
    counts = count_ngrams(COMEDIES, n)
    new = [sentence_log_probability(counts, n, sentence) for sentence in NEW[:500]]
    print(f"n = {n}: counted {perplexity(counts, n, COMEDIES[:500]):7.1f},", end=" ")
    print(f"new {perplexity(counts, n, NEW[:500])};", end=" ")
    print(f"{np.mean(np.isinf(new)):.1%} of the new sentences are 'impossible'")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert not written or (
    np.mean(np.isinf(new)) > 0.95 and perplexity(counts, 4, COMEDIES[:500]) < 3.5
)

# %% [markdown]
# On what was counted, the perplexity falls and falls: almost no surprise is left. On a new play it
# is infinite for every $n$, because one unseen n-gram is enough. Here is the zero of section 1.
#
# ## 4 Something for what was never seen
#
# Is this only because we counted too little? Look at how words are distributed in all the texts that
# we may count.
#
# **Predict.** How many of 100 *different* words occur only once in them? And will a reader at some
# point have met every word?

# %% tags=["demo"]
figures.zipf_and_heaps([word for sentence in TRAIN for word in sentence])

# %% [markdown]
# Left, *Zipf's law*: the word of rank $r$ is roughly $r$ times as rare as the first. Few words are
# very frequent, most are rare. Right, *Heaps' law*: new words come more and more slowly, but they do
# not stop coming. With triples it is worse: of the trigrams of the four new plays, 59 % do not occur
# in these 900 000 tokens. Counting more does not help enough. So the model must be taught modesty,
# which is called **smoothing**.

# %% [markdown]
# ### Exercise 8: pretend (3 points)
#
# **Add k**: pretend to have seen each of the $V$ words $k$ times more after every context:
#
# $$p(w \mid c) = \frac{\text{count}(c, w) + k}{\text{count}(c) + k V}$$
#
# $V$ is the size of the vocabulary that is handed in, and $k > 0$. `</s>` is in it (it can come
# next), `<s>` is not. After an unseen context every word gets $1/V$. Worked number: after *a* came
# *a* once, vocabulary {a, `</s>`}, $k = 0.5$: $p(\texttt{</s>} \mid a) = (0 + 0.5)/(1 + 0.5 \cdot
# 2) = 0.25$.


# %% nbgrader={"grade": false, "grade_id": "add_k_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def add_k_probability(counts, context, word, k: float, vocabulary) -> float:
    """Return (count(context, word) + k) / (count(context) + k V), V = len(vocabulary).

    counts: {context: {word: count}}.
    """
    ### BEGIN SOLUTION
    row = counts.get(tuple(context), {})
    return (row.get(word, 0) + k) / (sum(row.values()) + k * len(vocabulary))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.add_k_probability", add_k_probability)

# %% nbgrader={"grade": true, "grade_id": "check-add_k_probability", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.add_k_probability", add_k_probability)
### END HIDDEN TESTS

# %% [markdown]
# What remains is the word that is not even in the vocabulary. The usual trick: words that occur only
# once are replaced by the mark `<unk>`, in the counted texts too, so that the model learns how often
# something unknown comes. Then every new word is `<unk>`.

# %% tags=["demo"]
from course_utils.ngrams.fast_model import FastNgramModel, vocabulary_of, with_unknown

VOCABULARY = vocabulary_of(TRAIN, min_count=2)
TRAIN_UNK, NEW_UNK = with_unknown(TRAIN, VOCABULARY), with_unknown(NEW, VOCABULARY)
print(
    f"{len(VOCABULARY):,} in the vocabulary, with </s> and <unk>; {np.mean([w == '<unk>' for s in NEW_UNK for w in s]):.1%} of the new text is <unk>"
)

# %% [markdown]
# **Predict.** Trigrams with add $k$: which $k$ is best on the first 300 new sentences, 1, 0.1, 0.01
# or 0.001? And will the best trigram model beat the best bigram model?

# %% tags=["demo"]
for n in (2, 3):
    counts = count_ngrams(TRAIN_UNK, n)
    for k in (1, 0.1, 0.01, 0.001):
        total, tokens = 0.0, 0
        for sentence in NEW_UNK[:300]:
            context = ("<s>",) * (n - 1)
            for word in [*sentence, "</s>"]:
                total += log(add_k_probability(counts, context, word, k, VOCABULARY))
                context = (*context, word)[1:]
            tokens += len(sentence) + 1
        print(f"n = {n}, k = {k:5}: perplexity {exp(-total / tokens):8.1f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if written:
    assert round(exp(-total / tokens)) == 846
    assert not {"wales", "whatsoe'er"} & counts["king", "of"].keys()
    assert {"wales", "whatsoe'er"} <= VOCABULARY

# %% [markdown]
# Finite at last, but the trigram is *worse* than the bigram. Add $k$ treats all unseen words alike:
# after *king of*, the words *wales* and *whatsoe'er* never came, and get the same $k$. A better
# idea: where the trigram knows nothing, ask the bigram, and where that knows nothing, the unigram.

# %% [markdown]
# ### Exercise 9: mix (3 points)
#
# **Interpolation** takes a weighted mean of all orders:
#
# $$p(w \mid c) = \sum_{i=1}^{N} \lambda_i \; p_i(w \mid \text{the last } i - 1 \text{ words of } c)$$
#
# with weights that sum to 1 (off by more than 1e-6: `ValueError`). `models[0]` holds the unigram
# counts. An order that never saw its context contributes 0. (Then the probabilities of all words sum
# to less than 1: the model does itself an injustice, and no favour.)
#
# Worked number: $p_1(a) = 0.75$, $p_2(a \mid b) = 1$, weights 0.5 and 0.5: 0.875.


# %% nbgrader={"grade": false, "grade_id": "interpolated_probability", "locked": false, "schema_version": 3, "solution": true, "task": false}
def interpolated_probability(models, weights, context, word) -> float:
    """Return the weighted mean of the probabilities of all orders.

    models: counts for n = 1 ... N. weights: N numbers that sum to 1, else ValueError.
    context: at least N - 1 words, the nearest last.
    """
    ### BEGIN SOLUTION
    if abs(sum(weights) - 1) > 1e-6:
        raise ValueError(f"weights sum to {sum(weights)}, not to 1")
    context = tuple(context)
    return sum(
        weight * ngram_probability(counts, context[len(context) - i :], word)
        for i, (counts, weight) in enumerate(zip(models, weights))
    )
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.interpolated_probability", interpolated_probability)

# %% nbgrader={"grade": true, "grade_id": "check-interpolated_probability", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.interpolated_probability", interpolated_probability)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** The best trigram with add $k$ had 846, the best bigram 186. What will a mix of 25 %
# unigram, 60 % bigram and 15 % trigram have?

# %% tags=["demo"]
models = [count_ngrams(TRAIN_UNK, n) for n in (1, 2, 3)]
for weights in ([1, 0, 0], [0.3, 0.7, 0], [0.25, 0.6, 0.15]):
    total, tokens = 0.0, 0
    for sentence in NEW_UNK[:300]:
        padded = ["<s>", "<s>", *sentence, "</s>"]
        for i in range(2, len(padded)):
            total += log(
                interpolated_probability(models, weights, padded[i - 2 : i], padded[i]) or 1e-12
            )
        tokens += len(sentence) + 1
    print(f"weights {weights}: perplexity {exp(-total / tokens):6.1f}")

# %% [markdown]
# From 846 (trigram) or 186 (bigram) with add $k$ to 131, on the same sentences, without a single new
# word of data. That is what a better idea is worth. (Two cautions: the weights came out of the blue,
# and the first scenes happen to be easy. The next section learns the weights, and takes more plays.)

# %% [markdown]
# ## 5 All of it, fast
#
# Your dictionaries are clear but slow: each token costs several steps of Python. To count a million,
# let numpy do it.
#
# Give each word a number, its **id**, from 0 to $V - 1$. A trigram is then three digits in base
# $V$, that is, *one* number: $(\text{id}_1 \cdot V + \text{id}_2) \cdot V + \text{id}_3$. Counting
# trigrams has become counting equal numbers, and `np.unique(…, return_counts=True)` does that by
# sorting.

# %% [markdown]
# ### Exercise 10: count without a loop (4 points)
#
# `ids` is one long sequence, without sentences and padding; $V$ is its largest id plus 1. Return the
# distinct n-grams, shape $(M, n)$, rows in lexicographic order (sorted by the first id, then the
# second …), and their counts. For $T < n$ both are empty: shapes $(0, n)$ and $(0,)$.
#
# `int64` ends at $2^{63} - 1$. When $V^n$ is more, raise `ValueError`, however short `ids` is and
# whatever your method: wrong counts would look like counts. (Python's own integers have no end:
# compute $V^n$ with them.)
#
# Worked number: ids 1, 2, 1, 2, 0 and $n = 2$ give [[1, 2], [2, 0], [2, 1]] and [2, 1, 1].


# %% nbgrader={"grade": false, "grade_id": "count_ngrams_fast", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_ngrams_fast(ids, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct n-grams (M, n), rows in lexicographic order, and their counts (M,).

    ids: shape (T,), integers from 0. V = largest id + 1; V**n > 2**63 - 1 is a ValueError.
    """
    ### BEGIN SOLUTION
    ids = np.asarray(ids, dtype=np.int64)
    V = int(ids.max()) + 1 if len(ids) else 1
    if V**n > 2**63 - 1:
        raise ValueError(f"{V}**{n} does not fit into 64 bits")
    T = max(len(ids) - n + 1, 0)
    codes = np.zeros(T, dtype=np.int64)
    for i in range(n):
        codes = codes * V + ids[i : i + T]
    codes, counts = np.unique(codes, return_counts=True)
    ngrams = np.empty((len(codes), n), dtype=np.int64)
    for i in reversed(range(n)):
        codes, ngrams[:, i] = np.divmod(codes, V)
    return ngrams, counts
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.count_ngrams_fast", count_ngrams_fast)

# %% nbgrader={"grade": true, "grade_id": "check-count_ngrams_fast", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.count_ngrams_fast", count_ngrams_fast)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** How many times faster than your first function, on all the texts to count? (To give
# the words their numbers is needed once, and not timed.)

# %% tags=["demo"]
from time import perf_counter

words = [word for sentence in TRAIN for word in [*sentence, "</s>"]]
number_of = {word: i for i, word in enumerate(dict.fromkeys(words))}
ids = np.array([number_of[word] for word in words])
names = list(number_of)
times = [perf_counter()]
ngrams, counts = count_ngrams_fast(ids, 3)
times.append(perf_counter())
count_ngrams(TRAIN, 3)
fast, slow = np.diff([*times, perf_counter()])
print(f"{len(ids):,} tokens, {len(counts):,} different trigrams; {slow / fast:.0f} times faster")
for i in np.argsort(-counts)[:5]:
    print(f"{counts[i]:6,} times  {' '.join(names[j] for j in ngrams[i])}")

# %% [markdown]
# Most of these reach across a sentence end: the price of one long array. `FastNgramModel` in
# `course_utils` stands on the same idea, but pads each sentence, and looks up a million
# probabilities with one call of `np.searchsorted` for each order. So we can mix all orders, with
# learned weights.

# %% [markdown]
# The weights are learned by **expectation maximisation**: start with equal weights; share each
# token out among the orders, by how much each adds to its probability; the mean shares are the new
# weights; repeat. No round makes the text less probable. We fit on *Twelfth Night* and measure the
# perplexity on the other three plays: whoever learns from a text must not be tested on it.
#
# **Predict.** The perplexity for $n = 1$ to $5$. From which $n$ on does it no longer fall?


# %% tags=["demo"]
def best_weights(probabilities):
    """Expectation maximisation: how much of each token does each order explain?"""
    weights = np.full(len(probabilities), 1 / len(probabilities))
    for _ in range(50):
        parts = weights[:, None] * probabilities
        weights = (parts / np.maximum(parts.sum(axis=0), 1e-300)).mean(axis=1)
    return weights / weights.sum()


# %% tags=["demo"]
model = FastNgramModel(TRAIN_UNK, 5)
FIT, TEST = NEW_UNK[:1427], NEW_UNK[1427:] or NEW_UNK  # Twelfth Night has 1427 sentences
fit, test, seen = (model.probabilities(some) for some in (FIT, TEST, TRAIN_UNK))
WEIGHTS = [best_weights(fit[:n]) for n in range(1, 6)]


def mixed(probabilities):
    return [float(np.exp(-np.log(w @ probabilities[: len(w)]).mean())) for w in WEIGHTS]


for weights, value in zip(WEIGHTS, mixed(test)):
    print(f"weights {np.round(weights, 3)} perplexity {value:.1f}")

# %% tags=["demo"]
figures.perplexity_by_order(mixed(seen), mixed(test), what="interpolated")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
fresh = mixed(test)
assert not written or [round(p) for p in fresh] == [425, 197, 191, 191, 191]
assert not written or len(FIT) == len(sentences(put_aside["Twelfth Night"]))

# %% [markdown]
# One word of memory is worth more than a factor of two, the second a few percent, the third and
# fourth nothing. For a mix with fixed weights, 900 000 tokens are too few to know what follows three
# others.

# %% [markdown]
# ### Is the trigram really better?
#
# 197 against 191 on three plays. Unit 1 asks: would this survive another choice of sentences? The
# examples are sentences, and each has a *score* under both models: its mean log probability for
# each token, in *nats*, the unit of natural logarithms. This is paired, and the test is the same as
# before, with scores in place of right and wrong.
#
# **Predict.** Is p below 0.05 for the trigram against the bigram? For the fourgram against the
# trigram? And in how many of 100 sentences does the trigram beat the bigram?

# %% tags=["demo"]
from course_utils.significance import paired_bootstrap_of_scores

ends = np.cumsum([len(sentence) + 1 for sentence in TEST])
lengths = np.diff([0, *ends])


def per_sentence(weights):
    logs = np.log(weights @ test[: len(weights)])
    return np.add.reduceat(logs, [0, *ends[:-1]]) / lengths


bigram, trigram, fourgram = (per_sentence(WEIGHTS[n - 1]) for n in (2, 3, 4))
rng = np.random.default_rng(3)
for name, a, b in (
    ("trigram better than bigram", trigram, bigram),
    ("fourgram better than trigram", fourgram, trigram),
):
    p = paired_bootstrap_of_scores(a, b, 2000, rng)
    print(f"{name}: {np.mean(a - b):+.4f} nats per token, p = {p:.4f}")

# %% tags=["demo"]
figures.score_differences(trigram - bigram, better="trigram", other="bigram")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert not written or paired_bootstrap_of_scores(trigram, bigram, 2000, rng) == 0
assert not written or 0.08 < paired_bootstrap_of_scores(fourgram, trigram, 2000, rng) < 0.16
assert not written or (round(np.mean(fourgram - trigram), 4), len(TEST)) == (0.0004, 3414)
assert not written or round(np.mean(trigram - bigram), 3) == 0.052
assert not written or round(np.mean(trigram > bigram), 2) == 0.56

# %% [markdown]
# The trigram wins only 56 % of 3414 sentences, and yet its lead is real: none of 2000 test sets was
# counted, p < 1/2000. The fourgram's lead of 0.0004 nats may be luck. (Here each sentence counts the
# same, in the perplexity each token does. So 0.052 is not $\log(197.1/191.3) = 0.030$.)
#
# Real is not large: 3 % off the perplexity. With enough data every difference becomes significant;
# look at the size, too. (Sentences of one play are not quite independent. To resample whole plays
# would be more honest, and with three plays hopeless.)

# %% [markdown]
# ## 6 The noisy channel
#
# Until 2017 language models rarely wrote. They *chose*. Somebody says a sentence $y$; what arrives
# is a distorted $x$: sound waves, French, or a misspelling. Which $y$ was it?
#
# $$\hat y = \arg\max_y\; p(y \mid x) = \arg\max_y\; \underbrace{p(x \mid y)}_{\text{channel}}\;
# \underbrace{p(y)}_{\text{language model}}$$
#
# (Bayes' rule; the $p(x)$ below the line is the same for every $y$.) The **channel** knows how
# things get distorted, the **language model** knows what people say; $p(y)$ is also called the
# *prior*, because it speaks before $x$ has arrived. Each can be learned alone, from other data. For
# speech $x$ is sound, for translation it is the foreign sentence. We take the case that fits on a
# laptop: spelling.

# %% [markdown]
# ### Exercise 11: what may have been meant (3 points)
#
# Most misspellings are one slip from the right word: one letter **deleted**, **inserted**,
# **substituted**, or two neighbours **transposed** (teh). Return all words of the lexicon that are
# at most one slip away from `word`, the word itself included if it is there.
#
# Case matters, and words may hold any characters. Two ways: try all variants of `word` and keep
# those in the lexicon, or go through the lexicon. The lexicon below has 82 834 words, so the first
# is faster. The letters to try are those of the lexicon: `letters_of` finds them, and remembers the
# answer. Worked number: "teh" with {the, ten, eh, teeth, tech}: all but *teeth*.


# %% nbgrader={"grade": false, "grade_id": "edit_candidates", "locked": false, "schema_version": 3, "solution": true, "task": false}
from functools import lru_cache


@lru_cache(maxsize=8)
def letters_of(lexicon: frozenset) -> frozenset:
    """Return all characters of a lexicon; given the same lexicon again, at once."""
    return frozenset().union(*lexicon)


def edit_candidates(word: str, lexicon) -> set[str]:
    """Return the words of the lexicon at most one deletion, insertion, substitution or
    transposition of neighbours away from `word`, and `word` itself if it is among them.
    """
    ### BEGIN SOLUTION
    known = frozenset(lexicon)  # of a frozenset: itself
    letters = letters_of(known)
    found = {word}
    for i in range(len(word) + 1):
        left, right = word[:i], word[i:]
        found |= {left + right[1:]}
        found |= {left + right[1:2] + right[:1] + right[2:]}
        found |= {left + letter + right for letter in letters}
        found |= {left + letter + right[1:] for letter in letters if right}
    return set(found & known)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.edit_candidates", edit_candidates)

# %% nbgrader={"grade": true, "grade_id": "check-edit_candidates", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.edit_candidates", edit_candidates)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 12: choose (2 points)
#
# Return the candidate with the largest $\log p(x \mid y) + \log p(y)$. On a tie the first one wins,
# also when all are $-\infty$. Without candidates raise `ValueError`.
#
# Worked number: one candidate has channel 0.2 and prior 0.01, the other 0.1 and 0.03. The second
# wins, 0.003 to 0.002: $\log 0.1 + \log 0.03 = -5.81$ is more than $-6.21$.


# %% nbgrader={"grade": false, "grade_id": "noisy_channel_decode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def noisy_channel_decode(observed, candidates, channel_log_prob, language_log_prob) -> str:
    """Return the most probable intended word.

    candidates: a list of words. channel_log_prob(observed, intended) and language_log_prob(word)
    return natural logs, -inf allowed. Raises ValueError when there are no candidates.
    """
    ### BEGIN SOLUTION
    if not candidates:
        raise ValueError("there are no candidates")
    return max(candidates, key=lambda y: channel_log_prob(observed, y) + language_log_prob(y))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.noisy_channel_decode", noisy_channel_decode)

# %% nbgrader={"grade": true, "grade_id": "check-noisy_channel_decode", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.noisy_channel_decode", noisy_channel_decode)
### END HIDDEN TESTS

# %% [markdown]
# ### A real speller
#
# The prior comes from Google's count of words on the web, the channel from 42 000 misspellings that
# people found in program code and repaired. It counts how often each slip happened: *e* for *i*,
# a lost *c* before *c*, *ie* for *ei*.
#
# 2000 other misspellings are held out, all one slip from a word of the lexicon, and split by the
# *correction*: no word to be found was trained on.

# %% tags=["demo"]
from course_utils.data.spelling import (
    load_misspellings,
    load_web_counts,
    load_word_list,
    split_misspellings,
)
from course_utils.ngrams.edits import ChannelModel

try:
    web, LEXICON = load_web_counts(), frozenset(load_word_list())
    train_pairs, test_pairs = split_misspellings(load_misspellings())
    channel = ChannelModel(train_pairs)
except DataError as missing:
    web, test_pairs = None, []
    print(f"The word counts are not on this machine. {missing}")


# %% tags=["demo"]
def prior_log_prob(word):
    return log(web.unigrams.get(word, 1) / web.total)


# %% [markdown]
# **Predict.** Which alone is better: the prior (take the most frequent candidate) or the channel
# (take the most natural slip)? What will both together gain?


# %% tags=["demo"]
def is_right(channel_log_prob, language_log_prob):
    decoded = [
        noisy_channel_decode(typed, options, channel_log_prob, language_log_prob)
        for (typed, _), options in zip(test_pairs, found)
    ]
    return np.array([word == meant for word, (_, meant) in zip(decoded, test_pairs)])


speller = {}  # a later cell reads it, also when this one stops at the next line
found = [sorted(edit_candidates(typed, LEXICON)) for typed, _ in test_pairs]
if web is not None:
    speller["prior"] = is_right(lambda typed, meant: 0.0, prior_log_prob)
    speller["channel"] = is_right(channel.log_prob, lambda word: 0.0)
    speller["both"] = is_right(channel.log_prob, prior_log_prob)
for name, right in speller.items():
    print(f"{name:8} {right.mean():.1%} of {len(right)} held-out misspellings")

# %% tags=["demo"]
from course_utils.significance import paired_bootstrap_p_value

rng = np.random.default_rng(4)
for other in ("prior", "channel") if speller else ():
    p = paired_bootstrap_p_value(speller["both"], speller[other], 10_000, rng)
    print(f"both better than the {other} alone: p = {p:.4f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if speller:
    shares = {name: round(float(right.mean()), 3) for name, right in speller.items()}
    assert shares == {"prior": 0.945, "channel": 0.976, "both": 0.981}
    assert round(np.mean([len(options) == 1 for options in found]), 2) == 0.83

# %% [markdown]
# Each half alone is already good, since 83 % of these misspellings have only one candidate.
# Together they are best. Against the channel alone these 2000 words do not settle it (p = 0.06);
# over 20 other splits the product was ahead every time, on average 98.7 % to 97.5 %. Type
# something; the shortest bar wins:


# %% tags=["demo"]
def draw_word(word="wold"):
    options = edit_candidates(word, LEXICON)
    return spelling.stacked_log_probs(
        word, {w: (channel.log_prob(word, w), prior_log_prob(w)) for w in options}
    )


if web is not None:
    explore_text(draw_word, "wold")

# %% [markdown]
# ### A whole sentence
#
# "We wil **met** agian": *met* is a word, and no speller that looks at one word can object. Judge
# the sentence as a whole: channel for each word, and a bigram model for the words together.
#
# With 6 candidates for each of 200 words there are $6^{200}$ sentences. But here is a trick worth
# remembering for the rest of your life. The best way to reach candidate $w$ at position $t$ does
# not depend on what comes later. So go from left to right and keep, for each candidate, only the
# best way that ends there: its score, and where it came from. That is the **Viterbi** algorithm: $T
# \cdot C^2$ steps.

# %% [markdown]
# ### Exercise 13: Viterbi (5 points)
#
# Find the words $w_1 \dots w_T$, one from each list of candidates, with the largest
#
# $$\sum_{t=1}^{T} \log p(x_t \mid w_t) + \sum_{t=1}^{T+1} \log p(w_t \mid w_{t-1}), \qquad w_0 =
# \texttt{<s>},\; w_{T+1} = \texttt{</s>}.$$
#
# Any of the best when several are. No words: return `[]`. A position without candidates is a
# `ValueError`. 200 words must take well under a second.
#
# Worked number: candidates [[a, b], [c]], all channels alike, $p(a \mid \texttt{<s>}) = 0.6$,
# $p(b \mid \texttt{<s>}) = 0.4$, $p(c \mid a) = 0.1$, $p(c \mid b) = 0.9$. The best is *b c* (0.36
# to 0.06). Whoever takes the best first word has lost.


# %% nbgrader={"grade": false, "grade_id": "viterbi_decode", "locked": false, "schema_version": 3, "solution": true, "task": false}
def viterbi_decode(observed, candidates, channel_log_prob, bigram_log_prob) -> list[str]:
    """Return the best sentence, one candidate for each observed word.

    observed: T words. candidates: T lists of words. channel_log_prob(observed, intended) and
    bigram_log_prob(previous, word) return natural logs, -inf allowed.
    """
    ### BEGIN SOLUTION
    if any(len(options) == 0 for options in candidates):
        raise ValueError("a position has no candidates")
    best = {"<s>": 0.0}
    came_from = []
    for word, options in zip(observed, candidates):
        steps, scores = {}, {}
        for option in options:
            before = max(best, key=lambda w: best[w] + bigram_log_prob(w, option))
            steps[option] = before
            scores[option] = (
                best[before] + bigram_log_prob(before, option) + channel_log_prob(word, option)
            )
        came_from.append(steps)
        best = scores
    sentence = [max(best, key=lambda w: best[w] + bigram_log_prob(w, "</s>"))]
    for steps in reversed(came_from):
        sentence.append(steps[sentence[-1]])
    return sentence[-2::-1]
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("ngrams.viterbi_decode", viterbi_decode)

# %% nbgrader={"grade": true, "grade_id": "check-viterbi_decode", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("ngrams.viterbi_decode", viterbi_decode)
### END HIDDEN TESTS

# %% [markdown]
# The bigrams are Google's, too: $p(\text{the} \mid \text{of}) = 0.210$. A pair that is not in the
# table falls back on 0.4 times the probability of the word (this is called *stupid backoff*, by its
# inventors: the scores of all words no longer sum to 1, and it works).
#
# **Predict.** Three sentences come. In which will *word by word* fail, and at which word?
# *We wil met agian next wek; the president off the untied states; i whent too the shop.*

# %% tags=["demo"]
STARTS = sum(count for (first, _), count in web.bigrams.items() if first == "<s>") if web else 1


def bigram_log_prob(previous, word):
    if word == "</s>":
        return 0.0  # the table does not have it
    if pair := web.bigrams.get((previous, word)):
        return log(pair / (STARTS if previous == "<s>" else web.unigrams[previous]))
    return log(0.4) + prior_log_prob(word)


def options_for(word):
    found = edit_candidates(word, LEXICON) | {word}
    return sorted(found, key=lambda w: -channel.log_prob(word, w) - prior_log_prob(w))[:6]


# %% tags=["demo"]
TYPED = "i whent too the shop", "the president off the untied states", "we wil met agian next wek"
for text in TYPED if web else ():
    typed = text.split()
    options = [options_for(word) for word in typed]
    alone = [
        noisy_channel_decode(x, o, channel.log_prob, prior_log_prob) for x, o in zip(typed, options)
    ]
    together = viterbi_decode(typed, options, channel.log_prob, bigram_log_prob)
    for name, decoded in (("typed", typed), ("word by word", alone), ("together", together)):
        print(f"{name:13}{' '.join(decoded)}")
    print()
if web:
    display(spelling.lattice(typed, options, together))  # the last sentence

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if web:
    assert viterbi_decode(typed, options, channel.log_prob, bigram_log_prob) == [
        "we",
        "will",
        "meet",
        "again",
        "next",
        "week",
    ]
    assert round(exp(bigram_log_prob("of", "the")), 3) == 0.210

# %% [markdown]
# The bigram knows that *will met* is rare and *will meet* is not. One word of context, and the
# speller begins to read.

# %% [markdown]
# ## 7 How large is large?
#
# In 2006 Google counted a **trillion** words of the web, in 95 billion sentences, and published the
# counts up to $n = 5$.
#
# **Predict.** There are $V^n$ possible n-grams, so longer ones are more numerous. Will there be more
# fivegrams in the table than fourgrams?

# %% tags=["demo"]
figures.google_ngrams(GOOGLE_NGRAMS)

# %% [markdown]
# Fewer! n-grams that occur less than 40 times were left out. A fivegram is at most as frequent as
# the fourgram it begins with, so fewer of them reach 40.
#
# Each kept count is a **parameter**, a number learned from data. The lecture says about 3 billion;
# the five tables sum to 3.80 billion.
#
# **Predict.** GPT-2 has 1.5 billion parameters, learned from about 10 billion tokens; GPT-3 has 175
# billion, from 300 billion. Was Google's a large training set? And a large model?

# %% tags=["demo"]
known = [
    (m.name, m.year, m.tokens, m.parameters) for m in LANGUAGE_MODELS if m.tokens and m.parameters
]
google = ("Google n-grams", 2006, float(GOOGLE_TOKENS), float(sum(GOOGLE_NGRAMS.values())))
figures.model_sizes([google, *known])

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert sum(GOOGLE_NGRAMS.values()) == 3_795_790_711 and GOOGLE_NGRAMS[5] < GOOGLE_NGRAMS[4]
assert round(sum(GOOGLE_NGRAMS.values()) / 1.5e9, 1) == 2.5
assert 45 < 175e9 / sum(GOOGLE_NGRAMS.values()) < 50

# %% [markdown]
# A large training set: yes, as large as those of models that came 16 years later. A large model: two
# and a half times GPT-2, and a fiftieth of GPT-3. (Of GPT-4 nothing was published, so it is not in
# the figure. On the dotted line each parameter has 20 tokens, as the Chinchilla paper recommends.)
#
# What an n-gram model cannot do, at
# any size: it treats every word as an island. That *cows eat grass* says something about *goats eat
# …* is lost on it. And five words of memory are five words. Both will change in the next unit: words
# become vectors, and attention looks back at all words before.

# %% [markdown]
# ## 8 In your own words (4 points)
#
# A newspaper writes: *Our new model is better than Google's. It is a 5-gram model of our archive of
# 20 million words, and on the archive its perplexity is 1.9, against 95 for theirs. The texts it
# writes cannot be told from our journalists'.*
#
# In at most 150 words: explain where the 1.9 comes from, what should have been measured instead and
# how, and what you suspect about the texts. What would you have to do before you may compare two
# perplexities at all?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-newspaper", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# 1.9 was measured on the texts that were counted. In 20 million words most contexts of four
# words occur once, so the die has one face and nothing surprises the model. On new articles an
# unsmoothed 5-gram model has infinite perplexity: nearly every sentence holds something unseen.
#
# Measure on articles written after the archive was closed, with smoothing whose weights were fitted
# on a third part. Report the difference with a paired bootstrap over articles.
#
# The texts look like the journalists' because they are theirs: the model copies. Count how many
# generated sentences stand in the archive word for word.
#
# Perplexities can be compared only with the same vocabulary, the same treatment of unknown words,
# the same tokens and the same text: who maps rare words to `<unk>` gets a low perplexity for free.
#
# === BEGIN MARK SCHEME ===
# - 1 point: measured on training data; contexts of four words are mostly unique.
# - 1 point: held-out data, with smoothing (or: without it the perplexity would be infinite).
# - 1 point: the texts are probably copies; names a way to find out.
# - 1 point: same vocabulary or same `<unk>` or same tokens needed to compare perplexities.
# - Also good for one point: a significance test of the difference.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown]
# ## 9 Recap
#
# - A language model is $p(w_1 \dots w_T)$; an **n-gram** model looks back $n-1$ words and learns by
#   **counting**. To write, roll the die of the last words.
# - **Perplexity** on *new* text says how good it is. Unseen n-grams make it infinite; **smoothing**
#   mends that; longer contexts help only while there is data to know them.
# - The **noisy channel** multiplies what people say with how it gets distorted, and **Viterbi**
#   finds the best of all sentences without listing them.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Task: Language Modeling*.
# - D. Jurafsky, J.H. Martin: *Speech and Language Processing*, 3rd edition (draft). Chapter 3;
#   the appendices on hidden Markov models (Viterbi) and on spelling.
# - C. Shannon: *A Mathematical Theory of Communication*. 1948. Section 3 writes English by chance.
# - S. Chen, J. Goodman: *An Empirical Study of Smoothing Techniques for Language Modeling*. 1999.
# - M. Kernighan, K. Church, W. Gale: *A Spelling Correction Program Based on a Noisy Channel Model*.
#   1990.
# - T. Brants, A. Franz: *Web 1T 5-gram Version 1*. 2006. Google's counts.
# - T. Brants and others: *Large Language Models in Machine Translation*. 2007. Stupid backoff.
# - P. Norvig: *Natural Language Corpus Data*. 2009. The web counts in use here.

# %% [markdown]
# ### What is simplified
#
# - Interpolation with fixed weights. Better are weights that depend on how often the context was seen,
#   and Kneser-Ney smoothing, which also asks in how many *different* contexts a word occurs.
# - Words were cut out by a simple rule. Large models cut words into pieces; unit 5 does.
# - The speller knows one slip in a word, and no slip that joins or splits words.
# - Google's table of pairs has no sentence ends, and lacks the rare pairs.
# - The real thing needs one more: somebody who asks where the text came from, and whether its
#   authors agreed.
