"""MS503 wrong-rank."""

from modelspec.lint.rule import Rule


class WrongRank(Rule):
    """A layer gets a tensor with too many or too few axes.

    Recurrent layers and 1-D convolutions take `[steps, features]`, 2-D convolutions `[height,
    width, channels]`, without the batch axis. A recurrent layer gives only its last state unless
    `return_sequences: true` says otherwise, which the layer after it may need. `Flatten`,
    `Reshape` and the global poolings bring shapes together.
    """

    code = "MS503"
    passes = (
        """\
inputs: {x: [T, 8]}
layers:
  lstm1: {type: LSTM, units: 4, return_sequences: true}
  lstm2: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [T, 8]}
layers:
  lstm1: {type: LSTM, units: 4}
  lstm2: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
        """\
inputs: {image: [28, 28]}
layers:
  conv: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu}
  pool: GlobalMaxPooling2D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
