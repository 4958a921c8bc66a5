"""Unit 07, second part: one model, many devices.

    collectives.py      a sum that everybody has, sent round in a ring
    data_parallel.py    split the examples
    tensor_parallel.py  split the matrices: by columns, by rows
    gpipe.py            split the layers, and keep them busy with microbatches
    terapipe.py         split the tokens
    engines/            the same four on real processes, for unit 05's GPT

The functions here work on numpy arrays, in float64, and only play several devices in one process.
`engines` has processes of its own that really send; start them with `run_workers`, or from a shell:
python -m course_utils.distributed.

Source: CMU 10-301/601, lecture 28 (spring 2023), "Distributed Training".
"""

from course_utils.distributed.collectives import ring_all_reduce
from course_utils.distributed.data_parallel import data_parallel_gradient
from course_utils.distributed.gpipe import bubble_fraction, gpipe_schedule
from course_utils.distributed.tensor_parallel import (
    column_parallel_linear,
    megatron_mlp,
    row_parallel_linear,
)
from course_utils.distributed.terapipe import terapipe_latency, terapipe_slices

__all__ = [
    "bubble_fraction",
    "column_parallel_linear",
    "data_parallel_gradient",
    "gpipe_schedule",
    "megatron_mlp",
    "ring_all_reduce",
    "row_parallel_linear",
    "terapipe_latency",
    "terapipe_slices",
]
