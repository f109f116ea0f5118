"""MS205 unknown-type."""

from modelspec.lint.rule import Rule


class UnknownType(Rule):
    """There is no such type.

    Layers, optimizers and callbacks are chosen by their `type`, from a closed set; layers are
    called as in Keras. The help names the nearest one, also where another framework calls it
    otherwise: PyTorch's `Linear` is `Dense` here. The blocks of the spec are types too. Layers
    from a plugin are known only with `--plugin NAME`.
    """

    code = "MS205"
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
layers: {y: {type: Dens, units: 1}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Linear, units: 1}}
outputs: {y: mse}
""",
    )
