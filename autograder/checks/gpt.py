"""The checks of unit 05, in the order of the notebook."""

from autograder.checks._gpt.block import BLOCK
from autograder.checks._gpt.embed import EMBED
from autograder.checks._gpt.feed_forward import FEED_FORWARD
from autograder.checks._gpt.find_the_bug import FIND_THE_BUG
from autograder.checks._gpt.gelu import GELU
from autograder.checks._gpt.layer_norm import LAYER_NORM
from autograder.checks._gpt.logits import LOGITS
from autograder.checks._gpt.loss import LOSS
from autograder.checks._gpt.parameters import PARAMETERS
from autograder.checks._gpt.sampling import SAMPLING
from autograder.checks._gpt.step import STEP

CHECKS = [
    EMBED,
    LAYER_NORM,
    FIND_THE_BUG,
    GELU,
    FEED_FORWARD,
    BLOCK,
    LOGITS,
    PARAMETERS,
    LOSS,
    STEP,
    SAMPLING,
]
