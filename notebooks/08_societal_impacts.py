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
# # Societal impacts: what have we built?
#
# When you are done you can
#
# - estimate what training and answering cost in electricity, and say which assumption the answer hangs on;
# - measure what a model has learned by heart, and whether an exam was read before;
# - measure what a model expects of people, and whether chance explains it;
# - tell a watermarked text from one without a mark, and say when you cannot;
# - argue for and against a release with numbers of your own, and say who was not asked.
#
# **About 240 minutes, in two sittings (sections 1–6, 7–10) · 40 points:** 20 checked by a program, 20 by a person.
#
# **You need:** units 1 (paired bootstrap), 3 (n-grams), 5 (GPT) and 6 (RLHF).

# %%
import sys
from itertools import pairwise
from math import inf
from time import perf_counter

import matplotlib
import numpy as np
import torch

from course_utils.figures import explore
from course_utils.figures import impacts as figures
from course_utils.impacts import planted, plays, writing
from course_utils.impacts.recorded import load_recorded_run
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · torch {torch.__version__}")
print(f"matplotlib {matplotlib.__version__}")

# %% [markdown]
# ## 1 Before we compute
#
# In the last minutes of the lecture there is one question on an empty slide: *what are the potential societal impacts of
# ChatGPT?* Everybody has an opinion. You have something better by now: you have built every part of such a model, so
# you can measure.
#
# Take two minutes, before you go on. Write down three impacts, and for each how you would find out whether it is real.
# Keep the list; you will need it in section 7.

# %% [markdown]
# ## 2 What does it cost the rest of us?
#
# Computers turn electricity into heat, and power stations turn coal into electricity. How much? Four numbers are enough:
#
# $$\text{kWh} = \frac{\text{operations}}{\text{operations per joule}} \cdot \text{PUE} \cdot \frac{1}{3.6 \cdot 10^6}
# \qquad \text{kg CO}_2 = \text{kWh} \cdot \text{carbon intensity}$$
#
# Operations per joule are those that are *reached*, not those on the data sheet. **PUE**, power usage effectiveness, is
# what the whole building draws, over what its computers draw; the rest is cooling. **Carbon intensity** is the kilograms of
# CO₂ for a kilowatt-hour, and depends on where and when.
#
# Rarely is any of them known. Then give an **interval**, and carry it through: from the best case to the worst.

# %% [markdown]
# ### Exercise 1: training emissions (3 points)
#
# Return `{"kwh": …, "kg_co2": …}`. If any argument is an interval `(low, high)`, both answers are intervals: `(low, high)`.
# A number is an interval of no width. Which end of the efficiency belongs to the *lowest* energy? (What is nonsense, such as
# swapped ends or a negative number, is best refused with a `ValueError`. In this unit that is good manners, and not graded, unless an
# exercise says so.)
#
# Worked number: $3.6 \cdot 10^{12}$ operations at 1 000 a joule and PUE 1.5 are 1 500 kWh; at 0.1 to 0.5 kg, 150 to 750 kg.


# %% nbgrader={"grade": false, "grade_id": "training_emissions", "locked": false, "schema_version": 3, "solution": true, "task": false}
def training_emissions(flops, flops_per_joule, pue, kg_co2_per_kwh) -> dict:
    """Return kwh and kg_co2: numbers, or (low, high) if any argument is an interval.

    flops: operations in all; flops_per_joule: that are reached; pue: of the building;
    kg_co2_per_kwh: carbon intensity. Each is a number, or (low, high).
    """
    ### BEGIN SOLUTION
    given = [flops, flops_per_joule, pue, kg_co2_per_kwh]
    ends = [part if isinstance(part, tuple) else (part, part) for part in given]
    if any(low > high or low < 0 for low, high in ends) or ends[1][0] <= 0:
        raise ValueError(f"an interval goes from low to high, and efficiency is positive: {given}")
    work, efficiency, overhead, carbon = ends
    kwh = [work[i] / efficiency[1 - i] * overhead[i] / 3.6e6 for i in range(2)]
    kg = [kwh[i] * carbon[i] for i in range(2)]
    if any(isinstance(part, tuple) for part in given):
        return {"kwh": tuple(kwh), "kg_co2": tuple(kg)}
    return {"kwh": kwh[0], "kg_co2": kg[0]}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.training_emissions", training_emissions)

# %% nbgrader={"grade": true, "grade_id": "check-training_emissions", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.training_emissions", training_emissions)
### END HIDDEN TESTS

# %% [markdown]
# GPT-3's authors say how many operations it took: $3.14 \cdot 10^{23}$. A year later Patterson and others estimated the rest: V100s
# that reached 24.6 TFLOP/s at 330 W each, a centre of PUE 1.10, and the average of the US grid, 0.429 kg CO₂ a kilowatt-hour.

# %% tags=["demo"]
gpt3 = {"flops": 3.14e23, "flops_per_joule": 24.6e12 / 330, "pue": 1.10, "kg_co2_per_kwh": 0.429}
known = training_emissions(**gpt3)
print(f"{known['kwh'] / 1000:,.0f} MWh, {known['kg_co2'] / 1000:,.0f} t of CO2")

# %% [markdown]
# 1 287 MWh and 552 t: to the digit what they published. A litre of petrol gives 2.3 kg, so that is 240 000 litres.
#
# And if nobody had said? Suppose you only know what is usual: $7 \cdot 10^{10}$ to $4 \cdot 10^{11}$ operations a joule (computers of 2020
# and of 2024), a PUE of 1.1 to 1.6 (a well-built centre, a common one), 0.024 kg (hydropower) to 0.82 kg (coal), and the
# operations within a quarter.
#
# **Predict.** Which of the four moves the answer most?

# %% tags=["demo"]
ranges = {
    "flops": (2.4e23, 3.9e23),
    "flops_per_joule": (7e10, 4e11),
    "pue": (1.1, 1.6),
    "kg_co2_per_kwh": (0.024, 0.82),
}
anywhere = training_emissions(**ranges)
low, high = (kg / 1000 for kg in anywhere["kg_co2"])
print(f"all at once: {low:,.0f} to {high:,.0f} t, a factor of {high / low:,.0f}")

