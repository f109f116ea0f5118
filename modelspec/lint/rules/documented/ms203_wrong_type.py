"""MS203 wrong-type."""

from modelspec.lint.rule import Rule


class WrongType(Rule):
    """A value is of the wrong type.

    Numbers are written without quotes, lists in brackets or as lines with `-`, true and false as
    `true` and `false`. Nothing is converted silently: `"64"` is text, and may as well be a
    mistake.
    """

    code = "MS203"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: "64"}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: 7}
outputs: {y: mse}
""",
    )
