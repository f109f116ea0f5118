"""MS403 dead-layer."""

from modelspec.lint.rule import Rule


class DeadLayer(Rule):
    """A layer reaches no output.

    What the layer computes is thrown away, and training never changes its weights. An edge was
    forgotten, or an output; or the layer is left over.
    """

    code = "MS403"
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
  y: {type: Dense, units: 1}
  aux: {type: Dense, units: 1}
edges: ["x -> y, aux"]
outputs: {y: mse}
""",
    )
