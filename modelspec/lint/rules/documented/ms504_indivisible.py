"""MS504 indivisible."""

from modelspec.lint.rule import Rule


class Indivisible(Rule):
    """A size cannot be divided as asked.

    A convolution with `groups` deals its input's channels and its own filters out to that many
    groups, so both must be multiples of it. So must the features of a layer that deals them out to
    heads.
    """

    code = "MS504"
    passes = (
        """\
inputs: {image: [8, 8, 4]}
layers:
  conv: {type: Conv2D, filters: 8, kernel_size: 3, groups: 2, activation: relu}
  pool: GlobalMaxPooling2D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {image: [8, 8, 4]}
layers:
  conv: {type: Conv2D, filters: 9, kernel_size: 3, groups: 3, activation: relu}
  pool: GlobalMaxPooling2D
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
