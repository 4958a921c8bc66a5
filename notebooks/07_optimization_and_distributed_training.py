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
# # Optimization and distributed training
#
# When you are done you can
#
# - write the optimizers that train language models, from SGD to AdamW, and say what each part is for;
# - say how much memory a model needs, to rest and to train, and what 16 bits cost and save;
# - estimate operations, days and dollars of a run before anybody pays for them;
# - split one model over many processes in four ways, for real, and check that nothing changes.
#
# **About 240 minutes, in two sittings (sections 1–7, 8–14) · 56 points:** 52 checked by a program, 4 by a
# person.
#
# **You need:** unit 5 (GPT), unit 1 (paired bootstrap), derivatives.

# %%
import sys

import matplotlib
import numpy as np
import torch

from course_utils.distributed.engines.example import shakespeare
from course_utils.figures import distributed as drawn
from course_utils.figures import explore
from course_utils.figures import optimization as figures
from course_utils.selfcheck import selfcheck

python = sys.version.split()[0]
print(f"Python {python} · numpy {np.__version__} · torch {torch.__version__}")
print(f"matplotlib {matplotlib.__version__}")

# %% [markdown]
# ## 1 One example at a time
#
# Training makes a loss small: $J(\theta) = \sum_i J^{(i)}(\theta)$, a sum over examples. Its gradient needs all
# of them, for a single step. **Stochastic gradient descent** does not wait. It takes one example, steps, and takes
# the next one:
#
# $$\theta \leftarrow \theta - \gamma \nabla_\theta J^{(i)}(\theta)$$
#
# In which order? Theory likes drawing *with* replacement, as with a die. Practice shuffles, and so sees every
# example once before any comes again.

# %% [markdown]
# ### Exercise 1: one epoch (2 points)
#
# Go once through `rng.permutation(num_examples)`, which is drawn once, and step at each example. `gradient(theta,
# i)` is that of example $i$; each step starts where the last one ended. Leave `theta` itself as it was.
#
# Worked number: $\theta = 8$, two examples that pull towards 0 and 1, so that the gradient is $\theta - 0$ or
# $\theta - 1$, and $\gamma = 1/2$. In the order 0, 1: $8 \to 4 \to 2.5$.


# %% nbgrader={"grade": false, "grade_id": "sgd_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_epoch(theta, gradient, num_examples: int, learning_rate: float, rng) -> np.ndarray:
    """Return the parameters after one pass; gradient(theta, i) is shaped like theta.

    learning_rate is γ; rng draws the order.
    """
    ### BEGIN SOLUTION
    theta = np.array(theta, dtype=float)
    for i in rng.permutation(num_examples):
        theta = theta - learning_rate * gradient(theta, i)
    return theta
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.sgd_epoch", sgd_epoch)

# %% nbgrader={"grade": true, "grade_id": "check-sgd_epoch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.sgd_epoch", sgd_epoch)
### END HIDDEN TESTS

# %% [markdown]
# Does the order matter? Real digits again, 4 000 of them, and logistic regression: ten scores, one for each digit.
# Once your epoch shuffles, once the digits come sorted: all zeros first, all nines last.
#
# **Predict.** Which digits will the second model still know?

# %% tags=["demo"]
from course_utils.data.mnist import load_mnist, split_mnist

images, test_images, labels, test_labels = map(np.asarray, split_mnist(*load_mnist()))
order = np.argsort(labels, kind="stable")  # all zeros first, as files often have them
images, labels = images[order].reshape(-1, 784), labels[order]
test_images = test_images.reshape(-1, 784)


def digit_gradient(W, i):  # W: (784, 10), cross-entropy of one image
    scores = images[i] @ W
    p = np.exp(scores - scores.max())
    p /= p.sum()
    p[labels[i]] -= 1
    return images[i][:, None] * p


# %% tags=["demo"]
class AsTheyCome:  # a generator that does not shuffle
    def permutation(self, n):
        return np.arange(n)


generators = {"shuffled": np.random.default_rng(1), "sorted": AsTheyCome()}
right = {}
for name, rng in generators.items():
    W = sgd_epoch(np.zeros((784, 10)), digit_gradient, len(images), 0.01, rng)
    right[name] = (test_images @ W).argmax(axis=1) == test_labels
    by_digit = [right[name][test_labels == digit].mean() for digit in range(10)]
    print(f"{name:8} {right[name].mean():.1%}", " ".join(f"{share:4.0%}" for share in by_digit))

# %% tags=["demo"]
sgd_epoch(np.zeros(1), lambda theta, i: theta, 1, 0.1, np.random.default_rng(0))
from course_utils.significance import paired_bootstrap_of_scores

a, b = right["shuffled"].astype(float), right["sorted"].astype(float)
p_value = max(paired_bootstrap_of_scores(a, b, 5000, np.random.default_rng(0)), 1 / 5000)
print(f"shuffled against sorted: p ≤ {p_value:.4f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert right["shuffled"].mean() > 0.83 and right["sorted"].mean() < 0.6 and p_value < 0.001
nines = test_labels == 9
assert right["sorted"][nines].mean() > 0.9

# %% [markdown]
# The same examples, the same number of steps. The sorted model has seen nothing but nines for its last 400 steps,
# and now sees nines everywhere. Whoever forgets to shuffle notices it late.

# %% [markdown]
# ## 2 Steep here, flat there
#
# One learning rate for all parameters is a compromise. Think of a ravine: steep walls, and a bed that falls gently.
# A step that suits the bed flies up the opposite wall; one that suits the walls creeps along the bed.
#
# **AdaGrad** gives each parameter its own rate, by what its gradients have been so far:
#
# $$G \leftarrow G + g^2, \qquad \theta \leftarrow \theta - \gamma\, \frac{g}{\sqrt{G} + \varepsilon}$$
#
# All of it is element by element. $\varepsilon$ keeps the division safe. Steps become shorter and shorter, as $G$ only
# grows. **RMSProp** forgets: a moving average takes the place of the sum.
#
# $$v \leftarrow \text{decay} \cdot v + (1 - \text{decay})\, g^2, \qquad \theta \leftarrow \theta - \gamma\, \frac{g}{\sqrt{v} + \varepsilon}$$

# %% [markdown]
# ### Exercise 2: AdaGrad (2 points)
#
# A step is a pure function: what it remembers goes in as `state` and comes out again. `state` is `None` at first;
# what you make of it is up to you. Old states must stay as they were, so that a step can be taken again.
#
# Worked number: $\theta = 0$, $\gamma = 1$, $\varepsilon = 0$. A gradient of 3: $G = 9$, $\theta = -3/3 = -1$. Then
# one of 4: $G = 25$, $\theta = -1 - 4/5 = -1.8$.


# %% nbgrader={"grade": false, "grade_id": "adagrad_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adagrad_step(theta, grad, state, learning_rate: float, eps: float) -> tuple:
    """Return (theta, state) after a step; theta and grad are arrays of one shape.

    learning_rate is γ, eps is ε.
    """
    ### BEGIN SOLUTION
    G = grad**2 if state is None else state + grad**2
    return theta - learning_rate * grad / (np.sqrt(G) + eps), G
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.adagrad_step", adagrad_step)

# %% nbgrader={"grade": true, "grade_id": "check-adagrad_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.adagrad_step", adagrad_step)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 3: RMSProp (2 points)
#
# As AdaGrad, with the average. It starts at 0.
#
# Worked number: $\theta = 0$, $\gamma = 1$, decay = 0.75, $\varepsilon = 0$. A gradient of 2: $v = 0.25 \cdot 4 = 1$,
# and $\theta = -2$.


# %% nbgrader={"grade": false, "grade_id": "rmsprop_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rmsprop_step(theta, grad, state, learning_rate: float, decay: float, eps: float) -> tuple:
    """Return (theta, state) after a step; theta and grad are arrays of one shape.

    learning_rate is γ, decay that of the average, eps is ε.
    """
    ### BEGIN SOLUTION
    v = (1 - decay) * grad**2 + (0 if state is None else decay * state)
    return theta - learning_rate * grad / (np.sqrt(v) + eps), v
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.rmsprop_step", rmsprop_step)

# %% nbgrader={"grade": true, "grade_id": "check-rmsprop_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.rmsprop_step", rmsprop_step)
### END HIDDEN TESTS

# %% [markdown]
# Let them race: down $\frac12 (x^2 + 50\, y^2)$, from the same place.
#
# **Predict, then move the sliders.** Plain gradient descent flies off from a certain rate on. From which? And
# which of the three minds the steep walls least?

# %% tags=["demo"]
from course_utils.optimization.descent import descend, plain_step


def draw_race(sgd=0.035, adagrad=1.5, rmsprop=0.1, steps=60):
    ways = {
        "SGD": plain_step(sgd),
        "AdaGrad": lambda theta, grad, state: adagrad_step(theta, grad, state, adagrad, 1e-8),
        "RMSProp": lambda theta, grad, state: rmsprop_step(theta, grad, state, rmsprop, 0.9, 1e-8),
    }
    return figures.race({name: descend(step, steps) for name, step in ways.items()})


if adagrad_step(np.ones(1), np.ones(1), None, 0.1, 0.1) is not None:
    rates = {"adagrad": (0.1, 4.0, 0.1), "rmsprop": (0.01, 0.5, 0.01)}
    explore(draw_race, sgd=(0.005, 0.045, 0.005), **rates, steps=(10, 200, 10))

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(descend(plain_step(0.039), 200)[-1]).max() < 2
assert len(descend(plain_step(0.0401), 5000)) < 5001

# %% [markdown]
# The limit is $2 / 50 = 0.04$: beyond it every step across the ravine ends further up than it began. AdaGrad and
# RMSProp divide the steepness away, both directions alike. RMSProp's steps keep their length: it is fast, and in the
# end it dances around the goal. AdaGrad's steps shrink, on a long way too early.

# %% [markdown]
# ## 3 Adam
#
# **Adam** (2015) takes RMSProp's divisor, and averages the gradient itself, too. So steps keep their direction where
# gradients agree, and shrink where they contradict each other. This is Algorithm 1 of the paper. With $m$, $v$ and $t$
# at 0 in the beginning:
#
# $$\begin{aligned}
# t &\leftarrow t + 1 \\
# m &\leftarrow \beta_1 m + (1 - \beta_1)\, g & \hat m &= m / (1 - \beta_1^t) \\
# v &\leftarrow \beta_2 v + (1 - \beta_2)\, g^2 & \hat v &= v / (1 - \beta_2^t) \\
# \theta &\leftarrow \theta - \gamma\, \hat m / (\sqrt{\hat v} + \varepsilon)
# \end{aligned}$$
#
# The hats are the **bias correction**: averages that start at 0 are too small at first.

# %% [markdown]
# ### Exercise 4: Adam (4 points)
#
# Everything that is remembered is in `state`, the clock $t$ too: several parameters take turns, each with a state
# of its own.
#
# Worked number: first step, $g = 0.001$, $\gamma = 0.5$, $\varepsilon = 0$. $\hat m = g$ and $\hat v = g^2$, whatever the betas are. So
# $\theta$ moves by $0.5 \cdot 0.001 / 0.001 = 0.5$. With $g = 1000$ it would, too.


# %% nbgrader={"grade": false, "grade_id": "adam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(
    theta, grad, state, learning_rate: float, beta1: float, beta2: float, eps: float
) -> tuple:
    """Return (theta, state) after a step; theta and grad are arrays of one shape.

    learning_rate is γ; beta1 is the decay of m, beta2 that of v; eps is ε.
    """
    ### BEGIN SOLUTION
    m, v, t = (0, 0, 0) if state is None else state
    t += 1
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + eps), (m, v, t)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.adam_step", adam_step)

