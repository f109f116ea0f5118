"""MS207 unknown-param."""

from modelspec.lint.rule import Rule


class UnknownParam(Rule):
    """A param is used that is not declared.

    `$filters` stands for the value of `filters` under `params`. A block sees its own params and
    those of the text around it; a block from a file sees only its file's. Declare the param, or
    mend its name.
    """

    code = "MS207"
    passes = (
        """\
params: {width: 16}
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: $width, activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
params: {width: 16}
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: $widht, activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