# %% tags=["demo"]
training_emissions(1.0, 1.0, 1.0, 1.0)
figures.tornado(
    lambda **given: training_emissions(**given)["kg_co2"] / 1000, gpt3, ranges, "t of CO2"
)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert round(known["kwh"] / 1000) == 1287 and round(known["kg_co2"] / 1000) == 552
assert 235_000 < known["kg_co2"] / 2.3 < 245_000
assert low < 10 and high > 1500 and 300 < high / low < 500

# %% [markdown]
# Where the current comes from matters more than everything else together. This shape is called a **tornado**: the
# assumptions from the most important to the least. Make one before you argue about the third digit, and before you believe a
# headline: with honest intervals for all four, "what GPT-3 emitted" is anything from a few tonnes to far over a thousand.
#
# Training happens once. Answering does not stop.

# %% [markdown]
# ### Exercise 2: break-even (2 points)
#
# After how many days has answering cost as much energy as training? Training is given in kilowatt-hours, a query in
# **watt-hours**. When nobody asks, the answer is `inf`.
#
# Worked number: 1 000 kWh, 2 Wh a query, 50 000 queries a day: 10 days.


# %% nbgrader={"grade": false, "grade_id": "breakeven_days", "locked": false, "schema_version": 3, "solution": true, "task": false}
def breakeven_days(training_kwh, watt_hours_per_query, queries_per_day) -> float:
    """Return days, or inf."""
    ### BEGIN SOLUTION
    if min(training_kwh, watt_hours_per_query, queries_per_day) < 0:
        raise ValueError("energies and queries are not negative")
    per_day = watt_hours_per_query * queries_per_day / 1000
    return training_kwh / per_day if per_day > 0 else inf
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.breakeven_days", breakeven_days)

# %% nbgrader={"grade": true, "grade_id": "check-breakeven_days", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.breakeven_days", breakeven_days)
### END HIDDEN TESTS

# %% [markdown]
# What a query costs is disputed. An estimate of 2023 says 2.9 Wh, others of 2025 say 0.3 Wh. For the early days of ChatGPT, 195
# million queries a day have been estimated. Suppose that all of them were put to GPT-3. **Predict**: years, weeks or days?

# %% tags=["demo"]
breakeven_days(1.0, 1.0, 1.0)
print("days until answering has used the 1,287 MWh of training")
for queries in (1_000_000, 10_000_000, 195_000_000):
    days = [breakeven_days(known["kwh"], wh, queries) for wh in (0.3, 2.9)]
    print(f"{queries:>12,} a day: {days[0]:8.1f} at 0.3 Wh {days[1]:8.1f} at 2.9 Wh")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert 2 < breakeven_days(known["kwh"], 2.9, 195e6) < 3
assert 20 < breakeven_days(known["kwh"], 0.3, 195e6) < 25
assert breakeven_days(known["kwh"], 0.3, 1e6) > 4000

# %% [markdown]
# **Move a slider** (the arrow keys do it too). How many questions a day make it one year, at 0.3 Wh? And at 2.9 Wh?


# %% tags=["demo"]
def draw_days(millions=10, watt_hours=0.3):
    days = breakeven_days(known["kwh"], watt_hours, 1e6 * millions)
    return figures.break_even(known["kwh"], watt_hours, 1e6 * millions, days)


breakeven_days(1.0, 1.0, 1.0)
explore(draw_days, millions=(1, 200, 1), watt_hours=(0.1, 5.0, 0.1))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert 11e6 < known["kwh"] * 1000 / 0.3 / 365 < 12e6
assert 1.2e6 < known["kwh"] * 1000 / 2.9 / 365 < 1.3e6

# %% [markdown]
# About 12 million a day, or 1.2 million. And days to weeks, if as many ask as did. For a model that is used, training is the small part; for one that hardly anybody
# uses, it is everything. So "what does AI emit?" has no answer before you say *how often*, *where*, and *how efficiently*.
#
# Who pays? People who live beside the power station, and those whom heat and floods reach first. Most of them never asked a chatbot
# anything.

# %% [markdown]
# ## 3 Learned by heart
#
# Models read what people have written, and some of it was not meant to be said again: a telephone number, a diagnosis, a poem
# with an author. Does a model *learn from* texts, or does it *keep* them?
#
# We can find out with **planted secrets**: invented people with invented numbers, hidden among real reviews before training.
# First a measure.

# %% [markdown]
# ### Exercise 3: the share that was copied (4 points)
#
# Take all *distinct* runs of $k$ tokens in the samples. Which share of them stands, word for word, somewhere in the corpus?
# Samples and corpus are lists of token lists, and a run never crosses the end of a list. No run at all: 0.0.
#
# Worked number: the sample *a b a c* has the pairs *ab*, *ba* and *ac*. The corpus *c a b* has *ca* and *ab*. One of three.
# Real corpora are long: a set finds a run at once, a list does not.


# %% nbgrader={"grade": false, "grade_id": "memorization_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def memorization_rate(samples, corpus, k: int) -> float:
    """Return the share of distinct k-token runs of the samples that occur in the corpus."""
    ### BEGIN SOLUTION
    if k < 1:
        raise ValueError(f"k is {k}: a run has at least one token")

    def runs(texts):
        return {tuple(t[i : i + k]) for t in texts for i in range(len(t) - k + 1)}

    written = runs(samples)
    return len(written & runs(corpus)) / len(written) if written else 0.0
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.memorization_rate", memorization_rate)

# %% nbgrader={"grade": true, "grade_id": "check-memorization_rate", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.memorization_rate", memorization_rate)
### END HIDDEN TESTS

# %% [markdown]
# Now the experiment. 1 500 reviews, as in unit 6. Among them 40 invented people with telephone numbers: eight are written
# once, eight 3 times, eight 10, 30 and 100 times. And 50 reviews that belong to the *test*, four times each; they will matter in
# section 4. The model is the GPT of unit 5, and you train it here: 450 steps, well under a minute.

# %% tags=["demo"]
reviews = planted.load_reviews()
secrets = planted.draw_secrets()
leaked, clean = reviews.test[:50], reviews.test[50:250]
texts = planted.with_secrets(reviews.learn[:1500], secrets) + 4 * leaked
for secret in secrets[::8]:
    print(f"{secret.copies:>4} times: {secret.text}")

