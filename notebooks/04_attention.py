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
# # Attention: looking back at every word
#
# When you are done you can
#
# - draw any formula as a *computation graph*, and get all its derivatives by walking backwards;
# - say what a recurrent network can remember of a sentence, and why it forgets;
# - build attention from nothing: scores, softmax, mask, weighted mean, several heads;
# - show with an experiment where attention beats recurrence, and with a count what that costs.
#
# **About 120 minutes · 44 points:** 40 checked by a program, 4 by a person.
#
# **You need:** matrix products in numpy, the chain rule; unit 3 for what a language model is.

# %%
import sys
from time import perf_counter

import matplotlib
import numpy as np
import torch

from course_utils.attention.computation_graph import Node
from course_utils.attention.copy_task import run_copy_task
from course_utils.attention.gradients import gradient_norms
from course_utils.figures import attention as figures
from course_utils.figures import explore
from course_utils.figures.animation import animate
from course_utils.figures.graphs import draw_graph, draw_module, graph_step, num_graph_steps
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · torch {torch.__version__}")
print(f"matplotlib {matplotlib.__version__}")

# %% [markdown]
# ## 1 A drawing that computes
#
# In unit 3 every word was an island. Now words become vectors, and what follows is computed from them
# by long formulas with many parameters. To learn the parameters we need one number for each: if I turn
# it up a little, how much does the error change?
#
# There are many ways to draw a neural network, and most leave something out. One drawing leaves out
# nothing: the **computation graph**. It is the algorithm itself.

# %% [markdown]
# The rules:
#
# - a **rectangle** for every intermediate variable of the algorithm;
# - inside it the **function** that computes the variable, outside it the variable's **name**;
# - arrows lead from what is used to what is made of it; they carry no labels;
# - every parameter, every intercept and every constant (an input, a true label) has a rectangle too.
#
# Our first one: one input $x$, a weight $w$, an intercept $b$, a prediction $\hat y = \sigma(wx + b)$
# between 0 and 1, and how far it is from the truth $y$, squared. ($\sigma(z) = 1/(1+e^{-z})$.)

# %% tags=["demo"]
x = Node("constant", "x", value=0.5)
w = Node("parameter", "w", value=2.0)
b = Node("parameter", "b", value=-1.0)
y = Node("constant", "y", value=1.0)
product = Node("multiply", "p", (w, x), value=1.0, local_gradients=(0.5, 2.0))
total = Node("add", "z", (product, b), value=0.0, local_gradients=(1.0, 1.0))
guess = Node("sigmoid", "ŷ", (total,), value=0.5, local_gradients=(0.25,))
error = Node("subtract", "e", (guess, y), value=-0.5, local_gradients=(1.0, -1.0))
loss = Node("square", "loss", (error,), value=0.25, local_gradients=(-1.0,))
draw_graph(loss, title="One input, one weight, one intercept")

# %% [markdown]
# Each node also holds its **local gradients**: how fast its value changes with each of its inputs, all
# else fixed. For $p = w \cdot x$ that is $x$ for the first input and $w$ for the second, here 0.5
# and 2. For the square of $e$ it is $2e = -1$.
#
# Local gradients are easy: one function, one formula. What we want is not local: how does the *loss*
# change with $w$, five boxes away? The chain rule says: multiply along the way. And where there are
# several ways, add.

# %% [markdown]
# ### Exercise 1: go backwards (6 points)
#
# The gradient of the output with respect to itself is 1. Every node hands to each of its inputs: its
# own gradient times the local one. A node's gradient is the **sum** of all it is handed.
#
# $$\text{gradient}(n) = \sum_{\text{arrows } n \to m} \text{gradient}(m) \cdot \frac{\partial m}{\partial n}$$
#
# Worked number: $y = x \cdot x$ with $x = 3$ is one node whose two inputs are the same node, with
# local gradients 3 and 3. So $x$ is handed $3$ twice: 6.
#
# One trap: a node may hand on only when *everything* that uses it has handed it its share. Another: a
# graph can be 5 000 nodes deep, and Python lets functions call each other only 1 000 deep. Use a list
# of what is still to do.


# %% nbgrader={"grade": false, "grade_id": "backpropagate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def backpropagate(output) -> dict:
    """Return {node: d output / d node} for output and every node it depends on, constants too.

    output: a Node, with .inputs and .local_gradients, two tuples of the same length.
    """
    ### BEGIN SOLUTION
    waits_for = {output: 0}  # how many arrows have not been walked yet
    to_visit = [output]
    while to_visit:
        for source in to_visit.pop().inputs:
            if source not in waits_for:
                waits_for[source] = 0
                to_visit.append(source)
            waits_for[source] += 1
    gradients = dict.fromkeys(waits_for, 0.0)
    gradients[output] = 1.0
    ready = [output]
    while ready:
        node = ready.pop()
        for source, local in zip(node.inputs, node.local_gradients):
            gradients[source] += gradients[node] * local
            waits_for[source] -= 1
            if waits_for[source] == 0:
                ready.append(source)
    return gradients
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.backpropagate", backpropagate)

