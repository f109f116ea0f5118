"""MS303 unknown-port."""

from modelspec.lint.rule import Rule


class UnknownPort(Rule):
    """A node has no such port.

    A layer's default output is its value. Recurrent layers also give `.state` (all final states as
    one bundle) and the single tensors `.h` and, of an LSTM, `.c`; they take `.state` as well. A
    block takes and gives what its inputs and outputs are called; one with several outputs gives
    nothing by default, so an edge must say which. Other layers have no ports.
    """

    code = "MS303"
    passes = (
        """\
inputs: {x: [T, 8]}
layers:
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
edges:
  - x -> read
  - read.c -> y
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [T, 8]}
layers:
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1}
edges:
  - x -> read
  - read.cell -> y
outputs: {y: mse}
""",
        """\
inputs: {x: [T, 8]}
layers:
  read: {type: GRU, units: 4}
  y: {type: Dense, units: 1}
edges:
  - x -> read
  - read.c -> y
outputs: {y: mse}
""",
    )
