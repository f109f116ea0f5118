"""MS502 empty-dimension."""

from modelspec.lint.rule import Rule


class EmptyDimension(Rule):
    """Nothing is left of an axis.

    A convolution or a pooling without padding makes its input shorter, and several in a row make
    it shorter still, until a window no longer fits. The help says how long the inputs must be for
    the whole network. Otherwise use smaller windows, or `padding: same`.
    """

    code = "MS502"
    passes = (
        """\
inputs: {posts: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8}
  conv: {type: Conv1D, filters: 4, kernel_size: 5, activation: relu}
  pool: GlobalMaxPooling1D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {posts: {shape: [12], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8}
  conv1: {type: Conv1D, filters: 4, kernel_size: 5, activation: relu}
  pool1: {type: MaxPooling1D, pool_size: 5}
  conv2: {type: Conv1D, filters: 4, kernel_size: 5, activation: relu}
  pool2: GlobalMaxPooling1D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