# %% nbgrader={"grade": true, "grade_id": "check-backpropagate", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.backpropagate", backpropagate)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** In the graph above: should $w$ be turned up or down to make the loss smaller? By how much
# does the loss change if $b$ grows by 0.01? Then move the slider: first the values appear, forwards,
# then your gradients, backwards.


# %% tags=["demo"]
def draw_step(step=0):
    return graph_step(loss, backpropagate(loss), step)


explore(draw_step, step=(0, num_graph_steps(loss) - 1, 1))

# %% [markdown]
# Is it true? Turn each knob by a millionth and look at what the loss really does. This costs two
# evaluations for *each* parameter; going backwards costs about as much as one evaluation for *all* of
# them. With the 175 billion parameters of GPT-3, this is the difference between possible and not.


# %% tags=["demo"]
def loss_at(w_value, b_value):
    return (1 / (1 + np.exp(-(w_value * 0.5 + b_value))) - 1.0) ** 2


gradients, tiny = backpropagate(loss), 1e-6
by_w = (loss_at(2 + tiny, -1) - loss_at(2 - tiny, -1)) / (2 * tiny)
by_b = (loss_at(2, -1 + tiny) - loss_at(2, -1 - tiny)) / (2 * tiny)
print(f"w: backwards {gradients[w]:+.6f}, by turning the knob {by_w:+.6f}")
print(f"b: backwards {gradients[b]:+.6f}, by turning the knob {by_b:+.6f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert (gradients[w], gradients[b], gradients[y]) == (-0.125, -0.25, 1.0)
assert np.allclose([by_w, by_b], [-0.125, -0.25])

# %% [markdown]
# Both gradients are negative: turn $w$ and $b$ *up*. Adding 0.01 to $b$ lowers the loss by about
# 0.0025.
#
# Real networks have matrices in the boxes in place of numbers; nothing else changes. Torch keeps such
# a graph for you while it computes. Here is one with two layers, drawn by the same rules. Find the two
# intercepts.

# %% tags=["demo"]
torch.manual_seed(0)
network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1))
draw_module(network, torch.ones(1, 3), title="Two layers, as torch sees them")

# %% [markdown]
# ## 2 One vector for everything
#
# How can a network read a sentence of any length? The **recurrent** answer (RNN): keep one vector
# $h_t$ of fixed length. Read a word, mix it into the vector, read the next.
#
# $$h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h), \qquad \text{logits}_t = h_t W_{hy} + b_y$$
#
# $x_t$ is the vector of word $t$, written as a row. The **logits** are one number for each word of the
# vocabulary; softmax, soon, makes probabilities of them. So this is a language model without n:
# $p(w_{t+1} \mid w_1, \dots, w_t)$ depends on *all* words so far. On all, through one vector.

# %% [markdown]
# ### Exercise 2: the RNN language model (4 points)
#
# Return all hidden vectors $h_1 \dots h_T$ and the logits of what follows each. $T$ words of $d$
# numbers, $H$ numbers in a hidden vector, $V$ words in the vocabulary.
#
# Worked number, $d = H = V = 1$, all matrices 1, intercepts 0, $h_0 = 0.5$, two words with $x = 0$:
# $h_1 = \tanh(0.5) = 0.4621$ and $h_2 = \tanh(0.4621) = 0.4318$.
#
# (In the exercises of this unit the attention and the recurrence are yours: torch's own, such as
# `nn.RNN`, are not allowed, and the check will notice.)


# %% nbgrader={"grade": false, "grade_id": "rnn_language_model", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rnn_language_model(token_vectors, h0, W_xh, W_hh, b_h, W_hy, b_y):
    """Return (hidden, logits), of shapes (T, H) and (T, V).

    token_vectors (T, d), h0 (H,), W_xh (d, H), W_hh (H, H), b_h (H,), W_hy (H, V), b_y (V,)
    """
    ### BEGIN SOLUTION
    h, hidden = np.asarray(h0), []
    for x in np.asarray(token_vectors):
        h = np.tanh(x @ W_xh + h @ W_hh + b_h)
        hidden.append(h)
    hidden = np.array(hidden)
    return hidden, hidden @ W_hy + b_y
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.rnn_language_model", rnn_language_model)

# %% nbgrader={"grade": true, "grade_id": "check-rnn_language_model", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.rnn_language_model", rnn_language_model)
### END HIDDEN TESTS

# %% [markdown]
# What does the vector still know? Two texts begin with different words and go on alike. As long as
# $h_t$ differs, the network can know how the text began.
#
# **Predict.** The network has 8 numbers in $h$ and random weights. After how many equal words is the
# difference a thousandth of what it was?

