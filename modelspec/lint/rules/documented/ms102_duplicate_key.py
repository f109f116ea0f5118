"""MS102 duplicate-key."""

from modelspec.lint.rule import Rule


class DuplicateKey(Rule):
    """A key stands twice in one mapping.

    YAML readers keep the last of two equal keys and forget the first without a word, so a layer
    that is pasted twice would silently lose one of its definitions. Give one of the two another
    name, or remove it.
    """

    code = "MS102"
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
layers:
  y: {type: Dense, units: 1}
  y: {type: Dense, units: 2}
outputs: {y: mse}
""",
    )
