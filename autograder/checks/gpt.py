"""The checks of unit 05, in the order of the notebook."""

from autograder.checks._gpt.embed import EMBED

CHECKS = [EMBED]
