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
# # GPT: the model that writes
#
# When you are done you can
#
# - build a GPT from its parts: embeddings, layer norm, GELU, feed-forward, attention, residuals;
# - count its parameters exactly, from the GPT of 2018 to GPT-3, and catch a misprint in a paper;
# - train it, and see it learn to spell, then to write lines, then to sound like Shakespeare;
# - say whether it beats your own n-gram models, and with what certainty.
#
# **About 150 minutes · 48 points:** 44 checked by a program, 4 by a person.
#
# **You need:** unit 4 (attention), unit 3 (n-grams, perplexity), a little torch: tensors and `backward`.

# %%
import sys

import matplotlib
import numpy as np
import torch
from torch import nn

from course_utils.data import DataError
from course_utils.device import device
from course_utils.figures import explore
from course_utils.figures import gpt as figures
from course_utils.gpt.weights import Config
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · torch {torch.__version__}")
print(f"matplotlib {matplotlib.__version__} · computing on {device()}")

# %% [markdown]
# ## 1 An old frame, a new middle
#
# The RNN language model of unit 4 had three parts: a vector for each word; something that mixes in what
# came before; a linear layer that gives a score to every possible next word. A **transformer language
# model** has the same frame. Only the middle is another: a stack of **blocks**, each made of four kinds
# of **sublayers**:
#
# 1. attention (unit 4),
# 2. a feed-forward network,
# 3. layer normalisation,
# 4. residual connections.
#
# **GPT** is a *generative pre-trained transformer*: this model, with many parameters. Let us build it.

# %% tags=["demo"] lint="predict: it draws what was just said"
figures.block_diagram()

# %% [markdown]
# ## 2 The parts
#
# ### Where am I? Position embeddings
#
# To attention, a text is a bag of words: you have seen it. So besides a table with one vector for each
# **token** (a word, a piece of one, or in this unit a character), there is a second table with a
# vector for each *position*: the first, the second, … Both are learned, and they are added.
#
# This also sets the longest text that the model can read: there is no vector for position 1 025 if
# the table ends at 1 024.

# %% [markdown]
# ### Exercise 1: embed (2 points)
#
# Look up each token's vector, and add the vector of its place, counted from 0. A text longer than the
# position table is a `ValueError`.
#
# Worked number: token table rows $(1, 0)$ and $(5, 5)$, position table rows $(0, 0.1)$ and $(0, 0.2)$.
# The tokens `[[1, 0]]` give $(5, 5.1)$ and $(1, 0.2)$.
#
# From here on everything is a torch tensor, and the checks compare *gradients* as well as values: what
# torch cannot follow, it cannot train.


# %% nbgrader={"grade": false, "grade_id": "embed", "locked": false, "schema_version": 3, "solution": true, "task": false}
def embed(tokens, token_table, position_table):
    """Return one vector for each token, (B, T, C).

    tokens: (B, T) integers; token_table: (V, C); position_table: (longest T, C)
    """
    ### BEGIN SOLUTION
    T = tokens.shape[-1]
    if len(position_table) < T:
        raise ValueError(f"{T} tokens, and positions for only {len(position_table)}")
    return token_table[tokens] + position_table[:T]
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.embed", embed)

# %% nbgrader={"grade": true, "grade_id": "check-embed", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.embed", embed)
### END HIDDEN TESTS

# %% [markdown]
# ### Keep the numbers in bounds: layer norm
#
# A deep stack multiplies and adds many times. If the numbers grow a little in each layer, they are huge
# after 50; if they shrink, nothing is left. **Layer norm** brings each token's vector to mean 0 and
# variance 1, by itself, and then lets the model choose a new spread and centre for each entry: a *gain*
# and a *bias*.
#
# $$\text{norm}(x) = \frac{x - \bar x}{\sqrt{\frac1C \sum_i (x_i - \bar x)^2 + \varepsilon}} \cdot
# \text{gain} + \text{bias}$$
#
# $\varepsilon$ keeps the root away from zero. It stands *inside* the root, and the variance divides by
# $C$, not $C - 1$.

# %% [markdown]
# ### Exercise 2: layer norm (4 points)
#
# Over the last axis; $x$ may have any number of axes in front.
#
# Worked number: $x = (1, 3)$ has mean 2 and variance 1. With $\varepsilon = 0$, gain 1 and bias 0 it
# becomes $(-1, 1)$.
#
# (Torch's own layer norm is not allowed here, nor its GELU in exercise 4, nor its attention in
# exercises 6 and 7. Everything else is.)


