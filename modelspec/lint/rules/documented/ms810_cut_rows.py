"""MS810 cut-rows."""

from modelspec.lint.rule import Rule


class CutRows(Rule):
    """Many texts or sequences are longer than the model reads, and lose their ends.

    A fixed `length`, or an input of a fixed shape, cuts longer rows. Where it cuts more than one
    row in twenty, the model may miss what matters: give it more steps, cut at the other end
    (`truncate: start`), or leave the length open (`[T]`).
    """

    code = "MS810"
