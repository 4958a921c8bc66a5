"""The checks of unit 07, second part, in the order of the notebook."""

from autograder.checks._distributed.gradient import GRADIENT
from autograder.checks._distributed.latency import LATENCY
from autograder.checks._distributed.linear import COLUMNS, ROWS
from autograder.checks._distributed.mlp import MLP
from autograder.checks._distributed.ring import RING
from autograder.checks._distributed.schedule import BUBBLE, SCHEDULE
from autograder.checks._distributed.slices import SLICES

CHECKS = [RING, GRADIENT, COLUMNS, ROWS, MLP, SCHEDULE, BUBBLE, LATENCY, SLICES]