# %% nbgrader={"grade": true, "grade_id": "check-adam_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.adam_step", adam_step)
### END HIDDEN TESTS

# %% [markdown]
# Why correct? Give your step a gradient of 1, again and again. A fair optimizer would take equal steps.
#
# **Predict.** With $\beta_1 = 0.9$ and $\beta_2 = 0.999$, and no correction, $m$ is ten times too small in the first step, and $v$ a
# thousand times. Is the first step too short, or too long?


# %% tags=["demo"]
def step_lengths(num_steps, beta1, beta2):
    theta, state, found = np.zeros(1), None, []
    for _ in range(num_steps):
        moved, state = adam_step(theta, np.ones(1), state, 0.1, beta1, beta2, 1e-8)
        found.append(float(theta[0] - moved[0]))
        theta = moved
    return found


figures.first_steps(step_lengths(2000, 0.9, 0.999), 0.9, 0.999, 0.1)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
import math

lengths = step_lengths(2000, 0.9, 0.999)
assert max(lengths) < 0.1001 and min(lengths) > 0.0999
assert abs((1 - 0.9) / math.sqrt(1 - 0.999) - 3.162) < 1e-3

# %% [markdown]
# Too long: 3.2 times, as the *root* of a thousand stands below. Then it gets worse, up to 6.6 times, and only
# after thousands of steps is it over. These are a training's first steps, when weights are random and gradients
# wild: the worst time to run.


# %% tags=["demo"]
def draw_adam(adam=0.4, rmsprop=0.1, beta1=0.9, steps=100):
    ways = {
        "SGD": plain_step(0.035),
        "RMSProp": lambda theta, grad, state: rmsprop_step(theta, grad, state, rmsprop, 0.9, 1e-8),
        "Adam": lambda theta, grad, state: adam_step(theta, grad, state, adam, beta1, 0.99, 1e-8),
    }
    return figures.race({name: descend(step, steps) for name, step in ways.items()})


if adam_step(np.ones(1), np.ones(1), None, 0.1, 0.9, 0.99, 0.1) is not None:
    rates = {"adam": (0.05, 2.0, 0.05), "rmsprop": (0.01, 0.5, 0.01)}
    explore(draw_adam, **rates, beta1=(0.0, 0.95, 0.05), steps=(10, 200, 10))

# %% [markdown]
# Adam swings like a ball in a bowl: the average has inertia. Set $\beta_1$ to 0 and it is RMSProp, corrected.
#
# A ravine of two dimensions is a toy. Now unit 5's GPT, a small one, on Shakespeare: three optimizers, the same first
# weights, the same batches, and each with a rate that suits it.
#
# **Predict.** SGD got along well with the digits. Does it with a transformer?

# %% tags=["demo"]
adam_step(np.ones(1), np.ones(1), None, 0.1, 0.9, 0.99, 0.1)
from course_utils.optimization.trials import try_out

text, held_out, _ = shakespeare()
held_out = held_out[:20_000]
OPTIMIZERS = {
    "SGD": plain_step(0.3),
    "AdaGrad": lambda theta, grad, state: adagrad_step(theta, grad, state, 0.01, 1e-8),
    "Adam": lambda theta, grad, state: adam_step(theta, grad, state, 0.003, 0.9, 0.99, 1e-8),
}
trials = {name: try_out(step, text, held_out, name=name) for name, step in OPTIMIZERS.items()}

# %% tags=["demo"]
adam_step(np.ones(1), np.ones(1), None, 0.1, 0.9, 0.99, 0.1)
from course_utils.significance import holm

pairs = [("Adam", "AdaGrad"), ("Adam", "SGD"), ("AdaGrad", "SGD")]
rng, p_values = np.random.default_rng(0), []
for better, worse in pairs:  # passages that nobody trained on; less surprise is better
    scores = -trials[better].held_out, -trials[worse].held_out
    p_values.append(max(paired_bootstrap_of_scores(*scores, 5000, rng), 1 / 5000))
for (better, worse), p_value, real in zip(pairs, p_values, holm(p_values, 0.05)):
    gap = trials[worse].held_out.mean() - trials[better].held_out.mean()
    print(f"{better:8} {gap:.2f} nats better than {worse:8} p ≤ {p_value:.4f}", real)
figures.curves({name: trial.losses for name, trial in trials.items()})

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
means = {name: trial.held_out.mean() for name, trial in trials.items()}
assert len(text) < 10**6 or means["Adam"] < means["AdaGrad"] < means["SGD"]
assert len(text) < 10**6 or holm(p_values, 0.05).all()

# %% [markdown]
# SGD is far behind, and with three times the rate it flies off. Gradients of a transformer differ by orders of
# magnitude between embeddings, attention and norms, so no single rate suits them all. That is why everybody trains
# language models with Adam's relatives. (Each of the three had the best of the few rates that we tried. Whoever
# compares optimizers must do that for all of them, or compares rates.)

