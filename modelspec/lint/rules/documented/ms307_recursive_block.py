"""MS307 recursive-block."""

from modelspec.lint.rule import Rule


class RecursiveBlock(Rule):
    """A block contains itself.

    A block is written out wherever it is used, so one that contains itself, directly or through
    others, would never end. The message shows the way round. For several copies in a row there is
    `repeat`.
    """

    code = "MS307"
    passes = (
        """\
inputs: {x: [8]}
blocks:
  step:
    inputs: [x]
    layers: {fc: {type: Dense, units: 8, activation: relu}}
    outputs: [fc]
layers:
  steps: {type: step, repeat: 3}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
blocks:
  step:
    inputs: [x]
    layers: {again: step}
    outputs: [again]
layers: {y: {type: step}}
outputs: {y: mse}
""",
    )
