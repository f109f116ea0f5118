"""MS408 ambiguous-groups."""

from modelspec.lint.rule import Rule


class AmbiguousGroups(Rule):
    """An edge between two groups does not say which node leads where.

    `a, b -> c, d` could mean two edges or four. Write them out, one line each.
    """

    code = "MS408"
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
inputs: {x: [8], z: [4]}
layers:
  a: {type: Dense, units: 1}
  b: {type: Dense, units: 1}
edges: ["x, z -> a, b"]
outputs: {a: mse, b: mse}
""",
    )
