"""The checks of unit 05, in the order of the notebook."""

from autograder.checks._gpt.embed import EMBED
from autograder.checks._gpt.feed_forward import FEED_FORWARD
from autograder.checks._gpt.find_the_bug import FIND_THE_BUG
from autograder.checks._gpt.gelu import GELU
from autograder.checks._gpt.layer_norm import LAYER_NORM
from autograder.checks._gpt.parameters import PARAMETERS

CHECKS = [EMBED, LAYER_NORM, GELU, FEED_FORWARD, PARAMETERS, FIND_THE_BUG]
