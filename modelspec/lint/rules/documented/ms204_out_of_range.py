"""MS204 out-of-range."""

from modelspec.lint.rule import Rule


class OutOfRange(Rule):
    """A number is outside of its range.

    Sizes are at least 1, a Dropout's rate is from 0 up to but not including 1, a learning rate is
    not negative. The message names the range.
    """

    code = "MS204"
    passes = (
        """\
inputs: {x: [8]}
layers:
  drop: {type: Dropout, rate: 0.5}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  drop: {type: Dropout, rate: 1.5}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 0}}
outputs: {y: mse}
""",
    )
