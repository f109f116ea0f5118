"""MS813 unclean-cells."""

from modelspec.lint.rule import Rule


class UncleanCells(Rule):
    """Cells of a file that `predict --strict` reads are missing, unknown, clipped or cut.

    Without `--strict`, what training fitted stands for them: a missing number is filled, an
    unknown class counts as none or as the other one, what is out of bounds is set to the nearer
    end, a long row is cut; and `predict` says of how many. With it nothing is written. Mend the
    cells, or leave `--strict` away.
    """

    code = "MS813"
