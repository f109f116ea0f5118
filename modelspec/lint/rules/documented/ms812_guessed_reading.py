"""MS812 guessed-reading."""

from modelspec.lint.rule import Rule


class GuessedReading(Rule):
    """How a column is read was found by looking at the training rows.

    Dates such as `13/02/2024` are read day first where no other order fits all training rows,
    and `yes`, `Yes` and `TRUE` of one column are one class. The run keeps what was found: `eval`
    and `predict` read other files in the same way. Write it into the spec (`format`,
    `day_first`, `classes`), and nothing has to be guessed.
    """

    code = "MS812"
