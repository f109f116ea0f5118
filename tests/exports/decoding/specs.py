"""Small specs that decode."""

LOOKING = """\
version: 1
name: looking
inputs: {source: {shape: [S], dtype: int64}, said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 9, output_dim: 6, mask_zero: true}
  mean: GlobalAveragePooling1D
  hear: {type: Embedding, input_dim: 7, output_dim: 5, embeddings_initializer: WIDE}
  decoder: {type: DECODER, units: 6, return_sequences: true}
  look: Attention
  both: Concatenate
  letter: {type: Dense, units: 7, activation: softmax, kernel_initializer: WIDE}
edges:
  - source -> read -> mean
  - mean -> decoder.state
  - said -> hear -> decoder
  - decoder, read -> look
  - decoder, look -> both -> letter
outputs:
  letter:
    loss: sparse_categorical_crossentropy
    decode: {feed: said, start: 1, stop: 2, max_length: 8}
""".replace("WIDE", "{type: random_normal, stddev: 2.0}")
"""A recurrent decoder that begins with a mean and looks at what is read."""


def looking(decoder: str = "GRU") -> str:
    """With a decoder of one state."""
    return LOOKING.replace("DECODER", decoder)
