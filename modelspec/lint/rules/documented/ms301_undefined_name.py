"""MS301 undefined-name."""

from modelspec.lint.rule import Rule


class UndefinedName(Rule):
    """A name is used that nothing has.

    Edges, outputs and calls refer to inputs, layers and shared layers by name. Nothing has this
    one: it is mistyped, or what it means was removed. The help names the nearest.
    """

    code = "MS301"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
edges: [x -> y]
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {features: [8]}
layers: {y: {type: Dense, units: 1}}
edges: [featurs -> y]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {use: encoder}}
outputs: {y: mse}
""",
    )