# %% [markdown]
# ### Exercise 5: find the bug (4 points)
#
# Adam is copied from place to place, and copied wrongly. Write a test: `True` when a candidate is wrong.
# `candidate(theta, grad, state, learning_rate, beta1, beta2, eps)` should do what your `adam_step` does.
#
# Also wrong: a candidate that raises on legal input, changes `theta`, `grad` or an old state, or returns another shape. Right
# ones may differ by $10^{-5}(1 + |\text{right}|)$. Use any oracle, `torch.optim.Adam` too.

# %% [markdown]
# Think of what your own tests would miss: gradients as small as $\varepsilon$, gradients of exactly 0, several
# parameters that take turns, the same step twice, arrays of two axes.
# Some versions are off by a thousandth only, some go wrong from the third step on, and some only where *some* numbers
# of a gradient are 0, or all of them. `theta` and `grad` may be lists.


# %% nbgrader={"grade": false, "grade_id": "find_the_bug_optimization", "locked": false, "schema_version": 3, "solution": true, "task": false}
def find_the_bug_optimization(candidate) -> bool:
    """Return True when the candidate is a wrong implementation of adam_step."""

    ### BEGIN SOLUTION
    def wrong(setting, sizes):
        rng = np.random.default_rng(0)
        runs = [[rng.normal(size=shape), None, None] for shape in ((4,), (4,), (2, 3))]
        for size in sizes:
            for run in runs:
                theta, state, known = run
                grad = size * rng.normal(size=theta.shape) * (rng.random(theta.shape) < 0.7)
                wanted, known = adam_step(theta, grad, known, *setting)
                for _again in (False, True):  # the same step twice
                    t, g = theta.copy(), grad.copy()
                    answer, new = candidate(t, g, state, *setting)
                    off = np.shape(answer) != wanted.shape or not np.allclose(
                        answer, wanted, 2e-5, 2e-5
                    )
                    if off or (t != theta).any() or (g != grad).any():
                        return True
                run[:] = wanted, new, known
        return False

    try:
        return wrong((0.3, 0.6, 0.8, 1e-3), (1, 2, 0, 1e-3, 3e-3, 0.5)) or wrong(
            (0.4, 0.9, 0.99, 0.02), (0.02, 0.01, 0.05, 0, 1, 0.02)
        )
    except Exception:
        return True
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.find_the_bug_optimization", find_the_bug_optimization, own=adam_step)

# %% nbgrader={"grade": true, "grade_id": "check-find_the_bug_optimization", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.find_the_bug_optimization", find_the_bug_optimization)
### END HIDDEN TESTS

# %% [markdown]
# ## 4 AdamW: forget a little, and do it beside Adam
#
# **Weight decay** pulls every weight towards 0, so that only what the data insist on stays large. With SGD that is the
# same as adding $\lambda \theta$ to the gradient (the gradient of $\frac{\lambda}{2} \|\theta\|^2$, "L2"). With Adam it is not: what is
# added to the gradient is divided by $\sqrt{\hat v}$ with the rest. A weight with large gradients then decays *least*.
#
# **AdamW** (2019) decouples the two:
#
# $$\theta \leftarrow \theta - \gamma \lambda \theta - \gamma\, \hat m / (\sqrt{\hat v} + \varepsilon)$$

# %% [markdown]
# ### Exercise 6: AdamW (3 points)
#
# Decay before Adam's step or after it, both are right, but the same way in a whole run.
#
# Worked number: $\theta = 8$, a gradient of 0, $\gamma = 0.5$, $\lambda = 0.25$: $8 - 0.5 \cdot 0.25 \cdot 8 = 7$.


# %% nbgrader={"grade": false, "grade_id": "adamw_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adamw_step(
    theta,
    grad,
    state,
    learning_rate: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> tuple:
    """Return (theta, state) after a step; theta and grad are arrays of one shape.

    learning_rate is γ, weight_decay is λ; beta1, beta2 and eps are Adam's.
    """
    ### BEGIN SOLUTION
    decayed = theta - learning_rate * weight_decay * theta
    return adam_step(decayed, grad, state, learning_rate, beta1, beta2, eps)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.adamw_step", adamw_step)

# %% nbgrader={"grade": true, "grade_id": "check-adamw_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.adamw_step", adamw_step)
### END HIDDEN TESTS

# %% [markdown]
# Two weights, both 1. Their gradients are noise around 0, so nothing but the decay has a say in the long run; but one
# noise is a hundred times as loud.
#
# **Predict.** After 500 steps with a decay that should take both to about 0.61: where is the quiet one, and where the loud one, when the
# decay is in the gradient? And with AdamW?

# %% tags=["demo"]
adamw_step(np.ones(2), np.ones(2), None, 0.1, 0.9, 0.99, 1e-8, 0.1)
noise = np.array([0.1, 10.0]) * np.random.default_rng(0).normal(size=(200, 500, 2))
settings = 0.001, 0.9, 0.999, 1e-8


def end_of(step):
    ends = []
    for grads in noise:  # 200 runs
        theta, state = np.ones(2), None
        for grad in grads:
            theta, state = step(theta, grad, state)
        ends.append(theta)
    return np.mean(ends, axis=0)


in_gradient = end_of(lambda th, g, s: adam_step(th, g + 1.0 * th, s, *settings))
beside = end_of(lambda th, g, s: adamw_step(th, g, s, *settings, 1.0))
for name, (quiet, loud) in {"decay in the gradient": in_gradient, "AdamW": beside}.items():
    print(f"{name:22} quiet {quiet:.2f}, loud {loud:.2f}")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert abs(beside - 0.999**500).max() < 0.03 and abs(0.999**500 - 0.606) < 1e-3
assert in_gradient[1] > 0.9 and in_gradient[0] < 0.59

# %% [markdown]
# AdamW treats both alike, as it was told to. With L2 the loud weight hardly decays, and the quiet one more than it
# should: how much a weight is forgotten depends on how noisy its gradient is, which nobody asked for.

# %% [markdown]
# ## 5 How much memory?
#
# A parameter in **full precision** is a 32-bit float, in **half precision** a 16-bit one. A GiB has $2^{30}$ bytes; a
# GB, on the label of a disk, has $10^9$, which is 7 % less.

# %% [markdown]
# ### Exercise 7: at rest (1 point)
#
# Worked number: GPT-3, 175 billion parameters of 16 bits: $175 \cdot 10^9 \cdot 2 / 2^{30} = 325.96$ GiB.


# %% nbgrader={"grade": false, "grade_id": "memory_gib", "locked": false, "schema_version": 3, "solution": true, "task": false}
def memory_gib(num_parameters: int, bits: int) -> float:
    """Return how many GiB the parameters take."""
    ### BEGIN SOLUTION
    return num_parameters * bits / 8 / 2**30
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.memory_gib", memory_gib)

# %% nbgrader={"grade": true, "grade_id": "check-memory_gib", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.memory_gib", memory_gib)
### END HIDDEN TESTS

# %% tags=["demo"]
for model, num_parameters in {"Megatron-LM": 8.3e9, "GPT-3": 175e9}.items():
    full, half = memory_gib(num_parameters, 32), memory_gib(num_parameters, 16)
    print(f"{model:12} full precision {full:7.2f} GiB, half precision {half:7.2f} GiB")

# %% [markdown]
# The lecture's table says 30 and 15, 651 and 325 "Gb". These are your numbers, rounded down, and the unit is the GiB
# (Gb is usually read as gigabit).
#
# To *train* takes more. Adam keeps $m$ and $v$, both in 32 bits. In **mixed precision** weights and gradients have 16
# bits, and a **master copy** of the weights in 32 bits gathers the steps, which are often too small for a 16-bit
# weight to notice:
#
# | bytes a parameter | weights | gradients | moments | master copy |
# |---|---|---|---|---|
# | `"float32"` | 4 | 4 | 8 | 0 |
# | `"mixed"` | 2 | 2 | 8 | 4 |

# %% [markdown]
# ### Exercise 8: in training (2 points)
#
# Return a dict with the keys `weights`, `gradients`, `moments`, `master_copy` and `total`, in GiB. Another
# precision is a `ValueError`.
#
# Worked number: $2^{30}$ parameters in mixed precision: 2, 2, 8, 4; in all 16 GiB.


