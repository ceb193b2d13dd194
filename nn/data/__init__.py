"""Data sets, and what cuts them into batches."""

from nn.data.batching import batches, one_hot, random_split, standardise
from nn.data.datasets import blobs, circles, digits, linear_regression, mnist, moons, spirals, xor, yin_yang

__all__ = [
    "batches",
    "blobs",
    "circles",
    "digits",
    "linear_regression",
    "mnist",
    "moons",
    "one_hot",
    "random_split",
    "spirals",
    "standardise",
    "xor",
    "yin_yang",
]
