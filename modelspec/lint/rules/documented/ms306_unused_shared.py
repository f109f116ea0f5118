"""MS306 unused-shared."""

from modelspec.lint.rule import Rule


class UnusedShared(Rule):
    """A shared layer is never called.

    What stands under `shared` is declared once and called by `{use: name}` under `layers`, as
    often as one likes. Nobody calls this one, so it has no inputs, no shape and no weights. Call
    it, or remove it.
    """

    code = "MS306"
    passes = (
        """\
inputs: {left: [8], right: [8]}
shared: {encoder: {type: Dense, units: 4, activation: relu}}
layers:
  a: {use: encoder}
  b: {use: encoder}
  both: Concatenate
  y: {type: Dense, units: 1}
edges:
  - left -> a
  - right -> b
  - a, b -> both -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
shared: {encoder: {type: Dense, units: 4, activation: relu}}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
