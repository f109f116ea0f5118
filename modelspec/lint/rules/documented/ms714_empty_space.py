"""MS714 empty-space."""

from modelspec.lint.rule import Rule


class EmptySpace(Rule):
    """Nothing that is searched can be trained: it is no sound model, or over a limit.

    The finding says what the smallest sound candidate has. Raise `tune.limits`, or search smaller
    values. Where a space is not linted as a whole, none was found among all that were looked at:
    each value by itself, every two together, and a random sample.
    """

    code = "MS714"
