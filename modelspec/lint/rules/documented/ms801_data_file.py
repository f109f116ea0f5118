"""MS801 data-file."""

from modelspec.lint.rule import Rule


class DataFile(Rule):
    """A data file cannot be read.

    There is no such file, it may not be read, it is empty, or it is not what its suffix says.
    Paths under `data` are relative to the folder of the spec. NPZ, CSV, TSV and Parquet are read;
    NPZ files that hold pickled objects are refused.
    """

    code = "MS801"
