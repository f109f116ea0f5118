"""MS509 axis-out-of-range."""

from modelspec.lint.rule import Rule


class AxisOutOfRange(Rule):
    """An axis is named that the tensor does not have.

    Axes count from the batch axis, which is 0, as in Keras; -1 is the last. An input of shape `[8,
    4]` has the axes 0, 1 and 2, or -1 and -2 from the end. `Permute` names every axis but the
    batch axis exactly once.
    """

    code = "MS509"
    passes = (
        """\
inputs: {x: [8, 4]}
layers:
  turn: {type: Permute, dims: [2, 1]}
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8, 4], z: [8, 4]}
layers:
  both: {type: Concatenate, axis: 3}
  flat: Flatten
  y: {type: Dense, units: 1}
edges: ["x, z -> both -> flat -> y"]
outputs: {y: mse}
""",
    )
