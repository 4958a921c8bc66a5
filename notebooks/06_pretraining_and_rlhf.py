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
# # Pre-training and RLHF: from digits to a polite machine
#
# When you are done you can
#
# - represent images by a few numbers, by PCA and by an autoencoder, and train a deep network one layer
#   at a time;
# - say what a language model reads, and how often, and catch a table that does not add up;
# - let a program learn a game from rewards, and check it against the exact answer;
# - turn people's choices into a reward, tune a GPT with it, and show when that goes too far.
#
# **About 240 minutes, in three sittings (sections 1–4, 5–6, 7–11) · 54 points:** 50 checked by a
# program, 4 by a person.
#
# **You need:** unit 5 (GPT), unit 1 (paired bootstrap), derivatives.

# %%
import sys

import matplotlib
import numpy as np
import torch

from course_utils.data.mnist import load_mnist, split_mnist
from course_utils.device import device
from course_utils.figures import explore
from course_utils.figures import pretraining as figures
from course_utils.figures import rlhf as games
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · torch {torch.__version__}")
print(f"matplotlib {matplotlib.__version__} · computing on {device()}")

# %% [markdown]
# ## 1 Few numbers for many
#
# An image of a digit is 784 numbers. Most of them say nothing: corners are white, neighbours are alike.
# Can two numbers say what matters?
#
# **Principal component analysis** looks for the direction along which the examples differ most, then for
# the one at right angles to it along which they differ most, and so on. An image becomes its coordinates
# along the first few: $z = (x - \bar x)\, C^\top$; and back: $x' = \bar x + z\, C$.

# %% [markdown]
# ### Exercise 1: PCA (4 points)
#
# Return the mean of each column; the $k$ directions, one a *row*, of length 1 and at right angles to each
# other; and the variances along them (divide by $n - 1$), largest first.
#
# Worked number: the examples $(0, 1), (2, 1), (4, 1)$ have the mean $(2, 1)$; the first direction is
# $(1, 0)$, or $(-1, 0)$: signs are free. The variance along it is $(4 + 0 + 4)/2 = 4$.
#
# There may be fewer examples than columns. `torch.linalg` has all you need (`svd`, `eigh`); a library's
# PCA is not allowed.


# %% nbgrader={"grade": false, "grade_id": "pca", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pca(X, num_components: int):
    """Return mean (d,), components (k, d) and variances (k,), for X (n, d)."""
    ### BEGIN SOLUTION
    mean = X.mean(dim=0)
    _, lengths, directions = torch.linalg.svd(X - mean, full_matrices=False)
    k = num_components
    return mean, directions[:k], lengths[:k] ** 2 / (len(X) - 1)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("pretraining.pca", pca)

# %% nbgrader={"grade": true, "grade_id": "check-pca", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("pretraining.pca", pca)
### END HIDDEN TESTS

# %% [markdown]
# ### An autoencoder
#
# PCA can only project. A network may bend. An **autoencoder** is a network that learns to return its
# input, through a bottleneck:
#
# $$z = \sigma(x W^\top + b), \qquad x' = \sigma(z W_{out}^\top + b_{out})$$
#
# The code $z$ has few numbers; what is lost on the way is the error. No labels are needed: the input is
# its own answer.

# %% [markdown]
# ### Exercise 2: the error (3 points)
#
# $$\text{loss} = \frac1n \sum_i \| x_i - x'_i \|^2$$
#
# Squares are summed over the numbers of an example, and averaged over examples.
#
# Worked number: with all weights zero, every $x'$ is ½. Three examples of two ones each: $2 \cdot
# (1/2)^2 = 0.5$.


# %% nbgrader={"grade": false, "grade_id": "autoencoder_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def autoencoder_loss(X, W, b, W_out, b_out):
    """Return the mean over examples of ‖x − x'‖².

    X: (n, d); W: (H, d); b: (H,); W_out: (d, H); b_out: (d,)
    """
    ### BEGIN SOLUTION
    codes = torch.sigmoid(X @ W.T + b)
    rebuilt = torch.sigmoid(codes @ W_out.T + b_out)
    return ((X - rebuilt) ** 2).sum(dim=1).mean()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("pretraining.autoencoder_loss", autoencoder_loss)

# %% nbgrader={"grade": true, "grade_id": "check-autoencoder_loss", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("pretraining.autoencoder_loss", autoencoder_loss)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** 4 000 digits, two numbers each. Which digits will PCA keep apart, and which will it put on
# top of each other?

# %% tags=["demo"]
images, test_images, labels, test_labels = map(torch.as_tensor, split_mnist(*load_mnist()))
mean, components, variances = pca(images, 2)
codes = (test_images - mean) @ components.T
by_pca = mean + codes @ components
pca_error = ((test_images - by_pca) ** 2).mean().item()
share = variances.sum() / images.var(dim=0).sum()
print(f"two directions hold {share:.0%} of the variance")
figures.digits_in_two({"PCA": codes[:400]}, test_labels[:400], {"PCA": pca_error})

# %% [markdown]
# ## 2 The start of deep learning
#
# In 2005 everybody knew that networks with many layers do not work. Trained from fresh random weights,
# they were worse than shallow ones. In 2006 it turned out that they need a better start. Three ideas:
#
# 1. **Supervised only.** Fresh weights, labels, backpropagation.
# 2. **Greedy supervised.** Train one hidden layer with the labels, freeze it, put the next one on top. Then
#    do as idea 1 says, from there.
# 3. **Greedy unsupervised.** The same, but each layer is trained as an *autoencoder* of what the layer below
#    says. No labels until the end.

# %% [markdown]
# ### Exercise 3: one layer at a time (4 points)
#
# Bottom-up: train a layer on the examples, freeze it, compute its codes $\sigma(x W^\top + b)$, train the
# next layer on these. `train_layer(codes, size)` is given and returns `(W, b)`; call it once a layer.
# Return the list of `(W, b)`, from the bottom. Codes carry no gradients.
#
# Worked number: 5 examples of 4 numbers and the sizes `[3, 2]`: the first call gets codes of shape
# (5, 4) and returns a W of (3, 4), the second gets (5, 3) and returns (2, 3).