# %% nbgrader={"grade": false, "grade_id": "layer_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layer_norm(x, gain, bias, eps):
    """Return x normalised over its last axis, times gain, plus bias.

    x: (..., C); gain, bias: (C,); eps: added to the variance
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (centred * centred).mean(dim=-1, keepdim=True)
    return centred / torch.sqrt(variance + eps) * gain + bias
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.layer_norm", layer_norm)

# %% nbgrader={"grade": true, "grade_id": "check-layer_norm", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.layer_norm", layer_norm)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3: find the bug (5 points)
#
# There are at least a dozen ways to write layer norm slightly wrong, and every one trains, only worse.
# `candidate` is somebody's version; return `True` if it is wrong.
#
# Wrong is also: a wrong **gradient** with respect to $x$, gain or bias; another shape; changed arguments;
# an exception on legal input. Differences up to 0.00001 are right. Your tester may use any oracle, and
# must not raise. Which $x$ and which $\varepsilon$ tell *inside the root* from *outside*? Which shape
# shows a mean over the batch?


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_gpt", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_gpt(candidate) -> bool:
    """Return True when the candidate is a wrong version of layer_norm.

    candidate: called as candidate(x, gain, bias, eps).
    """
    ### BEGIN SOLUTION
    from torch.nn import functional as F

    generator = torch.Generator().manual_seed(0)
    for shape in ((5,), (4, 3), (2, 3, 5), (3, 3), (1, 4)):
        for scale, eps in ((1.0, 1e-5), (0.05, 0.1), (20.0, 2.0)):
            sizes = (shape, shape[-1:], shape[-1:])
            x, gain, bias = (
                torch.randn(size, generator=generator, dtype=torch.float64) for size in sizes
            )
            inputs = [
                (scale * x + 3).requires_grad_(),
                (gain + 2).requires_grad_(),
                bias.requires_grad_(),
            ]
            handed_over = [tensor.detach().clone().requires_grad_() for tensor in inputs]
            right = F.layer_norm(inputs[0], shape[-1:], inputs[1], inputs[2], eps)
            towards = torch.linspace(-1, 2, right.numel(), dtype=right.dtype).reshape(shape)
            wanted = [right, *torch.autograd.grad(right, inputs, towards)]
            try:
                answer = candidate(*handed_over, eps)
                if answer.shape != right.shape:
                    return True
                got = [answer, *torch.autograd.grad(answer, handed_over, towards.to(answer.dtype))]
                if not all(torch.allclose(a.double(), b, 1e-5, 1e-5) for a, b in zip(got, wanted)):
                    return True
                if not all(torch.equal(a, b) for a, b in zip(inputs, handed_over)):
                    return True
            except Exception:
                return True
    return False
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.find_the_bug_gpt", find_the_bug_gpt, own=layer_norm)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_gpt", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.find_the_bug_gpt", find_the_bug_gpt)
### END HIDDEN TESTS

# %% [markdown]
# ### A softer switch: GELU
#
# Between two linear layers there must be something that is not linear, or the two are one. The classic is
# ReLU: negative numbers become 0. GPT uses a softer one. Let $\Phi(x)$ be the probability that a
# standard normal number is below $x$; then
#
# $$\text{GELU}(x) = x \cdot \Phi(x), \qquad \Phi(x) = \tfrac12 \left(1 + \text{erf}(x / \sqrt2)\right)$$
#
# For large $x$ it is $x$, for very negative $x$ it is 0, and in between it has no kink.

# %% [markdown]
# ### Exercise 4: GELU (3 points)
#
# The exact form, with `torch.erf`. (GPT-2's own code has an approximation with tanh, from days when erf
# was slow. It is off by up to 0.0005, near $\pm 2$, and the check will notice.) It has to work at
# $x = \pm 50$.
#
# Worked number: $\Phi(1) = 0.8413$, so $\text{GELU}(1) = 0.8413$ and $\text{GELU}(-1) = -0.1587$.


# %% nbgrader={"grade": false, "grade_id": "gelu", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gelu(x):
    """Return x · Φ(x), entry by entry."""
    ### BEGIN SOLUTION
    return x * 0.5 * (1 + torch.erf(x / 2**0.5))
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.gelu", gelu)

# %% nbgrader={"grade": true, "grade_id": "check-gelu", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.gelu", gelu)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 5: feed-forward (2 points)
#
# $$\text{FFN}(x) = \text{GELU}(x\, W_{in} + b_{in})\, W_{out} + b_{out}$$
#
# Each token by itself: attention moves information *between* tokens, this works on it *within* one. The
# inner width $F$ is usually four times $C$. Rows are vectors here, so it is $x W$, not $W x$.
#
# Worked number: $C = F = 1$, $x = 1$, $W_{in} = 1$, $b_{in} = 0$, $W_{out} = 2$, $b_{out} = 3$:
# $2 \cdot 0.8413 + 3 = 4.6827$.


# %% nbgrader={"grade": false, "grade_id": "feed_forward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def feed_forward(x, W_in, b_in, W_out, b_out):
    """Return GELU(x W_in + b_in) W_out + b_out, (..., C).

    x: (..., C); W_in: (C, F); b_in: (F,); W_out: (F, C); b_out: (C,)
    """
    ### BEGIN SOLUTION
    return gelu(x @ W_in + b_in) @ W_out + b_out
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.feed_forward", feed_forward)

# %% nbgrader={"grade": true, "grade_id": "check-feed_forward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.feed_forward", feed_forward)
### END HIDDEN TESTS

# %% [markdown]
# ## 3 A block, and a stack of blocks
#
# A **residual connection** adds what came in to what comes out: $x + f(x)$. Then a layer does not have
# to reinvent what is known already; it only says what to change. And going backwards, the gradient has a
# straight way home: the $x$ hands it on undiminished.
#
# GPT-2's block, *pre-norm*:
#
# $$x \leftarrow x + \text{attention}(\text{norm}_1(x)), \qquad x \leftarrow x + \text{FFN}(\text{norm}_2(x))$$
#
# The first transformers put the norm *after* the sum: $x \leftarrow \text{norm}(x + f(x))$. It looks like a
# detail.
#
# **Predict.** Stack 24 such layers, with fresh random weights. What becomes of the sums on the way up, and of the
# gradients on the way down, with each of the two?

# %% tags=["demo"]
from course_utils.gpt.depth import norms_through_layers

figures.depth(norms_through_layers(pre_norm=True), norms_through_layers(pre_norm=False))

# %% [markdown]
# 24 layers, fresh random weights. With the norm aside (pre-norm) the sums grow slowly, about like the
# square root of the layer's number, and the gradients shrink likewise: the deeper the stack, the gentler
# each layer is moved. With the norm on the way (post-norm) every layer's sum is brought back to size 1,
# and the last layers get gradients four times as large as pre-norm gives them, however deep the
# stack. The first steps of training are then too big: without a careful warm-up it fails. That is why
# everybody moved the norm.

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
pre, post = norms_through_layers(pre_norm=True), norms_through_layers(pre_norm=False)
assert 3.5 < post.gradients[-1] / pre.gradients[-1] < 5.5
assert 3 < pre.activations[-1] / pre.activations[0] < 5 and np.allclose(
    post.activations, 1, atol=0.01
)

# %% [markdown]
# ### Exercise 6: the block (6 points)
#
# `block` is given: a dataclass with the weights. Causal attention with `num_heads` heads: consecutive
# blocks of columns, as in unit 4, scale $\sqrt{C / \text{heads}}$, and now with intercepts `b_q`, `b_k`,
# `b_v`, `b_o`. A width that does not divide by the heads is a `ValueError`.
#
# The first norm has `norm1_gain`, `norm1_bias`, the second `norm2_gain`, `norm2_bias`, both `block.eps`.
#
# Worked example, to check yourself first: if `W_o`, `b_o`, `W_out` and `b_out` are all zero, the block
# returns $x$.


# %% nbgrader={"grade": false, "grade_id": "transformer_block", "locked": false, "schema_version": 3, "solution": true, "task": false}
def transformer_block(x, block, num_heads: int):
    """Return the next layer's vectors, (B, T, C); a token sees itself and those before it.

    x: (B, T, C)
    block: norm1_gain norm1_bias W_q b_q W_k b_k W_v b_v W_o b_o norm2_gain norm2_bias
           W_in b_in W_out b_out eps
    """
    ### BEGIN SOLUTION
    B, T, C = x.shape
    if C % num_heads:
        raise ValueError(f"a width of {C} does not divide by {num_heads} heads")
    normed = layer_norm(x, block.norm1_gain, block.norm1_bias, block.eps)
    pairs = ((block.W_q, block.b_q), (block.W_k, block.b_k), (block.W_v, block.b_v))
    q, k, v = (
        (normed @ W + b).reshape(B, T, num_heads, C // num_heads).transpose(1, 2) for W, b in pairs
    )
    scores = q @ k.transpose(-1, -2) / (C // num_heads) ** 0.5
    may_look = torch.ones(T, T, dtype=torch.bool, device=x.device).tril()
    weights = torch.where(may_look, scores, -torch.inf).softmax(dim=-1)
    mixed = (weights @ v).transpose(1, 2).reshape(B, T, C)
    x = x + mixed @ block.W_o + block.b_o
    normed = layer_norm(x, block.norm2_gain, block.norm2_bias, block.eps)
    return x + feed_forward(normed, block.W_in, block.b_in, block.W_out, block.b_out)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.transformer_block", transformer_block)

# %% nbgrader={"grade": true, "grade_id": "check-transformer_block", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.transformer_block", transformer_block)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 7: GPT (5 points)
#
# Embed; every block in turn; one final layer norm; and the scores of the next token. Those come from the
# *same* table that the tokens came from: the score of token $v$ is the dot product of the last vector with
# row $v$ of the token table. This is called **tied**; it saves $V \cdot C$ parameters, and words
# that are used alike get similar scores.
#
# Worked number: the last vector $(1, 2)$ gives a token with row $(3, -1)$ the score $1 \cdot 3 + 2 \cdot (-1) = 1$.
#
# `parameters` has `token_table`, `position_table`, `blocks`, `final_norm_gain`, `final_norm_bias`;
# `config` has `num_heads` and `eps`, among others. T longer than the position table: `ValueError`.


# %% nbgrader={"grade": false, "grade_id": "gpt_logits", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gpt_logits(tokens, parameters, config):
    """Return the scores of the token after each position, (B, T, V).

    tokens: (B, T) integers; parameters: see Parameters; config: see Config
    """
    ### BEGIN SOLUTION
    x = embed(tokens, parameters.token_table, parameters.position_table)
    for block in parameters.blocks:
        x = transformer_block(x, block, config.num_heads)
    x = layer_norm(x, parameters.final_norm_gain, parameters.final_norm_bias, config.eps)
    return x @ parameters.token_table.T
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.gpt_logits", gpt_logits)

# %% nbgrader={"grade": true, "grade_id": "check-gpt_logits", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.gpt_logits", gpt_logits)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 How many parameters?
#
# Count for one block of width $C$ (the papers write $d$) and inner width $4C$: attention has four matrices
# and four intercepts, $4C^2 + 4C$; feed-forward two matrices and intercepts, $8C^2 + 5C$; two norms, $4C$.
# Together $12 C^2 + 13 C$. Then the token table $V C$, the position table $T C$, and a final norm $2C$.
#
# The number of heads does not occur: they share the columns out among themselves.

# %% [markdown]
# ### Exercise 8: count (3 points)
#
# Return a dictionary of exact integers with the keys `token_embedding`, `position_embedding`, `attention`,
# `feed_forward`, `norms`, `total`.
#
# `config` has `num_layers`, `num_heads`, `width`, `vocabulary_size`, `num_positions`, `inner_width`, and
# three switches: without `bias`, there are no intercepts, and norms have only gains; if not `tied`,
# the output has a table of its own (count it in `token_embedding`); `final_norm` says whether there is one.
#
# Worked number: one layer, width 2, inner width 8, 5 tokens, 3 positions: $10 + 6 + 24 + 42 + 12 = 94$.


# %% nbgrader={"grade": false, "grade_id": "parameter_count", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameter_count(config) -> dict:
    """Return the number of parameters of each part, and "total"."""
    ### BEGIN SOLUTION
    C, F, L, bias = config.width, config.inner_width, config.num_layers, int(config.bias)
    parts = {
        "token_embedding": config.vocabulary_size * C * (1 if config.tied else 2),
        "position_embedding": config.num_positions * C,
        "attention": L * 4 * (C * C + bias * C),
        "feed_forward": L * (2 * C * F + bias * (F + C)),
        "norms": (2 * L + bool(config.final_norm)) * C * (1 + bias),
    }
    return parts | {"total": sum(parts.values())}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.parameter_count", parameter_count)

# %% nbgrader={"grade": true, "grade_id": "check-parameter_count", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.parameter_count", parameter_count)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** GPT (2018) has 12 layers of width 768; GPT-3 (2020) has 96 of width 12 288. How many times as
# many parameters is that? And which part of each model holds the most?

# %% tags=["demo"]
from course_utils.gpt.sizes import GPT_SIZES

counts = {name: parameter_count(config) for name, config in GPT_SIZES.items()}
for name, parts in counts.items():
    print(f"{name:14}{parts['total']:19,}  of which token table {parts['token_embedding']:13,}")


# %% tags=["demo"]
def draw_areas(model=0):
    counts = {name: parameter_count(config) for name, config in GPT_SIZES.items()}
    return figures.parameter_areas(counts, list(counts)[int(model)])


explore(draw_areas, model=(0, len(GPT_SIZES) - 1, 1))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert counts["GPT (2018)"]["total"] == 116_534_784
assert counts["GPT-3 (2020)"]["total"] == 174_604_259_328
assert 1490 < counts["GPT-3 (2020)"]["total"] / counts["GPT (2018)"]["total"] < 1510

# %% [markdown]
# 1 500 times as many. In the smallest model a quarter of all parameters is the token table; in GPT-3 it
# hardly shows, and two thirds of everything is feed-forward.

# %% [markdown]
# ### A detective story
#
# The GPT-2 paper says that its largest model (48 layers, width 1 600, 1 024 positions) has 1 542 million
# parameters, and its smaller ones 117, 345 and 762 million. The model that can be downloaded has a
# vocabulary of 50 257. What does *your* function say?


# %% tags=["demo"]
def gpt2(num_layers, width, vocabulary_size):
    return Config(num_layers, width // 64, width, vocabulary_size, num_positions=1024)


PUBLISHED = {(12, 768): 117, (24, 1024): 345, (36, 1280): 762, (48, 1600): 1542}
print("layers  width  published   V = 50 257   V = 40 478")
for (num_layers, width), millions in PUBLISHED.items():
    both = [parameter_count(gpt2(num_layers, width, V))["total"] / 1e6 for V in (50_257, 40_478)]
    print(f"{num_layers:6} {width:6} {millions:10} {both[0]:12.2f} {both[1]:12.2f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert parameter_count(gpt2(48, 1600, 50_257))["total"] == 1_557_611_200
for (num_layers, width), millions in PUBLISHED.items():
    assert int(parameter_count(gpt2(num_layers, width, 40_478))["total"] / 1e6 + 0.5) == millions

# %% [markdown]
# With the vocabulary of the *first* GPT, 40 478 tokens, all four numbers come out, and with GPT-2's
# own none. Whoever counted seems to have taken the old vocabulary by mistake; the largest model really
# has 1 558 million. (We cannot know. But four out of four is no accident.) A number in a famous
# paper, copied thousands of times, also into our lecture: check what can be checked.

# %% [markdown]
# ## 5 What it learns from
#
# The text is its own answer key: at each place, the right answer is the next token. The loss is how
# surprised the model is, on average: $-\log p(\text{next token})$, in **nats**, natural logarithms. Its
# exponential is the perplexity of unit 3.
#
# With $T$ tokens there are $T - 1$ questions: position 1 predicts token 2, and so on; the last position
# predicts something that is not there. Shifting by one: not forgotten, and not done twice. Both mistakes
# train without complaint.

# %% [markdown]
# ### Exercise 9: the loss (4 points)
#
# The mean over all targets in the whole batch. A token $-1$ stands for padding: it is no target, though
# its position still has one if a real token follows.
#
# Worked number: three tokens, $V = 4$, all logits 0. Each of the two targets has probability ¼: the loss
# is $\log 4 = 1.3863$.


# %% nbgrader={"grade": false, "grade_id": "language_model_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def language_model_loss(logits, tokens):
    """Return the mean of −log p(next token), in nats, as a tensor with gradient.

    logits: (B, T, V), what the model says after each position; tokens: (B, T), −1 = ignore
    """
    ### BEGIN SOLUTION
    logs = logits[:, :-1].log_softmax(dim=-1)
    targets = tokens[:, 1:]
    counted = targets >= 0
    chosen = logs.gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return -(chosen * counted).sum() / counted.sum()
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.language_model_loss", language_model_loss)

# %% nbgrader={"grade": true, "grade_id": "check-language_model_loss", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.language_model_loss", language_model_loss)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 10: one step of training (5 points)
#
# In the right order: clear the old gradients; forward; loss; backward; **clip**; step. Clipping: if the
# gradient, all parameters together, is longer than `max_norm`, shrink it to that length. One rare,
# wild batch then cannot throw the model off.
#
# Worked number: the gradient $(3, 4)$ has length 5. With `max_norm` 1 it becomes $(0.6, 0.8)$; with 10 it stays.
#
# Return the loss *before* the step, as a plain `float`. `model(tokens)` gives logits. Leave the
# model's mode as it is, and use `language_model_loss` on the whole batch.


# %% nbgrader={"grade": false, "grade_id": "training_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def training_step(model, optimizer, tokens, max_norm: float) -> float:
    """Take one step, and return the loss before it.

    model: tokens (B, T) -> logits (B, T, V); optimizer: holds the parameters to train
    """
    ### BEGIN SOLUTION
    model.zero_grad()
    optimizer.zero_grad()
    loss = language_model_loss(model(tokens), tokens)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()
    return float(loss.detach())
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.training_step", training_step)

# %% nbgrader={"grade": true, "grade_id": "check-training_step", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.training_step", training_step)
### END HIDDEN TESTS

# %% [markdown]
# ## 6 Train it
#
# Shakespeare's plays, as in unit 3, but character by character: the vocabulary is only 80 tokens, so a
# small model can learn it. The plays that unit 3 put aside are put aside again.
#
# (Large models use **byte pairs**: pieces of words, made by joining the most frequent neighbours again and
# again. Here is GPT-2's way of cutting. Common words are one piece; what is rare falls apart.)

# %% tags=["demo"]
from course_utils.gpt.byte_pairs import load_gpt2_encoding

try:
    gpt2_pieces = load_gpt2_encoding()
    for text in (
        "Hello world",
        "Shakespeare's unpronounceableness",
        "antidisestablishmentarianism",
    ):
        print("|".join(gpt2_pieces.decode([i]) for i in gpt2_pieces.encode(text)))
    print(f"{gpt2_pieces.n_vocab:,} pieces; 'Hello world' is {gpt2_pieces.encode('Hello world')}")
except DataError as missing:
    print(f"GPT-2's pieces are not on this machine. {missing}")

# %% tags=["demo"]
from course_utils.gpt.text import CharacterTokenizer, shakespeare_texts

SMALL = "the cow ate the grass because it was hungry.\n" * 400
try:
    train_text, held_out_text = shakespeare_texts()
except DataError as missing:
    train_text = held_out_text = SMALL
    print(f"Shakespeare is not on this machine; the cow will have to do. {missing}")
tokenizer = CharacterTokenizer(train_text)
train_tokens = torch.tensor(tokenizer.encode(train_text))
held_out = torch.tensor(tokenizer.encode(held_out_text))
print(f"{len(train_tokens):,} characters to learn from, {len(held_out):,} put aside, ", end="")
print(f"{len(tokenizer)} different")

# %% [markdown]
# Now build it. `MyGPT` has the course's table of weights; the whole middle, from tokens to scores, is
# *your* `gpt_logits`. Your `training_step` moves the weights, your `language_model_loss` says how far it
# is. Passages of 64 characters are drawn at random, 16 in a step. Nothing else.
#
# **Predict.** What is the loss before the first step, when the model knows nothing and there are $V$
# characters? And after 600 steps, half a minute or so?

# %% tags=["demo"]
from course_utils.gpt.model import GPT
from course_utils.gpt.plan import Plan
from course_utils.gpt.trainer import passage_losses, train

config = Config(
    num_layers=2, num_heads=4, width=96, vocabulary_size=len(tokenizer), num_positions=64
)


class MyGPT(GPT):
    """The course's weights, your computation."""

    def forward(self, tokens, cache=None):
        """Return the scores of each next token, (B, T, V)."""
        return gpt_logits(tokens, self.parameters_by_name(), self.config)


