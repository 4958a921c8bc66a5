"""The checks of unit 08, in the order of the notebook."""

from autograder.checks._impacts.energy import BREAKEVEN, EMISSIONS
from autograder.checks._impacts.gap import GAP
from autograder.checks._impacts.runs import RATE, SEEN
from autograder.checks._impacts.watermark import WATERMARK

CHECKS = [EMISSIONS, BREAKEVEN, RATE, SEEN, GAP, WATERMARK]
