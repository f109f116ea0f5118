"""MS304 unconnected-layer."""

from modelspec.lint.rule import Rule


class UnconnectedLayer(Rule):
    """A layer is connected to nothing.

    The layer is in no edge, or it and its neighbours are connected to no input and no output. It
    would never be called. Lead an edge into it and out of it, or remove it. Where a spec has
    `edges`, the order in which layers are written means nothing.
    """

    code = "MS304"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> y]
outputs: {y: mse}
""",
    )
