"""MS211 empty-file."""

from modelspec.lint.rule import Rule


class EmptyFile(Rule):
    """There is nothing in the file.

    The file is empty, or holds only comments. A spec has at least `inputs`, `layers` and
    `outputs`; see `modelspec explain` for where to begin.
    """

    code = "MS211"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
# a spec is to come here
""",
    )
