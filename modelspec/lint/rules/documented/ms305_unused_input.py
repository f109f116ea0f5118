"""MS305 unused-input."""

from modelspec.lint.rule import Rule


class UnusedInput(Rule):
    """An input reaches no output.

    Data for the input would have to be given at every step, and would change nothing. Either an
    edge was forgotten, or the input: connect it, or remove it.
    """

    code = "MS305"
    passes = (
        """\
inputs: {x: [8], mask: [8]}
layers:
  masked: Multiply
  y: {type: Dense, units: 1}
edges: ["x, mask -> masked -> y"]
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8], mask: [8]}
layers: {y: {type: Dense, units: 1}}
edges: [x -> y]
outputs: {y: mse}
""",
        """\
inputs: {x: [8], mask: [8]}
layers:
  y: {type: Dense, units: 1}
  weigh: {type: Dense, units: 1}
edges: [x -> y, mask -> weigh]
outputs: {y: mse}
""",
    )