# %% nbgrader={"grade": false, "grade_id": "greedy_pretrain", "locked": false, "schema_version": 3, "solution": true, "task": false}
def greedy_pretrain(X, sizes, train_layer) -> list:
    """Return [(W, b), ...] from the bottom; layer k is trained on the codes of the layers below.

    X: (n, d); sizes: of the hidden layers; train_layer: (codes, size) -> (W (size, width), b)
    """
    ### BEGIN SOLUTION
    layers, codes = [], X
    for size in sizes:
        W, b = train_layer(codes, size)
        layers.append((W, b))
        codes = torch.sigmoid(codes @ W.T + b).detach()
    return layers
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("pretraining.greedy_pretrain", greedy_pretrain)

# %% nbgrader={"grade": true, "grade_id": "check-greedy_pretrain", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("pretraining.greedy_pretrain", greedy_pretrain)
### END HIDDEN TESTS

# %% [markdown]
# First two numbers again. An autoencoder of four layers, 784 → 200 → 50 → 10 → 2, and back up: first trained
# layer by layer with your two functions, then all together.
#
# **Predict.** PCA's error was 0.056 for a pixel. Does the network do better with the same two numbers? And what
# if it begins with fresh weights instead?

# %% tags=["demo"]
from course_utils.pretraining.two_numbers import NarrowPlan, train_autoencoder

GIVEN = {"loss": autoencoder_loss, "pretrain": greedy_pretrain}
deep = train_autoencoder(images, NarrowPlan(), **GIVEN)
fresh = train_autoencoder(images, NarrowPlan(pretrain_passes=0), **GIVEN)
deep_error, fresh_error = (
    ((net.rebuild(test_images) - test_images) ** 2).mean().item() for net in (deep, fresh)
)
print(f"PCA {pca_error:.3f} · pre-trained {deep_error:.3f} · fresh weights {fresh_error:.3f}")
figures.digits_in_two(
    {"PCA": codes[:400], "deep autoencoder": deep.codes(test_images[:400])},
    test_labels[:400], {"PCA": pca_error, "deep autoencoder": deep_error},
)  # fmt: skip

# %% tags=["demo"]
mean, components, _ = pca(images, 2)
shown = test_images[[int((test_labels == digit).nonzero()[1]) for digit in range(10)]]
by_pca = mean + (shown - mean) @ components.T @ components
figures.rebuilt_digits({"digit": shown, "PCA": by_pca, "deep": deep.rebuild(shown)})

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert deep_error < 0.051 < 0.053 < fresh_error < 0.058 and abs(pca_error - 0.056) < 5e-4

# %% [markdown]
# Two numbers that may bend keep more than two that may not, *if* the network gets a good start. From fresh
# weights the same network, trained as long together, is hardly better than PCA.

# %% [markdown]
# Now the comparison of 2006, with your `greedy_pretrain` and your `autoencoder_loss`: four hidden layers of
# 100, the same 4 000 digits, three seeds for each idea, plain gradient descent.
#
# **Predict.** Guessing is wrong nine times in ten. How wrong is idea 1? And does idea 3, which sees
# no labels at first, lose to idea 2, which does?

# %% tags=["demo"]
from functools import cache

from course_utils.pretraining.deep import IDEAS, DeepPlan, logits, train_deep
from course_utils.progress import track

PLAN = DeepPlan(sizes=(100, 100, 100, 100), pretrain_passes=8, tune_passes=16)
SEEDS = 3


@cache  # trained once, asked for often
def right_answers(idea, seed):
    network = train_deep(idea, images, labels, PLAN, seed=seed, **GIVEN)
    guesses = logits(*network, test_images.float().to(device())).argmax(dim=1).cpu()
    return (guesses == test_labels).numpy()


for idea, seed in track([(idea, seed) for idea in IDEAS for seed in range(SEEDS)], "networks"):
    right_answers(idea, seed)

# %% tags=["demo"]
rng = np.random.default_rng(0)
errors, intervals = {}, {}
for idea in IDEAS:
    wrong = 1 - np.array([right_answers(idea, seed) for seed in range(SEEDS)])  # (seeds, images)
    errors[idea] = wrong.mean(axis=1).tolist()
    drawn = [wrong[rng.integers(SEEDS, size=SEEDS)].mean(axis=0) for _ in range(1000)]
    means = [rng.choice(row, len(row)).mean() for row in drawn]  # other seeds, other images
    intervals[idea] = tuple(np.quantile(means, [0.025, 0.975]))
figures.three_ideas(errors, intervals)

# %% tags=["demo"]
from course_utils.significance import holm, paired_bootstrap_of_scores

by_image = {  # (images,): the share of seeds that are right
    idea: np.mean([right_answers(idea, seed) for seed in range(SEEDS)], axis=0) for idea in IDEAS
}
pairs = [(IDEAS[1], IDEAS[0]), (IDEAS[2], IDEAS[0]), (IDEAS[2], IDEAS[1])]
p_values = [
    max(paired_bootstrap_of_scores(by_image[a], by_image[b], 5000, rng), 1 / 5000) for a, b in pairs
]
for (better, worse), p_value, real in zip(pairs, p_values, holm(p_values, 0.05)):
    print(f"{better:20} against {worse:18} p ≤ {p_value:.4f}", "better" if real else "not decided")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
share_wrong = {idea: np.mean(found) for idea, found in errors.items()}
assert share_wrong[IDEAS[0]] > 0.85 and share_wrong[IDEAS[2]] < share_wrong[IDEAS[1]] < 0.12
assert min(errors[IDEAS[0]]) > max(errors[IDEAS[1]] + errors[IDEAS[2]])
assert holm(p_values, 0.05).all()

# %% [markdown]
# Idea 1 learns nothing at all: through four layers of sigmoids the gradient has faded before it reaches the
# first. (You measured this in unit 4.) With either kind of pre-training the same network gets about
# nine digits in ten right, and learning to *rebuild* was a better start than learning to *name*.
#
# The paper had 60 000 digits and found the same order: 2.4 % wrong without pre-training, 2.0 % with
# idea 2, 1.4 % with idea 3. Its networks without pre-training did learn something: they had
# fewer layers, more time, and rates that were searched for.

# %% [markdown]
# ### What are labels worth?
#
# Images are cheap, labels are not. Let idea 3 see all 4 000 images, but only some of their labels.
#
# **Predict.** With 100 labels, ten for each digit: how many digits does it get wrong?