# %% nbgrader={"grade": false, "grade_id": "training_memory_gib", "locked": false, "schema_version": 3, "solution": true, "task": false}
def training_memory_gib(num_parameters: int, precision: str) -> dict:
    """Return GiB by part; precision is "float32" or "mixed"."""
    ### BEGIN SOLUTION
    sizes = {"float32": (4, 4, 8, 0), "mixed": (2, 2, 8, 4)}
    if precision not in sizes:
        raise ValueError(f"{precision!r} is neither 'float32' nor 'mixed'")
    names = ("weights", "gradients", "moments", "master_copy")
    gib = {name: num_parameters * b / 2**30 for name, b in zip(names, sizes[precision])}
    return gib | {"total": sum(gib.values())}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.training_memory_gib", training_memory_gib)

# %% nbgrader={"grade": true, "grade_id": "check-training_memory_gib", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.training_memory_gib", training_memory_gib)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** The largest device in the lecture's table, an A100, has 80 GiB. Which can it train: GPT (117 million parameters),
# GPT-2 (1.5 billion), Megatron-LM (8.3 billion), GPT-3 (175 billion)? How many of these devices does GPT-3 need, at least?

# %% tags=["demo"]
from course_utils.optimization.memory import DEVICES

MODELS = {"GPT (2018)": 117e6, "GPT-2": 1542e6, "Megatron-LM": 8.3e9, "GPT-3": 175e9}
in_training = {name: training_memory_gib(n, "mixed") for name, n in MODELS.items()}
gpt_3 = in_training["GPT-3"]["total"]
print(f"GPT-3: {gpt_3:,.0f} GiB, {gpt_3 / DEVICES['Tesla A100']:.1f} times an A100")
figures.memory_bars(
    {name: {k: v for k, v in parts.items() if k != "total"} for name, parts in in_training.items()},
    DEVICES,
)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert round(gpt_3) == 2608 and 32 < gpt_3 / 80 < 33
assert 16 < in_training["GPT-2"]["total"] < 32 and 80 < in_training["Megatron-LM"]["total"] < 128

# %% [markdown]
# 16 bytes a parameter, in both precisions: mixed saves no memory here. It saves *time*, as 16-bit units are faster, and
# memory for activations, which this sum leaves out. No device in the table holds Megatron-LM in training, let alone
# GPT-3 with its 2 608 GiB. One model *must* be split. That is the second half of this unit.

# %% [markdown]
# ## 6 Sixteen bits
#
# A float is sign, exponent and fraction. **float16** has 5 bits of exponent and 10 of fraction: three decimal digits,
# from $6 \cdot 10^{-8}$ to 65 504. **bfloat16** has 8 and 7: two digits, but float32's whole range.
#
# **Move the slider.** The exponent moves along the line. Where do numbers lie closer? Where does float16 end?


# %% tags=["demo"]
def draw_numbers(exponent=0):
    return figures.number_line(exponent)


explore(draw_numbers, exponent=(-24, 16, 1))

# %% tags=["demo"]
from course_utils.optimization.formats import rounded

for value in (1e-8, 1 + 1e-3, 1 + 5e-3, 2049.0, 70_000.0):
    nearest = {name: rounded(value, name) for name in ("float16", "bfloat16", "float32")}
    print(f"{value:10.9g}", "  ".join(f"{name} {float(x):.9g}" for name, x in nearest.items()))

# %% [markdown]
# Three traps. Adam's $\varepsilon = 10^{-8}$ is 0 in float16, and $0/0$ is near. A weight of 1 cannot be changed by 0.001
# in bfloat16: the step is lost, hence the master copy. And gradients are small. How many of your GPT's gradients from section 3
# would become 0?
#
# A remedy for the last one: multiply the loss by a **scale**, so that all gradients are that much larger, and divide
# them again in 32 bits. If one of them overflows, skip the step and halve the scale; when all went well for a while,
# double it.

# %% [markdown]
# ### Exercise 9: loss scaling (4 points)
#
# `grads` is a list of scaled arrays; `good_steps` counts the good steps in a row before this one. Return a dict:
#
# - an inf or nan anywhere: `skip` True, `grads` None, `scale` halved, `good_steps` 0;
# - else `skip` False and `grads` divided by the scale *handed in*, in float32 at least. `good_steps` goes up by
#   one. When it reaches `growth_interval`, the scale doubles and `good_steps` is 0 again.
#
# Worked number: one gradient of 512, scale 1024, interval 3, 2 good steps so far: `grads` [0.5], scale 2048,
# `good_steps` 0.


# %% nbgrader={"grade": false, "grade_id": "loss_scale_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss_scale_step(grads, scale: float, growth_interval: int, good_steps: int) -> dict:
    """Return skip, grads, scale and good_steps after this step."""
    ### BEGIN SOLUTION
    if any(not np.isfinite(g).all() for g in grads):
        return {"skip": True, "grads": None, "scale": scale / 2, "good_steps": 0}
    wide = [g.astype(np.float32) if g.dtype == np.float16 else g for g in grads]
    good_steps += 1
    answer = {"skip": False, "grads": [g / scale for g in wide], "scale": scale}
    if good_steps >= growth_interval:
        answer["scale"], good_steps = 2 * scale, 0
    return answer | {"good_steps": good_steps}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.loss_scale_step", loss_scale_step)

# %% nbgrader={"grade": true, "grade_id": "check-loss_scale_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.loss_scale_step", loss_scale_step)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Of the gradients of the run above, which share becomes 0 in float16 as they are? And after they were
# multiplied by $2^{8}$?

# %% tags=["demo"]
loss_scale_step([np.ones(1)], 2.0, 3, 0)
gradients = trials["Adam"].gradients.astype(np.float64)
gradients = gradients[gradients != 0]
lost = {
    exponent: float((rounded(gradients * 2.0**exponent, "float16") == 0).mean())
    for exponent in (0, 4, 8, 12)
}
figures.vanished(lost, np.log10(np.abs(gradients)))

# %% tags=["demo"]
loss_scale_step([np.ones(1)], 2.0, 3, 0)
scale, good, history = 2.0**24, 0, []
for _ in range(60):  # the same gradients, in float16, until the scale has settled
    with np.errstate(over="ignore"):
        scaled = (gradients * scale).astype(np.float16)
    decided = loss_scale_step([scaled], scale, 10, good)
    history.append(int(np.log2(scale)))
    scale, good = decided["scale"], decided["good_steps"]
print("log2 of the scale:", *history)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert len(text) < 10**6 or (lost[0] > lost[8] >= lost[12] and lost[0] > 2e-4)
largest = np.abs(gradients).max()
assert max(history[-12:]) - min(history[-12:]) <= 1 and largest * 2.0 ** min(history[-12:]) < 65520

# %% [markdown]
# Only about 2 in 1 000 of your GPT's gradients become 0, and a scale of $2^{12}$ saves nearly all of them; in larger models it can
# be many more. The rule finds the largest scale that fits by itself, and tries a larger one now and then. With bfloat16 nobody needs
# it. That is why newer models are trained in bfloat16, where the devices have it.

# %% [markdown]
# ## 7 What does it cost?
#
# A token passes through every parameter once: a product and a sum, 2 operations. Going backward takes twice that, one product for the
# gradient of the inputs and one for that of the weights.
# So training takes about **6ND** operations for $N$ parameters and $D$ tokens. A device reaches a share of its peak,
# the **utilization**.

# %% [markdown]
# ### Exercise 10: the bill (3 points)
#
# Return a dict: `flops`; `device_hours`, of all devices together; `days` on the clock, with all of them at work; and
# `dollars`. `flops_per_second` is one device's peak. A utilization outside $(0, 1]$, or a negative price, is a
# `ValueError`.
#
# Worked number: GPT-3, 300 billion tokens: $6 \cdot 175 \cdot 10^9 \cdot 300 \cdot 10^9 = 3.15 \cdot 10^{23}$. At 28
# TFLOP/s (22 % of a V100's peak of 125), that is 3.1 million device-hours; at 1.50 dollars each, 4.69 million dollars.


# %% nbgrader={"grade": false, "grade_id": "training_cost", "locked": false, "schema_version": 3, "solution": true, "task": false}
def training_cost(
    num_parameters, num_tokens, flops_per_second, utilization, num_devices, price_per_hour
) -> dict:
    """Return flops, device_hours, days and dollars of one training run.

    num_parameters of the model; num_tokens that are read; flops_per_second of one device, of which the
    share `utilization` is reached; num_devices at work; price_per_hour of one, in dollars.
    """
    ### BEGIN SOLUTION
    if not 0 < utilization <= 1:
        raise ValueError(f"a utilization of {utilization} is not in (0, 1]")
    if price_per_hour < 0:
        raise ValueError(f"a price of {price_per_hour} is negative")
    flops = 6 * num_parameters * num_tokens
    device_hours = flops / (flops_per_second * utilization) / 3600
    days = device_hours / num_devices / 24
    dollars = device_hours * price_per_hour
    return {"flops": flops, "device_hours": device_hours, "days": days, "dollars": dollars}
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("optimization.training_cost", training_cost)

