"""MS801 data-file."""

from modelspec.lint.rule import Rule


class DataFile(Rule):
    """A data file cannot be read.

    There is no such file, it may not be read, it is empty or damaged, it unpacks to too much, or
    it holds what cannot be read. Paths under `data` are relative to the folder of the spec.
    `data.format` says what a file is, and how text is written, where that is not found; NPZ
    files that hold pickled objects are refused.
    """

    code = "MS801"
