"""Columns and files to arrays and back: readers, fitted features, splits. No torch."""

from modelspec.data.arrays.arrays import Arrays
from modelspec.data.arrays.image_files import PictureError
from modelspec.data.arrays.lazy_arrays import LazyArray
from modelspec.data.encode import RowEncoder, encode_file, encode_rows
from modelspec.data.features import Labelled
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.data.inspect.describe import Description, describe
from modelspec.data.inspect.quality import check_quality
from modelspec.data.load import load, plain
from modelspec.data.prediction_lines import prediction_lines, prediction_rows
from modelspec.data.raw_rows import encode_input, raw_file_rows, raw_rows
from modelspec.data.readers.in_memory import Rows, columns_of
from modelspec.data.splits import Splits
from modelspec.data.splitting.permutation import permutation
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.write_predictions import predictions_frame, write_predictions

__all__ = [
    "Arrays",
    "CellCounts",
    "Description",
    "Labelled",
    "LazyArray",
    "PictureError",
    "Preprocessing",
    "RowEncoder",
    "Rows",
    "Splits",
    "check_quality",
    "columns_of",
    "describe",
    "encode_file",
    "encode_input",
    "encode_rows",
    "load",
    "permutation",
    "plain",
    "prediction_lines",
    "prediction_rows",
    "predictions_frame",
    "raw_file_rows",
    "raw_rows",
    "write_predictions",
]
