"""Unit 05: GPT, from one vector a token to a model that writes.

    weights.py    how large a GPT is, and the names of its numbers
    layers.py     embedding, layer norm, GELU, feed-forward
    blocks.py     a block, and the stack of them: the plain form
    loss.py       how surprised it is by the next token
    sizes.py      how many parameters, and where they sit
    sampling.py   choose the next token
    training.py   one right step
    model.py      the same numbers, fast
    cache.py      keys and values of the tokens so far
    generate.py   let it write
    plan.py       how many steps, how large, which passages
    trainer.py    train on a text; on a CPU or a GPU, from a seed
    checkpoint.py put a model away, and take it up again
    text.py       characters as numbers
    bug_hunt.py   a test that tells right implementations of `layer_norm` from wrong ones

B batch, T tokens, C width, H heads, V vocabulary, F inner width. Tensors are torch's.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Model: GPT".
"""

from course_utils.gpt.blocks import gpt_logits, transformer_block
from course_utils.gpt.bug_hunt import find_the_bug_gpt
from course_utils.gpt.layers import embed, feed_forward, gelu, layer_norm
from course_utils.gpt.loss import language_model_loss
from course_utils.gpt.sampling import sample_next_token
from course_utils.gpt.sizes import GPT_SIZES, parameter_count
from course_utils.gpt.training import training_step
from course_utils.gpt.weights import Block, Config, Parameters

__all__ = [
    "Block",
    "Config",
    "GPT_SIZES",
    "Parameters",
    "embed",
    "feed_forward",
    "find_the_bug_gpt",
    "gelu",
    "gpt_logits",
    "language_model_loss",
    "layer_norm",
    "parameter_count",
    "sample_next_token",
    "training_step",
    "transformer_block",
]