# %% tags=["demo"]
from dataclasses import replace

NUM_LABELS = (100, 300, 1000)
by_labels = {idea: [] for idea in IDEAS[1:]}
for idea, n in track([(idea, n) for idea in by_labels for n in NUM_LABELS], "few labels"):
    passes = 6 if idea == IDEAS[2] else 40
    few = replace(PLAN, sizes=(100, 100, 100), tune_passes=30_000 // n, pretrain_passes=passes)
    row = []
    for seed in range(2):
        network = train_deep(
            idea, images[:n], labels[:n], few, seed=seed, unlabelled=images, **GIVEN
        )
        guesses = logits(*network, test_images.float().to(device())).argmax(dim=1).cpu()
        row.append((guesses != test_labels).double().mean().item())
    by_labels[idea].append(row)
figures.label_efficiency(NUM_LABELS, by_labels)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
few_labels = {idea: np.mean(table, axis=1) for idea, table in by_labels.items()}
assert few_labels[IDEAS[2]][0] < 0.32 < 0.4 < few_labels[IDEAS[1]][0]
assert abs(few_labels[IDEAS[2]][2] - few_labels[IDEAS[1]][2]) < 0.03

# %% [markdown]
# With few labels, pre-training on everything halves the errors. With many, it hardly matters. Keep this
# shape in mind: *much text without labels first, a little human judgement last* is how ChatGPT was made.
#
# Since about 2012 nobody trains digits in this way any more: rectifiers, better first weights, normalisation
# and residuals let gradients through. The idea that survived is the other one: learn from what has no
# labels, by predicting the input. For text, that is the next token.

# %% [markdown]
# ## 3 What does a language model read?
#
# **Generative pre-training**: each example is a piece of text, the aim is its likelihood. You wrote the
# loss and the step in unit 5. Two things are left: how passages are cut, and from which texts.

# %% [markdown]
# ### Exercise 4: passages (3 points)
#
# From one long text and a list of starts make a batch: `inputs[i]` are `length` tokens from `starts[i]` on,
# `targets[i]` the same, one step later. A start that is negative, or too late for all targets, is a
# `ValueError`.
#
# Worked number: the text 10, 11, …, 19, starts 0 and 7, length 2: inputs (10, 11) and (17, 18), targets
# (11, 12) and (18, 19). Start 7 is the last one.


# %% nbgrader={"grade": false, "grade_id": "sample_batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sample_batch(tokens, starts, length: int):
    """Return (inputs, targets), (B, length) each, int64.

    tokens: (N,); starts: (B,)
    """
    ### BEGIN SOLUTION
    if starts.min() < 0 or starts.max() > len(tokens) - length - 1:
        raise ValueError(f"a passage of {length} does not fit at one of {starts.tolist()}")
    places = starts[:, None] + torch.arange(length)
    return tokens[places].long(), tokens[places + 1].long()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("pretraining.sample_batch", sample_batch)

# %% nbgrader={"grade": true, "grade_id": "check-sample_batch", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("pretraining.sample_batch", sample_batch)
### END HIDDEN TESTS

# %% [markdown]
# GPT-3 read 300 billion tokens from five sources. A good source, such as Wikipedia, should be read more
# than a bad one of the same size: each has a **weight**, its share of what is read. An **epoch** is
# reading a source once.

# %% [markdown]
# ### Exercise 5: how often? (2 points)
#
# $$\text{epochs}_i = \frac{w_i}{\sum_j w_j} \cdot \frac{\text{all tokens that are read}}{\text{tokens in source } i}$$
#
# The weights need not sum to 1. A source of no tokens is a `ValueError`.
#
# Worked number: sources of 10 and 40 tokens, weights 1 and 3, 80 tokens to read: 20 from the first, which
# is 2 epochs, and 60 from the second, 1.5.


# %% nbgrader={"grade": false, "grade_id": "mixture_epochs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mixture_epochs(tokens, weights, total_tokens):
    """Return how often each source is read, as an array.

    tokens, weights: one number for each source; total_tokens: how many are read in all.
    """
    ### BEGIN SOLUTION
    tokens, weights = np.asarray(tokens, dtype=float), np.asarray(weights, dtype=float)
    if (tokens <= 0).any():
        raise ValueError("a source without tokens cannot be read")
    return weights / weights.sum() * total_tokens / tokens
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("pretraining.mixture_epochs", mixture_epochs)

# %% nbgrader={"grade": true, "grade_id": "check-mixture_epochs", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("pretraining.mixture_epochs", mixture_epochs)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** GPT-3's authors printed the weights of their sources, and the epochs too. Will your formula give the
# epochs that they printed?

# %% tags=["demo"]
from course_utils.pretraining.mixture import GPT3_MIXTURE, GPT3_TOTAL_TOKENS

there = [source.tokens for source in GPT3_MIXTURE]
weights = [source.weight for source in GPT3_MIXTURE]
epochs = mixture_epochs(there, weights, GPT3_TOTAL_TOKENS)
print(f"the weights sum to {sum(weights):.2f}")
for source, computed in zip(GPT3_MIXTURE, epochs):
    as_printed = source.weight * GPT3_TOTAL_TOKENS / source.tokens
    print(
        f"{source.name:24} printed {source.epochs:4}   weight as printed {as_printed:.3f}", end=""
    )
    print(f"   divided by the sum {computed:.3f}")
figures.mixture(GPT3_MIXTURE, epochs)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose(epochs, [0.4347, 3.4393, 1.9802, 0.4320, 2.9703], atol=5e-5)
assert abs(sum(weights) - 1.01) < 1e-9

# %% [markdown]
# The table adds up to 101 %, by rounding. Books and Common Crawl come out as printed, one way or the other.
# Two cells do not: WebText2 is printed as 2.9 epochs, and its weight gives 3.4 either way; Wikipedia is
# printed as 3.4, and its weight gives 3.0. A weight rounded to whole per cents explains Wikipedia (2.5 to
# 3.5 % is 2.5 to 3.5 epochs), but not WebText2: 2.9 epochs of 19 billion are 18 %, not 22. Whatever happened,
# a number in a famous table is not right because it is famous.

# %% [markdown]
# A stream with these weights: draw a source for each passage, then a place in it. Nobody has to hold all
# texts in memory, and the epochs come out by themselves.
#
# **Predict.** In 2 000 passages of 64 tokens: about how near do they come?

# %% tags=["demo"]
from course_utils.pretraining.stream import MixtureStream

small = [source.tokens / 1e8 for source in GPT3_MIXTURE]  # a text of 4 100 tokens for 410 billion
texts = {s.name: torch.arange(int(n) + 65) for s, n in zip(GPT3_MIXTURE, small)}
reader = MixtureStream(texts, weights, length=64, seed=0, cut=sample_batch)
drawn = [reader.draw()[0] for _ in range(2000)]
expected = mixture_epochs([len(text) for text in texts.values()], weights, 2000 * 64)
for (name, count), computed in zip(reader.epochs().items(), expected):
    print(f"{name:24} {count:5.2f} epochs, by your formula {computed:5.2f}")
figures.stream([source.name for source in GPT3_MIXTURE], drawn[:100])

# %% [markdown]
# The Pile, an open collection made for this purpose, has 22 sources and 825 GB, about 1.2 trillion tokens as the
# lecture counts: papers, web pages, books, talks, code. What is in it decides what a model can do, and
# whose words it repeats. Unit 8 comes back to this.

# %% [markdown]
# ## 4 First break
#
# You have seen how a model learns without being told what is right. What follows is the other half: it
# is told, but only *how good* what it did was. If you stop here for today, run the cells of sections 1 to
# 3 again next time; nothing below depends on their results.

# %% [markdown]
# ## 5 Playing for points
#
# A game shows a **state** $s$. You choose an **action** $a$, get a **reward** $r$, and see the next state
# $s'$. The aim: as much reward as possible, where later reward counts less, by a **discount** $\gamma$ for
# each step. Nobody says which action would have been right.
#
# $Q(s, a)$ is what an action is worth: the reward now, and all that follows if one plays on as well as
# possible. Whoever knows $Q$ plays perfectly: take the best action. So learn $Q$. In **deep Q-learning** a
# network with parameters $\Theta$ says what each action is worth.

# %% [markdown]
# ### Exercise 6: explore or not (2 points)
#
# Whoever always does what seems best never finds out better. So with probability $\varepsilon$ do anything.
#
# The dice are handed in: explore if `u < epsilon`, and then take action $\lfloor v \cdot A \rfloor$ of $A$
# actions. Otherwise the best; if several are best, the first.
#
# Worked number: values (1, 3, 2), $\varepsilon = 0.1$. With $u = 0.5$: action 1. With $u = 0.05$ and $v =
# 0.9$: $\lfloor 2.7 \rfloor = 2$.


# %% nbgrader={"grade": false, "grade_id": "epsilon_greedy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def epsilon_greedy(q_values, epsilon: float, u: float, v: float) -> int:
    """Return the number of an action. q_values: (A,); u, v: in [0, 1)"""
    ### BEGIN SOLUTION
    if u < epsilon:
        return int(v * len(q_values))
    return int(np.argmax(np.asarray(q_values)))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.epsilon_greedy", epsilon_greedy)

# %% nbgrader={"grade": true, "grade_id": "check-epsilon_greedy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.epsilon_greedy", epsilon_greedy)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7: what Q should have said (5 points)
#
# After one step we know a little more than before: the reward, and where we got. So
#
# $$y = r + \gamma \max_{a'} Q(s', a'; \Theta_{const}), \qquad \text{loss} = \text{mean}\,\big(y - Q(s, a;
# \Theta)\big)^2$$
#
# If the game is *over* after this step, nothing follows: $y = r$.
#
# $\Theta_{const}$ is a frozen copy of the parameters. Were the target made by the network that is being
# trained, each step would move what it aims at. So: no gradient through $y$, even if somebody hands in
# one network twice.
#
# Worked number: $r = 1$, $\gamma = 0.5$, the frozen copy says (6, 0) for $s'$: $y = 4$. The network says
# 1 for what was done: $(4 - 1)^2 = 9$. Had the game been over: $(1 - 1)^2 = 0$.


# %% nbgrader={"grade": false, "grade_id": "q_learning_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def q_learning_loss(
    q_network, target_network, states, actions, rewards, next_states, dones, gamma: float
):
    """Return the mean of (r + γ max Q(s', a'; frozen) − Q(s, a))².

    networks: (B, d) -> (B, A); states, next_states: (B, d); actions, rewards, dones (bool): (B,)
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        future = target_network(next_states).max(dim=1).values
        targets = rewards + gamma * torch.where(dones, 0.0, future)
    said = q_network(states).gather(1, actions[:, None])[:, 0]
    return ((targets - said) ** 2).mean()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.q_learning_loss", q_learning_loss)

# %% nbgrader={"grade": true, "grade_id": "check-q_learning_loss", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.q_learning_loss", q_learning_loss)
### END HIDDEN TESTS

# %% [markdown]
# A frozen lake: from the start to the goal over ice, and not into a hole. Only the goal gives a
# reward, of 1. This world is so small that the exact $Q^*$ can be computed: apply the equation above to all
# states until nothing changes (value iteration).
#
# **Predict.** With $\gamma = 0.9$ and six steps from start to goal: what is the best action worth at the start?

# %% tags=["demo"]
from course_utils.rlhf.agent import Agent, AgentPlan
from course_utils.rlhf.games import frozen_lake
from course_utils.rlhf.planning import optimal_q_values

lake = frozen_lake()
squares = "".join(letter.decode() for letter in lake.unwrapped.desc.flatten())
exact = optimal_q_values(lake.unwrapped.P, gamma=0.9)
ice = [i for i, letter in enumerate(squares) if letter in "SF"]


# %% tags=["demo"]
def learn(freeze_for):
    plan = AgentPlan(
        4000, gamma=0.9, freeze_for=freeze_for, explore=(1.0, 0.2, 3000), first_random=200,
        capacity=5000, batch_size=32,
    )  # fmt: skip
    agent = Agent(lake, plan, hidden=(32,))
    steps, far = [], []
    for episode in agent.learn(loss=q_learning_loss, choose=epsilon_greedy):
        steps.append(episode.step)
        far.append(np.abs(agent.q_values(np.eye(16)).numpy() - exact)[ice].max())
    return agent, (steps, far)


agent, frozen = learn(freeze_for=100)
learned = agent.q_values(np.eye(16)).numpy()
games.lake({"Q*, exact": exact, "Q, learned by your loss": learned}, squares)

# %% [markdown]
# Now without freezing: a copy at every step, so that the target moves along.
#
# **Predict.** Does it still find the goal? Does it find $Q^*$?

# %% tags=["demo"]
unfrozen_agent, unfrozen = learn(freeze_for=1)
print(
    "reward, playing greedily: frozen", agent.play(1)[0], " never frozen", unfrozen_agent.play(1)[0]
)
games.wobble({"frozen for 100 steps": frozen, "never frozen": unfrozen})

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(exact[0].max() - 0.9**5) < 1e-9
assert np.abs(learned - exact)[ice].max() < 0.02 and agent.play(1) == [1.0]
assert unfrozen[1][-1] > 3 * frozen[1][-1]

# %% [markdown]
# $0.9^5 = 0.59$: the reward comes with the sixth step, and is discounted five times. With freezing the
# network arrives at $Q^*$ to two digits. Without, it finds the way all the same, but its numbers keep
# wobbling: each step corrects a target that it has just moved.

# %% [markdown]
# ### A pole on a cart
#
# Four numbers (position, speed, angle, turning), two buttons, a reward of 1 for each step until the pole
# falls, at most 500. It counts as solved with a mean of 475 over 100 games. This run takes a minute; it is
# *recorded*, with the command that made it:

# %% tags=["demo"]
from course_utils.rlhf.recorded import load_recorded_run

pole = load_recorded_run("cartpole")
print(f"{pole['command']} · seed {pole['seed']} · {pole['versions']} · {pole['seconds']} s")
print(f"100 games without exploring: {np.mean(pole['played']):.1f} on average")
games.games(pole["episodes"])

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.mean(pole["played"]) >= 475

# %% [markdown]
# In 2015 the same loss, with a network that sees 84 × 84 pixels, learned 49 Atari games, many of them
# better than a person. The agent here is that one too. It takes `pip install ale-py opencv-python-headless`,
# then `python -m course_utils.rlhf atari --game Pong --steps 2000000`, a graphics card, and patience.
#
# Whoever would rather continue another day: this is the second break.

# %% [markdown]
# ## 6 From the next word to a good answer
#
# A GPT continues texts. Ask it a question, and it may go on with five more questions: that is how lists of
# questions look. **InstructGPT** (2022) was made from GPT-3 in three steps, and people preferred the
# answers of its smallest model, 1.3 billion parameters, to those of GPT-3 with 175 billion:
#
# 1. **Supervised fine-tuning**: people write good answers; train on them.
# 2. A **reward model**: people rank several answers; learn a number that agrees with them.
# 3. **PPO**: let the model write, and make likelier what earns more.

# %% [markdown]
# We do all of this in small, with real human judgements: sentences from film reviews, each scored from −4 to +4
# by fifteen people or more. The "prompt" is the beginning of a review; what people like is a friendly
# one.

# %% [markdown]
# *A note on content.* The texts are reviews, some of them harsh, and what small models write is strange. Texts
# with words that are meant to hurt were left out before anything was trained.

# %% [markdown]
# ### Exercise 8: learn the reply, not the prompt (4 points)
#
# The loss of unit 5, but only where the *target* belongs to a reply. `response_mask[b, t]` is True where
# token `t` of text `b` does. Logits at $t - 1$ predict token $t$; position 0 never counts. The mean is over
# all reply tokens of the batch.
#
# Worked number: five possible tokens, all logits 0, a text of four tokens, of which the last two are the
# reply: $\log 5 = 1.6094$.


# %% nbgrader={"grade": false, "grade_id": "supervised_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def supervised_loss(logits, tokens, response_mask):
    """Return the mean of −log p over the tokens of the replies.

    logits: (B, T, V); tokens: (B, T); response_mask: (B, T), bool
    """
    ### BEGIN SOLUTION
    counted = response_mask[:, 1:]
    log_p = torch.log_softmax(logits[:, :-1], dim=-1)
    surprise = -log_p.gather(2, tokens[:, 1:, None])[..., 0]
    return surprise[counted].mean()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.supervised_loss", supervised_loss)

# %% nbgrader={"grade": true, "grade_id": "check-supervised_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.supervised_loss", supervised_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 9: from a ranking to pairs (2 points)
#
# A person puts $K$ replies in order, best first. That says who is better in each of $K(K-1)/2$ pairs. Return
# them all as `(better, worse)`, in any order.
#
# Worked number: A, B, C give (A, B), (A, C), (B, C).


# %% nbgrader={"grade": false, "grade_id": "ranking_to_pairs", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ranking_to_pairs(ranking) -> list:
    """Return all (better, worse) of a ranking from best to worst."""
    ### BEGIN SOLUTION
    return [(ranking[i], worse) for i in range(len(ranking)) for worse in ranking[i + 1 :]]
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.ranking_to_pairs", ranking_to_pairs)

# %% nbgrader={"grade": true, "grade_id": "check-ranking_to_pairs", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.ranking_to_pairs", ranking_to_pairs)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 10: the reward model's loss (4 points)
#
# Let $r$ be a number for each reply. Bradley and Terry (1952): the probability that a person prefers the first
# of two is $\sigma(r_1 - r_2)$. So the surprise at what people chose is
#
# $$-\,\text{mean}\, \log \sigma(r_{chosen} - r_{rejected})$$
#
# Only differences count. It has to work for rewards of $\pm 1000$: $\sigma$ is 0 there, and its logarithm
# taken afterwards is $-\infty$.
#
# Worked number: 2 for the chosen, 0 for the rejected: $-\log 0.8808 = 0.1269$.


# %% nbgrader={"grade": false, "grade_id": "reward_model_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reward_model_loss(chosen, rejected):
    """Return the mean of −log σ(chosen − rejected); both of one shape, any."""
    ### BEGIN SOLUTION
    return -torch.nn.functional.logsigmoid(chosen - rejected).mean()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.reward_model_loss", reward_model_loss)

# %% nbgrader={"grade": true, "grade_id": "check-reward_model_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.reward_model_loss", reward_model_loss)
### END HIDDEN TESTS

# %% [markdown]
# ## 7 Not too far away
#
# A reward model is only a model. Far from the texts it has learned from, its numbers mean nothing, and a
# policy that does nothing but chase them ends up there. So leaving costs something: for each nat that a
# reply is likelier than under the model one started from, $\beta$.
#
# (A **policy**, $\pi$, is what reinforcement learning calls whoever acts. Here it is the GPT.)

# %% [markdown]
# ### Exercise 11: the reward, less the price (3 points)
#
# $$r - \beta \sum_t \big( \log \pi(\text{token}_t) - \log \pi_{ref}(\text{token}_t) \big)$$
#
# for each reply; the sum runs over its tokens, and may be negative. After the end of a reply both
# log-probabilities are 0.
#
# Worked number: $r = 3$, $\beta = 0.5$, two tokens of log-probability −1, by the reference −2 and −3. The sum is
# $1 + 2 = 3$, and $3 - 1.5 = 1.5$.


# %% nbgrader={"grade": false, "grade_id": "penalized_reward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def penalized_reward(reward, log_prob, log_prob_reference, beta: float):
    """Return r − β Σ (log π − log π_ref), for each reply.

    reward: (B,) or a scalar; log_prob, log_prob_reference: (B, T) or (T,)
    """
    ### BEGIN SOLUTION
    return reward - beta * (log_prob - log_prob_reference).sum(dim=-1)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.penalized_reward", penalized_reward)

# %% nbgrader={"grade": true, "grade_id": "check-penalized_reward", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.penalized_reward", penalized_reward)
### END HIDDEN TESTS

# %% [markdown]
# Which policy is the best one, then? There is an exact answer:
#
# $$\pi^*(\text{reply}) \propto \pi_{ref}(\text{reply}) \cdot e^{r / \beta}$$
#
# No computer can list all replies of a GPT. For a language of 5 words and 3 tokens it can: there are
# 125.

# %% [markdown]
# ### Exercise 12: the best policy (4 points)
#
# Over the last axis. A reply that the reference never gives stays at 0. It has to survive a small $\beta$,
# where $e^{r/\beta}$ overflows. $\beta \le 0$ is a `ValueError`.
#
# Worked number: reference (½, ½), rewards (0, 2), $\beta = 2$: proportional to $1 : e$, so 0.2689 and 0.7311.


# %% nbgrader={"grade": false, "grade_id": "optimal_policy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def optimal_policy(reference, rewards, beta: float):
    """Return the probabilities of the best policy. reference, rewards: (..., N)"""
    ### BEGIN SOLUTION
    if beta <= 0:
        raise ValueError(f"beta is {beta}: it has to be positive")
    possible = torch.where(reference > 0, rewards, -torch.inf)
    best = possible.max(dim=-1, keepdim=True).values
    return torch.softmax(reference.log() + (possible - best) / beta, dim=-1)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.optimal_policy", optimal_policy)

# %% nbgrader={"grade": true, "grade_id": "check-optimal_policy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.optimal_policy", optimal_policy)
### END HIDDEN TESTS

# %% [markdown]
# Four replies to "How was the film?". The reference hardly ever shouts; the reward likes shouting most.
#
# **Predict, then move β.** From which β down is shouting the likeliest reply? What is left of the reference
# at β = 0.1, and at β = 10?

# %% tags=["demo"]
REPLIES = ("It is a film.", "It is good.", "It is great!", "GREAT GREAT")
POLICY = torch.tensor([0.50, 0.30, 0.15, 0.05], dtype=torch.float64)
REWARDS = torch.tensor([0.0, 1.0, 2.0, 3.0], dtype=torch.float64)


def draw_best(beta=1.0):
    best = optimal_policy(POLICY, REWARDS, beta)
    return games.best_policy(REPLIES, POLICY, REWARDS, best, beta)


explore(draw_best, beta=(0.1, 10.0, 0.1))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
for price, likeliest in ((0.1, 3), (0.9, 3), (1.0, 2), (10.0, 0)):
    assert int(optimal_policy(POLICY, REWARDS, price).argmax()) == likeliest
assert optimal_policy(POLICY, REWARDS, 0.1)[3] > 0.999
assert (optimal_policy(POLICY, REWARDS, 10.0) - POLICY).abs().max() < 0.06

# %% [markdown]
# At β = 0.9 and below it shouts most of all. At 0.1 nothing is left of the reference; at 10 nearly everything. β
# says how far a reward is trusted.

# %% [markdown]
# ## 8 Small steps
#
# To improve a policy: let it write, see which replies earned more than expected (their **advantage** $A$), and
# make these likelier. The trouble: a large step changes the policy so much that what was measured is no
# longer true. **Proximal policy optimization** (PPO) counts a change only up to a limit. With the ratio
# $\rho = \pi / \pi_{old}$:
#
# $$-\,\text{mean}\, \min\big( \rho A,\ \text{clip}(\rho, 1 - \epsilon, 1 + \epsilon)\, A \big)$$

# %% [markdown]
# ### Exercise 13: PPO (5 points)
#
# Log-probabilities come in; $\rho$ is $e$ to the power of their difference. No gradient flows through the old
# ones, nor through the advantages.
#
# Worked numbers, $\epsilon = 0.2$: a good action ($A = 1$) that has become 1.5 times as likely counts 1.2, and
# there is no gradient any more. A bad one ($A = -1$) that has become 1.5 times as likely counts $-1.5$, in
# full: the way back stays open.


# %% nbgrader={"grade": false, "grade_id": "ppo_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ppo_loss(log_prob, log_prob_old, advantages, clip: float):
    """Return −mean min(ratio · A, clip(ratio) · A); all three of one shape, any."""
    ### BEGIN SOLUTION
    gains = advantages.detach()
    ratio = torch.exp(log_prob - log_prob_old.detach())
    return -torch.minimum(ratio * gains, ratio.clamp(1 - clip, 1 + clip) * gains).mean()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.ppo_loss", ppo_loss)

# %% nbgrader={"grade": true, "grade_id": "check-ppo_loss", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.ppo_loss", ppo_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 14: find the bug (5 points)
#
# Wrong versions of this loss train, too; for a while. `candidate` is somebody's version; return `True` if it
# is wrong.
#
# Wrong is also: a wrong **gradient** with respect to any of the three tensors; another shape; changed
# arguments; an exception on legal input. Differences up to 0.00001 are right. Your tester may use any oracle,
# and must not raise. Which ratios and which advantages reach all cases?


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_rlhf", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_rlhf(candidate) -> bool:
    """Return True when the candidate is a wrong version of ppo_loss.

    candidate: called as candidate(log_prob, log_prob_old, advantages, clip).
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(0)

    def draw(shape):
        return torch.randn(shape, generator=generator, dtype=torch.float64)

    for shape in ((12,), (3, 4), (1,), (2, 3, 2)):
        for clip in (0.2, 0.4, 0.1):
            old = -1 - draw(shape).abs()
            tensors = [old + 0.5 * draw(shape), old, draw(shape)]
            mine, theirs = ([t.clone().requires_grad_() for t in tensors] for _ in range(2))
            ratio, gains = (mine[0] - old).exp(), tensors[2]
            limit = torch.where(gains > 0, ratio.clamp(max=1 + clip), ratio.clamp(min=1 - clip))
            right = -(limit * gains).mean()
            (slope,) = torch.autograd.grad(right, mine[:1])
            try:
                answer = candidate(*theirs, clip)
                found = torch.autograd.grad(answer, theirs, allow_unused=True)
            except Exception:
                return True
            if answer.shape != right.shape or not all(map(torch.equal, theirs, tensors)):
                return True
            found = [torch.zeros_like(old) if g is None else g for g in found]
            wanted = [right, slope, torch.zeros_like(old), torch.zeros_like(old)]
            for expected, got in zip(wanted, [answer, *found]):
                if not torch.allclose(expected, got.double(), rtol=1e-4, atol=1e-4):
                    return True
    return False
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("rlhf.find_the_bug_rlhf", find_the_bug_rlhf, own=ppo_loss)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_rlhf", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("rlhf.find_the_bug_rlhf", find_the_bug_rlhf)
### END HIDDEN TESTS

