"""MS206 bad-choice."""

from modelspec.lint.rule import Rule


class BadChoice(Rule):
    """A value is not one of the choices.

    Activations, losses, metrics, paddings and the like are names from a list. The help names the
    one that was probably meant, or all of them.
    """

    code = "MS206"
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
layers: {y: {type: Dense, units: 1, activation: rleu}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mean_square}
""",
    )
