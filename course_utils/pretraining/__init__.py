"""Unit 06, first part: learn from data without labels.

    pca.py             few numbers for many, by a straight projection
    autoencoder.py     the same with a network that rebuilds its input
    greedy.py          train deep networks one layer at a time
    mixture.py         what a language model reads, and how often
    language_model.py  passages, and the next tokens

n examples, d numbers in each, k or H numbers in a code. Tensors are torch's.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Pre-training".
"""

from course_utils.pretraining.autoencoder import autoencoder_loss
from course_utils.pretraining.greedy import greedy_pretrain
from course_utils.pretraining.language_model import sample_batch
from course_utils.pretraining.mixture import GPT3_MIXTURE, GPT3_TOTAL_TOKENS, mixture_epochs
from course_utils.pretraining.pca import pca

__all__ = [
    "GPT3_MIXTURE",
    "GPT3_TOTAL_TOKENS",
    "autoencoder_loss",
    "greedy_pretrain",
    "mixture_epochs",
    "pca",
    "sample_batch",
]