# %% [markdown]
# Your `ppo_loss` and your `penalized_reward` tune the tiny GPT; your `optimal_policy` says how good it could be.
#
# **Predict.** When leaving is dear (large $\beta$), where does the policy end: near the reference or far away?
# Can any policy be above the line?

# %% tags=["demo"]
from course_utils.rlhf.toy import exact_frontier, make_toy, reward_and_distance, tune_toy

toy = make_toy()
points = []
for beta in track((3.0, 1.0, 0.5, 0.2), "prices"):
    policy = tune_toy(toy, beta, loss=ppo_loss, price=penalized_reward)
    reward, distance = reward_and_distance(toy, toy.probabilities(policy))
    points.append((beta, distance, reward))
line = exact_frontier(toy, np.geomspace(0.05, 30, 60).tolist(), best=optimal_policy)
games.frontier(points, line, title="125 replies: PPO and the best there is")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
for beta, distance, reward in points:
    above = reward - beta * distance
    (there,), (earned,) = exact_frontier(toy, [beta], best=optimal_policy)
    assert above <= earned - beta * there + 1e-6 and above > earned - beta * there - 0.1

# %% [markdown]
# PPO never saw the formula, and lands on the line. Nothing can be above it.

# %% [markdown]
# ## 9 The whole thing, with real judgements
#
# Now with texts. A small GPT (2 layers, 96 wide, 2 000 byte pairs) and one more than ten times its size both
# read 6 000 reviews. The small one is fine-tuned on how friendly reviews go on; a reward model learns from 20 000
# single choices between two reviews; PPO tunes the small one against it. All of this takes about half an hour
# on a laptop, so it was run once, with the command that is printed, and is *recorded*. The code is
# `course_utils/rlhf/pipeline.py`.

