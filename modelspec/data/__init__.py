"""Columns and files to arrays and back: readers, fitted features, splits, batches. No torch."""

from modelspec.data.arrays import Arrays, Splits
from modelspec.data.batches import batches, permutation
from modelspec.data.describe import Description, describe
from modelspec.data.features import Labelled
from modelspec.data.load import encode_file, load, plain, raw_table
from modelspec.data.pictures import PictureError
from modelspec.data.preprocessing import Preprocessing
from modelspec.data.quality import check_quality
from modelspec.data.stored import Stored
from modelspec.data.write import write_predictions

__all__ = [
    "Arrays",
    "Description",
    "Labelled",
    "PictureError",
    "Preprocessing",
    "Splits",
    "Stored",
    "batches",
    "check_quality",
    "describe",
    "encode_file",
    "load",
    "permutation",
    "plain",
    "raw_table",
    "write_predictions",
]
