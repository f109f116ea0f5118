"""MS406 arity."""

from modelspec.lint.rule import Rule


class Arity(Rule):
    """A layer gets more or fewer inputs than it takes.

    Most layers take one input. Several are merged first, by `Concatenate`, `Add` or another
    merging layer that says how. `Subtract` and `Dot` take exactly two. A layer that no edge
    reaches, but that leads to an output all the same, lacks its input.
    """

    code = "MS406"
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
layers: {y: {type: Dense, units: 1}}
edges: ["x, z -> y"]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers:
  lost: {type: Dense, units: 8, activation: relu}
  both: Add
  y: {type: Dense, units: 1}
edges: ["x, lost -> both -> y"]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers:
  minus: Subtract
  y: {type: Dense, units: 1}
edges: [x -> minus -> y]
outputs: {y: mse}
""",
    )
