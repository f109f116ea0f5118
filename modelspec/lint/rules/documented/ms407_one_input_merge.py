"""MS407 one-input-merge."""

from modelspec.lint.rule import Rule


class OneInputMerge(Rule):
    """A merging layer gets only one input.

    The sum, the mean or the concatenation of one tensor is that tensor. Mostly a second edge was
    forgotten.
    """

    code = "MS407"
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
inputs: {x: [8]}
layers:
  both: Concatenate
  y: {type: Dense, units: 1}
edges: [x -> both -> y]
outputs: {y: mse}
""",
    )