# %% nbgrader={"grade": true, "grade_id": "check-training_cost", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("optimization.training_cost", training_cost)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** One of the knobs below changes the days and not the dollars. Which one, and why? Then move them.

# %% tags=["demo"]
v100 = training_cost(175e9, 300e9, 28e12, 1.0, 1, 1.50)
print(f"{v100['flops']:.3g} operations, {v100['days'] / 365.25:.0f} years on one V100,", end=" ")
print(f"${v100['dollars'] / 1e6:.2f} million")


def draw_dial(billions=175, tokens=300, utilization=0.4, devices=1024, price=2.0):
    bills = [
        training_cost(billions * 1e9, tokens * 1e9, 312e12, share, devices, price * factor)
        for share, factor in (
            (min(1, 2 * utilization), 0.5),
            (utilization, 1),
            (utilization / 2, 2),
        )
    ]
    return figures.dial(tuple(bill["dollars"] for bill in bills), bills[1]["days"])


explore(draw_dial, billions=(1, 500, 1), tokens=(20, 2000, 20), utilization=(0.1, 0.6, 0.05),
        devices=(8, 4096, 8), price=(0.5, 5.0, 0.5))  # fmt: skip

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert f"{v100['flops']:.3g}" == "3.15e+23" and round(v100["days"] / 365.25) == 356
assert round(v100["dollars"] / 1e6, 2) == 4.69

# %% [markdown]
# 356 years on one device, so nobody used one. The dial is for A100s, with a peak of 312 TFLOP/s. Its bar goes
# from twice the utilization at half the price to half the utilization at twice the price. Whoever quotes the cost of a model with three digits knows the utilization and the price with three digits,
# or does not know what they are saying. Failed runs, people and experiments are not in it at all.
#
# **This is a good place for a break.** The second half no longer needs `trials` and `text`.

# %% [markdown]
# ## 8 Many devices, one sum
#
# There are two kinds of splitting. **Data parallel:** every device has the whole model, and some of the examples.
# **Model parallel:** every device has a part of the model. We do both, on real processes that share nothing and send
# each other messages, as devices in a cluster do, and call the four ways
#
# - **replicas**: whole models, each with some examples (data parallel);
# - **slices**: each device has slices of the matrices (tensor parallel);
# - **stages**: each has some layers (pipeline parallel);
# - **tokens**: stages again, which are fed a text piece by piece.

# %% [markdown]
# First, what nearly all of them need: a sum of arrays that everybody has in the end, an **all-reduce**.
#
# If everybody sends their array to everybody, each of $N$ devices sends $N - 1$ arrays. A **ring** does better. Cut
# each array into $N$ chunks.
#
# - For $N - 1$ rounds each device hands one chunk to the next device, which adds it to its own. Device $d$ begins with
#   chunk $d$, and goes on with the one it has just added to. After that each has one finished chunk.
# - For $N - 1$ rounds more, finished chunks go round, and replace.

# %% [markdown]
# ### Exercise 11: a ring (4 points)
#
# Play the devices: `buffers` holds $N$ arrays of one length $L$. Return $N$ arrays of their own with the sum, and how
# many *bytes* each device has sent (a float64 has 8): $2(N-1)$ chunks each. $N$ need not divide $L$: let some chunks be
# longer, or pad.
#
# Worked number: $(1, 2)$ and $(10, 20)$: each sends one chunk of one number, twice, 16 bytes. Both have $(11, 22)$.


# %% nbgrader={"grade": false, "grade_id": "ring_all_reduce", "locked": false, "schema_version": 3, "solution": true, "task": false}
def ring_all_reduce(buffers) -> tuple:
    """Return (N arrays with the sum, N counts of bytes sent)."""
    ### BEGIN SOLUTION
    N = len(buffers)
    chunks = [np.array_split(np.array(buffer, dtype=float), N) for buffer in buffers]
    sent = [0] * N
    for step in range(2 * N - 2):
        messages = [chunks[d][(d - step) % N].copy() for d in range(N)]
        for d, message in enumerate(messages):
            sent[d] += message.nbytes
            place, to = (d - step) % N, (d + 1) % N
            if step < N - 1:
                chunks[to][place] = chunks[to][place] + message
            else:
                chunks[to][place] = message
    return [np.concatenate(own) for own in chunks], sent
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.ring_all_reduce", ring_all_reduce)

# %% nbgrader={"grade": true, "grade_id": "check-ring_all_reduce", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.ring_all_reduce", ring_all_reduce)
### END HIDDEN TESTS

# %% tags=["demo"]
gradient_of_gpt = np.ones(1_000_000)  # 8 MB
for num_devices in (2, 4, 8, 16):
    _, sent = ring_all_reduce([gradient_of_gpt] * num_devices)
    everybody = 8e6 * (num_devices - 1)
    print(
        f"{num_devices:2} devices: {sent[0] / 1e6:5.2f} MB each; to everybody {everybody / 1e6:5.0f} MB"
    )

# %% [markdown]
# Never more than two arrays, however many devices there are. That is why data parallel training goes so far.

# %% [markdown]
# ## 9 Split the examples
#
# Device $i$ computes the *mean* gradient $g_i$ of its $n_i$ examples. One device alone would have computed the mean over
# all of them.

# %% [markdown]
# ### Exercise 12: the serial gradient (2 points)
#
# Return the mean gradient over all examples, as one device alone would have computed it (*serially*). Shards may be of different
# sizes; an empty one has a gradient of zeros.
#
# Worked number: three examples with a mean gradient of 1, one example with 5: $(3 \cdot 1 + 1 \cdot 5)/4 = 2$. The mean of
# the means would be 3.


# %% nbgrader={"grade": false, "grade_id": "data_parallel_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def data_parallel_gradient(gradients, num_examples) -> np.ndarray:
    """Return the mean gradient over all examples, from the means of each device's.

    gradients: one array for each device, a mean; num_examples: of how many examples each.
    """
    ### BEGIN SOLUTION
    weighted = [n * np.asarray(g) for g, n in zip(gradients, num_examples)]
    return sum(weighted[1:], weighted[0]) / sum(num_examples)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.data_parallel_gradient", data_parallel_gradient)

# %% nbgrader={"grade": true, "grade_id": "check-data_parallel_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.data_parallel_gradient", data_parallel_gradient)
### END HIDDEN TESTS

# %% [markdown]
# Now for real: two new processes, each with a whole GPT (4 layers, 64 wide, float64); one gets 11 of the 16 passages, the
# other 5. `run_workers` starts them, waits, and brings back what they did; if anything goes wrong it ends them all.
#
# Gradients are added up in **buckets**, those of a few layers at a time, while the backward pass is still at work: the last layers' are
# ready first.
#
# **Predict.** How far are loss and gradients from those of one process alone, after three steps?

# %% tags=["demo"]
plays, _, num_characters = shakespeare()
size = {"vocabulary_size": num_characters}
print(f"{len(plays):,} characters to learn from, {num_characters} different ones")

# %% tags=["demo"]
data_parallel_gradient([np.ones(2), np.ones(2)], [1, 2])
from course_utils.distributed.engines.example import largest_difference, small_job
from course_utils.distributed.engines.ledger import bytes_sent
from course_utils.distributed.engines.processes import WorkersFailed, run_workers

replicas = small_job("replicas", (11, 5), **size)
by_replicas = run_workers(replicas, plays, progress=True)
apart = largest_difference(replicas, by_replicas, plays)
print(
    "losses",
    *(f"{loss:.4f}" for loss in by_replicas.losses),
    f"at most {apart:.1e} from one process",
)
print(
    {f"worker {w}": f"{sent / 2**20:.1f} MiB" for w, sent in bytes_sent(by_replicas.events).items()}
)

# %% tags=["demo"]
data_parallel_gradient([np.ones(2), np.ones(2)], [1, 2])
drawn.timeline({"Replicas, 11 and 5 passages": by_replicas.events}, step=2)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert apart < 1e-10

# %% [markdown]
# The same numbers, but for rounding in the last digits. In the picture, the worker with five passages waits for the one
# with eleven: what is split unequally is as slow as its largest part. The red strips below are sums on their way; most of
# them begin before the backward pass is over.