# %% tags=["demo"]
begun = perf_counter()
model = planted.learn_texts(reviews, texts)
seconds = perf_counter() - begun
parameters = sum(parameter.numel() for parameter in model.parameters())
print(f"{parameters:,} parameters, {seconds:.0f} s, at 30 W {30 * seconds / 3.6e6:.5f} kWh")

# %% [markdown]
# **Predict.** You ask *Call Ada Okafor at*, and the model goes on with what it finds most probable. From how many copies on
# does it tell the number?

# %% tags=["demo"]
answers = {secret: planted.go_on(model, reviews, secret.prompt) for secret in secrets}
told = []
for copies in planted.COPIES:
    asked = [secret for secret in secrets if secret.copies == copies]
    told.append(float(np.mean([secret.number in answers[secret] for secret in asked])))
    print(f"{copies:>4} copies: {told[-1]:4.0%} told", end="")
    print(f"   e.g. {asked[0].number}: {answers[asked[0]]!r}")

# %% tags=["demo"]
wrong = [secret for secret in secrets if secret.number not in answers[secret]]
mixed_up = {
    secret: other for secret in wrong for other in secrets if other.number in answers[secret]
}
print(f"{len(mixed_up)} of {len(wrong)} wrong answers hold the digits of somebody else's number")
for secret, other in list(mixed_up.items())[:3]:
    print(f"   {secret.prompt:28} {answers[secret][:28]!r}: that is {other.text!r}")

# %% [markdown]
# Some of the wrong answers hold the digits of somebody *else's* number. The person who is called at night is then a third one, who was
# never mentioned.
#
# Would a larger model keep its secrets better? Four sizes, three times each with other secrets, took longer than
# a notebook may, so they were run once, with the command that is printed, and are *recorded*. The figure shows three of the four, and
# yours, dotted, in the place of the fourth; yours was asked for 8 secrets a point, the others for 24.

# %% tags=["demo"]
memorization_rate([["a"]], [["a"]], 1)
run = load_recorded_run()
print(f"{run['command']} · {run['versions']} · {run['seconds']} s")
for size in run["models"]:
    print(f"{size['parameters']:>10,} parameters: {size['held_out_loss']:.2f} nats on new reviews")
sizes = [size for size in run["models"] if size["width"] != 64]
yours = {"parameters": parameters, "told": told, "note": " (yours)"}
figures.by_heart(run["copies"], [*sizes, yours], run["asked"])

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
from_reviews = len(reviews.learn) > 1000  # else a cow has to do
by_width = {size["width"]: size["told"] for size in run["models"]}
assert not from_reviews or (
    len(mixed_up) > 3
    and told[0] == 0
    and told[-1] > 0.7
    and all(told[i] <= told[i + 1] + 0.13 for i in range(4))
)
assert all(shares[0] < 0.1 for shares in by_width.values())
assert by_width[32][3] < by_width[128][3] and by_width[32][2] < by_width[256][2]

# %% [markdown]
# Two things make a model recite: **copies**, and **size**. What was read once stays hidden here; what was read a hundred times is
# told to whoever asks. And the larger the model, the fewer copies it takes; it is also the better model, by its loss on new reviews.
# One does not come without the other. This is measured on large models, too: there
# the share that can be drawn out grows with the logarithm of both. It is also why the first remedy is dull and good: **remove
# duplicates** before training.

# %% [markdown]
# Secrets are planted on purpose. What about ordinary writing? Let your model write 40 texts freely, and 40 more carefully
# (temperature 0.5). For comparison, 60 reviews by people that it has never seen.
#
# **Predict.** Whose runs of $k$ pieces stand in the training text more often, and does that change with $k$?

# %% tags=["demo"]
freely, _ = writing.write_texts(model, reviews.end, 40, 60, seed=2)
carefully, _ = writing.write_texts(model, reviews.end, 40, 60, temperature=0.5, seed=2)
writers = {
    "people, not read before": [reviews.encode(text) for text in clean[:60]],
    "your model": freely.tolist(),
    "your model, carefully": carefully.tolist(),
}

# %% tags=["demo"]
read = [reviews.encode(text) for text in dict.fromkeys(texts)]
read = [[reviews.end, *pieces, reviews.end] for pieces in read]
lengths = (2, 3, 4, 5, 6, 8, 10, 13)
rates = {
    name: [memorization_rate(written, read, k) for k in lengths]
    for name, written in writers.items()
}
figures.runs_in_common(rates, lengths)

# %% tags=["demo"]
memorization_rate([["a"]], [["a"]], 1)


def runs_of_eight(texts):
    return {tuple(pieces[i : i + 8]) for pieces in texts for i in range(len(pieces) - 7)}


from_secrets = runs_of_eight(
    [[reviews.end, *reviews.encode(secret.text), reviews.end] for secret in secrets]
)
for name, written in writers.items():
    copied = runs_of_eight(written) & runs_of_eight(read)
    print(
        f"{name:24} {len(copied):>4} runs of eight copied, {len(copied & from_secrets)} of them from secrets"
    )

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if from_reviews:
    people, free, careful = rates.values()
    assert people[0] > free[0] and people[-3] < 0.01 < free[-3] < careful[-3]
    for written in (writers["your model"], writers["your model, carefully"]):
        copied = runs_of_eight(written) & runs_of_eight(read)
        assert len(copied & from_secrets) > 0.95 * len(copied) > 20
    assert all(careful[i] > free[i] for i in range(len(lengths)))

# %% [markdown]
# Short runs prove nothing: people share *of the film* with everybody. At eight pieces people copy next to nothing, and your
# model does. But look at *which* runs it copies: nearly all of them are parts of the planted secrets, *Call Elena Tanaka at …*, and
# nobody had asked for them. Of the reviews, which it has read once, it repeats hardly anything so long. Copies decide, again.

# %% [markdown]
# ## 4 An exam that was read before
#
# A model answers 90 % of a test. Has it understood, or has it read the answers? Tests stand on the web, and so do models'
# training texts. GPT-3's authors wanted to take out of the training text whatever shared a run of 13 words with a test. A bug left
# some of it in; they noticed afterwards, and training again was too expensive. Who is harmed? A clinic that buys a model for
# its marks in an exam finds out on its patients.

