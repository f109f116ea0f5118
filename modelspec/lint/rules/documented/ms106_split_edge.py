"""MS106 split-edge."""

from modelspec.lint.rule import Rule


class SplitEdge(Rule):
    """A comma has cut an edge into two list items.

    Inside of square brackets a comma separates the items of a list, so `[x -> a, b]` holds the
    edge `x -> a` and a lone `b`. Quote an edge that has a comma, or write the edges as lines that
    begin with `-`.
    """

    code = "MS106"
    passes = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 1}
  b: {type: Dense, units: 1}
edges: ["x -> a, b"]
outputs: {a: mse, b: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 1}
  b: {type: Dense, units: 1}
edges: [x -> a, b]
outputs: {a: mse, b: mse}
""",
    )
