"""MS103 bracketed-edge."""

from modelspec.lint.rule import Rule


class BracketedEdge(Rule):
    """The nodes of a group stand in brackets.

    In an edge, several nodes are written with commas between them: `a, b -> c`. Brackets begin a
    list in YAML, and a list cannot be followed by `->`. Remove the brackets.
    """

    code = "MS103"
    passes = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 1}
  b: {type: Dense, units: 1}
  y: Add
edges:
  - x -> a, b
  - a, b -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 1}
  b: {type: Dense, units: 1}
  y: Add
edges:
  - x -> a, b
  - [a, b] -> y
outputs: {y: mse}
""",
    )
