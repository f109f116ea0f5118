"""MS809 repeated-rows."""

from modelspec.lint.rule import Rule


class RepeatedRows(Rule):
    """Rows that the model is measured on are among those that it is trained on.

    A row is repeated where its inputs and its targets are. What is measured on such rows is
    memory, not skill. Remove the repetitions, or keep rows that belong together (all of a
    patient, all crops of a picture) in one part with `split: {group: COLUMN}`. Found by
    `modelspec lint --data`.
    """

    code = "MS809"
