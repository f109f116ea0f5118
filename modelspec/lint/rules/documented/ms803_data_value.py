"""MS803 data-value."""

from modelspec.lint.rule import Rule


class DataValue(Rule):
    """A value in a data file cannot be used.

    Text stands in a numeric column, a number is missing or not finite, a class was not there when
    the model was trained, an index is negative or too large. The finding names file, column and
    row, counted from 1 without the header. Mend the file; for classes that are new, `unknown:
    ignore` under the feature takes them as none.
    """

    code = "MS803"