# %% [markdown]
# Who judges? Not the reward model: it is what was aimed at. The **judge** learned from *other reviews* and the
# scores of the *other half* of the raters, and is of another kind: it weighs words and pairs of words.

# %% tags=["demo"]
run = load_recorded_run("movies")
print(f"{run['command']} · seed {run['seed']} · {run['versions']} · {run['seconds']} s")
print("\nHow often does each agree with a person who says which of two unseen reviews is better?")
for who, share in run["accuracy"].items():
    print(f"   {who:30} {share:.1%}")

# %% [markdown]
# A person's single choice agrees with the mean of all the others less than nine times in ten: people differ,
# and no model can be expected to do better than that. The judge, and the reward model from 20 000 choices, are
# halfway between guessing and a person. (The one from 3 000 choices comes in section 10.)

# %% tags=["demo"]
for name, texts in run["texts"].items():
    print(f"--- {name}, {run['parameters'][name]:,} parameters")
    for text in texts[:4]:
        print("   ", text)

# %% [markdown]
# They all write like very small models do. But listen to the tone.
#
# **Predict.** The judge scores what each of them wrote after the same 500 beginnings. Who comes first, and is the
# lead of the small tuned model over the large one real?

# %% tags=["demo"]
judged = {name: np.array(scores) for name, scores in run["judged"].items()}
tuned = judged["tuned by PPO, small"]
others = [name for name in judged if name != "tuned by PPO, small"]
p_values = [
    max(paired_bootstrap_of_scores(tuned, judged[name], 5000, np.random.default_rng(0)), 1 / 5000)
    for name in others
]
for name, p_value, real in zip(others, p_values, holm(p_values, 0.05)):
    wins = (tuned > judged[name]).mean() + (tuned == judged[name]).mean() / 2
    print(f"tuned against {name:20} {run['parameters'][name]:>9,} parameters:", end=" ")
    print(f"preferred {wins:.0%}, p ≤ {p_value:.4f}", "" if real else "(not decided)")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