mine = MyGPT(config, seed=0).to(device())
before = passage_losses(mine, held_out, 64, loss=language_model_loss).mean()
print(f"log V = {np.log(len(tokenizer)):.3f}; before training: {before:.3f} nats per character")

# %% tags=["demo"]
plan = Plan(num_steps=600, batch_size=16, learning_rate=1e-2, num_warmup_steps=50)
reports = []
for report in train(
    mine, train_tokens, plan, step=training_step, loss=language_model_loss, held_out=held_out
):
    reports.append(report)
    print(f"step {report.step:4}: {report.train_loss:.3f} nats per character, ", end="")
    print(f"put-aside plays {report.held_out_loss:.3f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(before - np.log(len(tokenizer))) < 0.1
assert train_text == SMALL or 1.95 < reports[-1].held_out_loss < 2.08

# %% [markdown]
# It begins at $\log V$, pure guessing, and falls: a model that you wrote, line by line.
#
# To *read* a text, your way is the best: all positions at once. To *write*, it would compute the same keys
# and values again for every new character. The library's `GPT` keeps them, as your `attention_step`
# did in unit 4 (see `course_utils/gpt/model.py`: it is 150 lines, and now you can read every one). Same
# weights, same numbers:

# %% tags=["demo"]
model = GPT(config).to(device())
model.load_state_dict(mine.state_dict())
with torch.inference_mode():
    passage = held_out[None, :64].to(device())
    difference = (model(passage) - mine(passage)).abs().max().item()
print(f"largest difference between its scores and yours: {difference:.1e}")

# %% [markdown]
# ## 7 Let it write
#
# The model gives a score to each character. Which to take? Always the best is dull and soon goes round in
# circles. Rolling the die of unit 3 is lively, and now and then absurd: many unlikely characters together
# are likely enough. In between there are three knobs.
#
# - **Temperature**: divide the scores by it *before* softmax. Below 1 bolder, above 1 wilder, 0: always the best.
# - **top-k**: keep the $k$ best.
# - **top-p**: keep the smallest number of best ones whose probabilities reach $p$ together.

# %% [markdown]
# ### Exercise 11: choose the next token (5 points)
#
# Temperature, then top-k, then top-p on what top-k left, renormalised; then renormalise again, and roll:
# order the survivors by descending probability (equal ones: smaller number first), and return the first
# whose cumulative probability is *more than* $u$.
#
# `None` switches a filter off; top-p keeps the one that crosses the line, and at least one. Temperature
# 0: the best token (the smallest number, if there are several), whatever $u$.
#
# Worked number: probabilities ½, ¼, ¼ and top-p 0.6: ½ is not enough, ½ + ¼ is; two stay, with ⅔ and ⅓.
# $u = 0.7$ gives token 1.


# %% nbgrader={"grade": false, "grade_id": "sample_next_token", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sample_next_token(logits, temperature, top_k, top_p, u) -> int:
    """Return the number of the next token.

    logits: (V,), −inf allowed; temperature ≥ 0; top_k: int or None; top_p: float or None;
    u: in [0, 1)
    """
    ### BEGIN SOLUTION
    scores = torch.as_tensor(logits).double()
    if temperature == 0:
        return int((scores == scores.max()).nonzero()[0])
    ordered, ids = torch.sort(scores / temperature, descending=True, stable=True)
    p = ordered[: None if top_k is None else max(int(top_k), 1)].softmax(dim=0)
    if top_p is not None and top_p < 1:
        before = p.cumsum(dim=0) - p
        keep = before < top_p
        keep[0] = True
        p = p * keep
        p = p / p.sum()
    p = p[p > 0]
    above = (p.cumsum(dim=0) > u).nonzero()
    return int(ids[above[0, 0] if len(above) else len(p) - 1])
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("gpt.sample_next_token", sample_next_token)

# %% nbgrader={"grade": true, "grade_id": "check-sample_next_token", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("gpt.sample_next_token", sample_next_token)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** What do the bars become at temperature 0.1, and at 3? Then move the knobs. Hollow bars: what the model said after *"the king"*. Full bars: what *your* function makes of it, found by
# asking it with a thousand different $u$.

# %% tags=["demo"]
with torch.inference_mode():
    start = torch.tensor([tokenizer.encode("the king" if train_text != SMALL else "the cow")])
    next_logits = model(start.to(device()))[0, -1].cpu()


def draw_bars(temperature=1.0, top_k=20, top_p=1.0):
    return figures.next_token_bars(
        tokenizer.characters, next_logits, sample_next_token,
        temperature=temperature, top_k=int(top_k), top_p=top_p,
    )  # fmt: skip


explore(draw_bars, temperature=(0.1, 3.0, 0.1), top_k=(1, 30, 1), top_p=(0.05, 1.0, 0.05))

# %% tags=["demo"]
from course_utils.gpt.generate import generate_tokens

uniforms = np.random.default_rng(28).random(240)
for temperature, top_k in ((0.0, None), (0.8, 20), (1.0, None), (1.6, None)):
    new = generate_tokens(
        model, tokenizer.encode("\n"), uniforms,
        temperature=temperature, top_k=top_k, choose=sample_next_token,
    )  # fmt: skip
    print(f"--- temperature {temperature}, top-k {top_k}\n{tokenizer.decode(new)}\n")

# %% [markdown]
# ### A longer run
#
# Four layers, 128 wide, 4 000 steps: five to ten minutes on a laptop. It was run once, with the command
# printed below, and what follows is *recorded*. The same beginning, the same dice, at five moments of its
# training:

# %% tags=["demo"]
from course_utils.gpt.recorded import load_recorded_run

run = load_recorded_run()
print(f"{run['command']} · {run['versions']} · {run['seconds']} s")
for step, text in run["samples"].items():
    print(f"--- after {step} steps\n{text}\n")

# %% [markdown]
# First the alphabet and the spaces, then words, then lines, names, speech. Nobody told it what a word is.

# %% [markdown]
# ## 8 Does it beat counting?
#
# The n-gram models of unit 3 once more, over characters: unigram to 5-gram, counted in the same text and
# measured on the same put-aside plays, in nats per character. They are interpolated, as yours were, and
# the weights are better ones: the more different characters have followed a context, the more it
# listens to the shorter one (Witten and Bell).
#
# **Predict.** The 5-gram model has counted over a million windows. Where is your GPT of 600 steps:
# better than the bigram? The trigram? The 5-gram? And the longer run?

# %% tags=["demo"]
from course_utils.gpt.character_ngrams import character_losses

NAMES = ("unigram", "bigram", "trigram", "4-gram", "5-gram")
ngram_losses = {
    name: character_losses(train_text, held_out_text, order)
    for order, name in enumerate(NAMES, start=1)
}
lines = {name: float(losses.mean()) for name, losses in ngram_losses.items()}
figures.losses(reports, lines, recorded=run)

# %% [markdown]
# Is it real? Cut the put-aside plays into passages of 64 characters: each is one question of a test, and all
# models answer the same ones. That is unit 1's paired bootstrap, on scores; a smaller loss is better, so
# the score is minus the loss. Ten comparisons are ten tests, so Holm decides.

# %% tags=["demo"] lint="code-lines: one table, from the losses to what is printed"
from course_utils.significance import holm, paired_bootstrap_of_scores

T, RESAMPLES = 64, 5000
gpts = {
    "your GPT": passage_losses(mine, held_out, T, loss=language_model_loss).numpy(),
    "the longer run": np.array(run["held_out_losses"]),
}
num_passages = len(held_out) // T
rng = np.random.default_rng(0)
table, p_values = [], []
for gpt_name, gpt in gpts.items():
    for name, losses in ngram_losses.items():
        if len(gpt) == num_passages:  # the recorded run read the plays, not the cow
            ngram = losses[: num_passages * T].reshape(-1, T)[:, 1:].mean(axis=1)
            lead = ngram.mean() - gpt.mean()
            best, other = (gpt, ngram) if lead > 0 else (ngram, gpt)
            p_value = paired_bootstrap_of_scores(-best, -other, RESAMPLES, rng)
            p_values.append(max(p_value, 1 / RESAMPLES))
            table.append((gpt_name, gpt.mean(), name, ngram.mean(), lead))
for (gpt_name, loss, name, other_loss, lead), real in zip(table, holm(p_values, 0.05)):
    said = ("GPT is better" if lead > 0 else f"{name} is better") if real else "not decided"
    print(f"{gpt_name:14} {loss:.3f}   {name:8} {other_loss:.3f}   {said} ({lead:+.3f})")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
if train_text != SMALL:
    leads = {(gpt_name, name): lead for gpt_name, _, name, _, lead in table}
    assert leads["your GPT", "trigram"] > 0 > leads["your GPT", "4-gram"]
    assert leads["the longer run", "5-gram"] > 0 and holm(p_values, 0.05).all()

# %% [markdown]
# In half a minute your GPT overtakes the bigram and the trigram. The 4-gram and the 5-gram are hard
# opponents: a context that was seen before is an exact memory, and 64 characters of view hardly help a
# model that is still learning to spell. The longer run passes them all. And it has room: it shares
# what it knows between contexts that are alike, while a 10-gram model has hardly ever seen its contexts.

# %% [markdown]
# ## 9 In your own words (4 points)
#
# A start-up writes: *Our language model has 1.5 billion parameters, more than GPT-2 small, medium and large.
# In training it reached 0.3 nats per token, while GPT-2 has 3. It writes at temperature 0, so that it
# always tells the truth.*
#
# In at most 150 words: what does the number of parameters say, and what does it not? Give two reasons why
# the two losses cannot be compared, and one mistake that produces a loss of 0.3. What does temperature 0 do?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-startup", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# The number of parameters says how much memory and computation the model needs, and how much it could
# learn. It does not say what it learned: that depends on how many and which texts it saw.
#
# The losses are not comparable if the tokens differ (a character, a byte pair and a word carry
# different amounts of surprise), if the texts differ, or if one was measured on training data. It
# should be nats per character or byte, on the same text, which neither model has seen.
#
# 0.3 smells of looking ahead: no causal mask, or targets that were not shifted, so that the model
# copies its input; or of a text learned by heart.
#
# Temperature 0 always takes the likeliest token. It makes the output repeatable, and often repetitive. The
# likeliest continuation is what was written most often, not what is true.
#
# === BEGIN MARK SCHEME ===
# - 1 point: size is capacity and cost, not quality; depends on data.
# - 1 point: two of: different tokens, different text, training or held-out.
# - 1 point: missing mask, missing shift, or memorised text as the cause of 0.3.
# - 1 point: temperature 0 is greedy and repeatable; likely is not the same as true.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown]
# ## 10 Recap
#
# - A GPT is a language model with a stack of blocks in the middle: **attention** between tokens, **feed-forward** in
#   each, with **norms** before and **residuals** around them; positions are added to the vectors.
# - It has about $12\,L\,C^2 + V C$ **parameters**, and it learns by guessing the **next token**, in nats.
# - Writing is choosing: **temperature**, **top-k**, **top-p**. And "better" is a claim to be tested, on text that no
#   model has seen, passage by passage.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Model: GPT*.
# - A. Radford and others: *Improving Language Understanding by Generative Pre-Training*. 2018. GPT.
# - A. Radford and others: *Language Models are Unsupervised Multitask Learners*. 2019. GPT-2.
# - T. Brown and others: *Language Models are Few-Shot Learners*. 2020. GPT-3.
# - J. Ba, J. Kiros, G. Hinton: *Layer Normalization*. 2016.
# - D. Hendrycks, K. Gimpel: *Gaussian Error Linear Units*. 2016.
# - R. Xiong and others: *On Layer Normalization in the Transformer Architecture*. 2020. Pre- and post-norm.
# - A. Holtzman and others: *The Curious Case of Neural Text Degeneration*. 2020. Top-p.
# - R. Sennrich, B. Haddow, A. Birch: *Neural Machine Translation of Rare Words with Subword Units*.
#   2016. Byte pairs.

# %% [markdown]
# ### What is simplified
#
# - No dropout: with a million characters and a minute of training, nothing is overfitted.
# - Characters, not byte pairs; 64 tokens of context, not thousands.
# - Newer models change the parts a little: norms without a mean (RMSNorm), gated feed-forward layers,
#   positions turned into the queries and keys (RoPE), heads that share keys. The frame is the same.
# - One device and single precision. Unit 7 shows what it takes to train on many.