# %% tags=["demo"]
rng = np.random.default_rng(4)
d, H = 8, 8
W_xh, W_hh = rng.normal(size=(d, H)) / 3, rng.normal(size=(H, H)) / 3
rest = rng.normal(size=(60, d))
RNN = {"h0": np.zeros(H), "W_xh": W_xh, "W_hh": W_hh, "b_h": np.zeros(H)}
RNN |= {"W_hy": np.eye(H), "b_y": np.zeros(H)}
one, other = (
    rnn_language_model(np.vstack([first, rest]), **RNN)[0] for first in rng.normal(size=(2, d))
)
difference = np.linalg.norm(one - other, axis=1)
for t in (0, 1, 2, 5, 10, 20, 40):
    print(f"after {t:2} equal words: {difference[t] / difference[0]:.7f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
gone = int(np.argmax(difference < difference[0] / 1000))
assert 5 <= gone <= 20, gone

# %% [markdown]
# Each step multiplies by $W_{hh}$ and squeezes through tanh, and so the beginning fades like a photocopy
# of a photocopy. Larger weights make it fade more slowly, or chaos break out. Better recurrent networks
# (LSTM, 1997) put gates in the way. But the bottleneck stays: *one* vector, and every earlier word has
# to go through it.

# %% [markdown]
# ## 3 Attention
#
# Another idea: forget nothing. Keep all vectors, and let each word **look back** and pick what it needs.
#
# Read: *the cow ate the grass because it was hungry.* What is *it*? You looked back, at *cow*, not at
# *grass*. To do the same, give each word three vectors:
#
# - a **query**, what it is looking for (*it*: an animal, please);
# - a **key**, what it offers (*cow*: I am an animal);
# - a **value**, what it hands over to whoever looks at it.
#
# How well a key fits a query is their dot product. That is the score.

# %% [markdown]
# In a trained model, the three vectors are the word's vector times three learned matrices: $q_j = W_q^\top
# x_j$, $k_j = W_k^\top x_j$, $v_j = W_v^\top x_j$. Ours are made by hand, so that you can read them.
# The word vectors have five entries: *animal, plant, verb, pronoun, other*.

# %% tags=["demo"]
WORDS = ["the", "cow", "ate", "the", "grass", "because", "it", "was", "hungry"]
FEATURES = {  # animal, plant, verb, pronoun, other
    "the": (0, 0, 0, 0, 1), "cow": (1, 0, 0, 0, 0), "ate": (0, 0, 1, 0, 0),
    "grass": (0, 1, 0, 0, 0), "because": (0, 0, 0, 0, 1), "it": (0, 0, 0, 1, 0),
    "was": (0, 0, 0.5, 0, 0.5), "hungry": (0, 0, 0, 0, 1),
}  # fmt: skip
X = np.array([FEATURES[word] for word in WORDS], dtype=float)
# row: the word is a …;  column: it looks for / it offers an animal, a plant, a verb, a pronoun
W_q = np.array([[0, 0, 2, 0], [0, 0, 2, 0], [4, 2, 0, 3], [6, 1, 0, 0], [0, 0, 0, 0]], dtype=float)
W_k = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]], dtype=float)
W_v = np.array([[1, 0], [0, 1], [0, 0], [0, 0], [0, 0]], dtype=float)  # hands over: animal, plant
queries, keys, values = X @ W_q, X @ W_k, X @ W_v
IT = WORDS.index("it")
print("'it' looks for", queries[IT], "and 'cow' offers", keys[1])

# %% [markdown]
# ### Exercise 3: scores (3 points)
#
# $$s_{t,j} = \frac{k_j^\top q_t}{\sqrt{d_k}}$$
#
# for every pair of a query $t$ and a key $j$: a table with a row for each query. $d_k$ is the number of
# entries in one key. There may be leading dimensions (several sentences, several heads), the same in
# both.
#
# Worked number: query $(2, 0, 0, 0)$, key $(3, 0, 0, 0)$. The dot product is 6, $\sqrt{4} = 2$, the
# score is 3.


# %% nbgrader={"grade": false, "grade_id": "attention_scores", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_scores(queries, keys):
    """Return s[..., t, j], of shape (..., T, J).

    queries (..., T, d_k), keys (..., J, d_k)
    """
    ### BEGIN SOLUTION
    queries, keys = np.asarray(queries, dtype=float), np.asarray(keys, dtype=float)
    return queries @ np.swapaxes(keys, -1, -2) / np.sqrt(keys.shape[-1])
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.attention_scores", attention_scores)

# %% nbgrader={"grade": true, "grade_id": "check-attention_scores", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.attention_scores", attention_scores)
### END HIDDEN TESTS

# %% [markdown]
# Scores are any numbers. We want shares: none negative, sum 1, larger where the score is larger. That
# is **softmax**:
#
# $$\text{softmax}(s)_j = \frac{e^{s_j}}{\sum_i e^{s_i}}$$
#
# Only one thing can go wrong, and it does: $e^{1000}$ is more than a computer can hold. But subtracting
# the same number from all scores of a row changes nothing in the quotient. Subtract the largest, and the
# largest power is $e^0 = 1$.

# %% [markdown]
# ### Exercise 4: softmax (3 points)
#
# Along the given axis. A score of $-\infty$ means *never*: it gets 0. If a whole row is $-\infty$
# there is nothing to share: all zeros.
#
# Worked number: softmax of $(1000, 1000, -\infty)$ is $(0.5, 0.5, 0)$.


