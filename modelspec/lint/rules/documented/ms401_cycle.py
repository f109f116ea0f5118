"""MS401 cycle."""

from modelspec.lint.rule import Rule


class Cycle(Rule):
    """The edges lead round in a cycle.

    Each layer needs the values of those before it, so a graph in which a layer leads back to
    itself can never begin. The message shows the shortest way round, with the line of each edge:
    one of them is wrong, mostly one that is written backwards. A recurrent layer's own loop is
    inside the layer and needs no edge. Where two cycles share an edge, one of them is reported:
    mending it may mend both.
    """

    code = "MS401"
    passes = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 8, activation: relu}
  join: Add
  y: {type: Dense, units: 1}
edges:
  - x -> a
  - x, a -> join -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 8, activation: relu}
  join: Add
  y: {type: Dense, units: 1}
edges:
  - x -> join -> y
  - join -> a -> join
outputs: {y: mse}
""",
    )
