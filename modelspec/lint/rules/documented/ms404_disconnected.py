"""MS404 disconnected."""

from modelspec.lint.rule import Rule


class Disconnected(Rule):
    """The spec holds several graphs that share nothing.

    Two networks without a common node learn nothing from each other; mostly an edge between them
    was forgotten. If they are really two, write a spec for each.
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
