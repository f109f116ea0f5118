"""MS107 unused-ignore."""

from modelspec.lint.rule import Rule


class UnusedIgnore(Rule):
    """A comment that should silence a finding silences none.

    `# modelspec: ignore[MS601]` silences the finding MS601 on its own line; several codes are
    separated by commas, and names such as `loss-activation` do as well. A comment whose finding is
    gone, stands on another line or never existed only hides what may come later: remove it. Errors
    without whose mending there is no model (a cycle, a wrong shape) cannot be silenced.
    """

    code = "MS107"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: relu}}  # modelspec: ignore[activated-regression]
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}  # modelspec: ignore[MS603]
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}  # modelspec: ignore[MS999]
outputs: {y: mse}
""",
    )
