"""MS405 duplicate-edge."""

from modelspec.lint.rule import Rule


class DuplicateEdge(Rule):
    """An edge stands twice.

    A layer that takes one input takes an edge once, however often it is written. Written twice
    into a merge, it means something: `a, a -> Add` is twice `a`.
    """

    code = "MS405"
    passes = (
        """\
inputs: {x: [8]}
layers:
  twice: Add
  y: {type: Dense, units: 1}
edges:
  - x, x -> twice
  - twice -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges:
  - x -> hidden -> y
  - x -> hidden
outputs: {y: mse}
""",
    )
