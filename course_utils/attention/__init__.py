"""Unit 04: attention, from one node of a graph to many heads.

    computation_graph.py   a value and how it came about; gradients by going back
    rnn_lm.py              one vector for everything that was said so far
    dot_product.py         softmax, scores, the causal mask, attention
    multi_head.py          several attentions side by side
    caching.py             one token at a time, without computing anything twice
    connections.py         how the cost grows: linear and quadratic
    bug_hunt.py            a test that tells right implementations of attention from wrong ones

Arrays are numpy, float64, one row for each token. T tokens, d_k numbers in a query and a key, d_v in
a value. Later units say the same in torch.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Model: GPT"; A. Vaswani and others, "Attention Is
All You Need", NeurIPS 2017.
"""

from course_utils.attention.bug_hunt import find_the_bug_attention
from course_utils.attention.caching import attention_step
from course_utils.attention.computation_graph import Node, backpropagate
from course_utils.attention.connections import count_connections
from course_utils.attention.dot_product import (
    attention_scores,
    causal_mask,
    scaled_dot_product_attention,
    softmax,
)
from course_utils.attention.multi_head import multi_head_attention
from course_utils.attention.rnn_lm import rnn_language_model

__all__ = [
    "Node",
    "attention_scores",
    "attention_step",
    "backpropagate",
    "causal_mask",
    "count_connections",
    "find_the_bug_attention",
    "multi_head_attention",
    "rnn_language_model",
    "scaled_dot_product_attention",
    "softmax",
]
