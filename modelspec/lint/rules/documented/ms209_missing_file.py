"""MS209 missing-file."""

from modelspec.lint.rule import Rule


class MissingFile(Rule):
    """The file of a block cannot be read.

    `blocks: {xception: ./xception.yaml}` takes a block from a file of its own, by a path relative
    to the file that names it. There is no such file, or it may not be read.
    """

    code = "MS209"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
blocks: {head: ./no/such/file.yaml}
layers: {y: {type: head}}
outputs: {y: mse}
""",
    )
