"""Unit 07, first part: how to go downhill, in how many bytes, for how many dollars.

    sgd.py       one pass over the data
    adaptive.py  AdaGrad and RMSProp: each parameter its own learning rate
    adam.py      Adam, and AdamW with decay set apart
    memory.py    how many GiB a model needs, to rest and to train
    formats.py   float16 and bfloat16: which numbers there are
    scaling.py   keep small gradients alive in float16
    cost.py      operations, days and dollars
    descent.py   several optimizers on their way down, for the figures
    bug_hunt.py  a test that tells right implementations of `adam_step` from wrong ones

Arrays are numpy's, in float64. A step is a pure function: what an optimizer remembers goes in and
comes out as `state`.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Optimization for LLMs".
"""

from course_utils.optimization.adam import adam_step, adamw_step
from course_utils.optimization.adaptive import adagrad_step, rmsprop_step
from course_utils.optimization.bug_hunt import find_the_bug_optimization
from course_utils.optimization.cost import training_cost
from course_utils.optimization.memory import memory_gib, training_memory_gib
from course_utils.optimization.scaling import loss_scale_step
from course_utils.optimization.sgd import sgd_epoch

__all__ = [
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "find_the_bug_optimization",
    "loss_scale_step",
    "memory_gib",
    "rmsprop_step",
    "sgd_epoch",
    "training_cost",
    "training_memory_gib",
]
