"""MS210 bad-name."""

from modelspec.lint.rule import Rule


class BadName(Rule):
    """This cannot be a name.

    Names have letters, digits and underscores, and do not begin with a digit. They are names
    everywhere: in edges, diagrams and messages, as attributes of the built module, and in front of
    the names of the saved weights, where dots, dashes, spaces and slashes would be ambiguous.
    """

    code = "MS210"
    passes = (
        """\
inputs: {x: [8]}
layers: {conv_1: {type: Dense, units: 1}}
outputs: {conv_1: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {conv-1: {type: Dense, units: 1}}
outputs: [conv-1]
""",
    )
