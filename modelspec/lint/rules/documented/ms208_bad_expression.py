"""MS208 bad-expression."""

from modelspec.lint.rule import Rule


class BadExpression(Rule):
    """An expression cannot be computed.

    `${filters * 4}` computes with numbers, params, `+ - * / // %` and parentheses, and nothing
    else: no functions, no text, no division by zero. A param without arithmetic is written
    `$filters`.
    """

    code = "MS208"
    passes = (
        """\
params: {width: 16}
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: "${width * 2}", activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
params: {width: 16}
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: "${width / 0}", activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
        """\
params: {width: 16}
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: "${max(width, 2)}", activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