# %% [markdown]
# ## 10 Split the matrices
#
# When the model does not fit, cut it up. Most of a transformer is matrix products, and $Y = XW$ can be cut in two ways.
#
# - **By columns** of $W$: each device has all of $X$ and some columns, so it gets some *outputs*, whole. Nothing is sent.
# - **By rows** of $W$: each device needs only some columns of $X$, and gets a *summand* of every output. A sum over devices
#   follows.
#
# Megatron-LM (2019) puts one after the other.

# %% tags=["demo"] lint="predict: it draws what was just said"
drawn.cut_matrices([3, 2], [3, 2])

# %% [markdown]
# ### Exercise 13: by columns (2 points)
#
# Return the list of the devices' outputs, as they are; nobody puts them together.
#
# Worked number: $X = (1, 2)$; device 0 has the column $(1, 0)$, device 1 has $(0, 1)$. The outputs are $1$ and $2$.


# %% nbgrader={"grade": false, "grade_id": "column_parallel_linear", "locked": false, "schema_version": 3, "solution": true, "task": false}
def column_parallel_linear(X, W_shards) -> list:
    """Return a list of (B, out_i); X: (B, in), W_shards: (in, out_i) each."""
    ### BEGIN SOLUTION
    return [np.asarray(X) @ np.asarray(W) for W in W_shards]
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.column_parallel_linear", column_parallel_linear)

# %% nbgrader={"grade": true, "grade_id": "check-column_parallel_linear", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.column_parallel_linear", column_parallel_linear)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 14: by rows (2 points)
#
# Return the whole output, with the bias.
#
# Worked number: device 0 has $X_0 = 1$ and $W_0 = 3$, device 1 has $X_1 = 2$ and $W_1 = 4$; the bias is 100.
# $1 \cdot 3 + 2 \cdot 4 + 100 = 111$. Whoever adds the bias on every device gets 211.


# %% nbgrader={"grade": false, "grade_id": "row_parallel_linear", "locked": false, "schema_version": 3, "solution": true, "task": false}
def row_parallel_linear(X_shards, W_shards, bias) -> np.ndarray:
    """Return (B, out); X_shards: (B, in_i) each, W_shards: (in_i, out) each, bias: (out,)."""
    ### BEGIN SOLUTION
    return sum(np.asarray(X) @ np.asarray(W) for X, W in zip(X_shards, W_shards)) + np.asarray(bias)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.row_parallel_linear", row_parallel_linear)

# %% nbgrader={"grade": true, "grade_id": "check-row_parallel_linear", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.row_parallel_linear", row_parallel_linear)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 15: a feed-forward layer on many devices (3 points)
#
# $\text{GELU}(XA + a)\,B + b$, with $A$ by columns and $B$ by rows. Use the exact GELU,
# $x \cdot \frac12 (1 + \text{erf}(x / \sqrt 2))$ (`scipy.special.erf`). `all_reduce(arrays)` takes the list of what all devices
# have, and returns the sum; call it exactly once, as on a network each call costs time.
#
# Worked number: one input, two devices with one inner unit each, weights and input 1, inner biases 0, $b = 1$:
# $2 \cdot \text{GELU}(1) + 1 = 2 \cdot 0.84134 + 1 = 2.6827$.


# %% nbgrader={"grade": false, "grade_id": "megatron_mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def megatron_mlp(X, A_shards, B_shards, bias_in_shards, bias_out, all_reduce) -> np.ndarray:
    """Return (B, out); A_shards: (in, inner_i), B_shards: (inner_i, out), bias_in_shards: (inner_i,)."""
    ### BEGIN SOLUTION
    from scipy.special import erf

    parts = []
    for H, a, B in zip(column_parallel_linear(X, A_shards), bias_in_shards, B_shards):
        inner = H + np.asarray(a)
        parts.append(0.5 * inner * (1 + erf(inner / np.sqrt(2))) @ np.asarray(B))
    return all_reduce(parts) + np.asarray(bias_out)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.megatron_mlp", megatron_mlp)

# %% nbgrader={"grade": true, "grade_id": "check-megatron_mlp", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.megatron_mlp", megatron_mlp)
### END HIDDEN TESTS

# %% [markdown]
# Attention can be cut as easily: each device takes some heads. So a block has one sum forward and one backward in each of
# its two sublayers. Backward, it is the gradient of the block's *input* that is summed: every device used all of it.
#
# Two processes, three heads here and one there.
#
# **Predict.** Do slices send more bytes than replicas, or fewer? What decides it in either case?

# %% tags=["demo"]
megatron_mlp(np.ones((1, 1)), [np.ones((1, 1))], [np.ones((1, 1))], [[0.0]], [0.0], sum)
slices = small_job("slices", (3, 1), **size)
by_slices = run_workers(slices, plays, progress=True)
apart = largest_difference(slices, by_slices, plays)
print(f"at most {apart:.1e} from one process")
for name, outcome in {"replicas": by_replicas, "slices": by_slices}.items():
    sums = [e for e in outcome.events if e.kind == "all-reduce" and e.worker == e.step == 0]
    print(f"{name}: {sum(e.num_bytes for e in sums) / 2**20:.2f} MiB a step in {len(sums)} sums")

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert apart < 1e-10 and len(sums) == 16
per_step = sum(e.num_bytes for e in sums)
assert per_step == 16 * 8 * 16 * 64 * 64

# %% [markdown]
# Replicas send every gradient once: bytes grow with the *parameters*. Slices send hidden vectors, 16 times a step here (4
# layers, 2 sublayers, there and back): bytes grow with the *tokens* and the width, and everybody waits for each of these
# sums. So slices are for devices that are wired closely together.

# %% [markdown]
# ## 11 Split the layers
#
# The cut that comes to mind first: device 0 has the first layers, device 1 the next ones. But then a batch is in one place at a time,
# and all others wait. **GPipe** (2019) cuts the batch into **microbatches**: while stage 1 works on the first, stage 0
# takes up the second.
#
# Time is counted in ticks; a stage does one thing in each. All forwards come first; then all backwards, from the last stage
# to the first. Gradients of microbatches add up, and are those of the batch.

# %% [markdown]
# ### Exercise 16: who does what when (4 points)
#
# Return entries `(tick, stage, microbatch, phase)`, all counted from 0, in any order; phases are `"forward"` and
# `"backward"`. Each stage works on each microbatch once in each phase. A stage needs what the stage before has done in an
# earlier tick (backward: the stage after). No backward begins before the last forward is done. It takes $2(M + K - 1)$
# ticks for $K$ stages and $M$ microbatches. If $K$ or $M$ is less than 1, raise `ValueError`.
#
# Worked number: $K = 2$, $M = 1$: stage 0 forward in tick 0, stage 1 forward in 1, stage 1 backward in 2, stage 0 backward
# in 3.


# %% nbgrader={"grade": false, "grade_id": "gpipe_schedule", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gpipe_schedule(num_stages: int, num_microbatches: int) -> list:
    """Return a list of (tick, stage, microbatch, phase)."""
    ### BEGIN SOLUTION
    if num_stages < 1 or num_microbatches < 1:
        raise ValueError(f"{num_stages} stages and {num_microbatches} microbatches: nothing to do")
    entries, half = [], num_microbatches + num_stages - 1
    for k in range(num_stages):
        for m in range(num_microbatches):
            entries.append((k + m, k, m, "forward"))
            entries.append((half + (num_stages - 1 - k) + m, k, m, "backward"))
    return entries
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.gpipe_schedule", gpipe_schedule)

# %% nbgrader={"grade": true, "grade_id": "check-gpipe_schedule", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.gpipe_schedule", gpipe_schedule)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** Four stages, and 1, 4 or 8 microbatches: where does a stage wait longest, as a share of the whole?

# %% tags=["demo"]
drawn.planned({f"{M} microbatches": gpipe_schedule(4, M) for M in (1, 4, 8)})

# %% [markdown]
# ### Exercise 17: the bubble (2 points)
#
# In each phase a stage works for $M$ of $M + K - 1$ ticks. Return the share in which it waits. Without stages or
# microbatches, raise `ValueError`.
#
# Worked numbers: $K = 4$, $M = 4$: $3/7 = 0.4286$; with $M = 32$ it is $3/35 = 0.0857$.


