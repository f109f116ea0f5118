"""MS804 data-rows."""

from modelspec.lint.rule import Rule


class DataRows(Rule):
    """There are too few rows, or too many in one column.

    The file has no rows; the arrays of an NPZ file have different lengths; a part of the split
    would get no row; nothing is left to train on. Bring more rows, or change the fractions under
    `data.split`.
    """

    code = "MS804"
