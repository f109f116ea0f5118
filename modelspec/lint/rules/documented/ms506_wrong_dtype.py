"""MS506 wrong-dtype."""

from modelspec.lint.rule import Rule


class WrongDtype(Rule):
    """A layer gets numbers of the wrong kind.

    `Embedding` looks up rows by their index and takes integers; nearly all other layers compute,
    and take floats. An input is float32 unless it says `dtype: int64`. Integers reach a computing
    layer through an `Embedding`, or are read as floats in the first place.
    """

    code = "MS506"
    passes = (
        """\
inputs: {text: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8}
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {text: [T]}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8}
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
        """\
inputs: {x: {shape: [8], dtype: int64}}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
