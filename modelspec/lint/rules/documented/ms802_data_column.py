"""MS802 data-column."""

from modelspec.lint.rule import Rule


class DataColumn(Rule):
    """A data file lacks a column.

    Every input and every trained output takes a column (or an array of an NPZ file) of its own
    name, or the one that `data.features` names. The help lists the columns that there are, or the
    nearest one.
    """

    code = "MS802"
