"""MS607 target-mismatch."""

from modelspec.lint.rule import Rule


class TargetMismatch(Rule):
    """The data's targets do not fit an output.

    Ten classes are declared and the data has twelve; a target has three numbers and the output
    one; a class that `class_weight` weighs does not occur; numbers stand where classes are to be
    told apart. Found when the data is read, before anything is trained. Give the output as many
    units as there are classes, or mend the columns under `data.features`.
    """

    code = "MS607"
