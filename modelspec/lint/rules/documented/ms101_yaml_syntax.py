"""MS101 yaml-syntax."""

from modelspec.lint.rule import Rule


class YamlSyntax(Rule):
    """The text is not YAML.

    A spec is YAML 1.2: mappings, lists and scalars, indented with spaces. The usual slips are a
    bracket or a quote that is never closed, a tab where the indentation should be, a colon without
    a space after it, and a line that is indented less or more than its neighbours. The finding
    points at the first character that cannot be right; what is wrong may stand a little before it.

    A file that is not UTF-8 text, or that holds several documents, is refused here too.
    """

    code = "MS101"
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
  y: {type: Dense, units: 1
outputs: {y: mse}
""",
    )