sizes = run["parameters"]
assert sizes["pre-trained, large"] >= 10 * sizes["tuned by PPO, small"]
assert holm(p_values, 0.05).all()
few, many, judge, person = sorted(run["accuracy"].values())
assert few < 0.65 < many < 0.7 < person < 0.9 and abs(many - (0.5 + person) / 2) < 0.03

# %% [markdown]
# A model with a tenth of the parameters is preferred, and not by chance. That is the sentence from InstructGPT's
# abstract, in small; and like there it says what *these* judges like, on *these* prompts. Does the small model
# know more, then? Ask each of them to predict reviews that nobody trained on:

# %% tags=["demo"]
for name, loss in run["held_out"].items():
    print(f"{name:20} {run['parameters'][name]:>9,} parameters: {loss:.2f} nats a token")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
unseen_loss = run["held_out"]
assert min(unseen_loss, key=unseen_loss.get) == "pre-trained, large"
assert max(unseen_loss, key=unseen_loss.get) == "tuned by PPO, small"

# %% [markdown]
# No. The large one predicts reviews best, and the tuned one worst: PPO has taught it *which* reviews to write, and
# it has paid with what it knew about all the others.

# %% [markdown]
# ## 10 Too much of a good thing
#
# What if we ask for reward and nothing else? Here is the same run at five prices, down to $\beta = 0$: once with
# the reward model from 20 000 choices, and once with one that has seen only 3 000.
#
# **Predict.** The left panel shows what each reward model thinks of the texts that were tuned for it, the right
# one what the judge thinks of them. Which curves rise to the end?