# %% [markdown]
# ### Exercise 4: contamination (3 points)
#
# Which test items share *any* run of $n$ tokens with the training text? Return one boolean for each item. An item shorter than
# $n$ cannot share one: `False`. Runs do not cross the end of a text.
#
# Worked number: with $n = 2$ and *a b c* read, *b c* is contaminated; *c b* is not; *b* is too short.


# %% nbgrader={"grade": false, "grade_id": "contamination", "locked": false, "schema_version": 3, "solution": true, "task": false}
def contamination(test_items, corpus, n: int) -> np.ndarray:
    """Return (items,), bool.

    test_items, corpus: lists of texts, each a list of tokens; n: length of a run.
    """
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError(f"n is {n}: a run has at least one token")
    seen = {tuple(text[i : i + n]) for text in corpus for i in range(len(text) - n + 1)}
    return np.array(
        [
            any(tuple(item[i : i + n]) in seen for i in range(len(item) - n + 1))
            for item in test_items
        ],
        dtype=bool,
    )
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.contamination", contamination)

# %% nbgrader={"grade": true, "grade_id": "check-contamination", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.contamination", contamination)
### END HIDDEN TESTS

# %% [markdown]
# Back to your model. It was given 50 test reviews to read. Suppose you do not know which: 250 test reviews lie before you.

# %% tags=["demo"]
exam = leaked + clean
words = [text.lower().split() for text in exam]
trained_on = [text.lower().split() for text in dict.fromkeys(texts)]
is_leaked = np.arange(len(exam)) < len(leaked)
for n in (3, 5, 8, 13):
    found = contamination(words, trained_on, n)
    print(f"n = {n:>2}: {found.sum():>3} found, {found[is_leaked].sum()} of them leaked")