# %% nbgrader={"grade": false, "grade_id": "bubble_fraction", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bubble_fraction(num_stages: int, num_microbatches: int) -> float:
    """Return the share of ticks in which a stage waits."""
    ### BEGIN SOLUTION
    if num_stages < 1 or num_microbatches < 1:
        raise ValueError(f"{num_stages} stages and {num_microbatches} microbatches: nothing to do")
    return (num_stages - 1) / (num_microbatches + num_stages - 1)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.bubble_fraction", bubble_fraction)

# %% nbgrader={"grade": true, "grade_id": "check-bubble_fraction", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.bubble_fraction", bubble_fraction)
### END HIDDEN TESTS

# %% [markdown]
# Is it true? Two processes carry out *your* schedule for a GPT that is large enough to be busy, and note when they work.
#
# **Predict.** For 2 stages and 8 microbatches your formula says 11 %. Will the clock say more, or less?

# %% tags=["demo"]
from course_utils.distributed.engines.ledger import idle_share

measured, staged = {}, {}
for num_microbatches in (1, 2, 4, 8):
    schedule = tuple(gpipe_schedule(2, num_microbatches))
    job = small_job("stages", (2, 2), width=128, num_microbatches=num_microbatches, schedule=schedule,
                    num_steps=6, **size)  # fmt: skip
    staged[num_microbatches] = run_workers(job, plays, progress=True)
    shares = [idle_share(staged[num_microbatches].events, step) for step in range(1, 6)]
    measured[num_microbatches] = float(np.median(shares))
drawn.bubbles(measured, {M: bubble_fraction(2, M) for M in (1, 2, 4, 8)}, 2)

# %% tags=["demo"]
gpipe_schedule(2, 4)
apart = max(
    abs(staged[M].losses[step] - staged[1].losses[step]) for M in (2, 4, 8) for step in range(6)
)
print(f"losses of all four are within {apart:.0e} of each other")
drawn.timeline({f"Measured, {M} microbatches": staged[M].events for M in (1, 4)}, step=4)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert apart < 1e-10
assert measured[1] > measured[8]  # how much, depends on what else this machine does

# %% [markdown]
# More than the formula, and the smaller the pieces, the more: the last stage also makes the logits, so that stages are
# not quite equal; and messages and Python take time between two pieces of work. With larger models that fades: with
# seventy times the work in each piece, on a quiet machine, we measured 12 % where the formula says 11.
#
# Note the other price of GPipe: all $M$ microbatches wait in memory for their backward pass. With `recompute=True` a stage keeps only
# what came in, and goes forward once more later: less memory for about a third more work.

# %% [markdown]
# ## 12 Split the tokens
#
# **TeraPipe** (2021) looks at the other axis of a batch. In a causal model no token needs a later one. So the first stage
# can pass on the beginning of a text while it reads the rest: slices of the *text* take the place of microbatches.
#
# But slices are not alike. The last one attends to everything before it, and takes longer. With equal slices, the pipeline
# waits for the last one at every stage.
#
# If stage times are $t_1, t_2, \dots$ for the slices, a pass through $K$ stages takes
#
# $$T = \sum_i t_i + (K - 1) \max_i t_i, \qquad t_i = \text{time}(\text{length}_i, \text{context}_i).$$
#
# The context of a slice counts the tokens before it.

# %% [markdown]
# ### Exercise 18: how long? (2 points)
#
# Return $T$ for the given lengths of slices, in their order.
#
# Worked number: $\text{time} = \text{length} + \text{context}$, slices 2 and 1, $K = 3$: $t = 2$ and $1 + 2 = 3$;
# $T = 5 + 2 \cdot 3 = 11$.


# %% nbgrader={"grade": false, "grade_id": "terapipe_latency", "locked": false, "schema_version": 3, "solution": true, "task": false}
def terapipe_latency(slices, time, num_stages: int) -> float:
    """Return how long a pass through num_stages takes; time(length, context): one stage, one slice."""
    ### BEGIN SOLUTION
    times, context = [], 0
    for length in slices:
        times.append(time(length, context))
        context += length
    return sum(times) + (num_stages - 1) * max(times)
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.terapipe_latency", terapipe_latency)

# %% nbgrader={"grade": true, "grade_id": "check-terapipe_latency", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.terapipe_latency", terapipe_latency)
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise 19: the best cut (4 points)
#
# Return the least latency, and slices that have it. There are $2^{L-1}$ ways to cut $L$ tokens, too many to try. Use
# **dynamic programming**. Suppose somebody told you the slowest slice's time, $b$. Then the best cut of the first $n$ tokens is
# a last slice of $\ell$ tokens after a best cut of the first $n - \ell$:
#
# $$\text{best}(n) = \min_{\ell}\ \text{best}(n - \ell) + \text{time}(\ell, n - \ell), \quad \text{only where that time is} \leq b$$
#
# with $\text{best}(0) = 0$, and $\infty$ where no slice is allowed. To $\text{best}(L)$ add $K - 1$ times the slowest slice of that cut.

# %% [markdown]
# Nobody tells you $b$. But it is the time of *some* slice, so there are only $L(L+1)/2$ to try. $L = 64$ should take seconds.
#
# Worked number: $\text{time} = 2 + \text{length}$, $L = 4$, $K = 3$: two slices of 2 take $8 + 2 \cdot 4 = 16$; one slice
# takes $6 + 2 \cdot 6 = 18$, and so do four.


# %% nbgrader={"grade": false, "grade_id": "terapipe_slices", "locked": false, "schema_version": 3, "solution": true, "task": false}
def terapipe_slices(time, length: int, num_stages: int) -> tuple:
    """Return (latency, list of slice lengths that sum to length) for num_stages stages."""
    ### BEGIN SOLUTION
    times = {(m, n): time(n - m, m) for n in range(1, length + 1) for m in range(n)}
    found = (np.inf, [])
    for bound in sorted(set(times.values())):
        if (num_stages - 1) * bound >= found[0]:
            break
        best, cut = [0.0], [0]
        for n in range(1, length + 1):
            ways = [(best[m] + times[m, n], m) for m in range(n) if times[m, n] <= bound]
            least, where = min(ways, default=(np.inf, 0))
            best.append(least)
            cut.append(where)
        if best[length] == np.inf:
            continue
        slices, n = [], length
        while n:
            slices.insert(0, n - cut[n])
            n = cut[n]
        latency = terapipe_latency(slices, time, num_stages)
        if latency < found[0]:
            found = (latency, slices)
    return found
    ### END SOLUTION


# %% tags=["selfcheck"]
selfcheck("distributed.terapipe_slices", terapipe_slices)

# %% nbgrader={"grade": true, "grade_id": "check-terapipe_slices", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Graded when you submit, on inputs you have not seen.
### BEGIN HIDDEN TESTS
from autograder.inline import judge_here

judge_here("distributed.terapipe_slices", terapipe_slices)
### END HIDDEN TESTS

# %% [markdown]
# **Predict.** 12 tokens, 4 stages. In one slice they take 26.0, in six slices of 2 they take 15.0. How low will the best cut
# get, and how many slices does it have?


# %% tags=["demo"]
def slice_time(length, context):
    return 0.5 + 0.2 * length + 0.05 * length * (context + length / 2)


def times_of(slices):
    return [slice_time(n, sum(slices[:i])) for i, n in enumerate(slices)]


