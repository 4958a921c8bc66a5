"""The checks of unit 06, first part, in the order of the notebook."""

from autograder.checks._pretraining.autoencoder import AUTOENCODER
from autograder.checks._pretraining.batch import SAMPLE_BATCH
from autograder.checks._pretraining.greedy import GREEDY
from autograder.checks._pretraining.mixture import MIXTURE
from autograder.checks._pretraining.pca import PCA

CHECKS = [PCA, AUTOENCODER, GREEDY, MIXTURE, SAMPLE_BATCH]
