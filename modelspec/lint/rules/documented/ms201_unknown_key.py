"""MS201 unknown-key."""

from modelspec.lint.rule import Rule


class UnknownKey(Rule):
    """A key is not known here.

    Every key of a spec is one that the language knows: a section, an argument of the layer's type,
    a param of the block. A mistyped or misplaced key would otherwise change nothing and say
    nothing. The help names the key that was probably meant; `modelspec explain Dense` lists the
    arguments of a layer.
    """

    code = "MS201"
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
layers: {y: {type: Dense, units: 1, activations: relu}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
trian: {epochs: 3}
""",
    )
