"""The checks of unit 03, in the order of the notebook."""

from autograder.checks._ngrams.add_k import ADD_K
from autograder.checks._ngrams.counting import COUNT
from autograder.checks._ngrams.decoding import NOISY_CHANNEL
from autograder.checks._ngrams.die import SAMPLE_WORD
from autograder.checks._ngrams.edits import EDITS
from autograder.checks._ngrams.fast import FAST
from autograder.checks._ngrams.find_the_bug import FIND_THE_BUG
from autograder.checks._ngrams.generating import GENERATE
from autograder.checks._ngrams.interpolation import INTERPOLATED
from autograder.checks._ngrams.probability import PROBABILITY
from autograder.checks._ngrams.sentence import SENTENCE
from autograder.checks._ngrams.surprise import PERPLEXITY
from autograder.checks._ngrams.viterbi import VITERBI

CHECKS = [
    COUNT,
    PROBABILITY,
    SAMPLE_WORD,
    GENERATE,
    SENTENCE,
    PERPLEXITY,
    ADD_K,
    INTERPOLATED,
    EDITS,
    NOISY_CHANNEL,
    VITERBI,
    FAST,
    FIND_THE_BUG,
]
