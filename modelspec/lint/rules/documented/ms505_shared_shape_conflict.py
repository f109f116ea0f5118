"""MS505 shared-shape-conflict."""

from modelspec.lint.rule import Rule


class SharedShapeConflict(Rule):
    """Two calls of a shared layer ask for different weights.

    A shared layer has one set of weights, and their sizes follow from the number of features that
    it is called on. Called on 64 features here and on 128 there, it would need two. Bring the
    features to one number first, or use two layers. (The number of steps may differ.)
    """

    code = "MS505"
    passes = (
        """\
inputs: {left: [L, 8], right: [R, 8]}
shared: {encoder: {type: LSTM, units: 4}}
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
inputs: {left: [64], right: [128]}
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
