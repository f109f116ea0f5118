"""MS402 unreachable-output."""

from modelspec.lint.rule import Rule


class UnreachableOutput(Rule):
    """No input reaches an output.

    The output's value would be the same whatever comes in. Going back from it, the chain of layers
    begins at one that no edge reaches: that is where an edge is missing.
    """

    code = "MS402"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> hidden, hidden -> y]
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  first: {type: Dense, units: 4, activation: relu}
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> first, hidden -> y]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers:
  y: {type: Dense, units: 1}
  z: {type: Dense, units: 1}
edges: [x -> y]
outputs: {y: mse, z: mse}
""",
    )
