"""MS202 missing-key."""

from modelspec.lint.rule import Rule


class MissingKey(Rule):
    """Something that must be said is missing.

    A spec has `inputs`, `layers` and `outputs`; an input of a spec has a shape; a layer has the
    arguments that its type cannot guess, `filters` of a Conv2D or `units` of a Dense; a block has
    those of its params whose default is `null`. Without `edges` the layers form one chain, which
    needs exactly one input and one output.
    """

    code = "MS202"
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
layers: {y: {type: Dense}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
""",
    )
