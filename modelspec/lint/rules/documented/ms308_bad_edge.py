"""MS308 bad-edge."""

from modelspec.lint.rule import Rule


class BadEdge(Rule):
    """This is not an edge.

    An edge is `a -> b`: names, perhaps with a port (`lstm.state`), with arrows between them. `a ->
    b -> c` chains, and commas group: `trunk -> age, income` fans out, `left, right -> merge` fans
    in. No edge leads into an input.
    """

    code = "MS308"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> hidden -> y]
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x -> hidden -> ]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 4, activation: relu}
  y: {type: Dense, units: 1}
edges: [x => hidden => y]
outputs: {y: mse}
""",
    )