best, slices_found = terapipe_slices(slice_time, 12, 4)
ways = {"one slice": [12], "equal slices": [2] * 6, "the best cut": slices_found}
drawn.sliced(ways, {name: times_of(cut) for name, cut in ways.items()}, 4)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert (
    abs(best - 14.275) < 1e-9
    and abs(terapipe_latency([4, 3, 2, 2, 1], slice_time, 4) - best) < 1e-9
)
equal = [terapipe_latency([12 // n] * n, slice_time, 4) for n in (1, 2, 3, 4, 6, 12)]
assert abs(min(equal) - 15.0) < 1e-9
assert slices_found[0] == max(slices_found) and slices_found[-1] == min(slices_found)

# %% [markdown]
# 14.275, against 15.0 for the best equal slices. Long slices first, short ones last. Several cuts may be as good.
#
# Now on two processes. Going backward, the last slice comes first. It yields gradients for the keys and values of all earlier
# slices, too, and each of these adds them to its own when its turn comes.

# %% tags=["demo"]
_, cut = terapipe_slices(lambda n, before: 8 + n + n * (before + n / 2) / 64, 64, 2)
tokens = small_job("tokens", (2, 2), slices=tuple(cut), **size)
by_tokens = run_workers(tokens, plays, progress=True)
print(
    "slices", cut, f"· at most {largest_difference(tokens, by_tokens, plays):.1e} from one process"
)
four = {
    "Replicas: examples": by_replicas, "Slices: heads and inner units": by_slices,
    "Stages: layers and microbatches": staged[4], "Tokens: layers and slices of text": by_tokens,
}  # fmt: skip
drawn.timeline({name: outcome.events for name, outcome in four.items()}, step=2, labels=False)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert largest_difference(tokens, by_tokens, plays) < 1e-10

# %% [markdown]
# Four ways, measured on this machine. Do not compare their lengths with each other: stages got a wider model. And as our models are
# tiny, one process with all your cores may well be faster than any of the four. That is no argument against them: 2 608 GiB leave no
# choice.

# %% [markdown]
# ## 13 A plug is pulled
#
# A thousand devices for a month: one of them *will* break. A worker that dies must not leave the others waiting forever.
# Here worker 1 is killed as soon as there is a checkpoint.
#
# **Predict.** Workers wait at most 5 seconds for a message. What does worker 0 say, and after how many seconds?

# %% tags=["demo"]
bubble_fraction(2, 4)
import tempfile
from time import monotonic

from course_utils.distributed.engines.example import pull_the_plug

shelf = tempfile.mkdtemp()
saved = {"shelf": shelf, "checkpoint_every": 4, "timeout_seconds": 5.0, "keep_gradients": False}
schedule = tuple(gpipe_schedule(2, 4))
fragile = small_job("stages", (2, 2), num_microbatches=4, schedule=schedule, num_steps=60,
                    options=saved, **size)  # fmt: skip
struck = []
try:
    run_workers(fragile, plays, started=pull_the_plug(shelf, 1, struck), progress=True)
except WorkersFailed as failure:
    print(f"after {monotonic() - struck[0]:.1f} s: {failure}")

# %% tags=["demo"]
bubble_fraction(2, 4)
from course_utils.distributed.engines.serial import train_serially

resumed = run_workers(fragile, plays, progress=True)
straight = [loss for loss, _ in train_serially(fragile, plays)]
apart = np.abs(np.subtract(resumed.losses, straight[resumed.resumed_at :])).max()
print(
    f"taken up after step {resumed.resumed_at}; losses within {apart:.0e} of a run without accident"
)

# %% tags=["demo", "authors"]
# What the text says, asserted: authors only, not released
assert 0 < resumed.resumed_at < 60 and apart < 1e-9

# %% [markdown]
# All of this also runs on several machines, with GPUs if they have them: `torchrun` starts the processes, and
# `python -m course_utils.distributed --help` shows how.

# %% [markdown]
# ## 14 In your own words (4 points)
#
# You have 64 A100s with 80 GiB each, in 8 machines. Inside a machine devices exchange 600 GB a second; between machines,
# 25. You want to train a model of 20 billion parameters with AdamW in mixed precision.
#
# In at most 150 words: can you use data parallelism alone? If not, which splitting do you use *inside* a machine, which one
# *between* machines, and why that way round? Name the price of each. What happens to your choice if the texts become ten times
# longer?

# %% [markdown] nbgrader={"grade": true, "grade_id": "question-64-devices", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# ### BEGIN SOLUTION
# 16 bytes a parameter make 298 GiB, nearly four times what a device has: replicas alone do not fit.
#
# Inside a machine: slices (tensor parallel), over 4 or 8 devices. With 8, each holds 37 GiB, which leaves room for activations.
# They wait for four sums of hidden vectors in every layer, so they need the fast wires. Between machines: replicas. They send
# each gradient once a step, and most of it while the backward pass goes on, which slow wires can bear. Stages between machines
# are as good: they send hidden vectors of one layer only; the price is a bubble, (K − 1)/(M + K − 1), so many microbatches.
#
# Ten times longer texts: activations and attention grow, and sums of slices with them, gradients do not. Replicas between
# machines stay right; slicing by tokens becomes worthwhile, and recomputation saves memory.
#
# === BEGIN MARK SCHEME ===
# - 1 point: replicas alone do not fit, with the number (about 298 GiB, or 16 bytes a parameter against 80 GiB).
# - 1 point: tensor parallelism inside a machine, because its sums are many and block (fast wires).
# - 1 point: replicas or stages between machines, with the price (gradients once a step; or the bubble and microbatches).
# - 1 point: longer texts: what grows with tokens and what does not, and a change that follows from it.
# === END MARK SCHEME ===
# ### END SOLUTION

# %% [markdown] tags=["authors"]
# **A second model answer to section 14**, with the other choice between machines; it earns all four points.
#
# No: 20 billion times 16 bytes are 298 GiB for each replica, and a device has 80. Inside a machine I cut matrices eight ways: every
# layer needs four sums on which all eight devices wait, and 600 GB a second is there for that. Between machines I cut layers into eight
# stages: one hidden vector a token crosses each wire forward, one gradient comes back. A device then
# holds 298 / 64, less than 5 GiB. The price is the bubble: with 32 microbatches 7 / (32 + 7), 18 %.
#
# Ten times longer texts: weights and their gradients stay as they are, hidden vectors are ten times as many, attention's scores a hundred
# times. One text fills the device, so fewer microbatches fit and the bubble grows. I would feed the stages slices of a text, long ones
# first, and recompute inside a stage.
#
# **Calibration.** Grade these two before you grade anybody, and compare: they should get 1 and 3.
#
# *One point.* "Data parallel is not enough because 20B × 16 bytes = 320 GB and the GPU has 80. So I use pipeline parallelism inside the
# machine since it is simple, and tensor parallelism between machines to use all GPUs. Longer texts need more memory." Memory: 1, a GB for a
# GiB does no harm. Inside and between: 0, exchanged, and no price. Longer texts: 0, it does not say of what.
#
# *Three points.* "298 GiB of weights, gradients and moments do not fit into 80. Slices inside the machine, because each layer has to wait for
# its sums, 600 GB/s are needed. Replicas between the machines; they add up gradients once per step, 25 GB/s suffices as it overlaps with
# backward. If texts are longer then everything becomes slower, maybe use more GPUs." Memory, inside, between: 1 each. Longer texts: 0,
# "everything" is what the question asks to take apart.

# %% [markdown]
# ## 15 Recap
#
# - **Adam** divides by how large gradients have been, so that one rate suits all; **AdamW** decays the weights beside that step.
# - Training takes **16 bytes a parameter** and **6ND** operations. Large models fit on no device.
# - Split **examples, matrices, layers or tokens**: the numbers stay the same, what is sent and who waits does not.

# %% [markdown]
# ### References
#
# - CMU 10-301/601, lecture 28 (2023): *Optimization for LLMs*, *Distributed Training*, *Cost to train*.
# - J. Duchi, E. Hazan, Y. Singer: *Adaptive Subgradient Methods*. 2011. AdaGrad.
# - T. Tieleman, G. Hinton: *Lecture 6.5: RMSProp*. 2012.
# - D. Kingma, J. Ba: *Adam: A Method for Stochastic Optimization*. 2015.
# - I. Loshchilov, F. Hutter: *Decoupled Weight Decay Regularization*. 2019. AdamW.
# - P. Micikevicius and others: *Mixed Precision Training*. 2018.
# - J. Kaplan and others: *Scaling Laws for Neural Language Models*. 2020. 6ND.
# - S. Rajbhandari and others: *ZeRO: Memory Optimizations Toward Training Trillion Parameter Models*. 2020.
# - P. Patarasuk, X. Yuan: *Bandwidth Optimal All-reduce Algorithms*. 2009. The ring.
# - S. Li and others: *PyTorch Distributed*. 2020. Buckets that overlap with the backward pass.
# - M. Shoeybi and others: *Megatron-LM*. 2019.
# - Y. Huang and others: *GPipe*. 2019.
# - Z. Li and others: *TeraPipe*. 2021.

# %% [markdown]
# ### What is simplified
#
# - We clip no gradients in the distributed runs, and each run splits in one way; large models use three at once.
# - Today's pipelines begin backwards early (1F1B), which needs less memory, and optimizer states are split, too (ZeRO).
# - Processes here share one machine and its memory bus. On a network, messages cost more than you have seen.
# - The cost leaves out attention's own operations, which count when texts are long, and everything that went wrong before.