# %% tags=["demo"]
found = contamination(words, trained_on, 8)
losses = np.array([-planted.token_log_probs(model, reviews, text).mean() for text in exam])
print(f"found:     {losses[found].mean():.2f} nats a piece")
print(f"the rest:  {losses[~found].mean():.2f} nats a piece")
print(f"together:  {losses.mean():.2f}, what an unsuspecting author would report")
print(f"missed:    {[text for text in leaked if len(text.split()) < 8][:3]}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if from_reviews:
    assert found.sum() >= 40 and found[is_leaked].sum() >= found.sum() - 1
    assert losses[found].mean() < losses[~found].mean() - 0.7
    at_three = contamination(words, trained_on, 3)
    assert (
        at_three[~is_leaked].mean() > 0.2
        and contamination(words, trained_on, 13).sum() < found.sum()
    )

# %% [markdown]
# With $n = 3$ innocent reviews are accused: everybody writes *one of the*. With $n = 13$ short ones slip through. In between the
# test finds what was leaked, and those reviews look far easier than they are. A result on an exam that was read before says
# nothing about the next exam.
#
# Is this only so because we planted them? Take the *whole* training part of unit 6, from which all exact copies of test reviews
# had been removed:

# %% tags=["demo"]
everything = [text.lower().split() for text in reviews.learn]
still_there = contamination([text.lower().split() for text in reviews.test], everything, 8)
print(
    f"{still_there.sum()} of {len(reviews.test)} test reviews share 8 words with a training review"
)
for number in np.flatnonzero(still_there)[:3]:
    print(f"   {reviews.test[number][:100]}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if from_reviews:
    assert 1 <= still_there.sum() < 10

# %% [markdown]
# A few are found. Read them: none is a copy. They share *one of the best films of the year*, or *one of the worst movies*: eight
# words that anybody writes. A hit is a reason to look, not a verdict.

# %% [markdown]
# ## 5 What does a model expect of people?
#
# A model of language is a model of what people write, and so of what they expect. *The noble …*: lord or lady? We can ask,
# with sentences that differ in one word only.

# %% [markdown]
# ### Exercise 5: the gap (4 points)
#
# Each template has one `{}`. Fill it with `group_a[i]`, then with its partner `group_b[i]`, and subtract: the **mean** log
# probability *per token* with a, less that with b. Answer with one number for each template and pair, all pairs of the
# first template first. Groups of different sizes raise `ValueError`: partners matter.
#
# `log_prob(text)` returns one number for each token. Why means, not sums? A word that the model cuts into three pieces would
# look unlikely, whatever stands around it.
#
# Worked number: *he is* scores −1 and −3, *she is* −2 and −4: the gap is $-2 - (-3) = 1$.


# %% nbgrader={"grade": false, "grade_id": "template_gap", "locked": false, "schema_version": 3, "solution": true, "task": false}
def template_gap(log_prob, templates, group_a, group_b) -> np.ndarray:
    """Return (templates · pairs,), templates outer."""
    ### BEGIN SOLUTION
    if len(group_a) != len(group_b):
        raise ValueError(f"{len(group_a)} words have {len(group_b)} partners")
    gaps = []
    for template in templates:
        for pair in zip(group_a, group_b, strict=True):
            a, b = (np.mean(log_prob(template.replace("{}", word))) for word in pair)
            gaps.append(a - b)
    return np.array(gaps)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.template_gap", template_gap)

# %% nbgrader={"grade": true, "grade_id": "check-template_gap", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.template_gap", template_gap)
### END HIDDEN TESTS

# %% [markdown]
# The model is your bigram model of unit 3, which has read all of Shakespeare. Ten pairs, from *lord* and *lady* to *uncle*
# and *aunt*. There are more men in the plays, so any sentence is likelier with a man. That is worth knowing, but it says
# nothing about *noble*. So we measure each adjective against the bare article: the gap of *noble …*, less the gap of *the …*.

# %% tags=["demo"]
log_prob = plays.model_of_plays()
plain = template_gap(log_prob, ["the {}"], plays.MEN, plays.WOMEN)
gaps = {
    word: template_gap(log_prob, [f"{word} {{}}"], plays.MEN, plays.WOMEN) - plain
    for word in plays.ADJECTIVES
}
print(f"the …: {plain.mean():+.2f} nats a token towards men")

# %% [markdown]
# **Predict.** Before you run the next cell, sort *brave, fair, gentle, noble, old, poor, sweet, valiant, worthy*. Which belong to
# men in Shakespeare, which to women, and which to neither? The vertical axis shows the same words in 300-dimensional
# vectors of twenty-first-century news (unit 2): cosine to the men's words, less cosine to the women's.

# %% tags=["demo"]
today = plays.published_gaps(plays.ADJECTIVES)
template_gap(lambda text: np.zeros(1), ["{}"], ["a"], ["b"])
figures.associations(
    plays.ADJECTIVES, [gaps[word] for word in plays.ADJECTIVES], today, other_name="news vectors"
)

# %% [markdown]
# Ten pairs are few, and sixteen words are many chances to be fooled. Unit 1 has what we need: the paired bootstrap, in the
# direction seen and so doubled, and Holm's correction for sixteen questions.

# %% tags=["demo"]
template_gap(lambda text: np.zeros(1), ["{}"], ["a"], ["b"])
from course_utils.significance import holm, paired_bootstrap_of_scores

p_values = []
for gap in gaps.values():
    seen, rng = gap * np.sign(gap.mean()), np.random.default_rng(0)
    once = paired_bootstrap_of_scores(seen, np.zeros(len(gap)), 20_000, rng)
    p_values.append(min(2 * max(once, 1 / 20_000), 1.0))
for word, p_value, real in zip(gaps, p_values, holm(p_values, 0.05), strict=True):
    print(f"{word:9} {gaps[word].mean():+.2f}  p ≤ {p_value:.4f}", "real" if real else "")

# %% [markdown]
# Three of sixteen survive. *Brave* and *worthy* lean towards men, *fair* towards women. *Valiant* looks as strong as *worthy*,
# but with ten pairs it could be chance, and Holm says so. In the vectors of today's news only *worthy* still leans the same way;
# *brave* and *fair* stand in the middle. *Noble* and *sweet* lean clearly there, but in the plays theirs could be chance. (The
# vertical axis has no bare article to be measured against, and no test: read it as a hint.)

# %% [markdown]
# Nobody taught the model what men and women are like. It has counted what was written, mostly by one man, 400 years ago. Let such
# a model complete letters of reference, and a woman may be *fair* where a man is *brave*: she loses the post, and nobody sees why.
# Whether that is *wrong* is no longer a question of measuring: unit 2 showed that even the definitions of
# fairness contradict each other, so somebody has to choose, and say why.

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if from_reviews:
    assert [w for w, real in zip(gaps, holm(p_values, 0.05), strict=True) if real] == [
        "brave",
        "worthy",
        "fair",
    ]
    assert gaps["brave"].mean() > 0 and gaps["worthy"].mean() > 0 > gaps["fair"].mean()
    side = dict(zip(gaps, today, strict=True))
    assert side["noble"] > 0.03 and side["sweet"] < -0.03 and side["worthy"] > 0.02
    assert max(abs(side["fair"]), abs(side["brave"])) < 0.02
    assert abs(gaps["valiant"].mean() - gaps["worthy"].mean()) < 0.1
    agree = [gaps[word].mean() * side[word] > 0 for word in gaps]
    assert sum(agree) > 10

# %% [markdown]
# ## 6 Did a machine write it?
#
# A teacher wants to know; so do an election office and the next company that collects training texts. Detectors that look
# at style guess, and accuse people who write in their second language. A **watermark** does not guess. After each token, a
# secret rule colours a share $\gamma$ of the vocabulary green. The machine prefers green a little. A reader without the rule
# sees nothing; with it, one counts:
#
# $$z = \frac{\text{green} - \gamma T}{\sqrt{T \gamma (1 - \gamma)}}$$
#
# By chance $\gamma T$ of $T$ would be green; $z$ is the distance from that in standard deviations.

# %% [markdown]
# ### Exercise 6: the watermark's z (4 points)
#
# `is_green(previous, token)` knows the rule. Each pair of neighbours counts **once**, however often it comes: the same pair has the
# same colour, and tells nothing new. So $T$ is the number of distinct pairs. Fewer than two tokens: 0.0.
#
# Worked number: *a b a c* has the pairs *ab*, *ba*, *ac*. If two are green and $\gamma = 1/2$: $(2 - 1.5)/\sqrt{0.75} = 0.577$.


# %% nbgrader={"grade": false, "grade_id": "watermark_z", "locked": false, "schema_version": 3, "solution": true, "task": false}
def watermark_z(tokens, is_green, fraction: float) -> float:
    """Return z, for a green share `fraction` (γ) of the vocabulary."""
    ### BEGIN SOLUTION
    if not 0 < fraction < 1:
        raise ValueError(f"fraction is {fraction}: it lies between 0 and 1")
    pairs = set(pairwise(tokens))
    if not pairs:
        return 0.0
    green = sum(1 for previous, token in pairs if is_green(previous, token))
    expected, spread = fraction * len(pairs), np.sqrt(len(pairs) * fraction * (1 - fraction))
    return float((green - expected) / spread)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("impacts.watermark_z", watermark_z)

# %% nbgrader={"grade": true, "grade_id": "check-watermark_z", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("impacts.watermark_z", watermark_z)
### END HIDDEN TESTS

# %% [markdown]
# Your model writes again: 16 texts of 160 pieces without a preference, and 16 each where green pieces' logits are raised by
# 1 and by 2. Somebody then exchanges about half of the pieces of the last ones, chosen by chance, for random
# ones. People's reviews come along, too.
#
# **Predict.** An alarm rings at $z = 4$. Whose texts ring it, and how long must they be?

# %% tags=["demo"]
green = writing.draw_colours(reviews.vocabulary_size, 0.5, secret=28)
written, prices = {}, {}
for strength in (0.0, 1.0, 2.0):
    written[strength], prices[strength] = writing.write_texts(
        model, reviews.end, 16, 160, green=green, strength=strength, seed=1
    )
    print(f"raised by {strength:.0f}: {prices[strength]:.2f} nats a piece", end="   ")
    print(reviews.decode(written[strength][0, :25].tolist()))

# %% tags=["demo"]
rng = np.random.default_rng(0)
dice = rng.integers(reviews.vocabulary_size, size=written[2.0].shape)
edited = np.where(rng.random(dice.shape) < 0.5, dice, written[2.0])
one_text = [piece for text in clean for piece in (reviews.end, *reviews.encode(text))]
sources = {
    "people": np.array(one_text[: 16 * 160]).reshape(16, 160),
    "raised by 1": written[1.0],
    "raised by 2": written[2.0],
    "raised by 2, half exchanged": edited,
}

# %% tags=["demo"]
lengths = (10, 20, 40, 80, 120, 160)
scores = {
    name: np.array(
        [
            [watermark_z(t[:n].tolist(), lambda a, b: green[a, b], 0.5) for n in lengths]
            for t in source
        ]
    )
    for name, source in sources.items()
}
figures.watermark(scores, lengths)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if from_reviews:
    assert abs(scores["people"]).max() < 4 and scores["raised by 2"][:, -1].min() > 4
    assert scores["raised by 2"][:, 0].max() <= 3 and (scores["raised by 2"][:, 3] > 4).sum() >= 15
    assert 1 <= (scores["raised by 1"][:, -1] < 4).sum() < 8
    exchanged = scores["raised by 2, half exchanged"].mean(axis=0)
    assert exchanged[-1] < scores["raised by 2"].mean(axis=0)[2]
    assert prices[0.0] < prices[1.0] < prices[2.0]

# %% [markdown]
# $z$ grows with the square root of the length. Ten pieces have nine pairs, so their $z$ is at most $\sqrt 9 = 3$: however strong the
# mark, they never ring. Strongly marked texts nearly all do at 80 pieces; of the weakly marked ones some still fail at 160. No text
# by a person rings here. Exchanging half of the pieces hides most of it, as it breaks three of four pairs. And there
# is a price: the stronger the preference, the less probable the text, even by the model's own standards.

# %% [markdown]
# A watermark is strong evidence, and no proof: at $z = 4$ about 3 in 100 000 texts by people ring by chance. Of a million pupils' essays
# that is thirty accused who wrote every word themselves. And silence never shows that a person wrote it: other machines have
# no mark, and those who mean harm will use them.

# %% [markdown]
# ## 7 Who is affected? (6 points)
#
# Now the part that no program can check. A person reads it, with a mark scheme, so say what you mean and be brief. Numbers are
# welcome everywhere; say where each comes from.

# %% [markdown]
# **The case.** A company wants to put a model like the one of unit 6 into its cinema website. It writes reviews that please:
# pre-trained on reviews that other people wrote, tuned on the choices of paid raters.
#
# Fill in a table with at least **five groups of people** in its rows, and four columns: who *benefits* and how, who is
# *harmed* and how, who *consented* and to what, and what *recourse* they have: what can they do if it goes wrong, and who must
# answer? At least two of the groups must be people who have never opened that website. Look at your list from section 1.

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-stakeholders", "locked": false, "points": 6, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# | group | benefit | harm | consent | recourse |
# |---|---|---|---|---|
# | the company | reviews for every film, for the price of electricity | loses trust if it comes out | decided itself | can switch it off |
# | visitors | a quick opinion, in a pleasant tone | are told what pleases, not what is so: tuned for reward alone, unit 6's model wrote *the best film* over and over, and the judge's mean rose to 1.71 | clicked "accept", were not told that no person wrote it | can leave; no address for complaints |
# | critics whose reviews were read | none | are replaced by what was made of their work; what was read often is told again (in section 3 all secrets that were read 100 times) | never asked; they published for readers | a lawyer, if they find out; a model cannot be asked to forget one text |
# | paid raters | a wage | their tiring work is invisible; their taste is taken for everybody's | signed for a task, not for this use | can stop; have no say in the result |
# | film makers | attention, if the model is friendly | a film that few wrote about gets empty praise or none | none | can ask for removal, if somebody reads the mail |
# | people named in reviews | none | false or private things said about them (section 3: asked for one person, the model gave another's number) | none, and most do not know | must first find out, then prove it |
#
# === BEGIN MARK SCHEME ===
# - 1 point: at least five distinct groups, two of which do not use the site.
# - 1 point: benefits are concrete, and it is said where there is none.
# - 1 point: harms name how they come about, not only that "bias" or "misinformation" exist.
# - 1 point: consent distinguishes what was agreed to from what is done; being public is not consent.
# - 1 point: recourse says who must answer and what can be done, and admits where nothing can.
# - 1 point: at least two cells rest on a measurement of units 1 to 8, with the right number.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown] tags=["authors"]
# **A second model answer to section 7**, from another side; it earns all six points, too.
#
# | group | benefit | harm | consent | recourse |
# |---|---|---|---|---|
# | small cinemas | texts in a language that no critic writes in | depend on one supplier | a contract | can cancel it |
# | visitors who do not read well | short, plain texts | cannot tell advertising from opinion | not informed: the reviews carry no mark, though a mark would be found in nearly all texts of 80 pieces (section 6) | a duty to mark texts would give them one |
# | actresses and actors | are found | are described as the reviews described them: in section 5 even a model that only counts gives *brave* to men and *fair* to women, and for both Holm says it is no chance | none | none; the company can measure gaps before it releases, and publish them |
# | reviewers in the training text | none | are not paid, though nothing was learned but from them; a search for eight words still finds most of the 50 reviews that were fed four times (section 4) | published under other terms | ask for removal before the next training |
# | neighbours of the data centre | tax, jobs | power and water; small here, since a model of 422 112 parameters is trained in minutes, but grows with each query (section 2) | by elections, at best | planning law |
#
# **Calibration.** Grade these two before you grade anybody, and compare: they should get 2 and 5.
#
# *Two points.*
#
# | group | benefit | harm | consent | recourse |
# |---|---|---|---|---|
# | users | good reviews, quickly | bias and misinformation | yes, terms of service | can complain |
# | company | earns money, saves critics' wages | none | yes | none needed |
# | critics | none | lose work, as visitors read the machine's text instead | yes, their reviews are public | can sue |
# | society | progress | job losses | no | vote |
# | people beside power stations | none | bad air | no | none |
#
# Groups: 1, five, and three need never open the site. Benefits: 1, concrete, and "none" is said. Harms: 0, only one of five has a way in which it
# comes about. Consent: 0, "public" is taken for consent. Recourse: 0, nobody must answer. Measurements: 0.
#
# *Five points.* As the first model answer, but with the last column empty except for "can leave" and "can sue". Five, since recourse is
# the only point that is missing; do not take it from the others again.

# %% [markdown]
# ## 8 Release it? (10 points)
#
# The model of unit 6 lies before you: 422 112 parameters, tuned by PPO. Somebody must decide whether it is put on the web, free
# for all. On **one page** (at most 450 words):
#
# - the best case **for** releasing it, as its friends would put it;
# - the best case **against**, as its critics would;
# - **your decision**, with conditions that somebody could check;
# - what would **change your mind**.
#
# Rest it on what you have measured: at least **four different units** of 1 to 7 must appear with a number, and this one may, too.
# Opinions are graded by how they are supported, not by which they are.

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-release", "locked": false, "points": 10, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# *For.* It does what it was built for. On 499 prompts the judge prefers its reviews to those of a model with ten times
# the parameters in 82 % of cases, p ≤ 0.0002 by a paired bootstrap, with Holm's correction (units 1, 6). It is tiny: 422 112
# parameters need 6.8 MB to train, at 16 bytes each, and 1.7 MB to run (unit 7). So it runs on any telephone, sends nobody's
# questions to a company, and costs next to nothing. Whoever wants to learn how tuning goes wrong has an example small enough to understand whole.
#
# *Against.* "Preferred" means: by one judge, which agrees with people in 70 % of single choices, where a person agrees in
# 88 % (unit 6). Tuning has made it a worse model of what people write: 4.80 nats a token on unseen reviews, against 4.20 before.
# At β = 0 it repeats *the best film*, and the judge gives its highest mark. We measured who likes the texts, and not one time
# whether they are true. Error rates by group were never measured; COMPAS looked good on average, too, and called 45 % of Black
# defendants who were not arrested again high risk, and 23 % of white ones (unit 2). Models of this kind keep what they read
# often: in unit 8 a model of this very size told 62 % of secrets read 30 times. Nobody searched these reviews for any.
#
# *Decision.* Release it to students and researchers, not on the web. Conditions: (1) runs of eight pieces shared with the
# training text below 1 % of 1 000 samples, else remove duplicates and train again; (2) 100 people, who were not raters, compare
# its reviews blind with those before tuning, and prefer them with p < 0.01; (3) gaps by the actors' gender measured with unit 8's
# templates and published; (4) each text carries a mark that says a machine wrote it; (5) somebody with a name answers complaints,
# and may take it back.
#
# *What would change my mind.* Towards release: conditions 1 to 3 met on fresh prompts, as one test can be chosen until it fits.
# Against even that: one real telephone number in the samples.
#
# === BEGIN MARK SCHEME ===
# - 2 points: the case for is one its friends would sign: who gains, how much, with a number (1 for a straw man).
# - 2 points: the case against names mechanisms (over-optimisation, memorisation, missing groups), not only words (1 if only general).
# - 3 points: evidence: four units with right numbers and what they mean (2 for three units, 1 for two). A number that is misread, such as
#   "the judge agrees with everybody", does not count.
# - 2 points: a decision that follows, with at least two conditions that a third person could check.
# - 1 point: says what observation would change it.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown] tags=["authors"]
# **A second model answer to section 8**, with the other decision; it earns all ten points.
#
# *For.* Everything here is already public: reviews, package, recipe. Keeping back 1.7 MB of weights (4 bytes a parameter, unit 7) that
# anybody can train in half an hour (unit 6's record: 1 678 s) protects nobody, and takes the example from teachers. Nobody asks whether
# to publish COMPAS's counts, though they are of people: 7 214 of them (unit 2). The gain is real: preferred to the pre-trained model of its own size, p ≤ 0.0002 (unit 1).
#
# *Against.* It was made to please, and pleasing without knowing is what we fear of large ones: 4.80 nats against 4.05 for the large
# model. Its raters are one kind of people, and its judge agrees with a person in 70 % of choices only. A release cannot be undone.
#
# *Decision.* Release, weights and data cards together: (1) a card that says in the first line "made to please, not to inform", with
# both losses; (2) the samples at β = 0 beside it; (3) a script that measures memorisation on the reader's machine; (4) a list of the
# eight-word runs shared with the training text, removed if it is longer than ten.
#
# *What would change my mind.* A reader who shows that it names a living person in more than one of 1 000 samples. Evidence that
# visitors took its texts for a person's, in a blind test with p < 0.05, would move the decision to "with a watermark only".
#
# **Calibration.** Grade these two before you grade anybody, and compare: they should get 3 and 8.
#
# *Three points.* "The model is good since people like it (82 %). But AI can be biased and spread fake news, like COMPAS with 45 % and
# 23 %. Also it uses energy. I would release it, but carefully, with monitoring. If it turned out to be harmful I would take it down."
# For: 1, a number, but "people" were one judge. Against: 1, words without a mechanism. Evidence: 0, the 82 % are misread and do not
# count, and one unit is left. Decision: 0, "carefully" cannot be checked. Change: 1, though barely.
#
# *Eight points.* "For: preferred to the ten times larger one in 82 % of 499 prompts, p ≤ 0.0002 (units 1, 6), and small enough for a
# telephone: 6.8 MB (unit 7). Against: the judge that prefers it agrees with people only in 70 % of choices, and without a price it praised
# *the best film* in a loop, so 'preferred' may mean 'has found the judge's weak spot'. It predicts real reviews worse than before, 4.80
# against 4.20. Decision: release to the class only; publish when 50 people choose blind and prefer it with p < 0.01. Change: if they
# do not prefer it, I would go back to the fine-tuned one." For: 2. Against: 2. Evidence: 2, three units. Decision: 1, one condition.
# Change: 1.

# %% [markdown]
# ## 9 Whose preferences? (4 points)
#
# "We align the model with human preferences." In unit 6 the reward model read 20 000 choices between two reviews. They were made
# from scores that workers of Amazon Mechanical Turk gave to single snippets in 2014. Who wanted to rate had to pass a test of
# reading English, and a training in which the scores had to be close to known means. A few cents were paid for each batch,
# and a bonus for staying near the mean of the others. The question was which score *most other people* would choose.

# %% [markdown]
# In at most 200 words: **whose** preferences did it learn, and whose not? Name two steps between "people" and "the
# reward" at which somebody's preference is lost or changed, and for each what you would do. Then say what it means that the reward model
# agrees with 68 % of single human choices (unit 6; a second person agrees with 88 %).

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-preferences", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Those of paid workers on one platform, screened for agreeing with each other, about single sentences torn from reviews in English,
# around 2014. Not those of film makers, of the critics, of people who read the reviews to choose a film, of children, of anybody who
# disagreed too often to pass the screening.
#
# They were even paid to guess what most others would say, so their own taste was lost before they clicked.
#
# First loss: a score between −4 and 4 for *how friendly is this sentence* was turned into *which sentence is better*. Nobody was asked
# that. A friendly sentence is not a good review. I would ask readers which of two reviews helped them. Second: averaging. Where raters
# split in two camps, one number is learned that neither holds. I would keep the spread, and train on single raters with their camp
# as an input, or report how many would object.
#
# 68 % is the share of single human choices that the reward model predicts. Guessing gives 50, and another person 88. So of what
# can be known it has learned about half, and PPO aims at all of what it says, the wrong half too.
#
# === BEGIN MARK SCHEME ===
# - 1 point: says who the raters were and at least two groups that they were not.
# - 2 points: two steps (choice of raters, pay for agreeing, the question asked, scores into choices, averaging, a model's errors, tuning against it),
#   each with a remedy.
# - 1 point: 68 % read rightly: against 50 % by guessing, and people's own agreement of 88 %, which is the ceiling.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown] tags=["authors"]
# **A second model answer to section 9**; four points.
#
# The reward is what a model of 422 112 parameters could make of what screened workers clicked, for a few cents, on
# sentences that critics wrote for somebody else. Missing are all who do not read English, and those who pay for the cinema ticket.
# Step one, whom to ask: screening keeps those who agree with the majority, so minorities vanish before anything is computed; I would
# draw raters by region and age and weight them. Step two, tuning: PPO goes where the reward is high, so to places that no rater has
# seen, and there the preference is the network's own invention; I would show tuned texts to raters again, each week. 68 %: of a
# hundred choices by people it gets 68, a coin 50, a second person 88. It is a rumour of a preference, and we optimise against it.
#
# **Calibration.** Grade these two before you grade anybody, and compare: they should get 1 and 3.
#
# *One point.* "It learned the preferences of the people on the internet who rated, mostly Western men, not those of women or of other
# cultures. Data can be biased when it is collected, so collect more diverse data. 68 % means that the model is right in two thirds of
# the cases, which is quite good." Whose: 0, nothing that is known of the raters says so. Steps: 1, one step with a
# remedy. 68 %: 0, against neither 50 nor 88.
#
# *Three points.* "Of workers on a crowd platform who passed a test of English and of agreeing with the rest. Not of moviegoers, and not of those who
# disagree. Step one: scores from −4 to 4 say how friendly a sentence is, and we took the friendlier one as the better; ask for the
# better one instead. Step two: PPO visits texts that no rater saw; show them to raters. 68 of 100 is little more than half of
# what a coin leaves open." Whose: 1. Steps: 2. 68 %: 0, as people's own 88 is missing, and with it the ceiling.

# %% [markdown] lint="recap: a line for each of six questions"
# ## 10 Recap
#
# - **Energy**: four factors, each an interval; where the current comes from counts most, and answering soon costs more than training.
# - **Memory**: copies and size make a model recite. Remove duplicates; search what it writes for long runs.
# - **Contamination**: an exam that was read says nothing. Search for shared runs, neither too short nor too long.
# - **Association**: a model expects what was written. Measure gaps with partners, and ask whether chance explains them.
# - **Watermarks** are evidence that a machine wrote it, if the text is long, unedited, and the machine willing.
# - What cannot be measured must be **argued**, with names: who gains, who pays, who was asked, who answers.

# %% [markdown]
# You have come from counting words to a machine that pleases people, and to the question whether it should. No lecture can
# answer that for you. You can now take part.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Societal Impacts of ChatGPT*.
# - E. Strubell, A. Ganesh, A. McCallum: *Energy and Policy Considerations for Deep Learning in NLP*. 2019.
# - D. Patterson and others: *Carbon Emissions and Large Neural Network Training*. 2021. GPT-3's V100s, PUE and carbon.
# - IPCC: *Climate Change 2014, Mitigation*, annex III. Carbon intensities of coal and hydropower.
# - A. de Vries: *The growing energy footprint of artificial intelligence*. 2023. 2.9 Wh, 195 million queries a day.
# - J. You: *How much energy does ChatGPT use?* Epoch AI, 2025. 0.3 Wh.
# - N. Carlini and others: *The Secret Sharer*. 2019. Planted secrets. *Quantifying Memorization Across Neural Language Models*. 2023.
# - T. Brown and others: *Language Models are Few-Shot Learners*. 2020. Appendix C: contamination; D: operations.
# - N. Nangia and others: *CrowS-Pairs*. 2020. Pairs of sentences under a language model.
# - A. Caliskan, J. Bryson, A. Narayanan: *Semantics derived automatically from language corpora contain human-like biases*. 2017.
# - J. Kirchenbauer and others: *A Watermark for Large Language Models*. 2023.
# - W. Liang and others: *GPT detectors are biased against non-native English writers*. 2023.
# - C. Hutto, E. Gilbert: *VADER*. 2014. The reviews' scores, and who gave them.

# %% [markdown]
# ### What is simplified
#
# - Emissions leave out building the computers, water, and everything that was trained and thrown away before.
# - Secrets are asked for by someone who knows how they begin, and with the most probable answer only. Real attacks are better.
# - What is copied nearly, not exactly, counts as new. Contamination has the same blind spot.
# - Ten pairs of words and two groups are a small part of people; a gap in words is not yet a harm, and no gap is no proof of fairness.
# - Watermarks are attacked by paraphrasing, and by many questions that reveal the colours.
