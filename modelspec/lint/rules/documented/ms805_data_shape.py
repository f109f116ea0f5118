"""MS805 data-shape."""

from modelspec.lint.rule import Rule


class DataShape(Rule):
    """A sample in the data is not of its input's shape.

    An input that is declared `[28, 28, 1]` gets samples of that shape, without the batch axis,
    channels last. An input with a symbol takes any length there, but not one that is shorter than
    the layers can take. Mend the data, the shape, or list the columns that make up the vector.
    """

    code = "MS805"