# %% tags=["demo"]
games.over_optimised(run["prices"])

# %% tags=["demo"]
for choices, rows in run["prices"].items():
    print(f"reward model from {choices}")
    for row in rows:
        print(f"   β = {row['beta']:<5} {row['kl']:5.1f} nats away, ", end="")
        print(f"reward {row['reward']:+.2f}, judge {row['judge']:+.2f}\n      {row['sample']}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
for rows in run["prices"].values():
    assert [row["reward"] for row in rows] == sorted(row["reward"] for row in rows)
*paid, free = [row["judge"] for row in run["prices"]["3,000 choices"]]
assert paid == sorted(paid) and free < np.mean(judged["fine-tuned, small"]) < max(paid)
pleased = [row["judge"] for row in run["prices"]["20,000 choices"]]
assert pleased == sorted(pleased) and all(rows[-1]["kl"] > 80 for rows in run["prices"].values())

# %% [markdown]
# Rewards rise to the end: that is what was asked for. With 3 000 choices the judge follows for a while, as the
# reward model has learned something true. Where leaving is free, he falls below the model that was never tuned.
# Read the last text of that list: no review at all, only pieces that the reward model has come to like. Nobody ever
# compared such texts, so nothing told it that they are bad. This is **over-optimisation**, and it has an old name,
# Goodhart's law: a measure that becomes a target stops being a good measure.

# %% [markdown]
# With 20 000 choices the judge is pleased to the end. Are you? Read that list's last text, too. The judge weighs
# words and pairs of words, and the policy, more than 80 nats from home, has found words that both models like. Neither has
# ever been shown what people think of a sentence that says them over and over.
#
# So $\beta$ is one remedy, and more human judgements are another. Best is both, with judgements of what the
# *tuned* model writes, by somebody who reads.

# %% [markdown]
# ## 11 In your own words (4 points)
#
# A company has a chatbot, and a button under each answer: thumbs up, thumbs down. From a million clicks they
# train a reward model, and they tune the chatbot until its reward stops rising. The thumbs of the following month
# are *worse* than before.
#
# In at most 150 words: whose judgement do the clicks carry, and whose not? Give two reasons why reward can rise
# while people like the answers less, and one change for each. What should they have looked at before they let
# the new model loose?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-thumbs", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# Only those who click are heard: the very angry and the very pleased, those with time, those who use the
# product already. Whoever was misled and did not notice gives a thumb up. People who are harmed by an answer
# but did not ask for it have no button.
#
# First, over-optimisation: far from the answers that the reward model has seen, its numbers mean nothing, and
# tuning finds just those answers. Change: a price for leaving the first model, and stop earlier. Second, the
# model learns what gets clicks, for instance flattery, length, or an assured tone, and not what helps. Change:
# let people with time compare two answers, check facts, and ask for what was not clicked.
#
# Before releasing it: a held-out judgement that was not aimed at. People who compare old and new answers, blind,
# to the same questions, with an interval or a test; and the distance from the first model.
#
# === BEGIN MARK SCHEME ===
# - 1 point: whose judgement is missing (those who do not click, those who do not notice, third parties).
# - 1 point: over-optimisation (the reward model is wrong far away), with price, earlier stop or new judgements.
# - 1 point: clicks measure something else than help (flattery, length, confidence), with a change that fits.
# - 1 point: held-out judgement by people or a separate judge, with uncertainty, before release.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown]
# ## 12 Recap
#
# - Learn from what has **no labels** first: rebuild images, predict the next token. A little **human
#   judgement** comes last, and goes far.
# - **Q-learning** learns what actions are worth from what came of them, with a frozen copy to aim at.
#   **PPO** makes likelier what earned more than expected, in small steps.
# - A **reward model** is a model. Pay for distance, and let somebody judge who was not aimed at.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Pre-training*, *Deep Q-learning*, *RLHF*.
# - K. Pearson: *On Lines and Planes of Closest Fit to Systems of Points in Space*. 1901. PCA.
# - G. Hinton, R. Salakhutdinov: *Reducing the Dimensionality of Data with Neural Networks*. 2006.
# - Y. Bengio, P. Lamblin, D. Popovici, H. Larochelle: *Greedy Layer-Wise Training of Deep Networks*. 2006.
# - T. Brown and others: *Language Models are Few-Shot Learners*. 2020. The table of what GPT-3 read.
# - L. Gao and others: *The Pile*. 2020.
# - V. Mnih and others: *Human-Level Control through Deep Reinforcement Learning*. 2015.
# - J. Schulman and others: *Proximal Policy Optimization Algorithms*. 2017.
# - L. Ouyang and others: *Training Language Models to Follow Instructions with Human Feedback*. 2022.
# - L. Gao, J. Schulman, J. Hilton: *Scaling Laws for Reward Model Overoptimization*. 2022.
# - C. Hutto, E. Gilbert: *VADER*. 2014. The scores of the film reviews.

# %% [markdown]
# ### What is simplified
#
# - Digits: 5 000 instead of 70 000, and three seeds.
# - RLHF: the models have a hundredth of a per cent of GPT-3's parameters, "better" means friendlier, and the
#   people who scored the reviews never saw what the models wrote.
# - The archive does not say which rater gave which score. "Other raters" means the other half of each text's
#   scores.
# - Deep Q-learning has been improved in many ways (double networks, replay by priority, distributions of
#   rewards), and RLHF too: today many tune on pairs directly, without a reward model (DPO, 2023).
