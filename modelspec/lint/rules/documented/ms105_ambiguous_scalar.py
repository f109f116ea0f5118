"""MS105 ambiguous-scalar."""

from modelspec.lint.rule import Rule


class AmbiguousScalar(Rule):
    """Other YAML readers take this scalar for something else.

    modelspec reads YAML 1.2, where `no` is text, `010` is ten and `12:30` is text. Readers of YAML
    1.1 (many editors and tools are) take them for false, eight and 750. Quote what is meant as
    text, and write numbers plainly, so that everybody sees the same.
    """

    code = "MS105"
    passes = (
        """\
name: "no"
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
name: no
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