# %% nbgrader={"grade": false, "grade_id": "softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(x, axis):
    """Return exp(x) / sum(exp(x)) along an axis; x may hold -inf, and be large."""
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    largest = x.max(axis=axis, keepdims=True)
    powers = np.exp(x - np.where(np.isfinite(largest), largest, 0))
    total = powers.sum(axis=axis, keepdims=True)
    return powers / np.where(total == 0, 1, total)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.softmax", softmax)

# %% nbgrader={"grade": true, "grade_id": "check-softmax", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.softmax", softmax)
### END HIDDEN TESTS

# %% tags=["demo"]
scores = attention_scores(queries, keys)
shares = softmax(scores[IT, : IT + 1], axis=0)
for word, score, share in zip(WORDS, scores[IT], shares):
    print(f"{word:8} score {score:4.1f}   share {share:.3f}  {'█' * round(40 * share)}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert round(shares[1], 3) == 0.751 and round(shares[4], 3) == 0.062

# %% [markdown]
# ### Why divide by √d_k?
#
# The dot product of two vectors of $d_k$ random entries (mean 0, variance 1) is a sum of $d_k$ random
# terms: its variance is $d_k$, its standard deviation $\sqrt{d_k}$. Long vectors, large scores. And
# softmax of large scores is all or nothing.
#
# **Predict.** One query, 50 random keys. How large is the largest share, with $d_k = 4$, 64 and 1024,
# if nothing is divided?

# %% tags=["demo"]
rng = np.random.default_rng(0)
for d_k in (4, 64, 1024):
    q, k = rng.normal(size=(400, 1, d_k)), rng.normal(size=(400, 50, d_k))
    scaled = attention_scores(q, k)[:, 0]
    largest = [softmax(s, axis=-1).max(axis=-1).mean() for s in (scaled, scaled * np.sqrt(d_k))]
    spread = scaled.std() * np.sqrt(d_k)
    print(f"d_k = {d_k:4}: k·q spreads by {spread:4.1f}; largest share {largest[1]:.2f},", end="")
    print(f" divided by √d_k {largest[0]:.2f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(spread - 32) < 0.5 and largest[1] > 0.9 and largest[0] < 0.2

# %% [markdown]
# Undivided, the longer vectors look at one word only, and it is right or wrong by luck: where the share
# is 1 or 0, its gradient is nearly 0, and the model cannot learn to look elsewhere.

# %% [markdown]
# ### Exercise 5: do not look ahead (2 points)
#
# A language model has to guess the next word; it must not see it. So word $t$ may look at $j$ only if
# $j \le t$: at itself and at what came before.
#
# Worked number: `causal_mask(2)` is `[[True, False], [True, True]]`.


# %% nbgrader={"grade": false, "grade_id": "causal_mask", "locked": false, "schema_version": 3, "solution": true, "task": false}
def causal_mask(num_tokens: int):
    """Return a (T, T) array of booleans for T = num_tokens, True where row t may look at column j."""
    ### BEGIN SOLUTION
    return np.tril(np.ones((num_tokens, num_tokens), dtype=bool))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.causal_mask", causal_mask)

# %% nbgrader={"grade": true, "grade_id": "check-causal_mask", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.causal_mask", causal_mask)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 6: attention (6 points)
#
# Now all together. Scores; where the mask says no, $-\infty$; softmax over the keys; and with these
# shares a weighted mean of the values:
#
# $$a_t = \text{softmax}(s_t), \qquad x'_t = \sum_j a_{t,j}\, v_j$$
#
# Return the outputs $x'$ and the weights $a$. The mask is True where $t$ *may* look at $j$; it is one
# for all leading dimensions, or one for each. A word that may look at nothing gets zeros in both.
#
# Worked number: one query $(0)$, keys $(5)$ and $(7)$, values $(1)$ and $(3)$. Both scores are 0, the
# weights are ½ and ½, the output is 2.


# %% nbgrader={"grade": false, "grade_id": "scaled_dot_product_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scaled_dot_product_attention(queries, keys, values, mask=None):
    """Return (outputs, weights), of shapes (..., T, d_v) and (..., T, J).

    queries (..., T, d_k), keys (..., J, d_k), values (..., J, d_v)
    mask: booleans that broadcast to (..., T, J), True = may look; None = look at everything
    """
    ### BEGIN SOLUTION
    scores = attention_scores(queries, keys)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    weights = softmax(scores, axis=-1)
    return weights @ np.asarray(values, dtype=float), weights
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.scaled_dot_product_attention", scaled_dot_product_attention)

# %% nbgrader={"grade": true, "grade_id": "check-scaled_dot_product_attention", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.scaled_dot_product_attention", scaled_dot_product_attention)
### END HIDDEN TESTS

# %% [markdown]
# Now watch *it* look for its cow, one step after the other. (Play, or step through it.)


# %% tags=["demo"]
def draw_attention(step):
    return figures.attention_step_by_step(
        queries, keys, values, WORDS, IT, step, attend=scaled_dot_product_attention
    )


animate(draw_attention, figures.NUM_STEPS)

# %% tags=["demo"]
outputs, weights = scaled_dot_product_attention(queries, keys, values, causal_mask(len(WORDS)))
print(f"'it' takes {outputs[IT, 0]:.2f} of an animal and {outputs[IT, 1]:.2f} of a plant")
figures.heat_map(weights, WORDS, title="Who looks at whom")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.allclose(outputs[IT], [0.751, 0.062], atol=5e-4)
assert np.allclose(weights.sum(axis=1), 1) and weights[0, 0] == 1

# %% [markdown]
# Row by row: *it* looks at *cow*; *ate* looks at *cow* too, its subject, for *grass* is still to come.
# Words that look for nothing in particular look at everything a little: with all scores equal, attention
# is the plain mean.
#
# Divide the scores by a **temperature** before softmax: below 1 the looks get sharper, above 1 duller.
# Unit 5 uses the same knob to write.

# %% tags=["demo"]
masked_scores = np.where(causal_mask(len(WORDS)), attention_scores(queries, keys), -np.inf)


def draw_heat(temperature=1.0):
    return figures.heat_map_with_temperature(masked_scores, WORDS, temperature, softmax)


explore(draw_heat, temperature=(0.1, 5.0, 0.1))

# %% [markdown]
# ### Exercise 7: find the bug (5 points)
#
# Attention is ten lines long, and there are many wrong versions of it that run and even train. Write a
# test: `candidate` is somebody's version of `scaled_dot_product_attention`; return `True` if it is
# wrong.
#
# Wrong is also: another shape, nan, an exception on legal input, changed arguments. Differences up to
# 0.00001 are right. Your tester must not raise. Which inputs would show a missing √, a softmax along
# the wrong axis, a mask upside down, a forgotten maximum, a row that may look at nothing?


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_attention(candidate) -> bool:
    """Return True when the candidate is a wrong version of scaled_dot_product_attention.

    candidate: called as candidate(queries, keys, values) and candidate(queries, keys, values, mask).
    """
    ### BEGIN SOLUTION
    rng = np.random.default_rng(0)
    inputs = []
    for lead, scale in (((), 1), ((), 3), ((), 60), ((2,), 1), ((2, 3), 2)):
        q, k, v = (scale * rng.normal(size=(*lead, *s)) for s in ((5, 3), (7, 3), (7, 2)))
        mask = rng.random((5, 7)) < 0.6
        mask[1] = False
        mask[2] = np.arange(7) == 6
        inputs += [(q, k, v), (q, k, v, mask), (q, k, v, rng.random((*lead, 5, 7)) < 0.5)]
        inputs += [(k, k, v, np.tril(np.ones((7, 7), dtype=bool))), (q, k, v, mask[:, :1] | True)]
    far = np.zeros((5, 3))
    far[0] = 800.0
    inputs += [(q[0, 0] + far, np.abs(k[0, 0]), v[0, 0])]
    for args in inputs:
        q, k, v, mask = (*args, None)[:4]
        scores = np.einsum("...td,...jd->...tj", q, k) / 3**0.5
        allowed = np.broadcast_to(True if mask is None else mask, scores.shape)
        top = np.where(allowed, scores, -1e300).max(axis=-1, keepdims=True)
        powers = np.where(allowed, np.exp(np.minimum(scores - top, 0)), 0)
        right = powers / np.maximum(powers.sum(axis=-1, keepdims=True), 1e-300)
        handed_over = [np.array(a) for a in args]
        try:
            outputs, weights = candidate(*handed_over)
            outputs, weights = np.asarray(outputs, dtype=float), np.asarray(weights, dtype=float)
        except Exception:
            return True
        if not all(np.array_equal(a, b) for a, b in zip(args, handed_over)):
            return True
        for answer, wanted in ((outputs, right @ v), (weights, right)):
            if answer.shape != wanted.shape or not np.allclose(answer, wanted, 1e-5, 1e-5):
                return True
    return False
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck(
    "attention.find_the_bug_attention", find_the_bug_attention, own=scaled_dot_product_attention
)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_attention", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.find_the_bug_attention", find_the_bug_attention)
### END HIDDEN TESTS

# %% [markdown]
# ### What attention does not see
#
# Two properties, one wanted and one surprising.
#
# **Predict.** (1) Change the last word of a sentence. Which outputs change? (2) Without a mask, shuffle
# the keys together with their values. Which outputs change?

# %% tags=["demo"]
changed_keys, changed_values = keys.copy(), values.copy()
changed_keys[-1], changed_values[-1] = 9.0, 9.0
after, _ = scaled_dot_product_attention(queries, changed_keys, changed_values, causal_mask(9))
print("last word edited: outputs that changed:", np.flatnonzero(np.any(after != outputs, axis=1)))

order = np.random.default_rng(1).permutation(len(WORDS))
plain, _ = scaled_dot_product_attention(queries, keys, values)
shuffled, _ = scaled_dot_product_attention(queries, keys[order], values[order])
print("shuffled: largest change of an output:", f"{np.abs(shuffled - plain).max():.1e}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.flatnonzero(np.any(after != outputs, axis=1)).tolist() == [8]
assert np.abs(shuffled - plain).max() < 1e-12

# %% [markdown]
# Good: nothing before an edit changes, so a text can be read once from left to right, and every word is
# a test question at the same time.
#
# Surprising: to attention a text is a *bag* of words. *Cow eats grass* and *grass eats cow* are the
# same to it. Whoever wants order has to write the position into the vector. Unit 5 will.

# %% [markdown]
# ## 4 Far away
#
# How strongly does the last output still feel word $j$? That is a gradient:
# $\lVert \partial\, \text{output} / \partial x_j \rVert$. If it is zero, no learning can reach
# word $j$. We get it the honest way, by turning every knob of your own two functions a little. (60
# random words of 8 numbers, random weights.)
#
# **Predict.** Draw in your mind the two curves over the distance, 0 to 59.

# %% tags=["demo"]
rng = np.random.default_rng(5)
text = rng.normal(size=(60, d))
Q, K, V = (rng.normal(size=(d, d)) / np.sqrt(d) for _ in range(3))


def last_of_rnn(vectors):
    return rnn_language_model(vectors, **RNN)[0][-1]


def last_of_attention(vectors):
    return scaled_dot_product_attention(vectors @ Q, vectors @ K, vectors @ V)[0][-1]


rnn_norms = gradient_norms(last_of_rnn, text)[::-1]
attention_norms = gradient_norms(last_of_attention, text)[::-1]
figures.gradient_by_distance(np.arange(60), rnn_norms, attention_norms)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert rnn_norms[30] < 1e-3 * rnn_norms[0]
assert np.median(attention_norms[30:]) > 0.3 * np.median(attention_norms[1:30])

# %% [markdown]
# For the RNN the gradient shrinks by about the same factor with every word: a straight line on this
# axis, the *vanishing gradient*. For attention the distance plays no role at all; what counts is how
# well key and query fit.

# %% [markdown]
# ### The copy task
#
# A gradient is a promise. Does it matter for what is *learned*? The simplest test of memory: the first
# symbol of a line is one of several; then comes noise, of a certain length; then a question mark, and
# the model has to say what the first symbol was.
#
# We train two small networks of about the same size, one with a recurrent and one with an attention
# layer, on the same lines with the same number of steps, for several gaps and seeds.
#
# **Predict.** From which gap on does the RNN do no better than guessing?

# %% tags=["demo"]
results = run_copy_task()
figures.copy_accuracy(results)

# %% [markdown]
# Is the difference real? Unit 1 knows: the paired bootstrap, on the same held-out lines, at each gap.
# And because five gaps are five tests, Holm's correction.

# %% tags=["demo"]
from course_utils.significance import holm, paired_bootstrap

rng = np.random.default_rng(0)
p_values = []
for right_attention, right_rnn in results.pairs():
    size = len(right_rnn)
    resamples = rng.integers(size, size=(2000, size))
    p_value = paired_bootstrap(right_attention, right_rnn, resamples)
    p_values.append(max(p_value, 1 / 2000) if right_attention.sum() > right_rnn.sum() else 1.0)
for gap, p_value, better in zip(results.gaps, p_values, holm(p_values, 0.05)):
    told = "attention is better" if better else "no difference shown"
    print(f"gap {gap:3}: p ≤ {p_value:.4f}, {told}")

# %% [markdown]
# ## 5 Several heads
#
# One look is not always enough. *ate* wants to know *who* and *what*. In a convolution, several
# channels look for several patterns in the same picture; in the same way several **heads** look for
# several things in the same sentence. Each has its own columns of the matrices. What they find is
# written side by side, and a last matrix $W_o$ mixes it to the length that is wanted.

# %% [markdown]
# ### Exercise 8: multi-head attention (5 points)
#
# $X W_q$, $X W_k$, $X W_v$; cut the columns into `num_heads` consecutive blocks of equal width; attention
# for each head by itself; put the outputs side by side, in order; times $W_o$. The scale is $\sqrt{d_k}$
# of *one* head. Columns that do not divide: `ValueError`.
#
# Watch the shapes: $(T, H \cdot d_k)$ must become $(H, T, d_k)$. A `reshape` alone will do that, and
# mix words and heads up without a warning.
#
# Worked number: one head, one word $x = (2)$, $W_q = W_k = (1)$, $W_v = (3)$, $W_o = (10)$: it can
# only look at itself, and the output is $2 \cdot 3 \cdot 10 = 60$.


# %% nbgrader={"grade": false, "grade_id": "multi_head_attention", "locked": false, "schema_version": 3, "solution": true, "task": false}
def multi_head_attention(X, W_q, W_k, W_v, W_o, num_heads: int, mask=None):
    """Return the mixed outputs of all heads, (..., T, d_out).

    X (..., T, d); W_q, W_k (d, H·d_k); W_v (d, H·d_v); W_o (H·d_v, d_out); mask (T, T)
    """
    ### BEGIN SOLUTION
    X = np.asarray(X, dtype=float)
    heads = []
    for W in (W_q, W_k, W_v):
        projected = X @ W
        if projected.shape[-1] % num_heads:
            raise ValueError(f"{projected.shape[-1]} columns, {num_heads} heads: do not divide")
        heads.append(np.stack(np.split(projected, num_heads, axis=-1), axis=-3))
    outputs, _ = scaled_dot_product_attention(*heads, mask)
    return np.concatenate(np.moveaxis(outputs, -3, 0), axis=-1) @ W_o
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.multi_head_attention", multi_head_attention)

# %% nbgrader={"grade": true, "grade_id": "check-multi_head_attention", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.multi_head_attention", multi_head_attention)
### END HIDDEN TESTS

# %% [markdown]
# By hand again, two heads: the first asks *who?* (verbs look for animals), the second *what?* (verbs look
# for plants). A sentence in which both come before the verb: *the cow the grass ate*, as poets write.

# %% tags=["demo"]
POEM = ["the", "cow", "the", "grass", "ate"]
P = np.array([FEATURES[word] for word in POEM], dtype=float)
who, what = np.zeros((5, 2)), np.zeros((5, 2))
who[2, 0], what[2, 1] = 8.0, 8.0  # verbs look for: an animal, a plant
offers = np.eye(5)[:, :2]
heads_q, heads_k, heads_v = np.hstack([who, what]), np.hstack([offers] * 2), np.hstack([offers] * 2)
mixed = multi_head_attention(P, heads_q, heads_k, heads_v, np.eye(4), 2, causal_mask(5))
one_head, _ = scaled_dot_product_attention(P @ (who + what), P @ offers, P @ offers, causal_mask(5))
print("two heads, 'ate' finds   who:", mixed[4, :2].round(2), "  what:", mixed[4, 2:].round(2))
print("one head, both at once:      ", one_head[4].round(2))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert mixed[4, 0] > 0.95 and mixed[4, 3] > 0.95 and np.allclose(one_head[4], 0.49, atol=0.02)

# %% [markdown]
# Two heads answer two questions: *cow* and *grass*. One head, asking both at once, gets one blurred
# answer: half an animal, half a plant, and it cannot say which is who.
#
# ## 6 What it costs
#
# Nothing is free. Count the arrows between hidden vectors, from layer to layer, those from the word
# vectors (layer 0) included.
#
# - In an **RNN** of $L$ layers, each of the $L \cdot T$ hidden vectors hears from the one below it, and
#   all but the first of each layer from the one before: $L\,T + L\,(T-1)$.
# - In a **transformer**, vector $t$ hears from the vectors $1 \dots t$ of the layer below.

# %% [markdown]
# ### Exercise 9: count the connections (2 points)
#
# Return an exact integer, for the kinds `"rnn"` and `"transformer"`; another kind is a `ValueError`. You
# have to find the formula of the transformer: $1 + 2 + \dots + T$ for each layer.
#
# Worked number: $T = 3$, $L = 2$: an RNN has 10, a transformer 12.


# %% nbgrader={"grade": false, "grade_id": "count_connections", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_connections(num_tokens: int, num_layers: int, kind: str) -> int:
    """Return the number of connections between hidden vectors; kind is "rnn" or "transformer".

    num_tokens is T, num_layers is L.
    """
    ### BEGIN SOLUTION
    if kind == "rnn":
        return num_layers * num_tokens + num_layers * (num_tokens - 1)
    if kind == "transformer":
        return num_layers * num_tokens * (num_tokens + 1) // 2
    raise ValueError(f"unknown kind {kind!r}")
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.count_connections", count_connections)

# %% nbgrader={"grade": true, "grade_id": "check-count_connections", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.count_connections", count_connections)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Twice as long a text: how many times the connections, for each kind? And how many times
# the *seconds*, measured on your own two functions?

# %% tags=["demo"]
LENGTHS = [64, 128, 256, 512, 1024, 2048]
seconds = {"rnn": [], "transformer": []}
for T in LENGTHS:
    long_text = np.random.default_rng(T).normal(size=(T, d))
    for kind, run in (("rnn", last_of_rnn), ("transformer", last_of_attention)):
        tries = []
        for _ in range(5):
            begun = perf_counter()
            run(long_text)
            tries.append(perf_counter() - begun)
        seconds[kind].append(min(tries))
figures.connections(count_connections, LENGTHS, seconds)

# %% [markdown]
# Linear and quadratic: twice the length costs the RNN twice and attention four times as much. And yet
# attention may win the race for short texts, because it computes all words at once, while the RNN has to wait
# for word $t-1$ before it can begin with word $t$. Graphics cards love the former. This is half of why
# transformers took over.

# %% [markdown]
# ### Exercise 10: one word at a time (4 points)
#
# To *write*, a model adds one word at a time. Computing the whole table again for each word would be
# cubic. But the keys and values of earlier words do not change: nothing before an edit does. So keep
# them in a **cache**, and compute one new row.

# %% [markdown]
# `cache` is `{"keys": (t, d_k), "values": (t, d_v)}`, at first with $t = 0$. Append the new key and
# value, let the query look at all $t + 1$, return its output and a *new* dict. The old one stays as it
# was, now and later: somebody may want to go back and continue otherwise.
#
# Worked example: with an empty cache there is one value to look at, so the output is `new_value` itself. If the
# cache holds one key that is equal to `new_key`, the output is the mean of the two values.


# %% nbgrader={"grade": false, "grade_id": "attention_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def attention_step(query, new_key, new_value, cache):
    """Return (output, new cache): the output (d_v,) equals row t of the full, causal computation.

    query, new_key (d_k,); new_value (d_v,); cache {"keys": (t, d_k), "values": (t, d_v)}
    """
    ### BEGIN SOLUTION
    keys = np.vstack([cache["keys"], np.asarray(new_key)[None]])
    values = np.vstack([cache["values"], np.asarray(new_value)[None]])
    outputs, _ = scaled_dot_product_attention(np.asarray(query)[None], keys, values)
    return outputs[0], {"keys": keys, "values": values}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("attention.attention_step", attention_step)

# %% nbgrader={"grade": true, "grade_id": "check-attention_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("attention.attention_step", attention_step)
### END HIDDEN TESTS

# %% tags=["demo"]
cache = {"keys": np.zeros((0, 4)), "values": np.zeros((0, 2))}
rows = []
for q, k, v in zip(queries, keys, values):
    row, cache = attention_step(q, k, v, cache)
    rows.append(row)
full, _ = scaled_dot_product_attention(queries, keys, values, causal_mask(len(WORDS)))
print("largest difference to the whole table:", f"{np.abs(np.array(rows) - full).max():.1e}")
without = sum(count_connections(t, 1, "transformer") for t in range(1, 1001))
print(f"1 000 words, one layer: {without:,} connections without a cache,", end=" ")
print(f"{count_connections(1000, 1, 'transformer'):,} with one")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert np.abs(np.array(rows) - full).max() < 1e-12 and without == 167_167_000

# %% [markdown]
# 334 times less work. Every chatbot that answers you keeps such a cache; it is why
# its first word takes a moment and the others follow quickly, and a good part of why it needs so much
# memory.

# %% [markdown]
# ## 7 In your own words (4 points)
#
# A hospital wants a program that reads a patient's whole file, 100 000 words, and answers questions about
# it. A colleague proposes: *Let us take a transformer of 12 layers. Or no: attention is quadratic and an
# RNN is linear, so let us take an RNN.*
#
# In at most 150 words: how many connections has each of the two? What would the RNN have to be able to
# do, and why do you doubt it? Name one way to make attention affordable, and say what it gives up. And
# somebody suggests to show the doctors the attention weights as an explanation of the answer: what do
# you say?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-hospital", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The transformer has 12 · 100 000 · 100 001 / 2, about 60 billion connections; the RNN 12 · 100 000 + 12 ·
# 99 999, about 2.4 million.
#
# The RNN would have to carry everything that might be asked about, for 100 000 steps, in vectors of
# fixed length. Its gradient shrinks with distance, so it does not even learn what to keep: in the
# copy task it failed at short gaps already.
#
# Affordable: let each word look only at the last 1 000 words, or cut the file into passages, find those
# that fit the question, and read only them. Both give up that any word may look at any other: what lies
# outside the window, or was not found, is lost, and with it perhaps the allergy on page 1.
#
# Weights say where one head of one layer looked, not why the answer was given; there are many heads and
# layers, and very different weights can give the same answer. A help for finding the passage, not an
# explanation.
#
# === BEGIN MARK SCHEME ===
# - 1 point: both counts right (6 · 10^10 and 2.4 · 10^6; the order of magnitude is enough).
# - 1 point: fixed-length vector or vanishing gradient, tied to the length of the file.
# - 1 point: one way to make attention affordable, with what it gives up.
# - 1 point: weights are not an explanation, with a reason.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown]
# ## 8 Recap
#
# - A **computation graph** has a box for every variable, parameter and constant; gradients come by going
#   **backwards**, multiplying along arrows and adding where they meet.
# - An **RNN** squeezes everything into one vector, and the beginning fades. **Attention** keeps all
#   vectors; each word takes a softmax-weighted mean of the values whose keys fit its query.
# - Distance costs attention nothing; length does: **quadratic** where the RNN is linear. A cache
#   makes writing affordable.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Model: GPT*.
# - A. Vaswani and others: *Attention Is All You Need*. 2017. The transformer.
# - D. Bahdanau, K. Cho, Y. Bengio: *Neural Machine Translation by Jointly Learning to Align and
#   Translate*. 2015. Attention before the transformer.
# - J. Elman: *Finding Structure in Time*. 1990. The recurrent network used here.
# - Y. Bengio, P. Simard, P. Frasconi: *Learning Long-Term Dependencies with Gradient Descent is
#   Difficult*. 1994. The vanishing gradient.
# - S. Hochreiter, J. Schmidhuber: *Long Short-Term Memory*. 1997.
# - S. Jain, B. Wallace: *Attention is not Explanation*. 2019; and S. Wiegreffe, Y. Pinter: *Attention is
#   not not Explanation*. 2019.

# %% [markdown]
# ### What is simplified
#
# - Queries, keys and values were made by hand. Trained ones are rarely so easy to read.
# - Attention had no intercepts and no dropout, and was alone: unit 5 adds positions, feed-forward
#   layers, norms and residuals.
# - The RNN is the plainest one. Gated ones (LSTM) remember much longer, and newer linear recurrences
#   and state-space models longer still.
# - Real implementations never store the whole table of weights; they go through it in blocks that fit
#   the fast memory (*FlashAttention*), with the same result.
