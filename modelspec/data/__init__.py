"""Columns and files to arrays and back: readers, fitted features, splits, batches. No torch."""

from modelspec.data.arrays import Arrays, Splits
from modelspec.data.batches import batches, permutation
from modelspec.data.features import Labelled
from modelspec.data.load import encode_file, load, plain
from modelspec.data.preprocessing import Preprocessing
from modelspec.data.write import write_predictions

__all__ = [
    "Arrays",
    "Labelled",
    "Preprocessing",
    "Splits",
    "batches",
    "encode_file",
    "load",
    "permutation",
    "plain",
    "write_predictions",
]
