"""MS302 name-collision."""

from modelspec.lint.rule import Rule


class NameCollision(Rule):
    """Two things have the same name.

    Inputs and layers are all nodes of one graph, and an edge must know which one it means; so must
    the copies that `repeat` makes, `stage_1`, `stage_2`. Rename one of them.
    """

    code = "MS302"
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
layers:
  x: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> y]
outputs: {y: mse}
""",
    )
