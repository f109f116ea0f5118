"""MS404 disconnected."""

from modelspec.lint.rule import Rule


class Disconnected(Rule):
    """The spec holds several graphs that share nothing.

    Two networks without a common node or layer learn nothing from each other; mostly an edge
    between them was forgotten. They are trained side by side all the same. Calls of one shared
    layer connect what lies around them.
    """

    code = "MS404"
    passes = (
        """\
inputs: {x: [8], z: [4]}
layers:
  both: Concatenate
  y: {type: Dense, units: 1}
edges: ["x, z -> both -> y"]
outputs: {y: mse}
""",
        """\
inputs: {left: [8], right: [8]}
shared: {encoder: {type: Dense, units: 4}}
layers:
  code_left: {use: encoder}
  code_right: {use: encoder}
  y: {type: Dense, units: 8}
  w: {type: Dense, units: 8}
edges: [left -> code_left -> y, right -> code_right -> w]
outputs: {y: mse, w: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8], z: [4]}
layers:
  y: {type: Dense, units: 1}
  w: {type: Dense, units: 1}
edges: [x -> y, z -> w]
outputs: {y: mse, w: mse}
""",
    )
