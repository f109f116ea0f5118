"""MS501 shape-mismatch."""

from modelspec.lint.rule import Rule


class ShapeMismatch(Rule):
    """The shapes that meet at a layer do not fit together.

    Merging layers add, multiply or join tensors cell by cell: their sizes are equal, or 1. The
    finding shows what the layer receives, and where each of the shapes was decided; the layer at
    fault is often one of those. Shapes never contain the batch axis, and images are `[height,
    width, channels]`.
    """

    code = "MS501"
    passes = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 16}
  b: {type: Dense, units: 16}
  join: Add
  act: {type: Activation, activation: relu}
  y: {type: Dense, units: 1}
edges:
  - x -> a, b
  - a, b -> join -> act -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 16}
  b: {type: Dense, units: 32}
  join: Add
  act: {type: Activation, activation: relu}
  y: {type: Dense, units: 1}
edges:
  - x -> a, b
  - a, b -> join -> act -> y
outputs: {y: mse}
""",
    )
