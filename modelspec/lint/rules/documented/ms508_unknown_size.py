"""MS508 unknown-size."""

from modelspec.lint.rule import Rule


class UnknownSize(Rule):
    """A size that weights depend on is not known.

    The number of weights must be known before training, so the axis that they span has a fixed
    size. `Flatten` of `[T, 32]` gives `[32*T]`, another number of features for every length: pool
    over the steps instead (`GlobalMaxPooling1D`, `GlobalAveragePooling1D`), take the last state of
    a recurrent layer, or give the input a fixed shape.
    """

    code = "MS508"
    passes = (
        """\
inputs: {x: [T, 32]}
layers:
  pool: GlobalMaxPooling1D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [T, 32]}
layers:
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
